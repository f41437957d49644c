package api

import (
	"net/http"

	"andon/flow/floor"
)

// refusalType begins the type of a problem that is a refusal.
const refusalType = "urn:andon:refusal:"

// Kind is a kind of problem that has a name. A problem without a type says
// all there is to say by its status and its detail.
type Kind struct {
	Type   string // the problem's type, a URI
	Status int
	Means  string // what is so
	Then   string // what would make it pass
}

// Kinds lists the named problems.
func Kinds() []Kind {
	kind := func(r floor.Reason, means, then string) Kind {
		return Kind{refusalType + string(r), http.StatusConflict, means, then}
	}
	return []Kind{
		kind(floor.StationFull, "The station holds as many cards as it may.",
			"Finish a card there first; `refusal.swarm` names the one that most needs help."),
		kind(floor.LineFull, "The line holds as much unfinished work as it may.",
			"Finish something anywhere on the line; `refusal.swarm` names what most needs help."),
		kind(floor.CordIsOut, "Somebody stopped the station by its cord.",
			"Help to mend what is wrong there, then release the cord."),
		kind(floor.CardBlocked, "The card is blocked.", "Take away what blocks it, then unblock it."),
		kind(floor.GateClosed, "A policy says no.",
			"`refusal.gate` holds each rule that refused, with its numbers and what would make it pass."),
		kind(floor.NothingHere, "There is no card to pull.", "Add a card, or swarm on one that is in work."),
		kind(floor.PersonFull, "The person has as many cards in hand as the line allows one person.",
			"Finish one of them, or help with another's card."),
		kind(floor.LaneFull, "The expedite lane holds as many cards as it may.",
			"Finish one of its cards, or give the card another class."),
		kind(floor.NotReady, "The card does not meet the line's definition of ready.",
			"`refusal.missing` names what it lacks: an analysis, an estimate or a day to begin."),
		kind(floor.AndonIsLit, "A card further on will probably be late, and nobody has answered its andon.",
			"Help with that card, or accept with a reason that it is late."),
		kind(floor.MachineOnly, "A machine does that station; nobody moves a card there by hand.",
			"Let the machine move it: commit the work, or start the run."),
	}
}
