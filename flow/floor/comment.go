package floor

import (
	"context"
	"fmt"
	"strings"

	"andon/journal"
)

// Commented is the Data of a card.commented fact.
type Commented struct {
	Text string `json:"text"` // whole
}

// MostComment is how long a comment may be, in bytes.
const MostComment = 20_000

// mostBrief is how many letters of a comment the sentence of its fact repeats.
const mostBrief = 200

// Comment says something about a card. It stands in the card's history, where
// whoever follows the journal hears of it; the card stays as it is.
func (s *Service) Comment(ctx context.Context, key, text, by string) (Card, error) {
	switch text = strings.TrimSpace(text); {
	case text == "":
		return Card{}, &Invalid{"text", "say something about the card"}
	case len(text) > MostComment:
		return Card{}, &Invalid{"text", fmt.Sprintf("a comment has at most %d bytes; this one has %d", MostComment, len(text))}
	}
	return s.change(ctx, key, func(_ context.Context, tx journal.Tx, _ *locked, c *Card) error {
		tx.Append(cardFact(journal.CardCommented, *c, fmt.Sprintf("%s on %s: %s", by, key, brief(text)), Commented{text}))
		return nil
	})
}

// brief is the beginning of a text on one line.
func brief(text string) string {
	line := []rune(strings.Join(strings.Fields(text), " "))
	if len(line) <= mostBrief {
		return string(line)
	}
	return string(line[:mostBrief-1]) + "…"
}
