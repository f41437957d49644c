package floor

import (
	"context"
	"errors"
	"fmt"

	"andon/journal"
)

// Concern is something outside the floor that a card has to do with, such as
// an incident.
type Concern struct {
	By    string // what it is called: "INC-1"
	Text  string
	About journal.Ref // empty where it is no thing of Andon's
}

// ConcernIn writes into the history of cards that something concerns them.
// Keys that are no cards are passed over, and each tie is told once.
func ConcernIn(ctx context.Context, tx journal.Tx, by Concern, keys []string) error {
	for _, key := range keys {
		c, err := cardByKey(ctx, tx, key)
		if _, missing := errors.AsType[*Missing](err); missing {
			continue
		}
		if err != nil {
			return err
		}
		f := cardFact(journal.CardConcerned, c, fmt.Sprintf("%s concerns %s: %s", by.By, key, by.Text), map[string]string{"by": by.By, "text": by.Text})
		if by.About.ID != "" {
			f.About = append(f.About, by.About)
		}
		f.ID = journal.FactID(string(f.Type), by.By, key)
		told, err := journal.Told(ctx, tx, f.ID)
		if err != nil {
			return err
		}
		if !told {
			tx.Append(f)
		}
	}
	return nil
}

// CardsBetween are the cards with a change within (after, upTo].
func CardsBetween(ctx context.Context, r journal.Reader, after, upTo int64) ([]string, error) {
	return column(ctx, r, `SELECT DISTINCT card FROM card_change WHERE ord > $1 AND ord <= $2 ORDER BY card`, after, upTo)
}
