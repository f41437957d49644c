package measure

import (
	"fmt"
	"math"
	"slices"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"
)

var monday = time.Date(2026, 1, 5, 0, 0, 0, 0, time.UTC)

// hours is an interval in hours since a Monday.
func hours(from, to int) Interval {
	return Interval{monday.Add(time.Duration(from) * time.Hour), monday.Add(time.Duration(to) * time.Hour)}
}

// told writes a trace as "0-7 a, 7-10 a+b".
func told(trace []Stretch) string {
	var parts []string
	for _, s := range trace {
		parts = append(parts, fmt.Sprintf("%.0f-%.0f %s", s.From.Sub(monday).Hours(), s.To.Sub(monday).Hours(), strings.Join(s.Stations, "+")))
	}
	return strings.Join(parts, ", ")
}

func TestTheBottleneckShifts(t *testing.T) {
	for _, c := range []struct {
		name       string
		activities []Activity
		trace, now string
	}{
		{"one takes over from the other", []Activity{
			{Station: "a", Busy: []Interval{hours(0, 10)}},
			{Station: "b", Busy: []Interval{hours(1, 3), hours(7, 20)}},
		}, "0-7 a, 7-10 a+b, 10-20 b", "b"},
		// Touching intervals are one: a is active for 8 hours, b for 6.
		{"an item after the other is no pause", []Activity{
			{Station: "a", Busy: []Interval{hours(4, 8), hours(0, 4)}},
			{Station: "b", Busy: []Interval{hours(0, 6)}},
		}, "0-8 a", ""},
		{"nobody works at times", []Activity{
			{Station: "a", Busy: []Interval{hours(2, 4)}},
			{Station: "b", Busy: []Interval{hours(6, 9)}},
		}, "2-4 a, 6-9 b", ""},
		{"what is within a longer period is no bottleneck", []Activity{
			{Station: "a", Busy: []Interval{hours(0, 20)}},
			{Station: "b", Busy: []Interval{hours(3, 18)}},
		}, "0-20 a", "a"},
		{"of equal ones the first to begin, then the first given", []Activity{
			{Station: "a", Busy: []Interval{hours(0, 5)}},
			{Station: "b", Busy: []Interval{hours(0, 5), hours(10, 14)}},
			{Station: "c", Busy: []Interval{hours(9, 13)}},
		}, "0-5 a, 9-10 c, 10-13 c+b, 13-14 b", ""},
		// Before the window b was active for 5 hours, which counts for its length.
		{"what began before the window", []Activity{
			{Station: "a", Busy: []Interval{hours(0, 4)}},
			{Station: "b", Busy: []Interval{hours(-5, 3)}},
		}, "0-3 b+a, 3-4 a", ""},
		// Of what is after the window nothing is known: at 20 o'clock b is active
		// for longer.
		{"what ends after the window", []Activity{
			{Station: "a", Busy: []Interval{hours(12, 90)}},
			{Station: "b", Busy: []Interval{hours(11, 21)}},
		}, "11-20 b", "b"},
		{"three at once", []Activity{
			{Station: "a", Busy: []Interval{hours(0, 6)}},
			{Station: "b", Busy: []Interval{hours(3, 10)}},
			{Station: "c", Busy: []Interval{hours(5, 14)}},
		}, "0-3 a, 3-5 a+b, 5-6 a+b+c, 6-10 b+c, 10-14 c", ""},
		{"nothing happened", []Activity{{Station: "a"}}, "", ""},
	} {
		b := FindBottlenecks(hours(0, 20), c.activities)
		if got := told(b.Trace); got != c.trace || b.Now != c.now {
			t.Errorf("%s: %s, now %q; want %s, now %q", c.name, got, b.Now, c.trace, c.now)
		}
	}
}

