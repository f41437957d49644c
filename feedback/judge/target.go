package judge

import "math"

// Target is Wald's sequential test of one arm against an objective: that the
// share of bad units is Allowed, against its being twice that. It is computed
// from totals, so it may be asked at any time.
type Target struct {
	allowed float64 // share of bad units the objective allows; 0 is no objective
}

// LogRatio is the logarithm of the likelihood of twice the allowed share over
// that of the allowed share, after bad of all units:
// bad·ln(p1/p0) + (all−bad)·ln((1−p1)/(1−p0)).
func (t Target) LogRatio(bad, all int64) float64 {
	worse := t.worse()
	return float64(bad)*math.Log(worse/t.allowed) + float64(max(0, all-bad))*t.perClean()
}

// worse is twice the allowed share, kept below one.
func (t Target) worse() float64 { return min(2*t.allowed, (1+t.allowed)/2) }

// perClean is what one unhurt unit adds; it is negative.
func (t Target) perClean() float64 { return math.Log((1 - t.worse()) / (1 - t.allowed)) }

// given says whether there is an objective at all.
func (t Target) given() bool { return t.allowed > 0 }
