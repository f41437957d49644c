package forecast

import (
	"slices"
	"time"
)

// Kind is which of the two questions a forecast answers.
type Kind string

const (
	// AskHowMany asks for the items done within Question.Days.
	AskHowMany Kind = "how-many"
	// AskWhen asks for the day on which Question.Items will be done.
	AskWhen Kind = "when"
)

// Question is what was asked, with all that is needed to judge the answer.
type Question struct {
	Line  string
	Kind  Kind
	Items int // asked by AskWhen
	Days  int // asked by AskHowMany
}

// Percentile is one promise of a forecast: with probability P (or better, as
// counts are whole), the answer is Value or better. Better is sooner for
// AskWhen and more for AskHowMany.
type Percentile struct {
	P      float64 // the probability stated, for example 0.85
	Value  int     // days for AskWhen, items for AskHowMany
	Chance float64 // the exact probability of Value or better, at least P
}

// Kept is a forecast as it was made, to be scored later.
type Kept struct {
	ID          string
	MadeAt      time.Time
	Question    Question
	Percentiles []Percentile
}

// Keep answers the question from a distribution at the stated probabilities.
// A probability only reached past the horizon is left out: nothing was said.
func Keep(id string, madeAt time.Time, q Question, d Distribution, probabilities ...float64) Kept {
	kept := Kept{ID: id, MadeAt: madeAt, Question: q}
	for _, p := range probabilities {
		if q.Kind == AskHowMany {
			if value, ok := d.Floor(p); ok {
				kept.Percentiles = append(kept.Percentiles, Percentile{P: p, Value: value, Chance: d.AtLeast(value)})
			}
		} else if value, ok := d.Percentile(p); ok {
			kept.Percentiles = append(kept.Percentiles, Percentile{P: p, Value: value, Chance: d.CDF(value)})
		}
	}
	return kept
}

// Outcome is what became of the question of one forecast so far.
type Outcome struct {
	ForecastID string
	Elapsed    int  // whole days since the forecast, of the history's kind
	Items      int  // items done in Elapsed days, or within Question.Days if fewer
	Done       bool // AskWhen: all items are done
	Day        int  // AskWhen, once Done: the day on which the last was done
}

// Judge tells whether a promise came true. It is due only when its time has
// passed. Judging an early success before that would count the quick successes
// and leave out the misses still open, and flatter every forecast.
func (q Question) Judge(p Percentile, o Outcome) (hit, due bool) {
	switch q.Kind {
	case AskWhen:
		return o.Done && o.Day <= p.Value, o.Elapsed >= p.Value
	case AskHowMany:
		return o.Items >= p.Value, o.Elapsed >= q.Days
	}
	return false, false
}

// Verdict is what a score says of the forecasts made at one probability.
type Verdict string

const (
	// TooFew means nothing can be said: the interval is wider than a quarter.
	TooFew Verdict = "too few"
	// Calibrated means the chance given lies in the interval of the hit rate.
	Calibrated Verdict = "calibrated"
	// TooSure means fewer came true than was promised.
	TooSure Verdict = "too sure"
	// TooCareful means more came true than was promised.
	TooCareful Verdict = "too careful"
)

// tellingWidth is the width of an interval above which it does not confirm a
// forecast. A clear contradiction is told however wide the interval is.
const tellingWidth = 0.25

// Calibration is the score of all promises made at one stated probability.
type Calibration struct {
	P        float64  // the probability stated
	Chance   float64  // the mean exact chance of the promises due, at least P
	Due      int      // promises whose time has passed
	Hits     int      // of these, the ones that came true
	Open     int      // promises not due, or without a known outcome
	Rate     float64  // Hits ÷ Due; 0 when none is due
	Interval Interval // Wilson interval of the rate
	Verdict  Verdict
}

// Score holds the kept forecasts against their outcomes, one Calibration for
// each stated probability, in rising order. Confidence is that of the
// intervals, for example 0.95.
func Score(kept []Kept, outcomes []Outcome, confidence float64) []Calibration {
	known := make(map[string]Outcome, len(outcomes))
	for _, o := range outcomes {
		known[o.ForecastID] = o
	}
	at := map[float64]*Calibration{}
	for _, k := range kept {
		o, seen := known[k.ID]
		for _, p := range k.Percentiles {
			c := at[p.P]
			if c == nil {
				c = &Calibration{P: p.P}
				at[p.P] = c
			}
			c.add(k.Question, p, o, seen)
		}
	}
	scores := make([]Calibration, 0, len(at))
	for _, c := range at {
		c.conclude(confidence)
		scores = append(scores, *c)
	}
	slices.SortFunc(scores, func(a, b Calibration) int {
		if a.P < b.P {
			return -1
		}
		return 1
	})
	return scores
}

func (c *Calibration) add(q Question, p Percentile, o Outcome, seen bool) {
	hit, due := q.Judge(p, o)
	if !seen || !due {
		c.Open++
		return
	}
	c.Due++
	c.Chance += p.Chance // a sum until conclude
	if hit {
		c.Hits++
	}
}

func (c *Calibration) conclude(confidence float64) {
	c.Interval = Wilson(c.Hits, c.Due, confidence)
	if c.Due == 0 {
		c.Chance, c.Verdict = c.P, TooFew
		return
	}
	c.Chance /= float64(c.Due)
	c.Rate = float64(c.Hits) / float64(c.Due)
	switch {
	case c.Interval.High < c.Chance:
		c.Verdict = TooSure
	case c.Interval.Low > c.Chance:
		c.Verdict = TooCareful
	case c.Interval.High-c.Interval.Low > tellingWidth:
		c.Verdict = TooFew
	default:
		c.Verdict = Calibrated
	}
}
