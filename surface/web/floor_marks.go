package web

import (
	"context"
	"fmt"
	"slices"
	"time"

	"andon/flow/delivery"
	"andon/flow/floor"
	"andon/flow/pipeline"
)

// mark is a state as kind ("ok", "warn", "bad", "info", "idle"), word and the
// whole story.
type mark struct{ Kind, Word, Text string }

// machines is what runs and deployments say of the commits of cards.
type machines struct {
	runs    map[string]pipeline.Run // newest by commit
	active  map[string]*delivery.Deployment
	wait    map[string]*delivery.Deployment
	deploys bool // a card with commits is live in the last station
}

// recent is how many runs are looked at for the signals of cards.
const recent = 200

func (s *site) machines(ctx context.Context) (m machines, err error) {
	m = machines{map[string]pipeline.Run{}, map[string]*delivery.Deployment{}, map[string]*delivery.Deployment{}, false}
	runs, err := s.Pipeline.Runs(ctx, recent)
	if err != nil {
		return m, err
	}
	for _, r := range runs {
		if _, known := m.runs[r.SHA]; !known {
			m.runs[r.SHA] = r
		}
	}
	places, err := s.Delivery.Places(ctx)
	m.deploys = len(places) > 0
	for _, p := range places {
		if p.Active != nil {
			m.active[p.Target.Environment] = p.Active
		}
		if p.Waiting != nil {
			m.wait[p.Target.Environment] = p.Waiting
		}
	}
	return m, err
}

// marks say in words how a card does, what matters most first.
func (m machines) marks(c floor.Card, st floor.Station, now time.Time) (list []mark) {
	if first := m.mark(c, st, now); first.Word != "" {
		list = append(list, first)
	}
	if c.Lamp != nil {
		list = append(list, lampMark(*c.Lamp))
	}
	if !c.DueAt.IsZero() && c.DoneAt.IsZero() {
		list = append(list, dueMark(c.DueAt, now))
	}
	if c.Overtook > 0 {
		list = append(list, mark{"idle", fmt.Sprintf("Overtook %d", c.Overtook), "So many waiting cards were passed by this expedited one."})
	}
	return slices.Clip(list)
}

// mark says in a word how a card does.
func (m machines) mark(c floor.Card, st floor.Station, now time.Time) mark {
	switch {
	case c.Discarded != "":
		return mark{"idle", "Discarded", c.Discarded}
	case c.Blocked != nil:
		return mark{"bad", "Blocked " + floor.Span(now.Sub(c.Blocked.Since)), c.Blocked.Reason + " (" + c.Blocked.By + ")"}
	case c.Red != "" && c.DoneAt.IsZero():
		return mark{"bad", "Red", sentence(c.Red)}
	case c.ReadyFor != "":
		return mark{"idle", "Waits for " + c.ReadyFor, "Its work here is finished; there is no room there yet, or its cord is pulled."}
	case st.Kind == floor.Done && m.deploys && len(c.Changes) > 0:
		return mark{"ok", "Live", "Its commits run for users."}
	case st.Kind == floor.Done:
		return mark{"ok", "Done", ""}
	case !c.FinishedAt.IsZero():
		return mark{"ok", "Finished " + floor.Span(now.Sub(c.FinishedAt)) + " ago", "Its work here is finished; it waits to be pulled on."}
	case st.Kind == floor.Deploy:
		return m.deploying(st.Machine)
	case st.Kind == floor.Pipeline:
		if len(c.Changes) > 0 {
			if r, ok := m.runs[c.Changes[len(c.Changes)-1]]; ok {
				return runMark(r.Status())
			}
		}
		return mark{"idle", "No run yet", ""}
	case c.Class == floor.Expedite:
		return mark{"warn", "Expedite", ""}
	case c.Class == floor.FixedDate && c.DueAt.IsZero():
		return mark{"info", "Fixed date", ""}
	case len(c.Helpers) > 0:
		return mark{"learn", "Swarming", ""}
	}
	return mark{}
}

// lampMark is a lit andon: a warning until somebody answers it.
func lampMark(l floor.Lamp) mark {
	risk := fmt.Sprintf("The risk that it misses the line's expectation is %s.", percent(l.Risk))
	if l.Answer != "" {
		return mark{"learn", "Late, answered", risk + " " + sentence(l.Answer)}
	}
	return mark{"warn", "Andon lit, " + percent(l.Risk), risk + " Help with it, or accept it with a reason."}
}

// dueMark tells the day of a card: bad once it is past, a warning two days
// before.
func dueMark(due, now time.Time) mark {
	word := "Due " + due.Format("2 Jan")
	switch left := due.Sub(now); {
	case left < -24*time.Hour:
		return mark{"bad", word, "The day is past."}
	case left < 48*time.Hour:
		return mark{"warn", word, "The day is near."}
	}
	return mark{"info", word, ""}
}

func (m machines) deploying(environment string) mark {
	if d := m.active[environment]; d != nil {
		if d.State == delivery.Exposing {
			return mark{"info", fmt.Sprintf("Canary %d %%", d.Exposure.Weight), ""}
		}
		return deploymentMark(*d)
	}
	if d := m.wait[environment]; d != nil {
		return deploymentMark(*d)
	}
	return mark{"idle", "Waits for a release", ""}
}
