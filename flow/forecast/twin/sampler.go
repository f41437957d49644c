package twin

import (
	"math"
	"math/rand/v2"
	"slices"
)

// Sampler draws one duration, at least 0, in the unit of the model. It keeps no
// state of its own, so that one Model may serve many runs at once.
type Sampler func(rng *rand.Rand) float64

// Constant always takes the same time.
func Constant(d float64) Sampler { return func(*rand.Rand) float64 { return d } }

// Exponential has the given mean and a coefficient of variation of 1.
func Exponential(mean float64) Sampler {
	return func(rng *rand.Rand) float64 { return mean * rng.ExpFloat64() }
}

// Erlang is the sum of k exponential phases with the given mean in all; its
// squared coefficient of variation is 1/k.
func Erlang(k int, mean float64) Sampler {
	return func(rng *rand.Rand) float64 {
		sum := 0.0
		for range k {
			sum += rng.ExpFloat64()
		}
		return sum * mean / float64(k)
	}
}

// LogNormal has the given mean and coefficient of variation (deviation ÷ mean).
// Times of knowledge work are often close to it.
func LogNormal(mean, variation float64) Sampler {
	variance := math.Log1p(variation * variation)
	mu, sigma := math.Log(mean)-variance/2, math.Sqrt(variance)
	return func(rng *rand.Rand) float64 { return math.Exp(mu + sigma*rng.NormFloat64()) }
}

// Empirical draws from what was seen, each value alike. With nothing seen it
// takes no time. The values are copied.
func Empirical(seen []float64) Sampler {
	if len(seen) == 0 {
		return Constant(0)
	}
	values := slices.Clone(seen)
	return func(rng *rand.Rand) float64 { return values[rng.IntN(len(values))] }
}

// Scaled draws from another sampler and multiplies by a factor.
func Scaled(s Sampler, factor float64) Sampler {
	if factor == 1 {
		return s
	}
	return func(rng *rand.Rand) float64 { return factor * s(rng) }
}
