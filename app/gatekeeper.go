package app

import (
	"context"
	"fmt"
	"strings"

	"andon/feedback/incident"
	"andon/flow/delivery"
	"andon/flow/floor"
	"andon/gate"
	"andon/journal"
)

// gatekeeper asks the cord, then the policies, for delivery.
type gatekeeper struct{ a *App }

func (g gatekeeper) MayDeploy(ctx context.Context, d delivery.Deployment, r delivery.Release) (string, error) {
	q := gate.Question{Action: gate.Deploy, Actor: d.Actor, Service: r.Service, Environment: d.Target.Environment,
		Release: gate.Release{ID: r.ID, Commit: r.SHA, Age: g.a.ledger.Now().Sub(r.CreatedAt)}}
	var cord *floor.Cord
	err := g.a.ledger.Read(ctx, func(rd journal.Reader) error {
		line, station, found, err := floor.StationOf(ctx, rd, floor.Deploy, d.Target.Environment)
		if err != nil {
			return err
		}
		if found {
			q.Line, q.Station, cord = line, gate.Station{Name: station.Name, Limit: station.WIP}, station.Cord
		}
		q.Release.Fixes, err = fixes(ctx, rd, g.a.delivery, d, r)
		return err
	})
	if err != nil {
		return "", err
	}
	if cord != nil {
		return fmt.Sprintf("The cord of %s is pulled by %s (%s).", q.Station.Name, cord.By, cord.Reason), nil
	}
	decision, err := g.a.gate.Ask(ctx, q)
	if err != nil || decision.Allowed {
		return "", err
	}
	var texts []string
	for _, refusal := range decision.Refusals {
		texts = append(texts, refusal.String())
	}
	return strings.Join(texts, " "), nil
}

// fixes says whether a card of kind unplanned rides on the release: one with
// a change that the place does not run yet.
func fixes(ctx context.Context, r journal.Reader, s *delivery.Service, d delivery.Deployment, rel delivery.Release) (bool, error) {
	running, err := s.StableOrd(ctx, r, d.Target)
	if err != nil {
		return false, err
	}
	return floor.AnyOfKind(ctx, r, floor.Unplanned, running, rel.Ord)
}

// situation fetches what the policies want to know.
type situation struct{ a *App }

func (s situation) Situation(ctx context.Context, q gate.Question) (out gate.Situation, err error) {
	service := q.Service
	if service == "" { // a pull concerns what the line delivers
		if plans := s.a.delivery.Plans(); len(plans) == 1 {
			service = plans[0].Service
		}
	}
	err = s.a.ledger.Read(ctx, func(r journal.Reader) error {
		if out.Incidents, err = incident.OpenCount(ctx, r, service); err != nil {
			return err
		}
		if q.Environment == "" {
			return nil
		}
		_, station, found, err := floor.StationOf(ctx, r, floor.Deploy, q.Environment)
		out.Cord = found && station.Cord != nil
		return err
	})
	if worst, ok := s.a.objectives.Of(service); ok {
		out.Budget = gate.Budget{Known: worst.Known, Objective: worst.Objective.Name, Remaining: worst.Remaining}
	}
	return out, err
}
