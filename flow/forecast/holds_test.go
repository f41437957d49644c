package forecast

import (
	"math"
	"math/rand/v2"
	"testing"

	"pgregory.net/rapid"
)

func TestTheSlowerLineHolds(t *testing.T) {
	// One line takes 1 or 3 days, the other always 2: it is last half of the time.
	either, err := NewDistribution([]float64{0, 1, 0, 1}, 0)
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		parts []Distribution
		want  []float64
	}{
		{[]Distribution{either, Certain(2)}, []float64{0.5, 0.5}},
		{[]Distribution{Certain(2), Certain(2), Certain(1)}, []float64{0.5, 0.5, 0}},
		{[]Distribution{either}, []float64{1}},
		{[]Distribution{either, Certain(3)}, []float64{0.25, 0.75}},
	} {
		got := Holds(c.parts...)
		for i, want := range c.want {
			if math.Abs(got[i]-want) > 1e-12 {
				t.Errorf("%v: got %v, want %v", c.parts, got, c.want)
			}
		}
	}
	if Holds(either, Distribution{}) != nil || Holds() != nil {
		t.Error("something is known of the unknown")
	}
}

// The exact shares are those that sampling finds.
func TestHoldsAgreesWithSampling(t *testing.T) {
	rapid.Check(t, func(r *rapid.T) {
		parts := make([]Distribution, rapid.IntRange(1, 4).Draw(r, "lines"))
		for i := range parts {
			weights := rapid.SliceOfN(rapid.Float64Range(0, 1), 1, 6).Draw(r, "weights")
			weights[0] += 0.1
			var err error
			if parts[i], err = NewDistribution(weights, 0); err != nil {
				r.Fatal(err)
			}
		}
		shares, sum := Holds(parts...), 0.0
		for _, s := range shares {
			sum += s
		}
		if math.Abs(sum-1) > 1e-9 {
			r.Fatalf("the shares %v add up to %v", shares, sum)
		}
		random := rand.New(rand.NewPCG(1, rapid.Uint64().Draw(r, "seed")))
		const draws = 4000
		won := make([]float64, len(parts))
		for range draws {
			var first []int
			best := -1
			for i, d := range parts {
				switch v := sample(d, random); {
				case v > best:
					best, first = v, []int{i}
				case v == best:
					first = append(first, i)
				}
			}
			for _, i := range first {
				won[i] += 1 / float64(len(first))
			}
		}
		for i, s := range shares {
			// Six standard errors: a false alarm once in 10^9 comparisons.
			if math.Abs(won[i]/draws-s) > 6*0.5/math.Sqrt(draws) {
				r.Fatalf("line %d holds %v of the time, sampling says %v", i, s, won[i]/draws)
			}
		}
	})
}

func sample(d Distribution, random *rand.Rand) int {
	u := random.Float64()
	for k, p := range d.PMF() {
		if u -= p; u < 0 {
			return k
		}
	}
	return d.Horizon()
}
