package forecast

import (
	"math"
	"math/rand/v2"
	"testing"
	"time"

	"pgregory.net/rapid"
)

const day = 24 * time.Hour

func TestKaplanMeierAgainstPublishedTable(t *testing.T) {
	// Freireich et al. (1963), remission in weeks under 6-mercaptopurine, as
	// tabulated in Cox and Oakes (1984) and many textbooks since.
	week := 7 * day
	weeks := func(ns ...int) (ds []time.Duration) {
		for _, n := range ns {
			ds = append(ds, time.Duration(n)*week)
		}
		return ds
	}
	c := Survival(weeks(6, 6, 6, 7, 10, 13, 16, 22, 23), weeks(6, 9, 10, 11, 17, 19, 20, 25, 32, 32, 34, 35))
	for _, w := range []struct {
		at   int
		want float64
	}{{0, 1}, {5, 1}, {6, 0.857}, {7, 0.807}, {10, 0.753}, {13, 0.690}, {16, 0.627}, {22, 0.538}, {23, 0.448}, {35, 0.448}} {
		near(t, "S", c.At(time.Duration(w.at)*week), w.want, 6e-4)
	}
	_, variance := c.find(23 * week)
	near(t, "standard error at 23", c.At(23*week)*math.Sqrt(variance), 0.1346, 1e-4)
}

func TestRiskAtTheEnds(t *testing.T) {
	c := Survival([]time.Duration{day, 2 * day, 3 * day, 4 * day}, nil)
	if r := c.Risk(5*day, 3*day); r.P != 1 || !r.Known {
		t.Errorf("past its expectation: %+v", r)
	}
	if r := c.Risk(4*day, 6*day); r.Known {
		t.Errorf("older than all seen: %+v", r)
	}
	if r := c.Risk(0, 4*day); r.P != 0 || !r.Known || r.Interval.High < 0.4 {
		t.Errorf("four of four met it, which proves little: %+v", r)
	}
	near(t, "half way", c.Risk(2*day, 3*day).P, 0.5, 1e-12)
	if r := Survival([]time.Duration{day}, []time.Duration{2 * day}).Risk(0, 9*day); !r.Bound {
		t.Errorf("the history ends before the expectation: %+v", r)
	}
	if r := (Curve{}).Risk(0, day); r.Known {
		t.Errorf("no history: %+v", r)
	}
}

func TestRiskOfCensoredItemsAgreesWithTheTruth(t *testing.T) {
	// Durations are Weibull with shape 0.7: the older, the longer still. Half
	// of the items are looked at before they finish.
	rng := rand.New(rand.NewPCG(9, 10))
	const shape, scale, n = 0.7, 6.0, 40_000
	var finished, open []time.Duration
	for range n {
		d := scale * math.Pow(rng.ExpFloat64(), 1/shape)
		seen := rng.Float64() * 30
		if d <= seen {
			finished = append(finished, time.Duration(d*float64(day)))
		} else {
			open = append(open, time.Duration(seen*float64(day)))
		}
	}
	truth := func(t float64) float64 { return math.Exp(-math.Pow(t/scale, shape)) }
	c, naive := Survival(finished, open), Survival(finished, nil)
	for _, age := range []float64{0, 2, 5, 10} {
		want := truth(15) / truth(age)
		got := c.Risk(time.Duration(age*float64(day)), 15*day)
		// Half are censored by 15 days at most, so no fewer than n·S(age)/3 count.
		near(t, "risk", got.P, want, 5*math.Sqrt(want*(1-want)/(n*truth(age)/3)))
		if wrong := naive.Risk(time.Duration(age*float64(day)), 15*day).P; wrong > got.P-0.05 {
			t.Errorf("leaving out the open items gives %v at age %v, no better than %v", wrong, age, got.P)
		}
	}
}

func TestTheIntervalOfTheRiskCoversTheTruth(t *testing.T) {
	rng := rand.New(rand.NewPCG(11, 12))
	const rounds = 1000
	covered := 0
	for range rounds {
		var finished, open []time.Duration
		for range 80 {
			d, seen := 5*rng.ExpFloat64(), 20*rng.Float64()
			if d <= seen {
				finished = append(finished, time.Duration(d*float64(day)))
			} else {
				open = append(open, time.Duration(seen*float64(day)))
			}
		}
		if Survival(finished, open).Risk(2*day, 6*day).Interval.Contains(math.Exp(-4.0 / 5)) {
			covered++
		}
	}
	// 95 % stated, 3 points allowed to the approximation, 4 standard errors.
	near(t, "coverage", float64(covered)/rounds, 0.95, 0.03+4*math.Sqrt(0.95*0.05/rounds))
}

func TestSurvivalFallsAndRiskRises(t *testing.T) {
	durations := rapid.SliceOfN(rapid.Custom(func(t *rapid.T) time.Duration {
		return time.Duration(rapid.IntRange(0, 30).Draw(t, "days")) * day
	}), 0, 25)
	rapid.Check(t, func(t *rapid.T) {
		finished, open := durations.Draw(t, "finished"), durations.Draw(t, "open")
		c := Survival(finished, open)
		sle := time.Duration(rapid.IntRange(1, 30).Draw(t, "sle")) * day
		before := 0.0
		for age := time.Duration(0); age <= 31*day; age += day {
			if c.At(age+day) > c.At(age) {
				t.Fatalf("S rises after %v", age)
			}
			r := c.Risk(age, sle)
			if !r.Known {
				continue
			}
			if r.P < before-1e-12 || !r.Interval.Contains(r.P) {
				t.Fatalf("risk at %v is %+v, was %v", age, r, before)
			}
			before = r.P
		}
	})
}
