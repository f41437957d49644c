package floor

import (
	"context"
	"fmt"
	"time"

	"andon/journal"
)

// Discard takes a card off the line without its work being done: nobody wants
// it any more. It frees its place, and counts as finished nowhere.
func (s *Service) Discard(ctx context.Context, key, reason, by string) (Card, error) {
	return s.change(ctx, key, discarding(reason, by))
}

func discarding(reason, by string) act {
	return func(ctx context.Context, tx journal.Tx, f *locked, c *Card) error {
		switch {
		case reason == "":
			return &Invalid{"reason", "say why nobody will do the card"}
		case c.Discarded != "":
			return nil
		case !c.DoneAt.IsZero():
			return &Invalid{"card", c.Key + " is done already"}
		}
		last := f.line.Stations[len(f.line.Stations)-1]
		from, err := f.line.Station(c.Station)
		if err != nil {
			return err
		}
		f.count(*c, from, -1)
		_, err = tx.Exec(ctx, `UPDATE card SET station = $2, entered_at = $3, done_at = $3, discarded = $4, ready_for = '', ready_at = 0,
			finished_at = 0, blocked_at = 0, blocked_by = '', blocked_reason = '', lit_at = 0, lit_answer = '', rev = rev + 1 WHERE key = $1`,
			c.Key, last.Name, journal.Micros(tx.Now()), reason)
		if err != nil {
			return err
		}
		stayed := tx.Now().Sub(c.EnteredAt)
		c.Station, c.EnteredAt, c.DoneAt, c.Discarded, c.Rev = last.Name, tx.Now(), tx.Now(), reason, c.Rev+1
		tx.Append(cardFact(journal.CardMoved, *c, fmt.Sprintf("%s discarded %s in %s: %s", by, c.Key, from.Name, reason),
			f.moved(*c, from, last, stayed, 0)))
		tx.Append(cardFact(journal.TicketClosed, *c, fmt.Sprintf("%s is closed undone: %s", c.Key, reason), nil))
		return nil
	}
}

// moved is what a move's fact says.
func (f *locked) moved(c Card, from, to Station, stayed, waited time.Duration) Moved {
	return Moved{Line: c.Line, From: from.Name, To: to.Name, Stayed: stayed.Seconds(), Waited: waited.Seconds(), Owner: c.Owner,
		Forward: f.line.index(to.Name) > f.line.index(from.Name), Kind: c.Kind, Class: c.Class, Created: c.CreatedAt, Started: c.StartedAt,
		Done: to.Kind == Done && c.Discarded == "", Discarded: c.Discarded != "", Overtook: c.Overtook}
}
