package floor

import (
	"fmt"
	"time"
)

// StationKind says who does a station's work.
type StationKind string

// The kinds of stations.
const (
	Queue    StationKind = "queue"    // nobody: cards wait to be pulled
	Work     StationKind = "work"     // people
	Pipeline StationKind = "pipeline" // a workflow
	Deploy   StationKind = "deploy"   // a deployment to an environment
	Done     StationKind = "done"     // finished goods
)

// Station is one place on a line.
type Station struct {
	Name string      `json:"name"`
	Kind StationKind `json:"kind"`
	// WIP is the most cards that the station may hold; 0 is no limit.
	WIP int `json:"wip,omitempty"`
	// Machine is the workflow file ("*" for all) of a pipeline station, the
	// environment of a deploy station.
	Machine string `json:"machine,omitempty"`
	// Hands is how many can work here at once; 0 when nobody said.
	Hands int `json:"hands,omitempty"`
	// Split shows a doing and a done half, which share the limit.
	Split bool  `json:"split,omitempty"`
	Cord  *Cord `json:"cord,omitempty"`
}

// inProgress says whether cards here count against the line's limit.
func (s Station) inProgress() bool { return s.Kind != Queue && s.Kind != Done }

// Cord is a pulled cord: nothing may enter the station.
type Cord struct {
	By     string    `json:"by"`
	Reason string    `json:"reason"`
	Since  time.Time `json:"since"`
}

// Line is a list of stations from the backlog to done.
type Line struct {
	Name  string `json:"name"`
	Title string `json:"title"`
	// Key is the prefix of card keys, as in "SHOP" for SHOP-7.
	Key string `json:"key"`
	// WIP limits the cards in progress on the whole line (CONWIP); 0 is none.
	WIP      int       `json:"wip,omitempty"`
	Rules    Rules     `json:"rules,omitzero"`
	Stations []Station `json:"stations"`
}

func (l Line) index(name string) int {
	for i, s := range l.Stations {
		if s.Name == name {
			return i
		}
	}
	return -1
}

// Station finds a station by name.
func (l Line) Station(name string) (Station, error) {
	if i := l.index(name); i >= 0 {
		return l.Stations[i], nil
	}
	return Station{}, &Missing{"station", name, fmt.Sprintf("line %s has %s", l.Name, l.names())}
}

func (l Line) names() (text string) {
	for i, s := range l.Stations {
		if i > 0 {
			text += ", "
		}
		text += s.Name
	}
	return text
}

// pullTarget is where a pull without a named station goes: the first station
// that people work at, or the one after the queue where there is none.
func (l Line) pullTarget() Station {
	for _, s := range l.Stations {
		if s.Kind == Work {
			return s
		}
	}
	return l.Stations[1]
}

// after gives the station that follows the one named.
func (l Line) after(name string) (Station, bool) {
	i := l.index(name)
	if i < 0 || i+1 >= len(l.Stations) {
		return Station{}, false
	}
	return l.Stations[i+1], true
}

// machine finds the station of that kind whose machine is the one named.
func (l Line) machine(kind StationKind, name string) (Station, bool) {
	for _, s := range l.Stations {
		if s.Kind == kind && (s.Machine == name || kind == Pipeline && s.Machine == "*") {
			return s, true
		}
	}
	return Station{}, false
}

// Floor is a line and all cards on it at one moment.
type Floor struct {
	Line  Line
	Cards []Card // by station, class, then rank
	// Head is the journal's position at that moment.
	Head int64
	At   time.Time
}

// In lists the cards in a station, the most urgent first.
func (f Floor) In(station string) (cards []Card) {
	for _, c := range f.Cards {
		if c.Station == station {
			cards = append(cards, c)
		}
	}
	return cards
}
