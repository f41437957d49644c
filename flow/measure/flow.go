package measure

import (
	"context"
	"time"

	"andon/flow/floor"
	"andon/journal"
)

// Flow is how work flowed over a line within a window.
type Flow struct {
	Line     floor.Line    `json:"line"`
	Window   Window        `json:"window"`
	Days     []Day         `json:"days"`
	Before   Day           `json:"before"` // totals before the window
	Cycle    CycleTimes    `json:"cycle"`
	Open     []Open        `json:"open"`
	Stations []StationFlow `json:"stations"`
}

// Flow reads the numbers of a line. Its cost depends on the days of the
// window and on what is open, not on how many cards there ever were.
func (s *Service) Flow(ctx context.Context, line string, w Window) (f Flow, err error) {
	err = s.ledger.Read(ctx, func(r journal.Reader) error {
		f, err = FlowOf(ctx, r, line, w)
		return err
	})
	return f, err
}

// FlowOf is Flow in the caller's transaction.
func FlowOf(ctx context.Context, r journal.Reader, line string, w Window) (f Flow, err error) {
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
	if f.Open, err = openAt(ctx, r, f.Line, w.To, f.Days[len(f.Days)-1].WIP); err != nil {
		return f, err
	}
	f.Stations, err = readStations(ctx, r, f.Line, w)
	return f, err
}
