package floor

import (
	"fmt"
	"slices"
	"strings"
	"time"
)

// Rules are what a line asks of its cards besides the limits of its stations.
// The zero value asks nothing.
type Rules struct {
	// PersonWIP is the most cards that one person may have in stations where
	// people work; 0 is no limit.
	PersonWIP int `json:"wip_per_person,omitempty"`
	// ExpediteWIP is the limit of the expedite lane. Its cards then count
	// against this limit and against no other; 0 is no such lane.
	ExpediteWIP int `json:"expedite_wip,omitempty"`
	// Ready is the definition of ready: what must be true of a card before it
	// is pulled out of a queue into a station where people work.
	Ready []Readiness `json:"ready,omitempty"`
	SLE   SLE         `json:"sle"`
	// DailyCost is what the line costs in a day; 0 when nobody said.
	DailyCost float64 `json:"daily_cost,omitempty"`
	Currency  string  `json:"currency,omitempty"`
}

// SLE is a service level expectation: so many percent of the cards are done
// within so many days of their start.
type SLE struct {
	Percent float64 `json:"percent,omitempty"` // 0 is 85
	Days    float64 `json:"days,omitempty"`    // 0: the line's own history says
	// Light is the risk of missing it, 0…1, at which a card lights its andon;
	// 0 is 0.8.
	Light float64 `json:"light,omitempty"`
	// Stop refuses to start work while a lit card has no answer.
	Stop bool `json:"stop,omitempty"`
}

// LightAt is the risk at which a card lights its andon.
func (s SLE) LightAt() float64 {
	if s.Light == 0 {
		return 0.8
	}
	return s.Light
}

// Share is the share of cards that the expectation speaks of, 0…1.
func (s SLE) Share() float64 {
	if s.Percent == 0 {
		return 0.85
	}
	return s.Percent / 100
}

// Readiness is one part of a definition of ready.
type Readiness string

// The parts of a definition of ready, in the order in which they are met.
const (
	Analysed  Readiness = "analysed"
	Estimated Readiness = "estimated"
	Scheduled Readiness = "scheduled"
)

// Intake lists the states of a card that has not begun, in their order. A new
// card is analysed, then estimated, then scheduled, and is then ready.
var Intake = []Readiness{Analysed, Estimated, Scheduled}

// Is says whether a card has reached a part of the definition of ready.
func (c Card) Is(r Readiness) bool {
	switch r {
	case Analysed:
		return !c.AnalysedAt.IsZero()
	case Estimated:
		return c.Estimate > 0
	default:
		return !c.ScheduledFor.IsZero()
	}
}

// Lacks lists what a card still needs to be ready by a line's definition.
func (r Rules) Lacks(c Card) (missing []Readiness) {
	for _, part := range Intake {
		if slices.Contains(r.Ready, part) && !c.Is(part) {
			missing = append(missing, part)
		}
	}
	return missing
}

// expedited says whether the card runs in the lane of its own.
func (r Rules) expedited(c Card) bool { return r.ExpediteWIP > 0 && c.Class == Expedite }

// notReady refuses a card that the line's definition of ready does not admit.
// An expedited card need not be ready: that is what the lane is for.
func (f *locked) notReady(c Card, from, to Station) *Refusal {
	if from.Kind != Queue || to.Kind != Work || f.line.Rules.expedited(c) {
		return nil
	}
	missing := f.line.Rules.Lacks(c)
	if len(missing) == 0 {
		return nil
	}
	var words, how []string
	for _, m := range missing {
		words = append(words, string(m))
		how = append(how, howTo[m])
	}
	return &Refusal{Reason: NotReady, Station: to.Name, Missing: missing,
		Text: fmt.Sprintf("%s is not ready for %s: it is not %s. First %s.", c.Key, to.Name, list(words, "or"), list(how, "and"))}
}

var howTo = map[Readiness]string{
	Analysed:  "say what it takes (andon card analyse)",
	Estimated: "estimate it (andon card edit --estimate)",
	Scheduled: "say when it is to begin (andon card schedule)",
}

// list joins words the way people do: "a, b and c".
func list(words []string, and string) string {
	if len(words) < 2 {
		return strings.Join(words, "")
	}
	last := len(words) - 1
	return strings.Join(words[:last], ", ") + " " + and + " " + words[last]
}

// day is the beginning of a time's day, UTC; no time has no day.
func day(t time.Time) time.Time {
	if t.IsZero() {
		return t
	}
	return t.UTC().Truncate(24 * time.Hour)
}
