package app

import (
	"context"

	"andon/feedback/judge"
	"andon/flow/floor"
	"andon/surface/api"
)

// apiTrials shows the judge's view over the API.
type apiTrials struct{ a *App }

func (t apiTrials) Trial(exposed string) (api.Trial, bool) {
	points := t.a.judge.History(exposed)
	if len(points) == 0 {
		return api.Trial{}, false
	}
	p := points[len(points)-1]
	return api.Trial{Ruling: p.Verdict.Ruling.String(), Text: p.Verdict.Text, At: p.Verdict.At,
		Canary: armOf(p.Sample.Canary), Stable: armOf(p.Sample.Stable)}, true
}

func armOf(a judge.Arm) api.Arm {
	return api.Arm{Requests: a.Requests, Errors: a.Errors, Users: a.Users, Hurt: a.Hurt}
}

// apiObjectives shows the budgets over the API.
type apiObjectives struct{ a *App }

func (o apiObjectives) Objectives(context.Context) (list []api.Objective, err error) {
	for _, s := range o.a.objectives.All() {
		list = append(list, api.Objective{Name: s.Objective.Name, Title: s.Objective.Title, Service: s.Objective.Service,
			Target: s.Objective.Target, Window: floor.Span(s.Objective.Window), Known: s.Known, Total: s.Total, Bad: s.Bad,
			Remaining: s.Remaining, Text: s.Text})
	}
	return list, nil
}
