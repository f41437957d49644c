package measure

import (
	"fmt"
	"math"
	"slices"
	"testing"
	"time"

	"pgregory.net/rapid"

	"andon/flow/floor"
)

func TestEfficiency(t *testing.T) {
	s := Spent{Worked: 2 * time.Hour}.Plus(Spent{Waited: 5 * time.Hour, Blocked: time.Hour})
	if e, ok := s.Efficiency(); !ok || e != 0.25 {
		t.Errorf("efficiency is %v, %v", e, ok)
	}
	if _, ok := (Spent{}).Efficiency(); ok {
		t.Error("no time has an efficiency")
	}
}

// stream is a backlog, two stations and done; nothing has left the third.
func stream() []StationFlow {
	return []StationFlow{
		{Station: "backlog", Kind: floor.Queue, Left: 20, Lead: 10 * time.Hour, Waited: 10 * time.Hour, Accurate: 1},
		{Station: "develop", Kind: floor.Work, Left: 10, Lead: 6 * time.Hour, Worked: 4 * time.Hour, Waited: time.Hour, Blocked: time.Hour, Accurate: 0.8},
		{Station: "review", Kind: floor.Work, Left: 8, Lead: 4 * time.Hour, Worked: time.Hour, Waited: 3 * time.Hour, Accurate: 0.5},
		{Station: "stage", Kind: floor.Deploy, Accurate: -1},
		{Station: "done", Kind: floor.Done, Left: 1, Lead: 99 * time.Hour, Accurate: 1},
	}
}

func TestStream(t *testing.T) {
	s, ok := StreamOf(stream())
	// 10 + 6 + 4 hours, of which 0 + 4 + 1 are work; 1 · 0.8 · 0.5.
	if !ok || s.Lead != 20*time.Hour || s.Process != 5*time.Hour || math.Abs(s.Accurate-0.4) > 1e-12 || s.Activity != 0.25 {
		t.Errorf("the stream is %+v", s)
	}
	if !slices.Equal(s.Silent, []string{"stage"}) {
		t.Errorf("silent are %v", s.Silent)
	}
	// All the time: backlog 200 waited; develop 40, 10, 10; review 8, 24.
	if s.Spent != (Spent{48 * time.Hour, 234 * time.Hour, 10 * time.Hour}) {
		t.Errorf("spent is %+v", s.Spent)
	}
	if slow, ok := Slowest(stream()); !ok || slow.Station != "develop" {
		t.Errorf("the slowest is %+v", slow)
	}
	if s, ok := StreamOf(stream()[3:]); ok || s.Accurate != 0 {
		t.Errorf("a silent line says %+v", s)
	}
	if _, ok := Slowest(stream()[3:]); ok {
		t.Error("a silent line has a slowest station")
	}
}

func ExampleWaitFactor() {
	for _, busy := range []float64{0.5, 0.8, 0.9, 0.95, 1} {
		factor, known := WaitFactor(busy)
		fmt.Printf("%.0f %% busy: %.0f %v\n", 100*busy, factor, known)
	}
	// Output:
	// 50 % busy: 1 true
	// 80 % busy: 4 true
	// 90 % busy: 9 true
	// 95 % busy: 19 true
	// 100 % busy: 0 false
}

func TestWorkingDays(t *testing.T) {
	for _, c := range []struct {
		from, to time.Time
		want     float64
	}{
		{monday, monday.AddDate(0, 0, 1), 1},
		{monday, monday.AddDate(0, 0, 7), 5},
		{monday.Add(12 * time.Hour), monday.Add(36 * time.Hour), 1},
		{monday.AddDate(0, 0, 5), monday.AddDate(0, 0, 7), 0},                                // a weekend
		{monday.AddDate(0, 0, 4).Add(18 * time.Hour), monday.AddDate(0, 0, 8), 1.25},         // Friday evening to Monday night
		{monday.Add(6 * time.Hour), monday.Add(9 * time.Hour), 0.125},                        // within a day
		{monday.AddDate(0, 0, 5), monday.AddDate(0, 0, 5).Add(3 * time.Hour), 0},             // a Saturday
		{monday.AddDate(0, 0, 1), monday, 0},                                                 // backwards
		{monday.AddDate(-1, 0, 0).Add(-time.Hour), monday.AddDate(-1, 0, 0), 0},              // a Sunday: 2025-01-05
		{time.Date(1969, 12, 29, 0, 0, 0, 0, time.UTC), time.Unix(0, 0).UTC(), 3},            // before 1970: Monday to Thursday
		{monday.AddDate(0, 0, 2), monday.AddDate(0, 0, 2+7*52).Add(time.Hour), 260 + 1.0/24}, // a year of weeks and an hour
	} {
		if got := WorkingDays(c.from, c.to); math.Abs(got-c.want) > 1e-12 {
			t.Errorf("%s to %s has %v working days, want %v", c.from, c.to, got, c.want)
		}
	}
}

