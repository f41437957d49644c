package forecast

import (
	"math"
	"slices"
	"testing"

	"pgregory.net/rapid"
)

func mass(d Distribution) float64 {
	sum := d.Beyond()
	for k := 0; k <= d.Horizon(); k++ {
		sum += d.P(k)
	}
	return sum
}

func near(t interface {
	Helper()
	Fatalf(string, ...any)
}, what string, got, want, tolerance float64) {
	t.Helper()
	if math.IsNaN(got) || math.Abs(got-want) > tolerance {
		t.Fatalf("%s = %v, want %v ± %v", what, got, want, tolerance)
	}
}

var someDistribution = rapid.Custom(func(t *rapid.T) Distribution {
	weights := rapid.SliceOfN(rapid.Float64Range(0.001, 10), 1, 12).Draw(t, "weights")
	beyond := 0.0
	if rapid.Bool().Draw(t, "lumped") {
		beyond = rapid.Float64Range(0.001, 5).Draw(t, "beyond")
	}
	d, err := NewDistribution(weights, beyond)
	if err != nil {
		t.Fatal(err)
	}
	return d
})

func TestTwoDice(t *testing.T) {
	die, err := NewDistribution([]float64{0, 1, 1, 1, 1, 1, 1}, 0)
	if err != nil {
		t.Fatal(err)
	}
	two := die.Times(2, NoHorizon)
	for k := 2; k <= 12; k++ {
		near(t, "P", two.P(k), float64(6-max(k-7, 7-k))/36, 1e-15)
	}
	mean, _ := two.Mean()
	near(t, "mean", mean, 7, 1e-12)
	capped := die.Times(2, 4)
	near(t, "beyond", capped.Beyond(), 30.0/36, 1e-15)
	if _, ok := capped.Percentile(0.5); ok {
		t.Fatal("a percentile past the horizon was given")
	}
	if _, ok := capped.Mean(); ok {
		t.Fatal("a mean was given although the end is not known")
	}
}

func TestPercentileIsTheFirstOutcomeThatReaches(t *testing.T) {
	weights := make([]float64, 21)
	for k := 1; k <= 20; k++ {
		weights[k] = 1
	}
	d, _ := NewDistribution(weights, 0)
	for k := 1; k <= 20; k++ { // exact multiples of 1/20, which floats miss
		if got, ok := d.Percentile(float64(k) / 20); !ok || got != k {
			t.Errorf("percentile %v = %d %v, want %d", float64(k)/20, got, ok, k)
		}
		if got, ok := d.Floor(float64(k) / 20); !ok || got != 21-k {
			t.Errorf("floor %v = %d %v, want %d", float64(k)/20, got, ok, 21-k)
		}
	}
	for _, p := range []float64{0, -1, 1.1, math.NaN()} {
		if _, ok := d.Percentile(p); ok {
			t.Errorf("percentile %v was given", p)
		}
	}
}

func TestBadWeightsAreRefused(t *testing.T) {
	for _, weights := range [][]float64{nil, {0}, {-1, 2}, {math.NaN()}, {math.Inf(1)}} {
		if _, err := NewDistribution(weights, 0); err == nil {
			t.Errorf("weights %v were taken", weights)
		}
	}
	if _, err := NewDistribution([]float64{1}, math.NaN()); err == nil {
		t.Error("a beyond of NaN was taken")
	}
}

func TestUnknownStaysUnknown(t *testing.T) {
	var unknown Distribution
	for name, d := range map[string]Distribution{
		"plus": Certain(1).Plus(unknown, NoHorizon), "times": unknown.Times(3, NoHorizon), "last": Last(Certain(1), unknown),
		"last of none": Last(), "how many": HowMany(nil, 3), "when": When(nil, 3, 10), "negative": HowMany([]int{1, -1}, 2),
	} {
		if d.Known() {
			t.Errorf("%s: known", name)
		}
	}
}

func TestMassIsKept(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		a, b := someDistribution.Draw(t, "a"), someDistribution.Draw(t, "b")
		n, horizon := rapid.IntRange(0, 9).Draw(t, "n"), rapid.IntRange(-1, 30).Draw(t, "horizon")
		for _, d := range []Distribution{a, a.Plus(b, horizon), a.Times(n, horizon), Last(a, b)} {
			near(t, "mass", mass(d), 1, 1e-9)
			for k := 0; k <= d.Horizon(); k++ {
				if d.CDF(k) < d.CDF(k-1) {
					t.Fatalf("the CDF falls at %d", k)
				}
				near(t, "CDF + tail", d.CDF(k)+d.AtLeast(k+1), 1, 1e-9)
			}
		}
	})
}

func TestConvolutionHasNoOrder(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		a, b := someDistribution.Draw(t, "a"), someDistribution.Draw(t, "b")
		horizon := rapid.IntRange(-1, 20).Draw(t, "horizon")
		ab, ba := a.Plus(b, horizon), b.Plus(a, horizon)
		if ab.Horizon() != ba.Horizon() {
			t.Fatalf("horizons %d and %d", ab.Horizon(), ba.Horizon())
		}
		for k := 0; k <= ab.Horizon(); k++ {
			near(t, "P", ab.P(k), ba.P(k), 1e-12)
		}
		// Squaring gives what adding one by one gives.
		n := rapid.IntRange(0, 7).Draw(t, "n")
		fast, slow := a.Times(n, horizon), Certain(0)
		for range n {
			slow = slow.Plus(a, horizon)
		}
		if fast.Horizon() != slow.Horizon() {
			t.Fatalf("horizons %d and %d of %d draws", fast.Horizon(), slow.Horizon(), n)
		}
		for k := 0; k <= fast.Horizon(); k++ {
			near(t, "P of n", fast.P(k), slow.P(k), 1e-12)
		}
	})
}

func TestAHorizonHidesAndDoesNotChange(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		weights := rapid.SliceOfN(rapid.Float64Range(0.001, 10), 1, 8).Draw(t, "weights")
		d, _ := NewDistribution(weights, 0)
		n, horizon := rapid.IntRange(1, 8).Draw(t, "n"), rapid.IntRange(0, 40).Draw(t, "horizon")
		full, capped := d.Times(n, NoHorizon), d.Times(n, horizon)
		for k := 0; k <= capped.Horizon(); k++ {
			near(t, "P", capped.P(k), full.P(k), 1e-12)
		}
		near(t, "beyond", capped.Beyond(), full.AtLeast(horizon+1), 1e-12)
	})
}

func TestSmallChancesKeepTheirWeight(t *testing.T) {
	day, _ := NewDistribution([]float64{1 - 1e-6, 1e-6}, 0)
	got := day.Times(3, 2).Beyond() // three out of three: 1e-18, below 1 − the rest
	if math.Abs(got/1e-18-1) > 1e-9 {
		t.Fatalf("P(3 of 3) = %v, want 1e-18", got)
	}
}

func TestLastIsTheProductOfTheCDFs(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		parts := rapid.SliceOfN(someDistribution, 1, 4).Draw(t, "parts")
		last := Last(parts...)
		for k := 0; k <= last.Horizon(); k++ {
			product := 1.0
			for _, d := range parts {
				product *= d.CDF(k)
			}
			near(t, "CDF", last.CDF(k), product, 1e-9)
		}
		slices.Reverse(parts)
		if other := Last(parts...); other.Horizon() != last.Horizon() {
			t.Fatalf("the order of the parts matters")
		}
	})
}
