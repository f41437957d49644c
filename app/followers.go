package app

import (
	"context"
	"fmt"
	"path"
	"slices"

	"andon/feedback/incident"
	"andon/flow/change"
	"andon/flow/delivery"
	"andon/flow/floor"
	"andon/flow/pipeline"
	"andon/flow/pipeline/execute"
	"andon/flow/source"
	"andon/journal"
	"andon/journal/cloudevent"
	"andon/learning/postmortem"
)

// followers carry facts from one Way to another.
func (a *App) followers() []journal.Follower {
	return []journal.Follower{
		{Name: "commit-to-line", Types: []journal.Type{journal.ChangeMerged}, React: a.commitReached},
		{Name: "run-to-line", Types: []journal.Type{journal.PipelineRunEnded}, React: a.runEnded},
		{Name: "deployment-to-line", Types: []journal.Type{journal.DeploymentEnded}, React: a.deploymentEnded},
		{Name: "incident-to-card", Types: []journal.Type{journal.IncidentDetected, journal.IncidentNoted, journal.IncidentResolved}, React: a.incidentTold},
		{Name: "event-to-card", Types: []journal.Type{cloudevent.Received}, React: a.eventTold},
		{Name: "incident-to-postmortem", Types: []journal.Type{journal.IncidentResolved}, React: a.incidentResolved},
		{Name: "action-to-card", Types: []journal.Type{journal.ActionAdded}, React: a.actionAdded},
	}
}

// commitReached ties a commit to its cards, and starts its workflows when it
// is the newest of its push.
func (a *App) commitReached(ctx context.Context, tx journal.Tx, f journal.Fact) error {
	var m change.Merged
	if err := f.Into(&m); err != nil {
		return err
	}
	c, err := change.Of(ctx, tx, m.SHA)
	if err != nil {
		return err
	}
	keys := source.Keys(source.Words{Title: c.Message})
	told, err := source.KeysOf(ctx, tx, m.SHA) // a forge may have told of it before it was fetched
	if err != nil {
		return err
	}
	keys = append(keys, told...)
	slices.Sort(keys)
	if _, err := floor.LinkIn(ctx, tx, c, slices.Compact(keys)); err != nil {
		return err
	}
	if !m.Head {
		return nil
	}
	return tx.Advance(ctx, pipeline.TriggerMachine, m.SHA)
}

// runEnded lets cards pass or blocks them, and makes a release of what the
// run built.
func (a *App) runEnded(ctx context.Context, tx journal.Tx, f journal.Fact) error {
	var e pipeline.RunEnded
	if err := f.Into(&e); err != nil {
		return err
	}
	file := path.Base(e.Workflow)
	if e.Conclusion != execute.Success {
		reason := fmt.Sprintf("%s ended with %s", e.Run, e.Conclusion)
		if e.Text != "" {
			reason += ": " + e.Text
		}
		return floor.FailedIn(ctx, tx, floor.Pipeline, file, e.Ord, short(reason))
	}
	passed, err := pipeline.Passed(ctx, tx, e.SHA)
	if err != nil {
		return err
	}
	// A station for all workflows passes when all have; one of its own at once.
	if own, err := floor.HasMachine(ctx, tx, floor.Pipeline, file); err != nil {
		return err
	} else if own || passed {
		if err := floor.PassedIn(ctx, tx, floor.Pipeline, file, e.Ord); err != nil {
			return err
		}
	}
	return a.release(ctx, tx, e, file)
}

func (a *App) release(ctx context.Context, tx journal.Tx, e pipeline.RunEnded, file string) error {
	made, err := pipeline.ArtifactsOf(ctx, tx, e.Run)
	if err != nil {
		return err
	}
	for _, p := range a.delivery.Plans() {
		if p.Workflow != file {
			continue
		}
		i := slices.IndexFunc(made, func(m pipeline.Artifact) bool { return m.Name == p.Artifact })
		if i < 0 {
			a.note(fmt.Sprintf("%s made no artifact %q, so there is no release of %s; upload it in %s", e.Run, p.Artifact, p.Service, file))
			continue
		}
		if err := delivery.ReleaseIn(ctx, tx, p, delivery.Built{Run: e.Run, SHA: e.SHA, Ord: e.Ord, Digest: made[i].Digest}); err != nil {
			return err
		}
	}
	return nil
}

// deploymentEnded lets cards pass, or stops the line and opens an incident.
func (a *App) deploymentEnded(ctx context.Context, tx journal.Tx, f journal.Fact) error {
	var e delivery.Event
	if err := f.Into(&e); err != nil {
		return err
	}
	switch e.State {
	case delivery.Succeeded:
		return floor.PassedIn(ctx, tx, floor.Deploy, e.Environment, e.Ord)
	case delivery.RolledBack, delivery.Failed:
	default:
		return nil
	}
	reason := short(fmt.Sprintf("%s was taken back: %s", e.Release, e.Reason))
	if err := floor.FailedIn(ctx, tx, floor.Deploy, e.Environment, e.Ord, reason); err != nil {
		return err
	}
	line, station, found, err := floor.StationOf(ctx, tx, floor.Deploy, e.Environment)
	if err != nil {
		return err
	}
	if found {
		if err := floor.PullCordIn(ctx, tx, line, station.Name, reason, "andon"); err != nil {
			return err
		}
	}
	severity := "minor"
	if e.State == delivery.RolledBack {
		severity = "major"
	}
	_, err = incident.OpenIn(ctx, tx, incident.New{
		Title:   fmt.Sprintf("%s was taken back from %s", e.Release, e.Environment),
		Service: e.Service, Environment: e.Environment, Severity: severity, Deployment: e.Deployment, Release: e.Release, SHA: e.SHA,
		By: "andon", Once: "deployment:" + e.Deployment})
	return err
}

// short keeps a reason to what fits on a card.
func short(text string) string {
	const most = 280
	if len(text) <= most {
		return text
	}
	cut := most
	for cut > 0 && text[cut]&0xC0 == 0x80 { // not inside a character
		cut--
	}
	return text[:cut] + "…"
}

func (a *App) incidentResolved(ctx context.Context, tx journal.Tx, f journal.Fact) error {
	var i incident.Incident
	if err := f.Into(&i); err != nil {
		return err
	}
	timeline, err := incident.TimelineOf(ctx, tx, i)
	if err != nil {
		return err
	}
	return postmortem.DraftIn(ctx, tx, postmortem.Incident{ID: i.ID, Title: i.Title, Service: i.Service, Environment: i.Environment,
		Severity: i.Severity, OpenedAt: i.OpenedAt, ResolvedAt: i.ResolvedAt, Note: i.Note, Timeline: timeline})
}

// actionAdded puts an improvement card for it into the backlog.
func (a *App) actionAdded(ctx context.Context, tx journal.Tx, f journal.Fact) error {
	var e postmortem.ActionAdded
	if err := f.Into(&e); err != nil {
		return err
	}
	c, err := floor.CreateIn(ctx, tx, floor.NewCard{Line: a.lineName(), Title: e.Action.Text, Kind: floor.Internal, Owner: e.Action.Owner,
		Note: fmt.Sprintf("Decided after %s in %s.", e.Incident, e.Postmortem)})
	if err != nil {
		return err
	}
	return postmortem.CardedIn(ctx, tx, e.Postmortem, e.Action.ID, c.Key)
}
