package floor

import (
	"context"
	"sort"

	"andon/journal"
)

// OrderIn lists the open cards of a line in the order in which they will be
// done if nobody overtakes: nearest to the end first, then by urgency.
func OrderIn(ctx context.Context, r journal.Reader, line string) ([]Card, error) {
	l, err := lineByName(ctx, r, line)
	if err != nil {
		return nil, err
	}
	cards, err := cardsWhere(ctx, r, `line = $1 AND done_at = 0`, line)
	if err != nil {
		return nil, err
	}
	sort.SliceStable(cards, func(i, j int) bool { return l.index(cards[i].Station) > l.index(cards[j].Station) })
	return cards, nil
}
