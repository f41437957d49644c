package forecast

import (
	"fmt"
	"math"
)

// rounding is how far a sum of probabilities may fall short of a stated
// probability and still be said to reach it. Twenty times 0.05 is not 1 in
// floating point, and an 85th percentile must not move because of that.
const rounding = 1e-12

// Distribution is a discrete distribution over whole numbers from 0 up: items
// or days. It is known exactly up to a horizon; what lies past the horizon is
// kept as one lump of probability. The zero value is unknown: it has no mass.
type Distribution struct {
	pmf    []float64 // pmf[k] = P(X = k)
	beyond float64   // P(X ≥ len(pmf))
}

// NewDistribution makes a distribution from the weights of the outcomes 0, 1,
// 2 … and the weight of everything past them. Weights need not sum to one.
// It is an error when a weight is negative or not finite, or all are zero.
func NewDistribution(weights []float64, beyond float64) (Distribution, error) {
	total := beyond
	for k, w := range weights {
		if !(w >= 0) || math.IsInf(w, 1) {
			return Distribution{}, fmt.Errorf("distribution: the weight of outcome %d is %v; it must be a finite number of at least 0", k, w)
		}
		total += w
	}
	if !(beyond >= 0) || math.IsInf(beyond, 1) {
		return Distribution{}, fmt.Errorf("distribution: the weight beyond the horizon is %v; it must be a finite number of at least 0", beyond)
	}
	if total == 0 {
		return Distribution{}, fmt.Errorf("distribution: all %d weights are 0; at least one must be above 0", len(weights))
	}
	if math.IsInf(total, 1) {
		return Distribution{}, fmt.Errorf("distribution: the sum of the weights is too large; give smaller weights")
	}
	pmf := make([]float64, len(weights))
	for k, w := range weights {
		pmf[k] = w / total
	}
	return Distribution{pmf: pmf, beyond: beyond / total}, nil
}

// Certain is the distribution of a number that is known: n, at least 0.
func Certain(n int) Distribution {
	pmf := make([]float64, max(n, 0)+1)
	pmf[len(pmf)-1] = 1
	return Distribution{pmf: pmf}
}

// Known tells whether there is a distribution at all. Without history there is
// none, and no percentile of it may be shown.
func (d Distribution) Known() bool { return len(d.pmf) > 0 || d.beyond > 0 }

// Horizon is the largest outcome that is told apart; −1 when there is none.
func (d Distribution) Horizon() int { return len(d.pmf) - 1 }

// Beyond is the probability of an outcome past the horizon.
func (d Distribution) Beyond() float64 { return d.beyond }

// P is the probability of exactly k. It is 0 past the horizon; see Beyond.
func (d Distribution) P(k int) float64 {
	if k < 0 || k >= len(d.pmf) {
		return 0
	}
	return d.pmf[k]
}

// CDF is the probability of at most k. Past the horizon it stays at what was
// reached there, unless nothing lies beyond.
func (d Distribution) CDF(k int) float64 {
	sum := 0.0
	for i := 0; i <= k && i < len(d.pmf); i++ {
		sum += d.pmf[i]
	}
	return min(sum, 1)
}

// AtLeast is the probability of k or more.
func (d Distribution) AtLeast(k int) float64 {
	sum := d.beyond
	for i := len(d.pmf) - 1; i >= max(k, 0); i-- {
		sum += d.pmf[i]
	}
	return min(sum, 1)
}

// Percentile is the first outcome whose cumulative probability reaches p. It
// is false when the distribution is unknown, p is not in (0, 1], or p is only
// reached past the horizon.
func (d Distribution) Percentile(p float64) (int, bool) {
	if !(p > 0 && p <= 1) {
		return 0, false
	}
	sum := 0.0
	for k, q := range d.pmf {
		if sum += q; sum >= p-rounding && q > 0 {
			return k, true
		}
	}
	return 0, false
}

// Floor is the largest outcome that is met or passed with probability p or
// more: "with 85 %, at least so many items". It is false when the distribution
// is unknown, p is not in (0, 1], or the answer lies past the horizon.
func (d Distribution) Floor(p float64) (int, bool) {
	if !(p > 0 && p <= 1) || !d.Known() || d.beyond >= p-rounding {
		return 0, false
	}
	sum := d.beyond
	for k := len(d.pmf) - 1; k >= 0; k-- {
		if sum += d.pmf[k]; sum >= p-rounding {
			return k, true
		}
	}
	return 0, false
}

// Mean is the expected value. It is false when the distribution is unknown or
// has mass past the horizon, of which only the lower end is known.
func (d Distribution) Mean() (float64, bool) {
	if !d.Known() || d.beyond > rounding {
		return 0, false
	}
	sum := 0.0
	for k, p := range d.pmf {
		sum += float64(k) * p
	}
	return sum, true
}

// PMF is a copy of the probabilities of the outcomes 0 … Horizon.
func (d Distribution) PMF() []float64 { return append([]float64(nil), d.pmf...) }
