package measure

import (
	"fmt"
	"math"
)

// Behaviour is a process behaviour chart (Shewhart's individuals and moving
// range, XmR; Wheeler, Understanding Variation): which values are the routine
// variation of a process, and which say that something changed.
type Behaviour struct {
	Mean      float64  `json:"mean"`
	MeanRange float64  `json:"mean_range"` // of the moving ranges |x[i] − x[i−1]|
	Sigma     float64  `json:"sigma"`      // mean range ÷ 1.128
	Lower     float64  `json:"lower"`      // mean − 2.66 · mean range, not below the floor
	Upper     float64  `json:"upper"`      // mean + 2.66 · mean range
	Signals   []Signal `json:"signals"`    // in the order of the values
}

// Signal is a value, or the last of a run of values, that is not routine.
type Signal struct {
	At    int    `json:"at"` // index of the value
	Rule  Rule   `json:"rule"`
	Above bool   `json:"above"` // the side of the mean
	Text  string `json:"text"`
}

// Rule is one of the four ways in which values show a change (Western
// Electric, 1956).
type Rule string

// The rules.
const (
	BeyondLimit  Rule = "beyond-limit"      // one value beyond a limit
	TwoOfThree   Rule = "two-of-three"      // two of three beyond two sigma on one side
	FourOfFive   Rule = "four-of-five"      // four of five beyond one sigma on one side
	EightOneSide Rule = "eight-on-one-side" // eight in a row on one side of the mean
)

const (
	limitFactor = 2.66  // 3 ÷ d2 for ranges of two values
	rangeFactor = 1.128 // d2 for ranges of two values
)

// BehaviourOf draws the limits from all the values and finds the signals.
// floor is what no value can be below, such as 0 for counts; −Inf for none.
// Fewer than two values have no variation to speak of: there are no limits.
func BehaviourOf(values []float64, floor float64) (b Behaviour, known bool) {
	if len(values) < 2 {
		return b, false
	}
	for i, v := range values {
		b.Mean += v
		if i > 0 {
			b.MeanRange += math.Abs(v - values[i-1])
		}
	}
	b.Mean /= float64(len(values))
	b.MeanRange /= float64(len(values) - 1)
	b.Sigma = b.MeanRange / rangeFactor
	b.Lower = max(floor, b.Mean-limitFactor*b.MeanRange)
	b.Upper = b.Mean + limitFactor*b.MeanRange
	for i := range values {
		if s, found := b.signal(values, i); found {
			b.Signals = append(b.Signals, s)
		}
	}
	return b, true
}

// slip is how far a value must be past a line for that not to be rounding.
const slip = 1e-9

// signal says what a value shows, by the strongest rule that it meets.
func (b Behaviour) signal(values []float64, i int) (Signal, bool) {
	if b.Sigma == 0 {
		return Signal{}, false
	}
	for _, above := range []bool{true, false} {
		side := -1.0
		if above {
			side = 1
		}
		// beyond counts how many of the last n values are past a line of so
		// many sigma on this side; the value itself must be one of them.
		beyond := func(n int, sigmas float64) (count int) {
			if i+1 < n || side*(values[i]-b.Mean) <= sigmas*b.Sigma+slip {
				return 0
			}
			for _, v := range values[i+1-n : i+1] {
				if side*(v-b.Mean) > sigmas*b.Sigma+slip {
					count++
				}
			}
			return count
		}
		limit := b.Lower
		if above {
			limit = b.Upper
		}
		switch {
		case side*(values[i]-limit) > slip:
			return Signal{i, BeyondLimit, above, fmt.Sprintf("%.3g is beyond the limit of %.3g", values[i], limit)}, true
		case beyond(3, 2) >= 2:
			return Signal{i, TwoOfThree, above, "two of three values are far on one side"}, true
		case beyond(5, 1) >= 4:
			return Signal{i, FourOfFive, above, "four of five values are on one side"}, true
		case beyond(8, 0) == 8:
			return Signal{i, EightOneSide, above, "eight values in a row are on one side of the mean"}, true
		}
	}
	return Signal{}, false
}
