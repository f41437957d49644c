package floor

import (
	"fmt"
	"slices"
	"strings"
	"time"
)

// Kind is one of the four kinds of work (The Phoenix Project).
type Kind string

// The four kinds of work.
const (
	Business  Kind = "business"
	Internal  Kind = "internal"
	Changes   Kind = "change"
	Unplanned Kind = "unplanned"
)

// Kinds lists all kinds of work.
var Kinds = []Kind{Business, Internal, Changes, Unplanned}

// Class is a class of service (Kanban): who goes first.
type Class string

// The classes of service, the most urgent first.
const (
	Expedite   Class = "expedite"
	FixedDate  Class = "fixed-date"
	Standard   Class = "standard"
	Intangible Class = "intangible"
)

// Classes lists all classes, the most urgent first.
var Classes = []Class{Expedite, FixedDate, Standard, Intangible}

// Card is one piece of work.
type Card struct {
	Key      string   `json:"key"` // "SHOP-7"
	Line     string   `json:"line"`
	Station  string   `json:"station"`
	Title    string   `json:"title"`
	Note     string   `json:"note,omitempty"`
	Kind     Kind     `json:"kind"`
	Class    Class    `json:"class"`
	Estimate float64  `json:"estimate"` // days of work, 0 when not estimated
	Owner    string   `json:"owner,omitempty"`
	Helpers  []string `json:"helpers,omitempty"`
	Rank     int64    `json:"rank"` // order within its station, lowest first

	CreatedAt time.Time `json:"created_at"`
	StartedAt time.Time `json:"started_at,omitzero"` // first entered a station after the queue
	EnteredAt time.Time `json:"entered_at"`          // entered its present station
	DoneAt    time.Time `json:"done_at,omitzero"`

	Blocked *Block `json:"blocked,omitempty"`
	// ReadyFor is the station that the card waits to enter: its work here is
	// finished, but there is no room there yet, or its cord is pulled.
	ReadyFor string `json:"ready_for,omitempty"`
	// Changes are the hashes of its commits, oldest first.
	Changes []string `json:"changes,omitempty"`
	Rev     int64    `json:"rev"`
}

// Block says why a card cannot go on.
type Block struct {
	Reason string    `json:"reason"`
	By     string    `json:"by"`
	Since  time.Time `json:"since"`
}

// Age is how long the card has been in progress: from its start to done or
// to now; zero before it started.
func (c Card) Age(now time.Time) time.Duration {
	if c.StartedAt.IsZero() {
		return 0
	}
	if !c.DoneAt.IsZero() {
		now = c.DoneAt
	}
	return now.Sub(c.StartedAt)
}

// NewCard is what a card is made from.
type NewCard struct {
	Line     string
	Key      string // empty: the line's next
	Title    string
	Note     string
	Kind     Kind    // empty: business
	Class    Class   // empty: standard
	Estimate float64 // days
	Owner    string
}

func (n *NewCard) complete() error {
	if n.Kind == "" {
		n.Kind = Business
	}
	if n.Class == "" {
		n.Class = Standard
	}
	return validate(n.Title, n.Kind, n.Class, n.Estimate)
}

const maxTitle = 200

func validate(title string, kind Kind, class Class, estimate float64) error {
	switch {
	case strings.TrimSpace(title) == "" || len(title) > maxTitle:
		return &Invalid{"title", fmt.Sprintf("a card needs a title of 1 to %d bytes", maxTitle)}
	case !slices.Contains(Kinds, kind):
		return &Invalid{"kind", fmt.Sprintf("%q is not a kind of work; use one of %v", kind, Kinds)}
	case !slices.Contains(Classes, class):
		return &Invalid{"class", fmt.Sprintf("%q is not a class of service; use one of %v", class, Classes)}
	case !(estimate >= 0 && estimate <= 1000):
		return &Invalid{"estimate", "an estimate is in days, from 0 (none) to 1000"}
	}
	return nil
}
