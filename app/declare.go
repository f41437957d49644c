package app

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"log/slog"
	"path"
	"strings"

	"andon/catalog"
	"andon/exposure"
	"andon/feedback/objective"
	"andon/flow/delivery"
	"andon/flow/floor"
	"andon/flow/pipeline"
	"andon/gate"
)

// declared are the places of a repository that hold declarations.
var declared = []string{"andon.yaml", "catalog-info.yaml", "slo.yaml", "slo", pipeline.Folder}

// declare reads the declarations of a commit and puts them in force: all of
// them, or none when anything is wrong.
func (a *App) declare(ctx context.Context, sha string) error {
	var tree fs.FS = nothing{}
	if sha != "" {
		var err error
		if tree, err = a.repo.Files(ctx, sha, declared...); err != nil {
			return err
		}
	}
	c, err := catalog.LoadFS(tree)
	if err != nil {
		return err
	}
	c.Complete(a.name, a.branch, workflowFiles(tree))
	objectives, err := objectivesOf(c)
	if err != nil {
		return err
	}
	policies := policiesOf(c)
	if err := gate.New(nil, a.ledger.Now).Enforce(policies); err != nil { // before anything is changed
		return err
	}
	line := c.Lines[0]
	if err := a.floor.Define(ctx, []floor.Line{lineOf(line)}, cardsOf(line)); err != nil {
		return fmt.Errorf("%s: %w", line.Place, err)
	}
	if err := a.delivery.Define(plansOf(c)); err != nil {
		return err
	}
	if err := a.gate.Enforce(policies); err != nil {
		return err
	}
	a.objectives.Set(objectives)
	a.mu.Lock()
	defer a.mu.Unlock()
	a.catalog, a.line, a.problems = c, line.Name, nil
	return nil
}

// redeclare is declare for a later commit: when something is wrong, what was
// in force stays, and the pages say so.
func (a *App) redeclare(ctx context.Context, sha string) {
	err := a.declare(ctx, sha)
	if err == nil {
		return
	}
	slog.Error("the declarations are wrong; the former ones stay in force", "commit", sha, "error", err)
	a.mu.Lock()
	defer a.mu.Unlock()
	a.problems = strings.Split(err.Error(), "\n")
}

func workflowFiles(tree fs.FS) (names []string) {
	entries, err := fs.ReadDir(tree, pipeline.Folder)
	if err != nil {
		return nil
	}
	for _, e := range entries {
		if ext := path.Ext(e.Name()); !e.IsDir() && (ext == ".yml" || ext == ".yaml") {
			names = append(names, e.Name())
		}
	}
	return names
}

func lineOf(l catalog.Line) floor.Line {
	out := floor.Line{Name: l.Name, Title: l.Title, Key: l.Key, WIP: l.WIP, Rules: rulesOf(l.Rules)}
	for _, s := range l.Stations {
		machine := s.Deploy
		if s.Run != "" {
			machine = path.Base(s.Run)
		}
		out.Stations = append(out.Stations, floor.Station{Name: s.Name, Kind: floor.StationKind(s.Kind), WIP: s.WIP, Machine: machine, Split: s.Split, Hands: s.Hands})
	}
	return out
}

func rulesOf(r catalog.Rules) floor.Rules {
	out := floor.Rules{PersonWIP: r.PersonWIP, ExpediteWIP: r.ExpediteWIP, DailyCost: r.CostPerDay, Currency: r.Currency}
	for _, part := range r.Ready {
		out.Ready = append(out.Ready, floor.Readiness(part))
	}
	if s := r.SLE; s != nil {
		out.SLE = floor.SLE{Percent: s.Percent, Days: s.Days, Light: s.Light, Stop: s.Stop}
	}
	return out
}

func cardsOf(l catalog.Line) (cards []floor.NewCard) {
	for _, c := range l.Cards {
		cards = append(cards, floor.NewCard{Line: l.Name, Key: c.Key, Title: c.Title, Kind: floor.Kind(c.Kind), Class: floor.Class(c.Class), Estimate: c.Estimate,
			Epic: c.Epic, Labels: c.Labels, DueAt: c.Due, CostOfDelay: c.CostOfDelay})
	}
	return cards
}

func plansOf(c *catalog.Catalog) (plans []delivery.Plan) {
	for _, d := range c.Deliveries {
		h := d.Health
		p := delivery.Plan{Service: d.Service, Workflow: path.Base(d.Artifact.Workflow), Artifact: d.Artifact.Name,
			Config: delivery.Config{Command: d.Command, Env: d.Env, StopGrace: d.StopGrace, Metrics: d.Metrics,
				Health: delivery.Health{Path: h.Path, Interval: h.Interval, Timeout: h.Timeout, Failures: h.Failures, StartWithin: h.StartWithin}}}
		for _, e := range d.Environments {
			p.Environments = append(p.Environments, delivery.Environment{Name: e.Name, Listen: e.Listen, Host: e.Host,
				Replicas: e.Replicas, Env: e.Env, Exposure: exposureOf(e.Canary)})
		}
		plans = append(plans, p)
	}
	return plans
}

func exposureOf(steps []catalog.Step) (p exposure.Plan) {
	for _, s := range steps {
		out := exposure.Step{SetWeight: s.SetWeight, Analysis: s.Analysis}
		if s.Pause != nil {
			out.Pause = &exposure.Pause{Duration: s.Pause.Duration}
		}
		p.Steps = append(p.Steps, out)
	}
	return p
}

func policiesOf(c *catalog.Catalog) (policies []gate.Policy) {
	for _, p := range c.Policies {
		out := gate.Policy{Name: p.Name, File: p.File, Closed: p.OnNoData == "closed"}
		for _, on := range p.On {
			out.On = append(out.On, gate.Action(on))
		}
		for _, r := range p.Rules {
			out.Rules = append(out.Rules, gate.Rule{Name: r.Name, Line: r.Line, When: r.When, Require: r.Require, Message: r.Message})
		}
		policies = append(policies, out)
	}
	return policies
}

func objectivesOf(c *catalog.Catalog) (list []objective.Objective, err error) {
	for _, d := range c.SLOs {
		o, wrong := objective.Parse(d.Node, d.File)
		err = errors.Join(err, wrong)
		list = append(list, o)
	}
	return list, err
}

// nothing is the file system of a repository without commits.
type nothing struct{}

func (nothing) Open(name string) (fs.File, error) {
	return nil, &fs.PathError{Op: "open", Path: name, Err: fs.ErrNotExist}
}