func TestSharesOfTheWindow(t *testing.T) {
	b := FindBottlenecks(hours(0, 20), []Activity{
		{Station: "a", Busy: []Interval{hours(0, 10)}, Starved: []Interval{hours(10, 15), hours(12, 16)}, Blocked: []Interval{hours(16, 30)}},
		{Station: "b", Busy: []Interval{hours(-5, 3), hours(7, 20)}},
	})
	// a is active for 10 hours, b for 8 and then for 13: the first period of b is
	// never the longest.
	a, second := b.Shares[0], b.Shares[1]
	if a != (Shares{"a", 7.0 / 20, 3.0 / 20, 0.5, 0.3, 0.2}) {
		t.Errorf("a is %+v in %s", a, told(b.Trace))
	}
	if math.Abs(second.Sole-10.0/20) > 1e-12 || math.Abs(second.Shifting-3.0/20) > 1e-12 || second.Busy != 0.8 {
		t.Errorf("b is %+v", second)
	}
	if b.Trace[0].Shifting() || !b.Trace[1].Shifting() || b.Now != "b" {
		t.Errorf("%s, now %s", told(b.Trace), b.Now)
	}
	if empty := FindBottlenecks(hours(5, 5), []Activity{{Station: "a", Busy: []Interval{hours(0, 9)}}}); len(empty.Trace) > 0 || empty.Shares[0].Busy != 0 {
		t.Errorf("a window without time says %+v", empty)
	}
}

// The definition, hour by hour: the longest active period at each hour marks a
// bottleneck; whoever is marked and active is one, sole or shifting.
func TestBottlenecksHourByHour(t *testing.T) {
	const stations, end = 4, 40
	rapid.Check(t, func(t *rapid.T) {
		var activities []Activity
		type run struct{ from, to, station int }
		var runs []run
		for n := range stations {
			a := Activity{Station: string(rune('a' + n))}
			at := rapid.IntRange(-10, 5).Draw(t, "begin")
			for range rapid.IntRange(0, 5).Draw(t, "n") {
				to := at + rapid.IntRange(1, 15).Draw(t, "length")
				a.Busy = append(a.Busy, hours(at, to))
				if at < end {
					runs = append(runs, run{at, min(to, end), n})
				}
				at = to + rapid.IntRange(1, 6).Draw(t, "pause")
			}
			activities = append(activities, a)
		}
		covering := func(hour int) (list []run) {
			for _, r := range runs {
				if r.from <= hour && hour < r.to {
					list = append(list, r)
				}
			}
			return list
		}
		marked := map[run]bool{}
		for hour := range end {
			list := covering(hour)
			if len(list) > 0 {
				marked[slices.MinFunc(list, func(a, b run) int {
					if d := (b.to - b.from) - (a.to - a.from); d != 0 {
						return d
					}
					if d := a.from - b.from; d != 0 {
						return d
					}
					return a.station - b.station
				})] = true
			}
		}
		var sole, shifting [stations]float64
		moving, alone := 0.0, 0.0
		for hour := range end {
			var here []run
			for _, r := range covering(hour) {
				if marked[r] {
					here = append(here, r)
				}
			}
			for _, r := range here {
				if len(here) > 1 {
					shifting[r.station]++
				} else {
					sole[r.station]++
					alone++
				}
			}
			if len(here) > 1 {
				moving++
			}
		}
		b := FindBottlenecks(hours(0, end), activities)
		sum := 0.0
		for n, s := range b.Shares {
			if math.Abs(s.Sole-sole[n]/end) > 1e-9 || math.Abs(s.Shifting-shifting[n]/end) > 1e-9 {
				t.Fatalf("%s: sole %v, shifting %v; want %v and %v; %s", s.Station, s.Sole*end, s.Shifting*end, sole[n], shifting[n], told(b.Trace))
			}
			if s.Sole+s.Shifting > s.Busy+1e-9 {
				t.Fatalf("%s is a bottleneck while it is idle: %+v", s.Station, s)
			}
			sum += s.Sole
		}
		if sum+moving/end > 1+1e-9 || math.Abs(sum-alone/end) > 1e-9 {
			t.Fatalf("the shares sum to %v", sum+moving/end)
		}
		for i, s := range b.Trace {
			if !s.From.Before(s.To) || i > 0 && s.From.Before(b.Trace[i-1].To) {
				t.Fatalf("the trace is out of order: %s", told(b.Trace))
			}
		}
	})
}

func ExampleFindBottlenecks() {
	b := FindBottlenecks(hours(0, 20), []Activity{
		{Station: "develop", Busy: []Interval{hours(0, 8)}},
		{Station: "review", Busy: []Interval{hours(2, 4), hours(6, 20)}},
	})
	for _, s := range b.Shares {
		fmt.Printf("%s: sole %.0f %%, shifting %.0f %%\n", s.Station, 100*s.Sole, 100*s.Shifting)
	}
	fmt.Println("now", b.Now)
	// Output:
	// develop: sole 30 %, shifting 10 %
	// review: sole 60 %, shifting 10 %
	// now review
}
