package floor

import (
	"context"
	"fmt"
	"slices"
	"time"

	"andon/journal"
)

// inverse is what takes a fact back, nil for what cannot be.
func inverse(f journal.Fact, by string) (act, error) {
	switch f.Type {
	case journal.CardMoved:
		var m Moved
		err := f.Into(&m)
		return movingBack(m, f.At), err
	case journal.CardBlocked:
		return unblocking, nil
	case journal.CardUnblocked:
		var u Unblocked
		err := f.Into(&u)
		return blocking(u.Was.Reason, u.Was.By), err
	case journal.CardFinished:
		return resuming(by), nil
	case journal.CardResumed:
		return finishing(by), nil
	case journal.TicketCreated:
		return discarding("its creation was taken back", by), nil
	case journal.TicketUpdated:
		if e, ok := EditedOf(f); ok {
			return rewriting(e), nil
		}
		if h, ok := helpedOf(f); ok {
			return leaving(h.Helper), nil
		}
	case journal.CardAnswered:
		return unanswering, nil
	}
	return nil, nil
}

// movingBack takes a card to where it came from, if it is still where it went,
// and has it unstarted again if it was that move that started it.
func movingBack(m Moved, at time.Time) act {
	return func(ctx context.Context, tx journal.Tx, f *locked, c *Card) error {
		if c.Station != m.To {
			return &Invalid{"card", fmt.Sprintf("%s is in %s by now; it cannot be taken back to %s", c.Key, c.Station, m.From)}
		}
		from, err := f.line.Station(m.From)
		if err != nil {
			return err
		}
		if !from.inProgress() && m.Started.Equal(at) {
			c.StartedAt, c.Owner = time.Time{}, ""
		}
		return f.move(ctx, tx, c, from)
	}
}

// rewriting gives the fields that an edit changed their old values; those that
// it left alone keep what they say by now.
func rewriting(e Edited) act {
	return func(ctx context.Context, tx journal.Tx, f *locked, c *Card) error {
		if err := editing(e.back())(ctx, tx, f, c); err != nil {
			return err
		}
		if !e.Is.ScheduledFor.Equal(e.Was.ScheduledFor) {
			if err := scheduling(e.Was.ScheduledFor)(ctx, tx, f, c); err != nil {
				return err
			}
		}
		if e.Is.AnalysedAt.Equal(e.Was.AnalysedAt) {
			return nil
		}
		was := *c
		c.AnalysedAt, c.AnalysedBy, c.Rev = e.Was.AnalysedAt, e.Was.AnalysedBy, c.Rev+1
		_, err := tx.Exec(ctx, `UPDATE card SET analysed_at = $2, analysed_by = $3, rev = rev + 1 WHERE key = $1`,
			c.Key, journal.Micros(c.AnalysedAt), c.AnalysedBy)
		tx.Append(cardFact(journal.TicketUpdated, *c, fmt.Sprintf("the analysis of %s was taken back", c.Key), Edited{Was: was, Is: *c}))
		return err
	}
}

// back is the edit that takes this one back.
func (e Edited) back() (edit Edit) {
	undo(&edit.Title, e.Was.Title, e.Is.Title)
	undo(&edit.Note, e.Was.Note, e.Is.Note)
	undo(&edit.Kind, e.Was.Kind, e.Is.Kind)
	undo(&edit.Class, e.Was.Class, e.Is.Class)
	undo(&edit.Estimate, e.Was.Estimate, e.Is.Estimate)
	undo(&edit.Owner, e.Was.Owner, e.Is.Owner)
	undo(&edit.Epic, e.Was.Epic, e.Is.Epic)
	undo(&edit.CostOfDelay, e.Was.CostOfDelay, e.Is.CostOfDelay)
	if !slices.Equal(e.Was.Labels, e.Is.Labels) {
		edit.Labels = &e.Was.Labels
	}
	if !e.Was.DueAt.Equal(e.Is.DueAt) {
		edit.DueAt = &e.Was.DueAt
	}
	return edit
}

func undo[T comparable](field **T, was, is T) {
	if was != is {
		*field = &was
	}
}

// unanswering lights an andon again whose answer is taken back. A lamp that
// went out meanwhile needs none.
func unanswering(ctx context.Context, tx journal.Tx, _ *locked, c *Card) error {
	if c.Lamp == nil || c.Lamp.Answer == "" {
		return nil
	}
	c.Lamp.Answer = ""
	c.Rev++
	tx.Append(cardFact(journal.CardLit, *c, fmt.Sprintf("the andon of %s is lit again: its answer was taken back", c.Key), c.Lamp))
	_, err := tx.Exec(ctx, `UPDATE card SET lit_answer = '', rev = rev + 1 WHERE key = $1`, c.Key)
	return err
}
