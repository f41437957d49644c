package floor

import (
	"context"
	"errors"
	"strings"

	"andon/flow/change"
	"andon/journal"
)

// Forge is the floor as what a forge tells acts on it.
type Forge struct{}

// Known gives those of the keys that are keys of cards, in their order.
func (Forge) Known(ctx context.Context, r journal.Reader, keys []string) (known []string, err error) {
	for _, key := range keys {
		var n int
		if err := r.QueryRow(ctx, `SELECT count(*) FROM card WHERE key = $1`, key).Scan(&n); err != nil {
			return nil, err
		}
		if n > 0 {
			known = append(known, key)
		}
	}
	return known, nil
}

// OfIssues gives the cards that were taken over from issues, each named as in
// "github:acme/shop#12".
func (Forge) OfIssues(ctx context.Context, r journal.Reader, origins []string) (keys []string, err error) {
	for _, origin := range origins {
		some, err := column(ctx, r, `SELECT key FROM card WHERE origin = $1 ORDER BY key`, origin)
		if err != nil {
			return nil, err
		}
		keys = append(keys, some...)
	}
	return keys, nil
}

// Drop discards a card that nobody began: what it was taken over from will not
// be done. Work that was begun is for people to decide on, so it stays.
func (Forge) Drop(ctx context.Context, tx journal.Tx, key, reason, by string) error {
	_, err := changeIn(ctx, tx, key, func(ctx context.Context, tx journal.Tx, f *locked, c *Card) error {
		st, err := f.line.Station(c.Station)
		if err != nil || st.Kind != Queue || !c.DoneAt.IsZero() {
			return err
		}
		return discarding(reason, by)(ctx, tx, f, c)
	})
	if _, gone := errors.AsType[*Missing](err); gone {
		return nil
	}
	return err
}

// Adopt adds a card for an issue or a pull request that had none.
func (Forge) Adopt(ctx context.Context, tx journal.Tx, n NewCard) (Card, error) {
	return CreateIn(ctx, tx, n)
}

// from notes the issue that a card was taken over from.
func from(ctx context.Context, tx journal.Tx, key, origin string) error {
	_, err := tx.Exec(ctx, `UPDATE card SET origin = $2 WHERE key = $1`, key, origin)
	return err
}

// ReadyForReview notes that a card's change waits for reviewers: it enters the
// line's review station as soon as there is room. A card that is there already
// or further on stays, and so does any card of a line without such a station.
func (Forge) ReadyForReview(ctx context.Context, tx journal.Tx, key string) error {
	_, err := changeIn(ctx, tx, key, func(ctx context.Context, tx journal.Tx, f *locked, c *Card) error {
		review, ok := f.line.Review()
		if !ok || f.line.index(c.Station) >= f.line.index(review.Name) || c.ReadyFor != "" {
			return nil
		}
		return f.ready(ctx, tx, c, review.Name)
	})
	if _, gone := errors.AsType[*Missing](err); gone {
		return nil // it was there when the forge was heard; nothing is lost
	}
	return err
}

// Checked notes which workflow of a forge refuses a card's work, "" when none
// does. It blocks nothing, for a red run is part of working on a change; it
// says who wants help. The run itself is in the journal.
func (Forge) Checked(ctx context.Context, tx journal.Tx, key, red string) error {
	_, err := tx.Exec(ctx, `UPDATE card SET red = $2 WHERE key = $1 AND red <> $2`, key, red)
	return err
}

// Link ties a recorded change to cards.
func (Forge) Link(ctx context.Context, tx journal.Tx, c change.Change, keys []string) error {
	_, err := LinkIn(ctx, tx, c, keys)
	return err
}

// Review finds the station where people review: the first one of work with
// review in its name.
func (l Line) Review() (Station, bool) {
	for _, s := range l.Stations {
		if s.Kind == Work && strings.Contains(s.Name, "review") {
			return s, true
		}
	}
	return Station{}, false
}
