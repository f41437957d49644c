package source

import (
	"bytes"
	"compress/gzip"
	"context"
	"errors"
	"fmt"
	"io"
	"strings"
	"time"

	"andon/journal"
)

// Replay runs a kept delivery again, named as [Kept.Name] gives it. It is read
// by the reader of today, so what was refused may be accepted now; rows and
// facts that are there already stay as they are, and cards that exist by now
// are tied. The error is [*Missing] when it is not kept, or no longer whole.
func (s *Service) Replay(ctx context.Context, name string) (r Receipt, err error) {
	source, id, _ := strings.Cut(name, "/")
	reader, err := s.reader(source)
	if err != nil {
		return r, err
	}
	err = s.Ledger.Write(journal.WithActor(ctx, source), func(tx journal.Tx) error {
		// Writing the row first keeps a second replay of it waiting.
		if _, err := tx.Exec(ctx, `UPDATE webhook_delivery SET size = size WHERE source = $1 AND id = $2`, source, id); err != nil {
			return err
		}
		d := Delivery{Source: source, ID: id}
		var at, size int64
		var packed []byte
		err := tx.QueryRow(ctx, `SELECT event, at, size, body FROM webhook_delivery WHERE source = $1 AND id = $2`, source, id).
			Scan(&d.Event, &at, &size, &packed)
		if journal.NotFound(err) {
			return &Missing{fmt.Sprintf("There is no delivery %q.", name)}
		}
		if err != nil {
			return err
		}
		if len(packed) == 0 {
			return &Missing{fmt.Sprintf("The body of %q was trimmed, so it cannot be replayed; let the forge send it again under a new id.", name)}
		}
		if d.Body, err = unpack(packed); err != nil {
			return err
		}
		before, err := receiptIn(ctx, tx, source, id)
		if err != nil {
			return err
		}
		d.At = journal.Time(at)
		told, problem := reader.Read(d.Event, d.Body)
		r = receiptOf(d, problem)
		r.Facts = before.Facts
		return s.apply(ctx, tx, d, told, &r)
	})
	if _, missing := errors.AsType[*Missing](err); missing {
		return Receipt{}, err
	}
	if err != nil {
		return Receipt{}, fmt.Errorf("replay %s: %w", name, err)
	}
	return r, nil
}

// Trim drops the bodies of deliveries that came before a time and gives how
// many there were. Their ids and receipts stay, so they still count once.
func (s *Service) Trim(ctx context.Context, before time.Time) (n int64, err error) {
	err = s.Ledger.Write(ctx, func(tx journal.Tx) error {
		n, err = tx.Exec(ctx, `UPDATE webhook_delivery SET body = $2 WHERE at < $1 AND length(body) > 0`, journal.Micros(before), []byte{})
		return err
	})
	return n, err
}

// pack compresses a body; JSON of forges shrinks to about a tenth.
func pack(body []byte) ([]byte, error) {
	var out bytes.Buffer
	z := gzip.NewWriter(&out)
	if _, err := z.Write(body); err != nil {
		return nil, err
	}
	if err := z.Close(); err != nil {
		return nil, err
	}
	return out.Bytes(), nil
}

func unpack(packed []byte) ([]byte, error) {
	z, err := gzip.NewReader(bytes.NewReader(packed))
	if err != nil {
		return nil, fmt.Errorf("unpack the body: %w", err)
	}
	body, err := io.ReadAll(io.LimitReader(z, Largest+1))
	if err != nil {
		return nil, fmt.Errorf("unpack the body: %w", err)
	}
	return body, nil
}
