package measure

import (
	"cmp"
	"context"
	"slices"
	"time"

	"andon/flow/change"
	"andon/flow/delivery"
	"andon/flow/floor"
	"andon/flow/measure/dora"
	"andon/flow/source"
	"andon/journal"
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
	Origin     Origin `json:"origin"`
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
		e, d.Origin, err = evidence(ctx, r, d.Production, w)
		return err
	})
	if err == nil {
		d.Keys = dora.Keys(p, e)
		for i := range d.Keys {
			d.Origin.explain(&d.Keys[i])
		}
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

// evidence gathers what happened from whoever tells it: Andon's own
// deliveries, then forges, then other systems. A commit that one of them
// deployed counts once, by who comes first.
func evidence(ctx context.Context, r journal.Reader, production string, w Window) (e dora.Evidence, origin Origin, err error) {
	e.From, e.To = w.From, w.To
	since := w.From.Add(-earlier)
	ended, err := delivery.EndedIn(ctx, r, production, since, w.To)
	if err != nil {
		return e, origin, err
	}
	var own []report
	for _, d := range ended {
		deployment, err := deployed(ctx, r, d)
		if err != nil {
			return e, origin, err
		}
		own = append(own, report{deployment, andon, d.SHA})
	}
	others, full, err := elsewhere(ctx, r, production, since, w.To, own)
	if err != nil {
		return e, origin, err
	}
	pulls, err := source.MergedIn(ctx, r, since, w.To, mostTold)
	if err != nil {
		return e, origin, err
	}
	pushes, err := source.PushedSince(ctx, r, since, mostTold)
	if err != nil {
		return e, origin, err
	}
	var shas []string
	for _, d := range others {
		shas = append(shas, d.sha)
	}
	b, authored, err := spanned(ctx, r, shas)
	if err != nil {
		return e, origin, err
	}
	writtenAt(authored, pushes, pulls)
	silent := fill(others, b, authored)
	shipped := map[string]bool{}
	all := append(own, others...)
	for _, d := range all {
		e.Deployments = append(e.Deployments, d.Deployment)
		for _, c := range d.Commits {
			shipped[c.SHA] = true
		}
	}
	dora.Link(e.Deployments)
	e.PullRequests = pullRequests(pulls, pushes, shipped)
	if e.Incidents, err = incidents(ctx, r, since, w.To); err != nil {
		return e, origin, err
	}
	origin = originOf(e, all, silent)
	if full || b.full || len(pulls) == mostTold || len(pushes) == mostTold {
		origin.Cut = true
	}
	return e, origin, nil
}

// elsewhere are the deployments by other tools that Andon did not make itself.
func elsewhere(ctx context.Context, r journal.Reader, production string, from, to time.Time, own []report) (list []report, full bool, err error) {
	list, full, err = toldByForges(ctx, r, production, from, to)
	if err != nil {
		return nil, false, err
	}
	list = unheard(list, own)
	events, most, err := toldByEvents(ctx, r, production, from, to)
	if err != nil {
		return nil, false, err
	}
	return append(list, unheard(unheard(events, own), list)...), full || most, nil
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

// mostIncidents bounds how many facts of Andon's own incidents are looked at:
// the newest.
const mostIncidents = 2000

// incidents are Andon's own, and those of which other systems told since a
// time. The end of one that nobody told the beginning of says nothing.
func incidents(ctx context.Context, r journal.Reader, since, until time.Time) (list []dora.Incident, err error) {
	facts, err := journal.FactsOf(ctx, r, journal.Query{Types: []journal.Type{journal.IncidentDetected, journal.IncidentResolved},
		Newest: true, Limit: mostIncidents})
	if err != nil {
		return nil, err
	}
	at := map[string]int{}
	tell := func(id string, when, opened time.Time, deployment string, resolved bool) {
		i, known := at[id]
		if !known {
			if resolved && opened.IsZero() {
				return
			}
			i = len(list)
			at[id] = i
			list = append(list, dora.Incident{ID: id, Started: cmp.Or(opened, when), Deployment: deployment})
		}
		if resolved {
			list[i].Resolved = when
		}
	}
	for _, f := range slices.Backward(facts) {
		if f.At.After(until) {
			continue
		}
		var told struct {
			Deployment string    `json:"deployment"`
			Opened     time.Time `json:"opened_at"`
		}
		if err := f.Into(&told); err != nil {
			return nil, err
		}
		tell(f.Subject, f.At, told.Opened, told.Deployment, f.Type == journal.IncidentResolved)
	}
	events, _, err := happened(ctx, r, since, until, incidentDetected, incidentResolved)
	for _, e := range events { // another system's incidents have names of their own
		tell(e.Source+" "+e.Subject, e.Time, time.Time{}, "", e.Type.Short() == incidentResolved)
	}
	return list, err
}

const incidentDetected, incidentResolved = "incident.detected", "incident.resolved"
