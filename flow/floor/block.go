package floor

import (
	"context"
	"fmt"

	"andon/journal"
)

// Block marks a card as unable to go on, with the reason.
func (s *Service) Block(ctx context.Context, key, reason, by string) (Card, error) {
	return s.change(ctx, key, blocking(reason, by))
}

// Unblock lets a card go on.
func (s *Service) Unblock(ctx context.Context, key string) (Card, error) {
	return s.change(ctx, key, unblocking)
}

func blocking(reason, by string) act {
	return func(ctx context.Context, tx journal.Tx, _ *locked, c *Card) error {
		return block(ctx, tx, c, reason, by)
	}
}

func unblocking(ctx context.Context, tx journal.Tx, _ *locked, c *Card) error {
	return unblock(ctx, tx, c)
}

func block(ctx context.Context, tx journal.Tx, c *Card, reason, by string) error {
	if reason == "" {
		return &Invalid{"reason", "say what blocks the card, so that others can help"}
	}
	if !c.DoneAt.IsZero() {
		return &Invalid{"card", c.Key + " is done; nothing can block it any more"}
	}
	if c.Blocked != nil && c.Blocked.Reason == reason {
		return nil
	}
	c.Blocked = &Block{Reason: reason, By: by, Since: tx.Now()}
	c.Rev++
	_, err := tx.Exec(ctx, `UPDATE card SET blocked_at = $2, blocked_by = $3, blocked_reason = $4, rev = rev + 1 WHERE key = $1`,
		c.Key, journal.Micros(tx.Now()), by, reason)
	tx.Append(cardFact(journal.CardBlocked, *c, blockedText(*c), nil))
	return err
}

func unblock(ctx context.Context, tx journal.Tx, c *Card) error {
	if c.Blocked == nil {
		return nil
	}
	was := *c.Blocked
	stood := tx.Now().Sub(was.Since)
	c.Blocked = nil
	c.Rev++
	_, err := tx.Exec(ctx, `UPDATE card SET blocked_at = 0, blocked_by = '', blocked_reason = '', rev = rev + 1 WHERE key = $1`, c.Key)
	tx.Append(cardFact(journal.CardUnblocked, *c, fmt.Sprintf("%s is no longer blocked, after %s", c.Key, Span(stood)),
		Unblocked{Seconds: stood.Seconds(), Was: was}))
	return err
}
