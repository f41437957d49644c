package forecast

import (
	"math"
	"math/rand/v2"
	"testing"

	"pgregory.net/rapid"
)

// history is ten weeks of a small line, weekends included.
var history = []int{
	2, 0, 3, 1, 4, 0, 0, 1, 2, 2, 0, 5, 0, 0, 3, 1, 0, 2, 2, 0, 0, 1, 1, 4, 2, 3, 0, 0, 0, 2, 6, 1, 2, 0, 0,
	2, 3, 0, 1, 1, 0, 0, 4, 2, 2, 1, 3, 1, 0, 2, 0, 2, 5, 1, 0, 0, 1, 3, 2, 2, 2, 0, 0, 0, 1, 2, 3, 1, 0, 0,
}

// draws is how often the sampling is repeated; five standard errors of a share
// that is sampled so often are the tolerance. A right answer fails one of the
// few hundred comparisons here with a chance below 1 in 5,000, and the seeds
// are fixed.
const draws = 200_000

func standardError(p float64) float64 {
	return 5*math.Sqrt(p*(1-p)/draws) + 5.0/draws
}

func TestHowManyAgreesWithSampling(t *testing.T) {
	rng := rand.New(rand.NewPCG(1, 2))
	for _, days := range []int{1, 7, 30} {
		exact := HowMany(history, days)
		seen := make([]float64, exact.Horizon()+1)
		for range draws {
			sum := 0
			for range days {
				sum += history[rng.IntN(len(history))]
			}
			seen[sum] += 1.0 / draws
		}
		for k := range seen {
			near(t, "P", exact.P(k), seen[k], standardError(exact.P(k)))
		}
	}
}

func TestWhenAgreesWithSampling(t *testing.T) {
	rng := rand.New(rand.NewPCG(3, 4))
	const maxDays = 60
	for _, n := range []int{1, 12, 50} {
		exact := When(history, n, maxDays)
		seen, open := make([]float64, maxDays+1), 0.0
		for range draws {
			left, day := n, 0
			for left > 0 && day <= maxDays {
				left -= history[rng.IntN(len(history))]
				day++
			}
			if day <= maxDays {
				seen[day] += 1.0 / draws
			} else {
				open += 1.0 / draws
			}
		}
		for k := range seen {
			near(t, "P", exact.P(k), seen[k], standardError(exact.P(k)))
		}
		near(t, "beyond", exact.Beyond(), open, standardError(exact.Beyond()))
	}
}

func TestTheTwoQuestionsAreOne(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		h := rapid.SliceOfN(rapid.IntRange(0, 6), 1, 20).Draw(t, "history")
		n, days := rapid.IntRange(1, 40).Draw(t, "n"), rapid.IntRange(0, 15).Draw(t, "days")
		when := When(h, n, 15)
		near(t, "mass", mass(when), 1, 1e-9)
		near(t, "P(done by day)", when.CDF(days), HowMany(h, days).AtLeast(n), 1e-9)
	})
}

func TestMoreDaysNeverFewerItems(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		h := rapid.SliceOfN(rapid.IntRange(0, 6), 1, 20).Draw(t, "history")
		days := rapid.IntRange(0, 20).Draw(t, "days")
		fewer, more := HowMany(h, days), HowMany(h, days+1)
		for k := 0; k <= more.Horizon(); k++ {
			if more.AtLeast(k) < fewer.AtLeast(k)-1e-9 {
				t.Fatalf("P(≥ %d) falls from %v to %v with one day more", k, fewer.AtLeast(k), more.AtLeast(k))
			}
		}
		for _, p := range []float64{0.5, 0.85, 0.95} {
			a, _ := fewer.Floor(p)
			if b, _ := more.Floor(p); b < a {
				t.Fatalf("at %v: %d items in %d days, %d in one more", p, a, days, b)
			}
		}
		n := rapid.IntRange(0, 30).Draw(t, "n")
		one, two := When(h, n, 40), When(h, n+1, 40)
		for d := 0; d <= 40; d++ {
			if two.CDF(d) > one.CDF(d)+1e-9 {
				t.Fatalf("one item more is likelier done by day %d", d)
			}
		}
	})
}

func TestALineThatNeverFinishesIsNotForecastToFinish(t *testing.T) {
	d := When([]int{0, 0, 0}, 1, 100)
	if _, ok := d.Percentile(0.5); ok || d.Beyond() != 1 {
		t.Fatalf("beyond %v, want 1", d.Beyond())
	}
	if day, ok := When(history, 0, 10).Percentile(1); !ok || day != 0 {
		t.Fatalf("nothing to do is done on day %d", day)
	}
}

func TestSeveralLinesAgreeWithSampling(t *testing.T) {
	rng := rand.New(rand.NewPCG(5, 6))
	slow := []int{0, 1, 0, 0, 1, 2}
	exact := WhenAll([]Demand{{"a", history, 20}, {"b", slow, 10}}, 80)
	seen := make([]float64, 81)
	finish := func(h []int, left int) (day int) {
		for ; left > 0; day++ {
			left -= h[rng.IntN(len(h))]
		}
		return day
	}
	for range draws {
		if day := max(finish(history, 20), finish(slow, 10)); day <= 80 {
			seen[day] += 1.0 / draws
		}
	}
	for d := range seen {
		near(t, "P", exact.P(d), seen[d], standardError(exact.P(d)))
	}
}

func BenchmarkWhenOneYear(b *testing.B) {
	for b.Loop() {
		When(history, 500, 365)
	}
}

func BenchmarkHowManyOneBusyYear(b *testing.B) {
	busy := make([]int, 90)
	rng := rand.New(rand.NewPCG(1, 1))
	for i := range busy {
		busy[i] = 60 + rng.IntN(80)
	}
	for b.Loop() {
		HowMany(busy, 365)
	}
}
