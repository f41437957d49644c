package floor

import (
	"math"
	"testing"
	"time"

	"pgregory.net/rapid"
)

func TestWorkingDays(t *testing.T) {
	at := func(day, hour int) time.Time { return time.Date(2030, 7, day, hour, 0, 0, 0, time.UTC) } // the 1st is a Monday
	for _, c := range []struct {
		from, to time.Time
		want     float64
	}{
		{at(1, 0), at(2, 0), 1}, {at(1, 12), at(2, 0), 0.5}, {at(5, 12), at(8, 12), 1}, {at(6, 0), at(8, 0), 0},
		{at(1, 0), at(15, 0), 10}, {at(3, 6), at(17, 18), 10.5}, {at(2, 0), at(1, 0), 0}, {time.Time{}, at(1, 0), 0},
	} {
		if got := workingDays(c.from, c.to); math.Abs(got-c.want) > 1e-9 {
			t.Errorf("%s to %s: %g, want %g", c.from, c.to, got, c.want)
		}
	}
}

func TestWorkingDaysAddUp(t *testing.T) {
	start := time.Date(2030, 7, 1, 0, 0, 0, 0, time.UTC)
	rapid.Check(t, func(t *rapid.T) {
		a := start.Add(time.Duration(rapid.IntRange(0, 100_000).Draw(t, "a")) * time.Minute)
		b := a.Add(time.Duration(rapid.IntRange(0, 100_000).Draw(t, "b")) * time.Minute)
		c := b.Add(time.Duration(rapid.IntRange(0, 100_000).Draw(t, "c")) * time.Minute)
		if sum := workingDays(a, b) + workingDays(b, c); math.Abs(sum-workingDays(a, c)) > 1e-6 {
			t.Fatalf("%g and %g", sum, workingDays(a, c))
		}
	})
}

// Two cards in progress, two and four working days old, on a line that costs
// 1000 a day: 2·1000/2 + 4·1000/2 are tied up.
func TestCostByHand(t *testing.T) {
	now := time.Date(2030, 7, 5, 0, 0, 0, 0, time.UTC) // a Friday
	l := Line{Name: "shop", Rules: Rules{DailyCost: 1000, Currency: "EUR"}, Stations: []Station{{Name: "backlog", Kind: Queue},
		{Name: "work", Kind: Work}, {Name: "review", Kind: Work}, {Name: "done", Kind: Done}}}
	c := costOf(l, []Card{
		{Key: "A", Station: "work", StartedAt: now.AddDate(0, 0, -2), CostOfDelay: 50},
		{Key: "B", Station: "review", StartedAt: now.AddDate(0, 0, -4)},
		{Key: "C", Station: "backlog", CostOfDelay: 100, Estimate: 10},
		{Key: "D", Station: "backlog", CostOfDelay: 60, Estimate: 2},
		{Key: "E", Station: "backlog"},
	}, now)
	if c.TiedUp != 3000 || c.Stations[0].TiedUp != 1000 || c.Stations[1].TiedUp != 2000 || c.Delay != 210 || c.Stations[0].Delay != 50 {
		t.Errorf("%+v", c)
	}
	if len(c.First) != 2 || c.First[0].Card != "D" || c.First[0].Score != 30 {
		t.Errorf("%+v", c.First)
	}
}
