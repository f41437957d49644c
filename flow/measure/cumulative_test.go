package measure

import (
	"fmt"
	"math"
	"testing"

	"pgregory.net/rapid"
)

// A line of three stations takes in two a day, for ten days; each stays three
// days in the second and is then done.
func steadyDays() (days []Movement) {
	for d := range 10 {
		m := Movement{Day: monday.AddDate(0, 0, d), Entered: []int64{2, 2, 0}, Left: []int64{2, 0, 0}}
		if d >= 3 {
			m.Left[1], m.Entered[2] = 2, 2
		}
		days = append(days, m)
	}
	return days
}

func TestCumulativeFlowOfASteadyLine(t *testing.T) {
	c := Accumulate(nil, steadyDays())
	if got := fmt.Sprint(c.Reached[9]); got != "[20 20 14]" {
		t.Errorf("reached %s", got)
	}
	if got := c.WIP(9, 1, 2); got != 6 {
		t.Errorf("%d are in progress, want 2 a day for 3 days", got)
	}
	// On the last day 14 are done. 14 had come by the end of the day 6 (from 0),
	// which is three days before the end of the day 9.
	if got, ok := c.CycleDays(9, 1, 2); !ok || got != 3 {
		t.Errorf("it took %v, %v", got, ok)
	}
	if _, ok := c.CycleDays(1, 1, 2); ok {
		t.Error("a time is told before anything is done")
	}
}

func TestCycleDaysWithinADay(t *testing.T) {
	// Four come on the first day, one on the second; three are done by then. The
	// third of the four came three quarters into the first day, a quarter before
	// its end, and one day and a quarter before the end of the second.
	c := Accumulate(nil, []Movement{
		{Day: monday, Entered: []int64{4, 0}, Left: []int64{0, 0}},
		{Day: monday.AddDate(0, 0, 1), Entered: []int64{1, 3}, Left: []int64{3, 0}},
	})
	if got, ok := c.CycleDays(1, 0, 1); !ok || got != 1.25 {
		t.Errorf("it took %v, %v; want 1.25", got, ok)
	}
	// What was there before the first day came at a time that is not known.
	old := Accumulate([]int64{5, 0}, []Movement{{Day: monday, Entered: []int64{1, 3}, Left: []int64{3, 0}}})
	if got, ok := old.CycleDays(0, 0, 1); ok {
		t.Errorf("it took %v, though it came before the window", got)
	}
}

func TestWorkThatGoesBackLowersACurve(t *testing.T) {
	c := Accumulate([]int64{0, 0, 4}, []Movement{{Day: monday, Entered: []int64{0, 1, 0}, Left: []int64{0, 0, 1}}})
	if c.Reached[0][2] != 3 || c.Reached[0][1] != 4 || c.Before[2] != 4 {
		t.Errorf("%+v", c)
	}
}

// Work that only goes forward: the curves never fall and never cross, what is
// between the first and the last is what has come and is not done, and the days
// of the line give the same curves as its movements.
func TestCumulativeFlowNeverFalls(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		stations := rapid.IntRange(2, 5).Draw(t, "stations")
		held := make([]int64, stations)
		var days []Movement
		var book []Day
		var arrived int64
		for d := range rapid.IntRange(1, 15).Draw(t, "days") {
			m := Movement{Day: monday.AddDate(0, 0, d), Entered: make([]int64, stations), Left: make([]int64, stations)}
			for i := stations - 2; i >= 0; i-- {
				n := rapid.Int64Range(0, held[i]).Draw(t, "moved")
				m.Left[i] += n
				m.Entered[i+1] += n
			}
			come := rapid.Int64Range(0, 4).Draw(t, "come")
			m.Entered[0] += come
			arrived += come
			for i := range held {
				held[i] += m.Entered[i] - m.Left[i]
			}
			days = append(days, m)
			book = append(book, Day{Day: m.Day, Held: append([]int64(nil), held...)})
		}
		c := Accumulate(nil, days)
		same := CumulativeOf(Day{Held: make([]int64, stations)}, book)
		before := c.Before
		for d, row := range c.Reached {
			for i := range row {
				if row[i] < before[i] || i > 0 && row[i] > row[i-1] {
					t.Fatalf("day %d: %v after %v", d, row, before)
				}
				if row[i] != same.Reached[d][i] {
					t.Fatalf("day %d: %v from movements, %v from what was held", d, row, same.Reached[d])
				}
			}
			if took, ok := c.CycleDays(d, 0, stations-1); ok && (took < 0 || took > float64(d+1) || math.IsNaN(took)) {
				t.Fatalf("day %d: it took %v", d, took)
			}
			before = row
		}
		if c.Reached[len(days)-1][0] != arrived {
			t.Fatalf("%d arrived, the curve says %d", arrived, c.Reached[len(days)-1][0])
		}
	})
}

// A closed line: as many come as go, each day, and each stays as long. Then
// Little's law holds to the letter, for the curves alone: the vertical distance
// is the rate times the horizontal one.
func TestTheCurvesKeepLittlesLaw(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		rate := rapid.Int64Range(1, 9).Draw(t, "rate")
		stay := rapid.IntRange(1, 8).Draw(t, "stay")
		var days []Movement
		for d := range 3 * stay {
			m := Movement{Day: monday.AddDate(0, 0, d), Entered: []int64{rate, 0}, Left: []int64{0, 0}}
			if d >= stay {
				m.Left[0], m.Entered[1] = rate, rate
			}
			days = append(days, m)
		}
		c := Accumulate(nil, days)
		for d := stay; d < len(days); d++ {
			took, ok := c.CycleDays(d, 0, 1)
			if !ok || float64(c.WIP(d, 0, 1)) != float64(rate)*took {
				t.Fatalf("day %d: %d in progress, %d a day, %v days", d, c.WIP(d, 0, 1), rate, took)
			}
		}
	})
}
