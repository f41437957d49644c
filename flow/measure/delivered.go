package measure

import (
	"context"
	"encoding/json"
	"slices"
	"time"

	"andon/flow/change"
	"andon/flow/delivery"
	"andon/flow/floor"
	"andon/flow/measure/dora"
	"andon/journal"
	"andon/journal/cloudevent"
)

// DORA are the five keys of a line's deliveries by one profile.
type DORA struct {
	Profile string        `json:"profile"`
	Source  string        `json:"source"`
	Window  Window        `json:"window"`
	Keys    []dora.Figure `json:"keys"`
	// Production is the environment that counts; empty when the line delivers
	// to none.
	Production string `json:"production,omitempty"`
}

// DORA computes the five keys within a window, from deployments, the commits
// that each was the first to bring, and incidents.
func (s *Service) DORA(ctx context.Context, line, profile string, w Window) (d DORA, err error) {
	p, err := dora.ByName(profile)
	if err != nil {
		return d, err
	}
	d = DORA{Profile: p.Name(), Source: p.Source(), Window: w}
	var e dora.Evidence
	err = s.ledger.Read(ctx, func(r journal.Reader) error {
		l, err := floor.LineIn(ctx, r, line)
		if err != nil {
			return err
		}
		d.Production = production(l)
		e, err = evidence(ctx, r, d.Production, w)
		return err
	})
	if err == nil {
		d.Keys = dora.Keys(p, e)
	}
	return d, err
}

// production is where a line's work meets its users: its last station that
// deploys.
func production(l floor.Line) string {
	for _, st := range slices.Backward(l.Stations) {
		if st.Kind == floor.Deploy {
			return st.Machine
		}
	}
	return dora.Production
}

// earlier is how long before a window deployments are read, to explain the
// incidents of its first days.
const earlier = 90 * oneDay

func evidence(ctx context.Context, r journal.Reader, production string, w Window) (e dora.Evidence, err error) {
	e.From, e.To = w.From, w.To
	ended, err := delivery.EndedIn(ctx, r, production, w.From.Add(-earlier), w.To)
	if err != nil {
		return e, err
	}
	for _, d := range ended {
		deployment, err := deployed(ctx, r, d)
		if err != nil {
			return e, err
		}
		e.Deployments = append(e.Deployments, deployment)
	}
	dora.Link(e.Deployments)
	e.Incidents, err = incidents(ctx, r, w.To)
	return e, err
}

func deployed(ctx context.Context, r journal.Reader, d delivery.Ended) (out dora.Deployment, err error) {
	out = dora.Deployment{ID: d.ID, Service: d.Target.Service, Environment: dora.Production, Started: d.StartedAt, Finished: d.EndedAt,
		Succeeded: d.State == delivery.Succeeded, Failed: d.State == delivery.RolledBack}
	if out.Failed {
		out.Impact, out.Restored = d.StartedAt, d.EndedAt
	}
	if out.Unplanned, err = floor.AnyOfKind(ctx, r, floor.Unplanned, d.After, d.Ord); err != nil || d.First {
		return out, err // the first brings all of history, which is nobody's lead time
	}
	commits, err := change.Between(ctx, r, d.After, d.Ord)
	for _, c := range commits {
		out.Commits = append(out.Commits, dora.Commit{SHA: c.SHA, Authored: c.AuthoredAt})
	}
	return out, err
}

// mostIncidents bounds how many incidents are looked at: the newest.
const mostIncidents = 1000

// incidents are read from the facts that any system may have told.
func incidents(ctx context.Context, r journal.Reader, until time.Time) (list []dora.Incident, err error) {
	facts, err := journal.FactsOf(ctx, r, journal.Query{Types: []journal.Type{journal.IncidentDetected, journal.IncidentResolved, cloudevent.Received},
		Newest: true, Limit: mostIncidents})
	if err != nil {
		return nil, err
	}
	at := map[string]int{}
	for _, f := range slices.Backward(facts) {
		event, err := cloudevent.Of(f, "")
		if err != nil {
			return nil, err
		}
		f.At = event.Time
		if kind := event.Type.Short(); kind != "incident.detected" && kind != "incident.resolved" || f.At.After(until) {
			continue
		}
		var told struct {
			Deployment string    `json:"deployment"`
			Opened     time.Time `json:"opened_at"`
		}
		_ = json.Unmarshal(f.Data, &told) // what another system tells has none of it
		id := f.Subject
		if f.Type == cloudevent.Received { // another system's incidents have names of their own
			id = event.Source + " " + id
		}
		i, known := at[id]
		if !known {
			i = len(list)
			at[id] = i
			list = append(list, dora.Incident{ID: id, Started: f.At, Deployment: told.Deployment})
			if !told.Opened.IsZero() {
				list[i].Started = told.Opened
			}
		}
		if event.Type.Short() == "incident.resolved" {
			list[i].Resolved = f.At
		}
	}
	return list, nil
}