// Any way to cut a time gives the same sum, and a week has five.
func TestWorkingDaysAdd(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		hour := func(name string) time.Time {
			return monday.Add(time.Duration(rapid.IntRange(-2000, 2000).Draw(t, name)) * time.Hour)
		}
		times := []time.Time{hour("a"), hour("b"), hour("c")}
		slices.SortFunc(times, time.Time.Compare)
		whole := WorkingDays(times[0], times[2])
		if parts := WorkingDays(times[0], times[1]) + WorkingDays(times[1], times[2]); math.Abs(whole-parts) > 1e-9 {
			t.Fatalf("%v in one, %v in two", whole, parts)
		}
		if week := WorkingDays(times[0], times[0].AddDate(0, 0, 7)); math.Abs(week-5) > 1e-9 {
			t.Fatalf("a week has %v", week)
		}
	})
}

func TestTheCostOfWIP(t *testing.T) {
	now := monday.AddDate(0, 0, 4) // Friday, 0 o'clock
	items := []Unfinished{
		{Card: "A", Started: monday, DelayPerDay: 100, Remaining: 5},
		{Card: "B", Started: monday.AddDate(0, 0, 2), DelayPerDay: 90, Remaining: 3},
		{Card: "C", Started: monday.AddDate(0, 0, 3)},
		{Card: "D", Started: now, DelayPerDay: 1},
	}
	// 4 + 2 + 1 + 0 days, each with a fourth of 1000.
	if got := TiedUp(items, 1000, now); got != 1750 {
		t.Errorf("%v is tied up", got)
	}
	if sum, known := DelayPerDay(items); sum != 191 || known != 3 {
		t.Errorf("a day costs %v, by %d", sum, known)
	}
	// 100/5 = 20, 90/3 = 30, nothing known, nothing left to do.
	order := ""
	for _, i := range ByCD3(items) {
		order += i.Card
	}
	if order != "DBAC" {
		t.Errorf("the order is %s", order)
	}
	if TiedUp(nil, 1000, now) != 0 {
		t.Error("nothing ties up money")
	}
}

// Reinertsen's claim itself: done one after the other, no order costs less
// delay than that of CD3.
func TestNoOrderCostsLessThanCD3(t *testing.T) {
	cost := func(items []Unfinished) (sum float64) {
		at := 0.0
		for _, i := range items {
			at += i.Remaining
			sum += at * i.DelayPerDay
		}
		return sum
	}
	rapid.Check(t, func(t *rapid.T) {
		var items []Unfinished
		for n := range rapid.IntRange(1, 6).Draw(t, "n") {
			items = append(items, Unfinished{Card: string(rune('A' + n)), DelayPerDay: float64(rapid.IntRange(0, 9).Draw(t, "delay")), Remaining: float64(rapid.IntRange(0, 9).Draw(t, "left"))})
		}
		best := cost(ByCD3(items))
		other := rapid.Permutation(items).Draw(t, "other")
		if cost(other) < best-1e-9 {
			t.Fatalf("%v costs %v, and %v costs %v", other, cost(other), ByCD3(items), best)
		}
	})
}

