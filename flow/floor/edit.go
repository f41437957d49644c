package floor

import (
	"cmp"
	"context"
	"slices"
	"time"

	"andon/journal"
)

// Edit changes what a card says; nil fields stay as they are.
type Edit struct {
	Title    *string
	Note     *string
	Kind     *Kind
	Class    *Class
	Estimate *float64
	Owner    *string
	Epic     *string
	Labels   *[]string // all of them
	// AddLabels and DropLabels change some of them.
	AddLabels, DropLabels []string
	DueAt                 *time.Time // the zero time takes the date away
	// CostOfDelay is what a day's delay costs, in the line's currency.
	CostOfDelay *float64
	Rev         int64 // the revision the caller saw; 0 is any
}

// Edit applies the edit, or nothing of it.
func (s *Service) Edit(ctx context.Context, key string, e Edit) (Card, error) {
	return s.change(ctx, key, editing(e))
}

func editing(e Edit) act {
	return func(ctx context.Context, tx journal.Tx, f *locked, c *Card) error {
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
		c.Labels = e.relabel(c.Labels)
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
			epic = $8, due_at = $9, delay_cost = $10, labels = $11, rev = rev + 1 WHERE key = $1`, c.Key, c.Title, c.Note, string(c.Kind), string(c.Class),
			c.Estimate, c.Owner, c.Epic, journal.Micros(c.DueAt), c.CostOfDelay, joinLabels(c.Labels))
		edited := Edited{Was: was, Is: *c}
		tx.Append(cardFact(journal.TicketUpdated, *c, edited.text(), edited))
		return err
	}
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
		c.Owner == was.Owner && c.Epic == was.Epic && c.CostOfDelay == was.CostOfDelay && c.DueAt.Equal(was.DueAt) &&
		slices.Equal(c.Labels, was.Labels)
}

func set[T any](field *T, value *T) {
	if value != nil {
		*field = *value
	}
}
