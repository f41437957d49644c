package tracker

import (
	"bufio"
	"encoding/json"
	"fmt"
	"io"
	"iter"
	"slices"
	"time"

	"andon/flow/floor"
)

// Issue is an issue of a forge with what happened to it, as a fetch keeps it.
type Issue struct {
	Key      string    `json:"key"` // "GH-12"
	Source   string    `json:"source"`
	Origin   string    `json:"origin,omitempty"` // "github:acme/shop#12"
	Title    string    `json:"title"`
	Labels   []string  `json:"labels,omitempty"`
	Owner    string    `json:"owner,omitempty"`
	Epic     string    `json:"epic,omitempty"` // its milestone
	Due      time.Time `json:"due,omitzero"`
	Created  time.Time `json:"created"`
	Dropped  string    `json:"dropped,omitempty"` // why it was closed without being done
	Happened []Event   `json:"happened,omitempty"`
}

// Event is one thing that happened to an issue.
type Event struct {
	At   time.Time `json:"at"`
	What What      `json:"what"`
	// Label is the label that was put on, for Labelled.
	Label string `json:"label,omitempty"`
}

// What can happen to an issue.
type What string

// What happens to issues: somebody took it on or referred to it from a change,
// it got a label, was closed, or opened again.
const (
	Taken    What = "taken"
	Labelled What = "labelled"
	Closed   What = "closed"
	Reopened What = "reopened"
)

// Page is one line of a fetch: issues, and where the next page begins.
type Page struct {
	Issues []Issue `json:"issues"`
	Cursor string  `json:"cursor"` // empty after the last page
	Last   bool    `json:"last"`
}

// Issues reads what a fetch kept: one page on a line.
func Issues(r io.Reader, m *Mapping) iter.Seq2[floor.History, error] {
	return func(yield func(floor.History, error) bool) {
		in := bufio.NewScanner(r)
		in.Buffer(nil, 64<<20)
		for n := 1; in.Scan(); n++ {
			var p Page
			if err := json.Unmarshal(in.Bytes(), &p); err != nil {
				yield(floor.History{}, fmt.Errorf("line %d: %w", n, err))
				return
			}
			for _, i := range p.Issues {
				if i.Key == "" || i.Created.IsZero() {
					yield(floor.History{}, fmt.Errorf("line %d: an issue has no key or was created at no time", n))
					return
				}
				if !yield(i.history(m), nil) {
					return
				}
			}
		}
		if err := in.Err(); err != nil {
			yield(floor.History{}, err)
		}
	}
}

// history makes a way of what happened: it waits until somebody takes it on,
// goes to the stations that its labels name, and ends when it is closed.
func (i Issue) history(m *Mapping) floor.History {
	h := floor.History{Source: i.Source, Origin: i.Origin, Card: floor.Card{Key: i.Key, Title: i.Title, Kind: kindOf(i.Labels...), Class: classOf("", !i.Due.IsZero()),
		Owner: i.Owner, Epic: i.Epic, DueAt: i.Due, Labels: i.Labels}}
	for _, l := range i.Labels {
		if c := classOf(l, false); c != floor.Standard {
			h.Card.Class = c
		}
	}
	add(&h, m.first(), i.Created, 0)
	events := slices.SortedStableFunc(slices.Values(i.Happened), func(a, b Event) int { return a.At.Compare(b.At) })
	for _, e := range events {
		at := later(e.At, h.Stays[len(h.Stays)-1].Entered)
		here := h.Stays[len(h.Stays)-1].Station
		switch e.What {
		case Taken:
			if here == m.first() {
				add(&h, m.working(), at, 0)
			}
		case Labelled:
			if station, ok := m.named(e.Label); ok && here != m.last() {
				add(&h, station, at, 0)
			}
		case Closed:
			add(&h, m.last(), at, 0)
		case Reopened:
			if here == m.last() {
				add(&h, m.working(), at, 0)
			}
		}
	}
	if h.Stays[len(h.Stays)-1].Station == m.last() {
		h.Card.Discarded = i.Dropped
	}
	return h
}

// named gives the station that a label names, if it names one: by --map, or by
// being called like it. Most labels say something else, which is no mistake.
func (m *Mapping) named(label string) (string, bool) {
	if name, ok := m.given[fold(label)]; ok {
		return name, true
	}
	for _, st := range m.line.Stations {
		if fold(st.Name) == fold(label) {
			return st.Name, true
		}
	}
	return "", false
}
