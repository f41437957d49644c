package measure

import (
	"context"
	"time"

	"andon/flow/floor"
	"andon/journal"
)

// Sums is a [Flow] of what the sums of days tell alone: the days, the cycle
// times and the stations. It is what comparing with another window needs.
func (s *Service) Sums(ctx context.Context, line string, w Window) (f Flow, err error) {
	err = s.ledger.Read(ctx, func(r journal.Reader) error {
		f, err = SumsOf(ctx, r, line, w)
		return err
	})
	return f, err
}

// SumsOf is Sums in the caller's transaction.
func SumsOf(ctx context.Context, r journal.Reader, line string, w Window) (f Flow, err error) {
	f.Window = w
	if f.Line, err = floor.LineIn(ctx, r, line); err != nil {
		return f, err
	}
	book, err := readDays(ctx, r, f.Line, w)
	if err != nil {
		return f, err
	}
	f.Days, f.Before = book.days, book.before
	var h histogram
	if f.Cycle, h, err = readCycles(ctx, r, line, w); err != nil {
		return f, err
	}
	if h.n > 0 {
		f.Cycle.Mean = book.cycle / time.Duration(h.n)
		for _, p := range Percentiles {
			d, err := percentile(ctx, r, line, w, h, p)
			if err != nil {
				return f, err
			}
			f.Cycle.Percentiles = append(f.Cycle.Percentiles, CyclePercentile{p, d})
		}
	}
	f.Stations, err = readStations(ctx, r, f.Line, w)
	return f, err
}
