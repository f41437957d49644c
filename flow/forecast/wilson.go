package forecast

import "math"

// Interval is a range of a share, both ends within [0, 1].
type Interval struct {
	Low, High float64
}

// Contains tells whether the share lies in the interval, ends included.
func (i Interval) Contains(share float64) bool { return i.Low <= share && share <= i.High }

// Wilson is the score interval of a share of hits out of n trials, at the
// given confidence in (0, 1) (Wilson 1927). It keeps within [0, 1] and holds
// for few trials too, where hits ± 1.96·σ does not. No trials say nothing:
// the interval is [0, 1].
func Wilson(hits, n int, confidence float64) Interval {
	if n <= 0 || !(confidence > 0 && confidence < 1) {
		return Interval{0, 1}
	}
	z := math.Sqrt2 * math.Erfinv(confidence)
	share, trials := float64(hits)/float64(n), float64(n)
	scale := 1 / (1 + z*z/trials)
	centre := (share + z*z/(2*trials)) * scale
	half := z * math.Sqrt(share*(1-share)/trials+z*z/(4*trials*trials)) * scale
	i := Interval{Low: max(centre-half, 0), High: min(centre+half, 1)}
	if hits <= 0 {
		i.Low = 0 // exactly, not by rounding
	}
	if hits >= n {
		i.High = 1
	}
	return i
}
