package floor

import (
	"cmp"
	"context"
	"fmt"
	"time"

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

// Block marks a card as unable to go on, with the reason.
func (s *Service) Block(ctx context.Context, key, reason, by string) (Card, error) {
	if reason == "" {
		return Card{}, &Invalid{"reason", "say what blocks the card, so that others can help"}
	}
	return s.change(ctx, key, func(tx journal.Tx, f *locked, c *Card) error {
		return block(ctx, tx, c, reason, by)
	})
}

// Unblock lets a card go on.
func (s *Service) Unblock(ctx context.Context, key string) (Card, error) {
	return s.change(ctx, key, func(tx journal.Tx, f *locked, c *Card) error {
		return unblock(ctx, tx, c)
	})
}

func block(ctx context.Context, tx journal.Tx, c *Card, reason, by string) error {
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
	stood := tx.Now().Sub(c.Blocked.Since)
	c.Blocked = nil
	c.Rev++
	_, err := tx.Exec(ctx, `UPDATE card SET blocked_at = 0, blocked_by = '', blocked_reason = '', rev = rev + 1 WHERE key = $1`, c.Key)
	tx.Append(cardFact(journal.CardUnblocked, *c, fmt.Sprintf("%s is no longer blocked, after %s", c.Key, Span(stood)),
		map[string]float64{"seconds": stood.Seconds()}))
	return err
}

// Help adds a person to a card, whatever their usual role: swarming.
func (s *Service) Help(ctx context.Context, key, person string) (Card, error) {
	if person == "" {
		return Card{}, &Invalid{"person", "say who helps"}
	}
	return s.change(ctx, key, func(tx journal.Tx, f *locked, c *Card) error {
		n, err := tx.Exec(ctx, `INSERT INTO card_helper (card, person) VALUES ($1, $2) ON CONFLICT DO NOTHING`, key, person)
		if err != nil || n == 0 {
			return err
		}
		c.Helpers = append(c.Helpers, person)
		tx.Append(cardFact(journal.TicketUpdated, *c, fmt.Sprintf("%s helps with %s", person, key), nil))
		if c.Lamp != nil && c.Lamp.Answer == "" {
			return answer(ctx, tx, c, person+" helps")
		}
		return nil
	})
}

// Edit changes what a card says; nil fields stay as they are.
type Edit struct {
	Title    *string
	Note     *string
	Kind     *Kind
	Class    *Class
	Estimate *float64
	Owner    *string
	Epic     *string
	DueAt    *time.Time // the zero time takes the date away
	// CostOfDelay is what a day's delay costs, in the line's currency.
	CostOfDelay *float64
	Rev         int64 // the revision the caller saw; 0 is any
}

// Edit applies the edit, or nothing of it.
func (s *Service) Edit(ctx context.Context, key string, e Edit) (Card, error) {
	return s.change(ctx, key, func(tx journal.Tx, f *locked, c *Card) error {
		if e.Rev != 0 && e.Rev != c.Rev {
			return &Conflict{c.Key, e.Rev, c.Rev}
		}
		was := *c
		set(&c.Title, e.Title)
		set(&c.Note, e.Note)
		set(&c.Kind, e.Kind)
		set(&c.Class, e.Class)
		set(&c.Estimate, e.Estimate)
		set(&c.Owner, e.Owner)
		set(&c.Epic, e.Epic)
		set(&c.CostOfDelay, e.CostOfDelay)
		if e.DueAt != nil {
			c.DueAt = day(*e.DueAt)
		}
		if err := c.check(); err != nil {
			return err
		}
		if refusal, err := f.edited(ctx, tx, *c, was); err != nil || refusal != nil {
			return cmp.Or[error](err, refusal)
		}
		if c.same(was) {
			return nil
		}
		c.Rev++
		_, err := tx.Exec(ctx, `UPDATE card SET title = $2, note = $3, kind = $4, class = $5, estimate = $6, owner = $7,
			epic = $8, due_at = $9, delay_cost = $10, rev = rev + 1 WHERE key = $1`, key, c.Title, c.Note, string(c.Kind), string(c.Class),
			c.Estimate, c.Owner, c.Epic, journal.Micros(c.DueAt), c.CostOfDelay)
		tx.Append(cardFact(journal.TicketUpdated, *c, fmt.Sprintf("%s was edited", key), Edited{Was: was, Is: *c}))
		return err
	})
}

// edited refuses an edit that a limit forbids.
func (f *locked) edited(ctx context.Context, tx journal.Tx, c, was Card) (*Refusal, error) {
	if refusal := f.reclassed(c, was.Class); refusal != nil {
		return refusal, nil
	}
	st, err := f.line.Station(c.Station)
	if err != nil || c.Owner == was.Owner || !c.FinishedAt.IsZero() {
		return nil, err
	}
	return f.handsFull(ctx, tx, c, st)
}

// same says whether an edit changed nothing.
func (c Card) same(was Card) bool {
	return c.Title == was.Title && c.Note == was.Note && c.Kind == was.Kind && c.Class == was.Class && c.Estimate == was.Estimate &&
		c.Owner == was.Owner && c.Epic == was.Epic && c.CostOfDelay == was.CostOfDelay && c.DueAt.Equal(was.DueAt)
}

func set[T any](field *T, value *T) {
	if value != nil {
		*field = *value
	}
}

// change runs one change of one card under its line's lock and settles the
// line afterwards.
func (s *Service) change(ctx context.Context, key string, do func(journal.Tx, *locked, *Card) error) (c Card, err error) {
	err = s.ledger.Write(ctx, func(tx journal.Tx) error {
		c, err = changeIn(ctx, tx, key, do)
		return err
	})
	return c, err
}

func changeIn(ctx context.Context, tx journal.Tx, key string, do func(journal.Tx, *locked, *Card) error) (Card, error) {
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
	if err := do(tx, f, &c); err != nil {
		return c, err
	}
	if err := f.settle(ctx, tx); err != nil {
		return c, err
	}
	return cardByKey(ctx, tx, key)
}

// PullCord stops everything from entering a station. Pulling a pulled cord
// keeps the first reason.
func (s *Service) PullCord(ctx context.Context, line, station, reason, by string) error {
	return s.ledger.Write(ctx, func(tx journal.Tx) error {
		return PullCordIn(ctx, tx, line, station, reason, by)
	})
}

// PullCordIn is PullCord in the caller's transaction.
func PullCordIn(ctx context.Context, tx journal.Tx, line, station, reason, by string) error {
	if reason == "" {
		return &Invalid{"reason", "say why the line must stop here"}
	}
	f, err := lock(ctx, tx, line)
	if err != nil {
		return err
	}
	st, err := f.line.Station(station)
	if err != nil || st.Cord != nil {
		return err
	}
	_, err = tx.Exec(ctx, `UPDATE station SET cord_at = $3, cord_by = $4, cord_reason = $5 WHERE line = $1 AND name = $2`,
		line, station, journal.Micros(tx.Now()), by, reason)
	tx.Append(cordFact(journal.CordPulled, f.line, station, fmt.Sprintf("%s pulled the cord of %s: %s", by, station, reason)))
	return err
}

// ReleaseCord lets cards enter the station again; those that wait go first.
func (s *Service) ReleaseCord(ctx context.Context, line, station, by string) error {
	return s.ledger.Write(ctx, func(tx journal.Tx) error {
		f, err := lock(ctx, tx, line)
		if err != nil {
			return err
		}
		st, err := f.line.Station(station)
		if err != nil || st.Cord == nil {
			return err
		}
		stood := tx.Now().Sub(st.Cord.Since)
		f.line.Stations[f.line.index(station)].Cord = nil
		_, err = tx.Exec(ctx, `UPDATE station SET cord_at = 0, cord_by = '', cord_reason = '' WHERE line = $1 AND name = $2`, line, station)
		if err != nil {
			return err
		}
		tx.Append(cordFact(journal.CordReleased, f.line, station,
			fmt.Sprintf("%s released the cord of %s after %s", by, station, Span(stood))))
		return f.settle(ctx, tx)
	})
}
