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
	// Little says whether the averages may be read together.
	Little Little `json:"little"`
	// Debt is the flow debt; DebtKnown is false when the window is too short.
	Debt      time.Duration `json:"flow_debt"`
	DebtKnown bool          `json:"flow_debt_known"`
	// Pace and Load are the process behaviour charts of what was done and of
	// what was in progress, by week in windows of ten weeks and more, else by
	// day.
	Pace Series `json:"pace"`
	Load Series `json:"load"`
	// Expedite is what going before others cost them.
	Expedite Expedite `json:"expedite"`
}

// Series are values over time with their process behaviour.
type Series struct {
	Every     int         `json:"every"` // days for each value
	From      []time.Time `json:"from"`
	Values    []float64   `json:"values"`
	Behaviour Behaviour   `json:"behaviour"`
	Known     bool        `json:"known"`
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
	if f, err = SumsOf(ctx, r, line, w); err != nil {
		return f, err
	}
	if f.Open, _, err = openAt(ctx, r, f.Line, endOf(w.To), f.Days[len(f.Days)-1].WIP); err != nil {
		return f, err
	}
	older, err := meanAgeAt(ctx, r, f.Line, endOf(w.From), f.Before.WIP)
	if err != nil {
		return f, err
	}
	f.Little = LittleOf(f, older, meanAge(f.Open))
	f.Debt, f.DebtKnown = FlowDebt(f)
	if f.Expedite, err = expediteOf(ctx, r, f.Line, w, f.Cycle.N); err != nil {
		return f, err
	}
	f.Pace = f.series(func(days []Day) (sum float64) {
		for _, d := range days {
			sum += float64(d.Done)
		}
		return sum
	})
	f.Load = f.series(func(days []Day) (sum float64) {
		for _, d := range days {
			sum += float64(d.WIP)
		}
		return sum / float64(len(days))
	})
	return f, nil
}

func meanAge(open []Open) (mean time.Duration) {
	for _, o := range open {
		mean += o.Age / time.Duration(len(open))
	}
	return mean
}

const (
	week       = 7
	byWeekFrom = 10 * week
)

// series makes one value of each week, or day, of the window. Weeks end with
// the window; days that make no whole week are left out.
func (f Flow) series(value func([]Day) float64) (s Series) {
	s.Every = 1
	if len(f.Days) >= byWeekFrom {
		s.Every = week
	}
	for from := len(f.Days) % s.Every; from < len(f.Days); from += s.Every {
		s.From = append(s.From, f.Days[from].Day)
		s.Values = append(s.Values, value(f.Days[from:from+s.Every]))
	}
	s.Behaviour, s.Known = BehaviourOf(s.Values, 0)
	return s
}
