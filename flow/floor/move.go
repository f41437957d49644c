package floor

import (
	"context"
	"fmt"

	"andon/journal"
)

// Move is a wish to put a card into a station, in either direction.
type Move struct {
	Card string
	To   string
	By   string
	// Before is the card to stand in front of; empty is the end.
	Before string
	// Rev is the card's revision that the caller saw; 0 is any.
	Rev int64
}

// Move puts a card into any station that has room, or elsewhere in its own.
func (s *Service) Move(ctx context.Context, m Move) (c Card, err error) {
	if m.To == "" {
		return c, &Invalid{"to", "say which station the card should move to"}
	}
	p := Pull{Card: m.Card, To: m.To, By: m.By}
	return c, s.enter(ctx, p, func(tx journal.Tx, f *locked, to Station) error {
		if c, err = cardByKey(ctx, tx, m.Card); err != nil {
			return err
		}
		if m.Rev != 0 && m.Rev != c.Rev {
			return &Conflict{c.Key, m.Rev, c.Rev}
		}
		if c.Station == to.Name && m.Before == "" {
			return f.last(ctx, tx, &c)
		}
		if c.Blocked != nil && f.line.index(to.Name) > f.line.index(c.Station) {
			return f.isBlocked(c, to)
		}
		if c.Station != to.Name {
			if err := f.take(ctx, tx, &c, to); err != nil {
				return err
			}
		}
		return f.place(ctx, tx, &c, m.Before)
	})
}

// last puts a card behind all others of its station.
func (f *locked) last(ctx context.Context, tx journal.Tx, c *Card) error {
	var end int64
	if err := tx.QueryRow(ctx, `SELECT coalesce(max(rank), 0) FROM card WHERE line = $1`, c.Line).Scan(&end); err != nil {
		return err
	}
	if c.Rank == end {
		return nil
	}
	c.Rank, c.Rev = end+1, c.Rev+1
	_, err := tx.Exec(ctx, `UPDATE card SET rank = $2, rev = rev + 1 WHERE key = $1`, c.Key, c.Rank)
	tx.Append(cardFact(journal.TicketUpdated, *c, fmt.Sprintf("%s was put last in %s", c.Key, c.Station), nil))
	return err
}

// place gives a card its rank in front of another of the same station.
func (f *locked) place(ctx context.Context, tx journal.Tx, c *Card, before string) error {
	if before == "" || before == c.Key {
		return nil
	}
	next, err := cardByKey(ctx, tx, before)
	if err != nil {
		return err
	}
	if next.Station != c.Station {
		return &Invalid{"before", fmt.Sprintf("%s is in %s, not in %s", next.Key, next.Station, c.Station)}
	}
	_, err = tx.Exec(ctx, `UPDATE card SET rank = rank + 1 WHERE line = $1 AND station = $2 AND rank >= $3`, c.Line, c.Station, next.Rank)
	if err != nil {
		return err
	}
	c.Rank = next.Rank
	_, err = tx.Exec(ctx, `UPDATE card SET rank = $2, rev = rev + 1 WHERE key = $1`, c.Key, c.Rank)
	c.Rev++
	tx.Append(cardFact(journal.TicketUpdated, *c, fmt.Sprintf("%s was put in front of %s", c.Key, before), nil))
	return err
}
