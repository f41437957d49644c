package measure

import (
	"context"
	"slices"
	"time"

	"andon/flow/floor"
	"andon/journal"
)

// Held lists the cards that were in progress at the end of a window: in one
// station, or in any where the station is empty. Those begun last come first.
// A station where work only waits or is done has none.
func (s *Service) Held(ctx context.Context, line, station string, w Window) (rows []Row, err error) {
	err = s.ledger.Read(ctx, func(r journal.Reader) error {
		f, err := SumsOf(ctx, r, line, w)
		if err != nil {
			return err
		}
		if station != "" {
			if _, err := f.Line.Station(station); err != nil {
				return err
			}
		}
		open, items, err := openAt(ctx, r, f.Line, endOf(w.To), f.Days[len(f.Days)-1].WIP)
		for n, o := range open {
			if station == "" || o.Station == station {
				rows = append(rows, items[n].row())
			}
		}
		return err
	})
	return rows, err
}

// Left lists the cards that left a station within a window, those that left
// last first. It looks at no more than [mostWays] cards, those begun last.
func (s *Service) Left(ctx context.Context, line, station string, w Window) (rows []Row, err error) {
	left := map[string]time.Time{}
	err = s.ledger.Read(ctx, func(r journal.Reader) error {
		l, err := floor.LineIn(ctx, r, line)
		if err != nil {
			return err
		}
		if _, err := l.Station(station); err != nil {
			return err
		}
		items, err := itemsThrough(ctx, r, l, w.From, w.To, mostWays)
		for _, i := range items {
			if at := i.leftWithin(station, w); !at.IsZero() {
				left[i.card] = at
				rows = append(rows, i.row())
			}
		}
		return err
	})
	slices.SortStableFunc(rows, func(a, b Row) int { return left[b.Card].Compare(left[a.Card]) })
	return rows, err
}

// leftWithin is when an item last left a station within a window; zero when it
// did not.
func (i *item) leftWithin(station string, w Window) (at time.Time) {
	for _, stay := range i.stays {
		if stay.Station == station && !stay.Left.Before(w.From) && stay.Left.Before(w.To) {
			at = stay.Left
		}
	}
	return at
}
