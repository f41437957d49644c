package floor

import (
	"context"
	"fmt"

	"andon/journal"
)

// Help adds a person to a card, whatever their usual role: swarming.
func (s *Service) Help(ctx context.Context, key, person string) (Card, error) {
	if person == "" {
		return Card{}, &Invalid{"person", "say who helps"}
	}
	return s.change(ctx, key, func(ctx context.Context, tx journal.Tx, _ *locked, c *Card) error {
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
