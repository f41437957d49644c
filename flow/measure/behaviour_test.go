package measure

import (
	"math"
	"testing"
	"time"

	"pgregory.net/rapid"
)

// Wheeler's way of working it out, by hand: the values 3, 5, 4, 6 have the mean
// 4.5 and the ranges 2, 1, 2 with the mean 5/3; the limits are 4.5 ± 4.433.
func TestLimitsByHand(t *testing.T) {
	b, known := BehaviourOf([]float64{3, 5, 4, 6}, math.Inf(-1))
	if !known || b.Mean != 4.5 || math.Abs(b.Upper-8.9333) > 1e-3 || math.Abs(b.Lower-0.0667) > 1e-3 || math.Abs(b.Sigma-5.0/3/1.128) > 1e-9 {
		t.Errorf("%+v", b)
	}
	if b, _ := BehaviourOf([]float64{0, 9, 0, 9}, 0); b.Lower != 0 {
		t.Errorf("a count below zero: %+v", b)
	}
	if _, known := BehaviourOf([]float64{3}, 0); known {
		t.Error("one value has limits")
	}
}

func TestSignalsAreNamed(t *testing.T) {
	// Twenty values that go up and down by one around ten, and then something.
	calm := func(tail ...float64) (v []float64) {
		for i := range 20 {
			v = append(v, 10+float64(i%2)*2-1)
		}
		return append(v, tail...)
	}
	for _, c := range []struct {
		name string
		v    []float64
		at   int
		rule Rule
	}{
		{"beyond", calm(30), 20, BeyondLimit},
		{"two of three", calm(15, 10, 15), 22, TwoOfThree},
		{"four of five", calm(13, 13, 10, 13, 13), 24, FourOfFive},
		{"eight", calm(10.9, 10.9, 10.9, 10.9, 10.9, 10.9, 10.9, 10.9, 10.9), 27, EightOneSide},
	} {
		b, _ := BehaviourOf(c.v, math.Inf(-1))
		found := false
		for _, s := range b.Signals {
			found = found || s.At == c.at && s.Rule == c.rule && s.Above
		}
		if !found {
			t.Errorf("%s: %+v", c.name, b.Signals)
		}
		if b, _ := BehaviourOf(calm(), 0); len(b.Signals) > 0 {
			t.Errorf("calm values have signals: %+v", b.Signals)
		}
	}
}

func TestBehaviourHasNoUnitAndNoSide(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		v := rapid.SliceOfN(rapid.Float64Range(0, 100), 2, 40).Draw(t, "values")
		scale, shift := rapid.Float64Range(0.5, 20).Draw(t, "scale"), rapid.Float64Range(-50, 50).Draw(t, "shift")
		other := make([]float64, len(v))
		mirror := make([]float64, len(v))
		for i, x := range v {
			other[i], mirror[i] = x*scale+shift, -x
		}
		b, _ := BehaviourOf(v, math.Inf(-1))
		c, _ := BehaviourOf(other, math.Inf(-1))
		m, _ := BehaviourOf(mirror, math.Inf(-1))
		if math.Abs(c.Upper-(b.Upper*scale+shift)) > 1e-6 || math.Abs(m.Lower+b.Upper) > 1e-6 {
			t.Fatalf("%+v %+v %+v", b, c, m)
		}
		for _, s := range b.Signals {
			if (v[s.At] > b.Mean) != s.Above {
				t.Fatalf("%+v of %v", s, v)
			}
		}
	})
}

// A line that starts and finishes one card a day, each after three days, keeps
// Little's law to the letter and owes nothing.
func TestASteadyLineKeepsLittlesLaw(t *testing.T) {
	day := time.Date(2030, 1, 1, 0, 0, 0, 0, time.UTC)
	f := Flow{Before: Day{Started: 3, Done: 0, WIP: 3}, Cycle: CycleTimes{N: 60, Mean: 3 * oneDay}}
	for i := range 60 {
		f.Days = append(f.Days, Day{Day: day.AddDate(0, 0, i), Started: 1, Done: 1, WIP: 3})
	}
	l := LittleOf(f, 2*oneDay, 2*oneDay)
	for _, c := range l.Conditions {
		if !c.Holds {
			t.Errorf("%+v", c)
		}
	}
	if l.Predicted != 3 || l.WIP != 3 {
		t.Errorf("%+v", l)
	}
	if debt, known := FlowDebt(f); !known || debt != 0 {
		t.Errorf("debt %s %v", debt, known)
	}
	// Twice as many are started: they pile up, grow older, and are owed.
	for i := range f.Days {
		f.Days[i].Started, f.Days[i].WIP = 2, int64(3+i)
	}
	l = LittleOf(f, 2*oneDay, 15*oneDay)
	for _, i := range []int{0, 2, 3} {
		if l.Conditions[i].Holds {
			t.Errorf("%+v", l.Conditions[i])
		}
	}
	if debt, known := FlowDebt(f); !known || debt < 20*oneDay {
		t.Errorf("debt %s %v", debt, known)
	}
}
