package source

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	"andon/journal"
)

// Options are the parts that a Service works with; all are required.
type Options struct {
	Ledger  *journal.Ledger
	Readers map[string]Reader // by source: "github", "gitlab", "gitea"
	Secrets Secrets
	Cards   Cards
}

// Service takes deliveries in. Safe for concurrent use.
type Service struct{ Options }

// NewService takes in what the readers understand.
func NewService(o Options) *Service { return &Service{o} }

// Receive takes one delivery in: checks who sent it, keeps it, and does what it
// tells, in one transaction. A delivery that came before gets the receipt of
// the first, with Known set. What is turned away at the door gives [*Refused]
// and leaves no trace; after any other error nothing was kept either, and the
// forge may send it again.
func (s *Service) Receive(ctx context.Context, d Delivery) (r Receipt, err error) {
	reader, err := s.reader(d.Source)
	if err != nil {
		return r, err
	}
	if len(d.Body) > Largest {
		return r, &Refused{TooLarge, fmt.Sprintf("The body has %d bytes; the most is %d.", len(d.Body), Largest)}
	}
	secret, err := s.Secrets.Secret(ctx, d.Source)
	if err != nil {
		return r, fmt.Errorf("read the secret of %s: %w", d.Source, err)
	}
	if err := reader.Verify(d.Header, d.Body, secret); err != nil {
		return r, &Refused{NotSigned, "This does not prove to come from " + d.Source + ": " + err.Error() + "."}
	}
	event, id := reader.Identify(d.Header, d.Body)
	if d.Event == "" {
		d.Event = clean(event)
	}
	if d.ID == "" {
		d.ID = id
	}
	told, problem := reader.Read(d.Event, d.Body)
	packed, err := pack(d.Body)
	if err != nil {
		return r, err
	}
	err = s.Ledger.Write(journal.WithActor(ctx, d.Source), func(tx journal.Tx) error {
		if d.At.IsZero() {
			d.At = tx.Now()
		}
		r = receiptOf(d, problem)
		n, err := tx.Exec(ctx, `INSERT INTO webhook_delivery (source, id, event, at, outcome, receipt, size, body)
			VALUES ($1, $2, $3, $4, $5, $6, $7, $8) ON CONFLICT (source, id) DO NOTHING`,
			d.Source, d.ID, d.Event, journal.Micros(d.At), string(r.Outcome), string(journal.JSON(r)), len(d.Body), packed)
		if err != nil {
			return fmt.Errorf("keep the delivery: %w", err)
		}
		if n == 0 {
			r, err = receiptIn(ctx, tx, d.Source, d.ID)
			r.Known = true
			return err
		}
		return s.apply(ctx, tx, d, told, &r)
	})
	if err != nil {
		return Receipt{}, fmt.Errorf("take in delivery %s of %s: %w", d.ID, d.Source, err)
	}
	return r, nil
}

func (s *Service) reader(source string) (Reader, error) {
	reader, ok := s.Readers[source]
	if !ok {
		known := slices.Sorted(maps.Keys(s.Readers))
		return nil, &Refused{UnknownSource, fmt.Sprintf("No deliveries are taken from %q; use one of %s.", source, strings.Join(known, ", "))}
	}
	return reader, nil
}

// receiptOf is the receipt of a delivery that was read, before it is applied.
func receiptOf(d Delivery, problem error) Receipt {
	r := Receipt{Source: d.Source, ID: d.ID, Event: d.Event, At: d.At.UTC().Truncate(time.Microsecond), Outcome: Accepted}
	if problem == nil {
		return r
	}
	r.Outcome, r.Reason = Rejected, clean(problem.Error())
	if _, ignored := errors.AsType[*Ignored](problem); ignored {
		r.Outcome = Dropped
	}
	return r
}

// apply does what was told and writes the receipt anew.
func (s *Service) apply(ctx context.Context, tx journal.Tx, d Delivery, told []Sighting, r *Receipt) error {
	w := &scribe{tx: tx, cards: s.Cards, delivery: d, receipt: r}
	for i, sighting := range told {
		if sighting.At.IsZero() {
			sighting.At = d.At
		}
		w.nth, w.sighting = i, sighting
		if err := w.write(ctx); err != nil {
			return err
		}
	}
	slices.Sort(r.Cards)
	r.Cards = slices.Compact(r.Cards)
	_, err := tx.Exec(ctx, `UPDATE webhook_delivery SET outcome = $3, receipt = $4 WHERE source = $1 AND id = $2`,
		d.Source, d.ID, string(r.Outcome), string(journal.JSON(r)))
	return err
}

func receiptIn(ctx context.Context, r journal.Reader, source, id string) (receipt Receipt, err error) {
	var text string
	if err := r.QueryRow(ctx, `SELECT receipt FROM webhook_delivery WHERE source = $1 AND id = $2`, source, id).Scan(&text); err != nil {
		return receipt, err
	}
	return receipt, json.Unmarshal([]byte(text), &receipt)
}
