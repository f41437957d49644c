package floor

import (
	"context"
	"fmt"

	"andon/journal"
)

// Finish says that a card's work in its present station is done. Where a
// machine or the end of the line follows it goes on by itself as soon as there
// is room; a machine needs a commit of the card to work on. Where people
// follow it waits in the station's done half, and still counts there, until
// somebody pulls it.
func (s *Service) Finish(ctx context.Context, key, by string) (Card, error) {
	return s.change(ctx, key, finishing(by))
}

func finishing(by string) act {
	return func(ctx context.Context, tx journal.Tx, f *locked, c *Card) error {
		st, err := f.line.Station(c.Station)
		if err != nil {
			return err
		}
		next, more := f.line.after(st.Name)
		switch {
		case st.Kind != Work || !more:
			return &Invalid{"card", fmt.Sprintf("%s is in %s, where people finish nothing; only cards in %s can be finished", c.Key, st.Name, f.line.worked())}
		case c.Blocked != nil:
			return f.isBlocked(*c, next)
		case !c.FinishedAt.IsZero():
			return nil
		}
		c.FinishedAt, c.Rev = tx.Now(), c.Rev+1
		_, err = tx.Exec(ctx, `UPDATE card SET finished_at = $2, rev = rev + 1 WHERE key = $1`, c.Key, journal.Micros(tx.Now()))
		if err != nil {
			return err
		}
		tx.Append(cardFact(journal.CardFinished, *c, fmt.Sprintf("%s finished %s in %s", by, c.Key, st.Name), nil))
		if next.Kind == Done || next.Kind != Work && next.Kind != Queue && len(c.Changes) > 0 {
			return f.ready(ctx, tx, c, next.Name)
		}
		return nil
	}
}

// Resume takes a Finish back: there is more to do on the card here after all.
func (s *Service) Resume(ctx context.Context, key, by string) (Card, error) {
	return s.change(ctx, key, resuming(by))
}

func resuming(by string) act {
	return func(ctx context.Context, tx journal.Tx, f *locked, c *Card) error {
		if c.FinishedAt.IsZero() {
			return nil
		}
		c.FinishedAt, c.ReadyFor, c.Rev = journal.Time(0), "", c.Rev+1
		_, err := tx.Exec(ctx, `UPDATE card SET finished_at = 0, ready_for = '', ready_at = 0, rev = rev + 1 WHERE key = $1`, c.Key)
		tx.Append(cardFact(journal.CardResumed, *c, fmt.Sprintf("%s goes on with %s in %s", by, c.Key, c.Station), nil))
		return err
	}
}

// worked names the stations where people work.
func (l Line) worked() string {
	var names []string
	for _, s := range l.Stations {
		if s.Kind == Work {
			names = append(names, s.Name)
		}
	}
	return list(names, "and")
}
