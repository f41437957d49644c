package floor

import (
	"fmt"
	"strings"

	"andon/gate"
)

// Reason is why a card may not enter a station.
type Reason string

// The reasons to refuse.
const (
	StationFull Reason = "station-full"
	LineFull    Reason = "line-full"
	CordIsOut   Reason = "cord-pulled"
	CardBlocked Reason = "card-blocked"
	GateClosed  Reason = "gate-closed"
	NothingHere Reason = "nothing-to-pull"
	MachineOnly Reason = "machine-station"
	PersonFull  Reason = "person-full"
	LaneFull    Reason = "expedite-full"
	NotReady    Reason = "not-ready"
	AndonIsLit  Reason = "andon-lit"
)

// Refusal says why something may not move and what to do instead. It is an
// answer, not a failure: nothing was changed.
type Refusal struct {
	Reason  Reason `json:"reason"`
	Station string `json:"station"`
	Limit   int    `json:"limit,omitempty"`
	Holds   int    `json:"holds,omitempty"`
	// Text is the whole story in a sentence.
	Text string `json:"text"`
	// Swarm is what most needs help instead, the neediest first.
	Swarm []Need `json:"swarm,omitempty"`
	// Gate holds the policies' refusals when Reason is gate-closed.
	Gate []gate.Refusal `json:"gate,omitempty"`
	// Missing is what the card lacks when Reason is not-ready.
	Missing []Readiness `json:"missing,omitempty"`
}

// ofCard says whether the refusal concerns one card only, so that another
// might enter where this one may not.
func (r *Refusal) ofCard() bool {
	return r.Reason == NotReady || r.Reason == PersonFull || r.Reason == LaneFull || r.Reason == CardBlocked
}

// Error gives the text and the first suggestion.
func (r *Refusal) Error() string {
	if len(r.Swarm) == 0 {
		return r.Text
	}
	n := r.Swarm[0]
	return fmt.Sprintf("%s Swarm on %s (%s) in %s: %s.", r.Text, n.Card, n.Title, n.Station, n.Why)
}

// Missing says that a thing does not exist.
type Missing struct {
	What string // "card", "line", "station"
	Name string
	Hint string
}

func (m *Missing) Error() string {
	text := fmt.Sprintf("there is no %s %q", m.What, m.Name)
	if m.Hint != "" {
		text += "; " + m.Hint
	}
	return text
}

// Invalid says which field of a request is wrong and what would be right.
type Invalid struct {
	Field string
	Text  string
}

func (i *Invalid) Error() string { return i.Text }

// Conflict says that the card changed since the caller looked at it.
type Conflict struct {
	Card      string
	Have, Now int64
}

func (c *Conflict) Error() string {
	return fmt.Sprintf("%s has changed since you looked (revision %d, now %d); look again", c.Card, c.Have, c.Now)
}

func refusedByGate(station string, d gate.Decision) *Refusal {
	var texts []string
	for _, r := range d.Refusals {
		texts = append(texts, r.String())
	}
	return &Refusal{Reason: GateClosed, Station: station, Text: strings.Join(texts, " "), Gate: d.Refusals}
}
