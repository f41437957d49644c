package journal

import (
	"context"
	"errors"
	"fmt"
	"time"
)

// ErrRepeated says that a write under the same idempotency key is committed
// already, so this one was not done a second time.
var ErrRepeated = errors.New("this request was already carried out")

type keyKey struct{}

// key is spent by the first write under its context.
type key struct {
	text  string
	spent bool
}

// WithKey makes the first [Ledger.Write] under ctx happen at most once for
// that key, ever: the key commits with the state it caused.
func WithKey(ctx context.Context, text string) context.Context {
	return context.WithValue(ctx, keyKey{}, &key{text: text})
}

// keyOf gives the key of ctx that no write has spent yet, or nil.
func keyOf(ctx context.Context) *key {
	if k, ok := ctx.Value(keyKey{}).(*key); ok && !k.spent {
		return k
	}
	return nil
}

func (k *key) claim(ctx context.Context, t *tx) error {
	if k == nil {
		return nil
	}
	n, err := t.Exec(ctx, `INSERT INTO idempotency_key (id, at, status, body) VALUES ($1, $2, 0, '')
		ON CONFLICT (id) DO NOTHING`, k.text, Micros(t.now))
	if err != nil {
		return fmt.Errorf("claim idempotency key: %w", err)
	}
	if n == 0 {
		return ErrRepeated
	}
	return nil
}

// Answer is what was answered to the request that owned a key.
// Status is 0 when the write is known to be done but its answer was lost.
type Answer struct {
	Status int
	Body   string
}

// AnswerTo finds what was answered under a key.
func (l *Ledger) AnswerTo(ctx context.Context, text string) (a Answer, found bool, err error) {
	err = l.store.Read(ctx, func(r Reader) error {
		return r.QueryRow(ctx, `SELECT status, body FROM idempotency_key WHERE id = $1`, text).Scan(&a.Status, &a.Body)
	})
	if NotFound(err) {
		return a, false, nil
	}
	return a, err == nil, err
}

// ForgetAnswers drops the keys that were first used before a time; who repeats
// one after that is served anew. It gives how many were dropped.
func (l *Ledger) ForgetAnswers(ctx context.Context, before time.Time) (n int64, err error) {
	err = l.store.Write(ctx, func(s SQL) error {
		n, err = s.Exec(ctx, `DELETE FROM idempotency_key WHERE at < $1`, Micros(before))
		return err
	})
	return n, err
}

// KeepAnswer stores the answer given under a key for the next asker. It does
// nothing when no write claimed the key, so refusals can be tried again.
func (l *Ledger) KeepAnswer(ctx context.Context, text string, a Answer) error {
	return l.store.Write(ctx, func(s SQL) error {
		_, err := s.Exec(ctx, `UPDATE idempotency_key SET status = $2, body = $3 WHERE id = $1`, text, a.Status, a.Body)
		return err
	})
}
