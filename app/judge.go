package app

import (
	"context"

	"andon/exposure"
	"andon/feedback/judge"
	"andon/flow/delivery"
)

// trials fits the judge to what delivery asks for.
type trials struct{ a *App }

func (t trials) Begin(exposed string, target delivery.Target, canary, stable string) {
	t.a.mu.Lock()
	known := t.a.tried[exposed]
	t.a.tried[exposed] = true
	t.a.mu.Unlock()
	if known {
		return
	}
	t.a.proxy.Begin(exposed, target, canary, stable)
	t.a.judge.Watch(exposed, judge.Config{Objective: t.a.allowed(target.Service)})
}

func (t trials) Ruling(exposed string) (exposure.Ruling, string) {
	v, ok := t.a.judge.Latest(exposed)
	if !ok {
		return exposure.Unknown, ""
	}
	return v.Ruling, v.Text
}

func (t trials) End(exposed string) {
	t.a.mu.Lock()
	delete(t.a.tried, exposed)
	t.a.mu.Unlock()
	t.a.judge.Forget(exposed)
	t.a.proxy.End(exposed)
}

// allowed is the share of errors that the service's objective allows, 0
// without one.
func (a *App) allowed(service string) float64 {
	if worst, ok := a.objectives.Of(service); ok {
		return worst.Objective.Budget()
	}
	return 0
}

// verdicts acts on a bad verdict at once, before the next look of the machine.
type verdicts struct{ a *App }

func (s verdicts) Judged(ctx context.Context, exposed string, v judge.Verdict) error {
	if v.Ruling != exposure.Bad {
		return nil
	}
	_, err := s.a.delivery.Abort(ctx, exposed, v.Text)
	return err
}