// Cards at a station of one pair of hands: busy from 0 to 4; the card waits
// until 6, the next is there from 5; nothing from 9 on.
func TestActivities(t *testing.T) {
	stay := func(station string, from, to, waited int) Stay {
		s := Stay{Station: station, Entered: hours(from, from).From, Waited: time.Duration(waited) * time.Hour}
		if to > 0 {
			s.Left = hours(to, to).From
		}
		return s
	}
	line := floor.Line{Stations: []floor.Station{{Name: "backlog", Kind: floor.Queue}, {Name: "develop", Kind: floor.Work}, {Name: "review", Kind: floor.Work, Hands: 2}, {Name: "done", Kind: floor.Done}}}
	ways := []Way{
		{Card: "A", Stays: []Stay{stay("develop", 0, 6, 2), stay("review", 6, 8, 0)}},
		{Card: "B", Stays: []Stay{stay("develop", 7, 9, 0), stay("review", 9, 0, 0)}},
		{Card: "C", Stays: []Stay{stay("review", 7, 12, 2)}},
	}
	list := Activities(line, ways, hours(14, 14).From)
	if len(list) != 2 {
		t.Fatalf("%+v", list)
	}
	spans := func(list []Interval) (text string) {
		for _, i := range list {
			text += fmt.Sprintf("%.0f-%.0f ", i.From.Sub(monday).Hours(), i.To.Sub(monday).Hours())
		}
		return text
	}
	d, r := list[0], list[1]
	if spans(d.Busy) != "0-4 7-9 " || spans(d.Blocked) != "4-6 " || spans(d.Starved) != "6-7 9-14 " {
		t.Errorf("develop: busy %s, blocked %s, starved %s", spans(d.Busy), spans(d.Blocked), spans(d.Starved))
	}
	// Two pairs of hands: both busy while A and C are there (7 to 8) and B and C
	// are worked on (9 to 10); C waits until 12. B is there alone before and
	// after: hands are free, and it is neither.
	if spans(r.Busy) != "7-8 9-10 " || spans(r.Blocked) != "10-12 " || spans(r.Starved) != "" {
		t.Errorf("review: busy %s, blocked %s, starved %s", spans(r.Busy), spans(r.Blocked), spans(r.Starved))
	}
}

// As of noon a card that will be finished at two and go at four is worked on:
// what it waits later is not known yet.
func TestActivitiesDoNotLookAhead(t *testing.T) {
	line := floor.Line{Stations: []floor.Station{{Name: "develop", Kind: floor.Work}}}
	ways := []Way{{Stays: []Stay{{Station: "develop", Entered: hours(8, 8).From, Left: hours(16, 16).From, Waited: 2 * time.Hour}}}}
	for now, want := range map[int][2][]Interval{
		6:  {},
		12: {{hours(8, 12)}, nil},
		15: {{hours(8, 14)}, {hours(14, 15)}},
		20: {{hours(8, 14)}, {hours(14, 16)}},
	} {
		a := Activities(line, ways, hours(now, now).From)[0]
		if !slices.Equal(a.Busy, want[0]) || !slices.Equal(a.Blocked, want[1]) {
			t.Errorf("at %d: busy %v, blocked %v", now, a.Busy, a.Blocked)
		}
	}
}

// At every instant after the first card a station is at most one of the three,
// and what is open lasts until now and no longer.
func TestActivitiesDoNotOverlap(t *testing.T) {
	line := floor.Line{Stations: []floor.Station{{Name: "develop", Kind: floor.Work}}}
	rapid.Check(t, func(t *rapid.T) {
		line.Stations[0].Hands = rapid.IntRange(0, 3).Draw(t, "hands")
		var ways []Way
		for range rapid.IntRange(0, 8).Draw(t, "cards") {
			from := rapid.IntRange(0, 50).Draw(t, "from")
			s := Stay{Station: "develop", Entered: hours(from, from).From, Waited: time.Duration(rapid.IntRange(0, 12).Draw(t, "waited")) * time.Hour}
			if rapid.Bool().Draw(t, "left") {
				s.Left = s.Entered.Add(time.Duration(rapid.IntRange(0, 20).Draw(t, "stay")) * time.Hour)
			}
			ways = append(ways, Way{Stays: []Stay{s}})
		}
		now := hours(40, 40).From
		a := Activities(line, ways, now)[0]
		for hour := range 80 {
			n := 0
			for _, list := range [][]Interval{a.Busy, a.Blocked, a.Starved} {
				for _, i := range list {
					if i.To.After(now) {
						t.Fatalf("%v is after now", i)
					}
					if at := hours(hour, hour).From; !at.Before(i.From) && at.Before(i.To) {
						n++
					}
				}
			}
			if n > 1 {
				t.Fatalf("at %d it is %d things at once: %+v", hour, n, a)
			}
		}
	})
}
