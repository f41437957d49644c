package floor

import (
	"context"
	"errors"
	"fmt"
	"time"

	"andon/journal"
)

// Bulk is one thing to do to several cards: exactly one field is set.
type Bulk struct {
	Move     string // a station
	Block    string // a reason
	Unblock  bool
	Finish   bool
	Discard  string     // a reason
	Schedule *time.Time // the zero time takes the day back
	Edit     *Edit
}

// maxBulk bounds the cards of one transaction.
const maxBulk = 500

// Bulk does one thing to all the cards, or, when one of them refuses it, to
// none of them.
func (s *Service) Bulk(ctx context.Context, keys []string, b Bulk, by string) (cards []Card, err error) {
	if len(keys) == 0 || len(keys) > maxBulk {
		return nil, &Invalid{"cards", fmt.Sprintf("name 1 to %d cards", maxBulk)}
	}
	do, err := b.act(by)
	if err != nil {
		return nil, err
	}
	if b.Move != "" {
		for _, key := range keys {
			if err := s.permit(ctx, key, b.Move, by); err != nil {
				return nil, err
			}
		}
	}
	err = s.ledger.Write(ctx, func(tx journal.Tx) error {
		for _, key := range keys {
			c, err := changeIn(ctx, tx, key, do)
			if err != nil {
				return ofOne(key, err)
			}
			cards = append(cards, c)
		}
		return nil
	})
	if err != nil {
		return nil, err
	}
	return cards, nil
}

// ofOne says which of several cards an error is about.
func ofOne(key string, err error) error {
	if r, ok := errors.AsType[*Refusal](err); ok {
		r.Text = fmt.Sprintf("None of the cards was changed, because of %s: %s", key, r.Text)
		return r
	}
	return err
}

// permit asks the gate about one card.
func (s *Service) permit(ctx context.Context, key, to, by string) error {
	c, err := s.Card(ctx, key)
	if err != nil {
		return err
	}
	_, refusal, err := s.ask(ctx, Pull{Line: c.Line, Card: key, To: to, By: by})
	if err == nil && refusal != nil {
		return ofOne(key, refusal)
	}
	return err
}

func (b Bulk) act(by string) (do act, err error) {
	n := 0
	set := func(given bool, a act) {
		if given {
			do = a
			n++
		}
	}
	set(b.Move != "", moving(b.Move))
	set(b.Block != "", blocking(b.Block, by))
	set(b.Unblock, unblocking)
	set(b.Finish, finishing(by))
	set(b.Discard != "", discarding(b.Discard, by))
	if b.Schedule != nil {
		set(true, scheduling(*b.Schedule))
	}
	if b.Edit != nil {
		set(true, editing(*b.Edit))
	}
	if n != 1 {
		return nil, &Invalid{"action", fmt.Sprintf("say one thing to do: move, block, unblock, finish, discard, schedule or edit; %d are given", n)}
	}
	return do, nil
}

func moving(to string) act {
	return func(ctx context.Context, tx journal.Tx, f *locked, c *Card) error {
		target, err := f.line.Station(to)
		if err != nil || c.Station == target.Name {
			return err
		}
		if c.Blocked != nil && f.line.index(target.Name) > f.line.index(c.Station) {
			return f.isBlocked(*c, target)
		}
		return f.take(ctx, tx, c, target)
	}
}
