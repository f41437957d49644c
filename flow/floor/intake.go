package floor

import (
	"context"
	"fmt"
	"strings"
	"time"

	"andon/journal"
)

// Analyse notes what a new card takes, so that nobody begins it blindly. The
// text is added to the card's note; without one, the present note will do.
func (s *Service) Analyse(ctx context.Context, key, text, by string) (Card, error) {
	return s.change(ctx, key, func(ctx context.Context, tx journal.Tx, _ *locked, c *Card) error {
		was := *c
		if text = strings.TrimSpace(text); text != "" && !strings.Contains(c.Note, text) {
			c.Note = strings.TrimSpace(c.Note + "\n\n" + text)
		}
		if c.Note == "" {
			return &Invalid{"text", "say what the card takes: what changes, what may break, who must know"}
		}
		c.AnalysedAt, c.AnalysedBy = tx.Now(), by
		c.Rev++
		_, err := tx.Exec(ctx, `UPDATE card SET note = $2, analysed_at = $3, analysed_by = $4, rev = rev + 1 WHERE key = $1`,
			key, c.Note, journal.Micros(c.AnalysedAt), by)
		tx.Append(cardFact(journal.TicketUpdated, *c, fmt.Sprintf("%s analysed %s", by, key), Edited{Was: was, Is: *c}))
		return err
	})
}

// Schedule says on which day a card is to begin; the zero time takes the day
// back.
func (s *Service) Schedule(ctx context.Context, key string, at time.Time) (Card, error) {
	return s.change(ctx, key, scheduling(at))
}

func scheduling(at time.Time) act {
	return func(ctx context.Context, tx journal.Tx, _ *locked, c *Card) error {
		was, text := *c, c.Key+" is no longer scheduled"
		if c.ScheduledFor = day(at); !at.IsZero() {
			text = fmt.Sprintf("%s is scheduled for %s", c.Key, c.ScheduledFor.Format(time.DateOnly))
		}
		c.Rev++
		_, err := tx.Exec(ctx, `UPDATE card SET scheduled_for = $2, rev = rev + 1 WHERE key = $1`, c.Key, journal.Micros(c.ScheduledFor))
		tx.Append(cardFact(journal.TicketUpdated, *c, text, Edited{Was: was, Is: *c}))
		return err
	}
}
