package floor

import (
	"context"

	"andon/journal"
)

// act is one change of one card, made while its line is locked.
type act func(ctx context.Context, tx journal.Tx, f *locked, c *Card) error

// change runs one change of one card under its line's lock and settles the
// line afterwards.
func (s *Service) change(ctx context.Context, key string, do act) (c Card, err error) {
	err = s.ledger.Write(ctx, func(tx journal.Tx) error {
		c, err = changeIn(ctx, tx, key, do)
		return err
	})
	return c, err
}

func changeIn(ctx context.Context, tx journal.Tx, key string, do act) (Card, error) {
	c, err := cardByKey(ctx, tx, key)
	if err != nil {
		return c, err
	}
	f, err := lock(ctx, tx, c.Line)
	if err != nil {
		return c, err
	}
	if c, err = cardByKey(ctx, tx, key); err != nil { // as it is now that we hold the line
		return c, err
	}
	if err := do(ctx, tx, f, &c); err != nil {
		return c, err
	}
	if err := f.settle(ctx, tx); err != nil {
		return c, err
	}
	return cardByKey(ctx, tx, key)
}
