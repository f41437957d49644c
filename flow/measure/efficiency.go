package measure

import (
	"time"

	"andon/flow/floor"
)

// Spent is how the time of one or many items was spent.
type Spent struct {
	Worked, Waited, Blocked time.Duration
}

// Plus adds what was spent elsewhere.
func (s Spent) Plus(t Spent) Spent {
	return Spent{s.Worked + t.Worked, s.Waited + t.Waited, s.Blocked + t.Blocked}
}

// Efficiency is the flow efficiency, 0…1: the time worked ÷ (the time worked +
// the time waited or blocked). It is false when no time was spent.
func (s Spent) Efficiency() (float64, bool) {
	all := s.Worked + s.Waited + s.Blocked
	if all <= 0 {
		return 0, false
	}
	return float64(s.Worked) / float64(all), true
}

// Stream is a value stream map's bottom line, over the stations from the
// backlog up to done (Martin and Osterling, Value Stream Mapping).
type Stream struct {
	Lead    time.Duration `json:"lead"`    // the sum of the stations' mean lead times
	Process time.Duration `json:"process"` // the sum of their mean times of work
	// Accurate is the rolled %C/A, 0…1: the product over the stations, which is
	// the share that would pass all of them without coming back if each erred
	// for itself.
	Accurate float64 `json:"complete_and_accurate"`
	// Activity is Process ÷ Lead, 0…1.
	Activity float64 `json:"activity"`
	// Spent is all the time of all that left, each station by its own count.
	Spent Spent `json:"-"`
	// Silent are stations that nothing left, of which the map says nothing.
	Silent []string `json:"silent,omitempty"`
}

// StreamOf sums up stations. It is false when nothing left any of them.
// Means are those of one visit: an item that comes back visits twice.
func StreamOf(stations []StationFlow) (s Stream, ok bool) {
	s.Accurate = 1
	for _, st := range stations {
		if st.Kind == floor.Done {
			continue
		}
		if st.Left == 0 {
			s.Silent = append(s.Silent, st.Station)
			continue
		}
		ok = true
		s.Lead += st.Lead
		s.Process += st.Worked
		s.Accurate *= st.Accurate
		s.Spent = s.Spent.Plus(Spent{st.Worked * time.Duration(st.Left), st.Waited * time.Duration(st.Left), st.Blocked * time.Duration(st.Left)})
	}
	if !ok {
		s.Accurate = 0
		return s, false
	}
	if s.Lead > 0 {
		s.Activity = float64(s.Process) / float64(s.Lead)
	}
	return s, true
}

// Slowest is the station in which an item stays longest on average, done and
// queues apart. It is often not the bottleneck: a slow station with many hands
// keeps up, and a queue grows before the bottleneck and not in it. Of equal
// ones it is the first. It is false when nothing left any station.
func Slowest(stations []StationFlow) (slowest StationFlow, ok bool) {
	for _, st := range stations {
		if st.Kind == floor.Queue || st.Kind == floor.Done || st.Left == 0 {
			continue
		}
		if !ok || st.Lead > slowest.Lead {
			slowest, ok = st, true
		}
	}
	return slowest, ok
}

// WaitFactor is how long work waits for a station, in units of the time that
// the work itself takes: share busy ÷ share idle (The Phoenix Project, chapter
// 23). At 50 % it is 1, at 90 % it is 9, at 99 % it is 99. It is exact for one
// server, random arrivals and random service times (M/M/1), and errs with
// anything else; its point is the wall at 100 %, where it is not known.
func WaitFactor(busy float64) (float64, bool) {
	if !(busy >= 0 && busy < 1) {
		return 0, false
	}
	return busy / (1 - busy), true
}
