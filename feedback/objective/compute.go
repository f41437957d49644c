package objective

import (
	"context"
	"fmt"
	"math"
	"time"
)

// Metrics answers PromQL. Implementations are safe for concurrent use.
type Metrics interface {
	// Value evaluates an instant query that gives at most one number. found is
	// false when it gives none: no series matched.
	Value(ctx context.Context, promql string, at time.Time) (v float64, found bool, err error)
}

// Status is one objective at one moment.
type Status struct {
	Objective Objective
	At        time.Time
	// Total and Bad are events in the objective's window. They are estimates
	// of PromQL's increase and need not be whole numbers.
	Total, Bad float64
	// Ratio is the share of good events, 1 − Bad/Total.
	Ratio float64
	// Remaining is the share of the error budget that is left: 1 when nothing
	// failed, 0 when all is spent, below zero when overspent.
	Remaining float64
	// Known is false when there were no events or they could not be counted;
	// every other number is zero then and Text says why.
	Known bool
	// BurnRate1h and BurnRate5m are error rate over the last hour or five
	// minutes ÷ budget: at 1 the budget lasts exactly one window. Zero when
	// there were no events.
	BurnRate1h, BurnRate5m float64
	// ExhaustedIn is when the budget will be gone at the last hour's rate;
	// zero when it is not burning or already gone.
	ExhaustedIn time.Duration
	// Text says it in one sentence, with the numbers.
	Text string
}

// count is events over some window.
type count struct{ total, bad float64 }

// rate is the share of bad events.
func (c count) rate() float64 {
	if c.total <= 0 {
		return 0
	}
	return c.bad / c.total
}

// Compute counts an objective's events up to at.
//
// Formulas (OpenSLO v1 Occurrences; Google SRE workbook, "Alerting on SLOs"),
// T target, B = 1 − T, P the window:
//
//	remaining   = 1 − (bad/total)/B
//	burn(w)     = error rate over w ÷ B
//	exhaustion  = remaining · P / burn(1h)
//
// An error means that the counts could not be had; no events is a Status with
// Known false.
func Compute(ctx context.Context, m Metrics, o Objective, at time.Time) (Status, error) {
	whole, err := measure(ctx, m, o, o.Window, at)
	if err != nil {
		return Status{}, err
	}
	return withBurn(ctx, m, o, whole, at)
}

func withBurn(ctx context.Context, m Metrics, o Objective, whole count, at time.Time) (Status, error) {
	hour := whole
	var err error
	if o.Window != time.Hour {
		if hour, err = measure(ctx, m, o, time.Hour, at); err != nil {
			return Status{}, err
		}
	}
	five, err := measure(ctx, m, o, 5*time.Minute, at)
	if err != nil {
		return Status{}, err
	}
	return judge(o, at, whole, hour, five), nil
}

// measure counts all and bad events of the last w.
func measure(ctx context.Context, m Metrics, o Objective, w time.Duration, at time.Time) (count, error) {
	ask := func(sel string) (float64, error) {
		v, found, err := m.Value(ctx, events(sel, w), at)
		if err != nil {
			return 0, fmt.Errorf("objective %s: count %s over %s: %w", o.Name, sel, span(w), err)
		}
		if !found || math.IsNaN(v) {
			return 0, nil
		}
		return v, nil
	}
	total, err := ask(o.Total)
	if err != nil || total <= 0 {
		return count{}, err
	}
	if o.Bad != "" {
		bad, err := ask(o.Bad)
		return count{total, bad}, err
	}
	good, err := ask(o.Good)
	bad := total - good
	// Two sums of floats differ in their last digits though all was good, and
	// a scrape between the two queries may show more good than all.
	if bad < 1e-9*total {
		bad = 0
	}
	return count{total, bad}, err
}

// judge is the arithmetic, pure.
func judge(o Objective, at time.Time, whole, hour, five count) Status {
	s := Status{Objective: o, At: at.UTC()}
	if whole.total <= 0 {
		s.Text = fmt.Sprintf("%s: no events in the last %s, so nothing is known about its budget.", o.Title, span(o.Window))
		return s
	}
	budget := o.Budget()
	s.Known = true
	s.Total, s.Bad = whole.total, whole.bad
	s.Ratio = 1 - whole.rate()
	s.Remaining = 1 - whole.rate()/budget
	s.BurnRate1h, s.BurnRate5m = hour.rate()/budget, five.rate()/budget
	// A rate that the last five minutes do not confirm is over; at a rate of
	// one or less a rolling window gives back as fast as it spends.
	if s.BurnRate1h > 1 && s.BurnRate5m > 1 && s.Remaining > 0 {
		left := s.Remaining * float64(o.Window) / s.BurnRate1h
		s.ExhaustedIn = max(time.Second, time.Duration(left).Round(time.Second))
	}
	s.Text = sentence(s)
	return s
}
