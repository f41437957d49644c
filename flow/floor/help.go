package floor

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"

	"andon/journal"
)

// Helped is the Data of the ticket.updated fact of a helper who came.
type Helped struct {
	Helper string `json:"helper"`
}

func helpedOf(f journal.Fact) (h Helped, ok bool) {
	err := json.Unmarshal(f.Data, &h)
	return h, err == nil && h.Helper != ""
}

// Help adds a person to a card, whatever their usual role: swarming. It
// answers a lit andon.
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
		tx.Append(cardFact(journal.TicketUpdated, *c, fmt.Sprintf("%s helps with %s", person, key), Helped{person}))
		if c.Lamp != nil && c.Lamp.Answer == "" {
			return answer(ctx, tx, c, person+" helps")
		}
		return nil
	})
}

// Leave takes a helper off a card. An andon that was answered stays so.
func (s *Service) Leave(ctx context.Context, key, person string) (Card, error) {
	return s.change(ctx, key, leaving(person))
}

func leaving(person string) act {
	return func(ctx context.Context, tx journal.Tx, _ *locked, c *Card) error {
		n, err := tx.Exec(ctx, `DELETE FROM card_helper WHERE card = $1 AND person = $2`, c.Key, person)
		if err != nil {
			return err
		}
		if n == 0 {
			return &Invalid{"person", fmt.Sprintf("%s does not help with %s", person, c.Key)}
		}
		c.Helpers = slices.DeleteFunc(c.Helpers, func(p string) bool { return p == person })
		tx.Append(cardFact(journal.TicketUpdated, *c, fmt.Sprintf("%s no longer helps with %s", person, c.Key), nil))
		return nil
	}
}
