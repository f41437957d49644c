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
	Key      string  `json:"key"` // "SHOP-7"
	Line     string  `json:"line"`
	Station  string  `json:"station"`
	Title    string  `json:"title"`
	Note     string  `json:"note,omitempty"`
	Kind     Kind    `json:"kind"`
	Class    Class   `json:"class"`
	Estimate float64 `json:"estimate"` // days of work, 0 when not estimated
	Epic     string  `json:"epic,omitempty"`
	// Labels are words of the team, sorted.
	Labels []string `json:"labels,omitempty"`
	// CostOfDelay is what a day's delay costs, in the line's currency.
	CostOfDelay float64  `json:"cost_of_delay,omitempty"`
	Owner       string   `json:"owner,omitempty"`
	Helpers     []string `json:"helpers,omitempty"`
	Rank        int64    `json:"rank"` // order within its station, lowest first

	CreatedAt time.Time `json:"created_at"`
	StartedAt time.Time `json:"started_at,omitzero"` // first entered a station after the queue
	EnteredAt time.Time `json:"entered_at"`          // entered its present station
	DoneAt    time.Time `json:"done_at,omitzero"`
	// FinishedAt is when its work in the present station was finished: it is
	// in the done half and waits to be pulled on.
	FinishedAt time.Time `json:"finished_at,omitzero"`
	DueAt      time.Time `json:"due_at,omitzero"` // midnight UTC of the day

	AnalysedAt   time.Time `json:"analysed_at,omitzero"`
	AnalysedBy   string    `json:"analysed_by,omitempty"`
	ScheduledFor time.Time `json:"scheduled_for,omitzero"` // the day it is to begin

	Blocked *Block `json:"blocked,omitempty"`
	// Red is what a machine of a forge refused in its work, while it does.
	Red string `json:"red,omitempty"`
	// Discarded is why the card was taken off the line undone.
	Discarded string `json:"discarded,omitempty"`
	// Lamp is lit when the card will probably miss its expectation.
	Lamp *Lamp `json:"lamp,omitempty"`
	// Overtook is how many waiting cards an expedited one went before.
	Overtook int `json:"overtook,omitempty"`
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

// Lamp is a lit andon: the risk that the card misses the line's service level
// expectation passed the line's threshold.
type Lamp struct {
	Since time.Time `json:"since"`
	Risk  float64   `json:"risk"` // 0…1, when it was last told
	// Answer is what was done about it: who came to help, or why the team
	// accepts it. While it is empty the line may refuse to start work.
	Answer string `json:"answer,omitempty"`
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
	Epic     string
	Labels   []string
	DueAt    time.Time
	// CostOfDelay is what a day's delay costs, in the line's currency.
	CostOfDelay float64
	// Origin is the issue of a forge that it was, as in "github:acme/shop#12".
	Origin string
}

func (n *NewCard) complete() error {
	if n.Kind == "" {
		n.Kind = Business
	}
	if n.Class == "" {
		n.Class = Standard
	}
	n.Labels = tidy(n.Labels)
	return Card{Title: n.Title, Kind: n.Kind, Class: n.Class, Estimate: n.Estimate, Epic: n.Epic, Labels: n.Labels, CostOfDelay: n.CostOfDelay}.check()
}

const (
	maxTitle = 200
	maxEpic  = 80
	maxMoney = 1e12
)

// check says which field of a card is wrong.
func (c Card) check() error {
	switch {
	case strings.TrimSpace(c.Title) == "" || len(c.Title) > maxTitle:
		return &Invalid{"title", fmt.Sprintf("a card needs a title of 1 to %d bytes", maxTitle)}
	case !slices.Contains(Kinds, c.Kind):
		return &Invalid{"kind", fmt.Sprintf("%q is not a kind of work; use one of %v", c.Kind, Kinds)}
	case !slices.Contains(Classes, c.Class):
		return &Invalid{"class", fmt.Sprintf("%q is not a class of service; use one of %v", c.Class, Classes)}
	case !(c.Estimate >= 0 && c.Estimate <= 1000):
		return &Invalid{"estimate", "an estimate is in days, from 0 (none) to 1000"}
	case len(c.Epic) > maxEpic:
		return &Invalid{"epic", fmt.Sprintf("the name of an epic has at most %d bytes", maxEpic)}
	case !(c.CostOfDelay >= 0 && c.CostOfDelay <= maxMoney):
		return &Invalid{"cost_of_delay", "a cost of delay is an amount a day, from 0 (none) to 1e12"}
	}
	return checkLabels(c.Labels)
}
