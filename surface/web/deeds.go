package web

import (
	"strconv"

	"github.com/a-h/templ"

	"andon/flow/floor"
)

// deed is something that can be done to a card or to several: a button of
// menus and an entry of the command palette. What it asks for first is the
// dialog of the same name.
type deed struct {
	ID, Word string
	Key      string // on a card that has the focus
	Many     bool   // may be done to several cards at once
}

// deeds are all of them, in the order of menus. Those that make no sense for
// a card, such as unblocking what is not blocked, are hidden by the script.
var deeds = []deed{
	{"pull", "Pull", "", false},
	{"finish", "Finish", "d", true},
	{"resume", "More to do here", "d", false},
	{"block", "Block…", "b", true},
	{"unblock", "Unblock", "b", true},
	{"help", "Add a helper…", "", false},
	{"accept", "Accept that it is late…", "", false},
	{"analyse", "Analyse…", "", false},
	{"estimate", "Estimate…", "", true},
	{"schedule", "Schedule…", "", true},
	{"owner", "Assign…", "a", true},
	{"kind", "Kind of work…", "", true},
	{"class", "Class of service…", "", true},
	{"epic", "Epic…", "", true},
	{"label", "Label…", "l", true},
	{"discard", "Discard…", "", true},
}

// cardState is what scripts know of a card: what can be done to it, and what
// dialogs begin with.
func cardState(c floor.Card) templ.Attributes {
	a := templ.Attributes{"data-owner": c.Owner, "data-epic": c.Epic, "data-kind": string(c.Kind), "data-class": string(c.Class), "data-day": dayOf(c.ScheduledFor)}
	if c.Estimate > 0 {
		a["data-estimate"] = strconv.FormatFloat(c.Estimate, 'f', -1, 64)
	}
	for name, on := range map[string]bool{"data-blocked": c.Blocked != nil, "data-finished": !c.FinishedAt.IsZero(),
		"data-lit": c.Lamp != nil && c.Lamp.Answer == "", "data-done": !c.DoneAt.IsZero()} {
		if on {
			a[name] = true
		}
	}
	return a
}
