package floor

import (
	"context"
	"errors"
	"slices"

	"andon/journal"
)

// mostNews is how many facts are followed before a whole floor is read anew.
const mostNews = 200

// errTooMuch says that so much happened that a floor is better read whole.
var errTooMuch = errors.New("too much happened")

// Again reads a floor that was read before: of its cards only those that
// something happened to since. Following a move on a line of thousands of
// cards costs a small part of [Service.Floor], and gives the same except for
// the ranks of the cards that others were put in front of.
func (s *Service) Again(ctx context.Context, before Floor) (f Floor, err error) {
	err = s.ledger.Read(ctx, func(r journal.Reader) error {
		f, err = s.again(ctx, r, before)
		return err
	})
	if errors.Is(err, errTooMuch) {
		return s.Floor(ctx, before.Line.Name)
	}
	return f, err
}

func (s *Service) again(ctx context.Context, r journal.Reader, before Floor) (f Floor, err error) {
	f = Floor{Line: before.Line, At: s.ledger.Now()}
	if f.Head, err = journal.HeadOf(ctx, r); err != nil {
		return f, err
	}
	touched, err := touchedSince(ctx, r, before.Head)
	if err != nil {
		return f, err
	}
	if f.Line, err = lineByName(ctx, r, before.Line.Name); err != nil {
		return f, err
	}
	keys, err := column(ctx, r, `SELECT key FROM card WHERE `+onFloor+` ORDER BY `+urgency, f.Line.Name, shownDone)
	if err != nil {
		return f, err
	}
	known := make(map[string]Card, len(before.Cards))
	for _, c := range before.Cards {
		if !touched[c.Key] {
			known[c.Key] = c
		}
	}
	var missing []string
	for _, key := range keys {
		if _, ok := known[key]; !ok {
			missing = append(missing, key)
		}
	}
	if len(missing) > journal.AtOnce {
		return f, errTooMuch
	}
	fresh, err := cardsOf(ctx, r, missing)
	if err != nil {
		return f, err
	}
	for _, c := range fresh {
		known[c.Key] = c
	}
	f.Cards = make([]Card, len(keys))
	for i, key := range keys {
		f.Cards[i] = known[key]
	}
	slices.SortStableFunc(f.Cards, newestDone)
	return f, nil
}

// touchedSince are the cards that something happened to after a position.
// Whatever changes a card appends a fact about it in the same transaction.
func touchedSince(ctx context.Context, r journal.Reader, after int64) (map[string]bool, error) {
	facts, err := journal.FactsOf(ctx, r, journal.Query{After: after, Limit: mostNews, Linked: true})
	if err != nil {
		return nil, err
	}
	if len(facts) == mostNews {
		return nil, errTooMuch
	}
	touched := map[string]bool{}
	for _, f := range facts {
		if f.Type == journal.LineChanged {
			return nil, errTooMuch
		}
		for _, about := range f.About {
			if about.Kind == journal.Card {
				touched[about.ID] = true
			}
		}
	}
	return touched, nil
}

// cardsOf reads cards by their keys, with helpers and changes.
func cardsOf(ctx context.Context, r journal.Reader, keys []string) ([]Card, error) {
	if len(keys) == 0 {
		return nil, nil
	}
	in, args := journal.In(keys)
	cards, err := cardsWhere(ctx, r, `key IN (`+in+`)`, args...)
	if err != nil {
		return nil, err
	}
	return cards, attach(ctx, r, cards)
}
