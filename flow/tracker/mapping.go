package tracker

import (
	"fmt"
	"slices"
	"strings"

	"andon/flow/floor"
)

// Mapping says which station of a line a status of another tracker stands for.
type Mapping struct {
	line  floor.Line
	given map[string]string // by the status in lower case
	// Unknown are the statuses that stand for nothing, with how often they came.
	Unknown map[string]int
}

// NewMapping maps statuses to stations of a line: those given, those that are
// called like a station, and the usual names for a queue and for done.
func NewMapping(l floor.Line, given map[string]string) (*Mapping, error) {
	m := &Mapping{line: l, given: map[string]string{}, Unknown: map[string]int{}}
	for status, station := range given {
		if _, err := l.Station(station); err != nil {
			return nil, fmt.Errorf("status %q: %w", status, err)
		}
		m.given[fold(status)] = station
	}
	return m, nil
}

// usual are names of statuses that mean the same nearly everywhere.
var usual = map[floor.StationKind][]string{
	floor.Queue: {"backlog", "to do", "todo", "open", "new", "triage", "selected for development", "ready", "unstarted"},
	floor.Done:  {"done", "closed", "resolved", "completed", "released", "finished", "canceled", "cancelled", "duplicate", "won't do", "wontfix"},
	floor.Work:  {"in progress", "doing", "started", "development", "in development", "implementing"},
}

func fold(status string) string { return strings.ToLower(strings.TrimSpace(status)) }

// Station gives the station that a status stands for.
func (m *Mapping) Station(status string) (name string, known bool) {
	s := fold(status)
	if name, ok := m.given[s]; ok {
		return name, true
	}
	for _, st := range m.line.Stations {
		if fold(st.Name) == s || fold(st.Name) == strings.ReplaceAll(s, " ", "-") {
			return st.Name, true
		}
	}
	for _, st := range m.line.Stations {
		if slices.Contains(usual[st.Kind], s) {
			return st.Name, true
		}
	}
	m.Unknown[strings.TrimSpace(status)]++
	return "", false
}

// first and last are the ends of the line.
func (m *Mapping) first() string { return m.line.Stations[0].Name }
func (m *Mapping) last() string  { return m.line.Stations[len(m.line.Stations)-1].Name }

// working is the first station where people work.
func (m *Mapping) working() string {
	for _, st := range m.line.Stations {
		if st.Kind == floor.Work {
			return st.Name
		}
	}
	return m.line.Stations[min(1, len(m.line.Stations)-1)].Name
}

// Err says which statuses stand for no station, and how to say what they do.
func (m *Mapping) Err() error {
	if len(m.Unknown) == 0 {
		return nil
	}
	var words []string
	for status, n := range m.Unknown {
		words = append(words, fmt.Sprintf("%q (%d times)", status, n))
	}
	slices.Sort(words)
	var stations []string
	for _, st := range m.line.Stations {
		stations = append(stations, st.Name)
	}
	return fmt.Errorf("no station is known for the status %s; say which with --map %q; line %s has %s",
		strings.Join(words, ", "), "status=station", m.line.Name, strings.Join(stations, ", "))
}

// abandoned are statuses that mean that nobody did the work.
var abandoned = []string{"canceled", "cancelled", "duplicate", "won't do", "wontfix", "rejected", "invalid", "abandoned", "declined"}

func isAbandoned(status string) bool { return slices.Contains(abandoned, fold(status)) }

// kindOf infers the kind of work from a type or labels of another tracker: a
// defect, an incident and a hotfix are unplanned, upkeep is internal. What
// says nothing is business.
func kindOf(words ...string) floor.Kind {
	for _, w := range words {
		switch f := fold(w); {
		case strings.Contains(f, "incident"), strings.Contains(f, "hotfix"), f == "bug", f == "defect", f == "problem", strings.Contains(f, "outage"):
			return floor.Unplanned
		case strings.Contains(f, "change request"), f == "change", f == "upgrade", f == "migration":
			return floor.Changes
		case strings.Contains(f, "tech"), f == "chore", f == "maintenance", f == "refactoring", f == "spike", f == "infrastructure":
			return floor.Internal
		}
	}
	return floor.Business
}

// classOf infers the class of service from a priority.
func classOf(priority string, hasDue bool) floor.Class {
	switch fold(priority) {
	case "highest", "blocker", "urgent", "critical", "expedite":
		return floor.Expedite
	case "lowest", "trivial":
		return floor.Intangible
	}
	if hasDue {
		return floor.FixedDate
	}
	return floor.Standard
}
