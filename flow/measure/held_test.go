package measure

import (
	"slices"
	"testing"
	"time"

	"andon/flow/floor"
)

// A station whose only card is blocked does not work: it is neither busy nor
// starved meanwhile.
func TestABlockedCardIsNotWorkedOn(t *testing.T) {
	line := floor.Line{Stations: []floor.Station{{Name: "backlog", Kind: floor.Queue}, {Name: "work", Kind: floor.Work}, {Name: "done", Kind: floor.Done}}}
	way := func(stays ...Stay) Way { return Way{Stays: stays} }
	stay := func(from, to int, holds ...Interval) Stay {
		s := Stay{Station: "work", Entered: hours(from, from).From, Holds: holds}
		if to > 0 {
			s.Left = hours(to, to).From
		}
		for _, h := range holds {
			s.Blocked += h.length()
		}
		return s
	}
	late := stay(0, 10, hours(2, 9))
	late.Waited = 3 * time.Hour // it was finished at 7, blocked or not
	open := stay(0, 0, hours(1, 2))
	open.BlockedSince = hours(5, 5).From
	told := stay(0, 10)
	told.Blocked = 4 * time.Hour // nobody knows when
	for name, c := range map[string]struct {
		ways                   []Way
		busy, starved, blocked []Interval
	}{
		"one block":            {[]Way{way(stay(0, 10, hours(2, 5)))}, []Interval{hours(0, 2), hours(5, 10)}, []Interval{hours(10, 20)}, nil},
		"two at once":          {[]Way{way(stay(0, 10, hours(2, 5), hours(6, 7))), way(stay(1, 4))}, []Interval{hours(0, 4), hours(5, 6), hours(7, 10)}, []Interval{hours(10, 20)}, nil},
		"blocked and finished": {[]Way{way(late)}, []Interval{hours(0, 2)}, []Interval{hours(10, 20)}, []Interval{hours(7, 10)}},
		"blocked until now":    {[]Way{way(open)}, []Interval{hours(0, 1), hours(2, 5)}, nil, nil},
		"told from elsewhere":  {[]Way{way(told)}, []Interval{hours(0, 10)}, []Interval{hours(10, 20)}, nil},
	} {
		a := Activities(line, c.ways, hours(20, 20).From)[0]
		if !slices.Equal(a.Busy, c.busy) || !slices.Equal(a.Starved, c.starved) || !slices.Equal(a.Blocked, c.blocked) {
			t.Errorf("%s: busy %v, starved %v, blocked %v", name, a.Busy, a.Starved, a.Blocked)
		}
	}
}

func TestVeryManyBlocksAreKeptAsFew(t *testing.T) {
	var s Stay
	for n := range 200 {
		s.BlockedSince = hours(2*n+1, 0).From
		s.release(hours(2*n+2, 0).From)
	}
	if len(s.Holds) != mostHolds || s.Blocked != 200*time.Hour || !s.Holds[mostHolds-1].To.Equal(hours(400, 0).From) {
		t.Errorf("%d holds of %v", len(s.Holds), s.Blocked)
	}
	if !s.heldAt(hours(1, 0).From) || s.heldAt(hours(2, 0).From) || s.heldAt(hours(0, 0).From) {
		t.Error("it is not known when it was blocked")
	}
	again, err := readStays(writeStays([]Stay{s}))
	if err != nil || len(again[0].Holds) != mostHolds || again[0].Holds[7] != s.Holds[7] {
		t.Errorf("read again: %+v, %v", again, err)
	}
}
