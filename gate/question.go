package gate

import (
	"context"
	"time"
)

// Action is what somebody wants to do.
type Action string

// The actions that policies can be asked about.
const (
	Pull   Action = "pull"
	Deploy Action = "deploy"
)

// Question is one wish put to the gate. Fields that do not belong to the
// action are zero.
type Question struct {
	Action      Action
	Actor       string
	Line        string
	Card        Card
	Station     Station
	Service     string
	Environment string
	Release     Release
}

// Card is the card that somebody wants to pull; all zero when the pull names
// no card.
type Card struct {
	Key, Kind, Class string
	Estimate         float64 // days
	Blocked          bool
}

// Station is where the card would go.
type Station struct {
	Name  string
	Limit int // 0: none
}

// Release is what would be deployed.
type Release struct {
	ID     string
	Commit string
	// Fixes says that a card of kind unplanned rides on it.
	Fixes bool
	Age   time.Duration // since it was built
}

// Situation is what is known at the moment of asking.
type Situation struct {
	Budget    Budget
	Cord      bool // the place's cord is pulled
	Incidents int  // open incidents of the service, or of the line's services
}

// Budget is the error budget of the objective with the least left.
type Budget struct {
	Known     bool
	Objective string
	// Remaining is the share left, 1 untouched, 0 spent, below 0 overspent.
	Remaining float64
}

// Facts fetches what is known for a question. An error counts as no data.
type Facts interface {
	Situation(ctx context.Context, q Question) (Situation, error)
}

func (q Question) variables(s Situation, now time.Time) map[string]any {
	return map[string]any{
		"action": string(q.Action), "actor": q.Actor, "line": q.Line,
		"service": q.Service, "environment": q.Environment,
		"card": map[string]any{"key": q.Card.Key, "kind": q.Card.Kind, "class": q.Card.Class,
			"estimate": q.Card.Estimate, "blocked": q.Card.Blocked},
		"station": map[string]any{"name": q.Station.Name, "limit": q.Station.Limit},
		"release": map[string]any{"id": q.Release.ID, "commit": q.Release.Commit, "fixes": q.Release.Fixes,
			"age": q.Release.Age},
		"budget": map[string]any{"known": s.Budget.Known, "objective": s.Budget.Objective, "remaining": s.Budget.Remaining},
		"cord":   s.Cord, "incidents": s.Incidents, "now": now,
	}
}

// shape lists the variables and the fields each has; nil is a plain value.
var shape = map[string][]string{
	"action": nil, "actor": nil, "line": nil, "service": nil, "environment": nil,
	"cord": nil, "incidents": nil, "now": nil,
	"card":    {"key", "kind", "class", "estimate", "blocked"},
	"station": {"name", "limit"},
	"release": {"id", "commit", "fixes", "age"},
	"budget":  {"known", "objective", "remaining"},
}
