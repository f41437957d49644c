package execute

import (
	"context"
	"errors"
	"fmt"
	"path/filepath"
	"sync"
	"time"

	"andon/flow/pipeline/expr"
	"andon/flow/pipeline/workflow"
)

// Run executes the workflow, or goes on with it, and gives its conclusion.
// An error means that the execution was detached or its folder cannot be
// used, not that a step failed.
func (e *Execution) Run(ctx context.Context) (Conclusion, error) {
	ctx, detach := context.WithCancel(ctx)
	defer detach()
	g := &graph{Execution: e, ended: map[string]Job{}, results: make(chan ended, len(e.Workflow.Jobs))}
	waiting := append([]*workflow.Job(nil), e.Workflow.Jobs...)
	var fault error
	running := 0
	for len(waiting) > 0 || running > 0 {
		var blocked []*workflow.Job
		for _, j := range waiting {
			if fault != nil {
				break
			}
			if !g.ready(j) {
				blocked = append(blocked, j)
				continue
			}
			running++
			needs := g.needs(j)
			go func() {
				job, err := g.job(ctx, j, needs)
				g.results <- ended{job, err}
			}()
		}
		waiting = blocked
		if running == 0 {
			break
		}
		r := <-g.results
		running--
		if r.err != nil && fault == nil {
			fault = r.err
			detach()
		}
		g.ended[r.job.ID] = r.job
	}
	if fault != nil {
		return "", fault
	}
	return g.conclusion(), nil
}

type graph struct {
	*Execution
	ended   map[string]Job // only touched by Run's goroutine
	results chan ended
}

type ended struct {
	job Job
	err error
}

func (g *graph) ready(j *workflow.Job) bool {
	for _, id := range j.Needs {
		if _, ok := g.ended[id]; !ok {
			return false
		}
	}
	return true
}

// needs collects the jobs that j needs (direct) and all before them (all).
func (g *graph) needs(j *workflow.Job) needs {
	n := needs{direct: map[string]Job{}, all: map[string]Job{}}
	for _, id := range j.Needs {
		n.direct[id] = g.ended[id]
	}
	var add func(ids []string)
	add = func(ids []string) {
		for _, id := range ids {
			if _, seen := n.all[id]; !seen {
				n.all[id] = g.ended[id]
				add(g.spec(id).Needs)
			}
		}
	}
	add(j.Needs)
	return n
}

func (g *graph) spec(id string) *workflow.Job {
	for _, j := range g.Workflow.Jobs {
		if j.ID == id {
			return j
		}
	}
	return &workflow.Job{ID: id}
}

func (g *graph) conclusion() Conclusion {
	c := Success
	for _, j := range g.ended {
		switch {
		case j.Conclusion == Canceled:
			return Canceled
		case j.Conclusion == Failure && !j.Tolerated:
			c = Failure
		}
	}
	return c
}

// needs are the jobs before a job.
type needs struct{ direct, all map[string]Job }

// result is what a job's dependants see: a tolerated failure is a success.
func (j Job) result() Conclusion {
	if j.Tolerated {
		return Success
	}
	return j.Conclusion
}

func (n needs) any(c Conclusion) bool {
	for _, j := range n.all {
		if j.result() == c {
			return true
		}
	}
	return false
}

func (n needs) allSucceeded() bool {
	for _, j := range n.all {
		if j.result() != Success {
			return false
		}
	}
	return true
}

func (n needs) context() expr.Object {
	o := expr.Object{}
	for id, j := range n.direct {
		o[id] = expr.Object{"result": string(j.result()), "outputs": textObject(j.Outputs)}
	}
	return o
}

// job runs one job to its end, or finds that it has ended already.
func (g *graph) job(ctx context.Context, spec *workflow.Job, n needs) (Job, error) {
	r := &jobRun{Execution: g.Execution, spec: spec, needs: n, dir: filepath.Join(g.Dir, "jobs", spec.ID)}
	r.job = Job{ID: spec.ID, Name: spec.ID}
	known, err := readJSON(r.record(), &r.job)
	if err != nil {
		return r.job, fmt.Errorf("job %s: %w", spec.ID, err)
	}
	if known && r.job.Conclusion != "" {
		return r.job, errors.Join(g.Observer.JobStarted(ctx, r.job), g.Observer.JobEnded(ctx, r.job))
	}
	if !known {
		runs, err := r.condition()
		if err != nil || !runs {
			return r.finish(ctx, skipOrFail(err), err)
		}
	}
	free, err := g.slot(ctx)
	if err != nil {
		return r.job, err
	}
	defer free()
	if !known {
		r.job.Started = time.Now().UTC()
		if err := r.start(); err != nil {
			return r.finish(ctx, Failure, err)
		}
		if err := writeJSON(r.record(), r.job); err != nil {
			return r.job, err
		}
	}
	if err := g.Observer.JobStarted(ctx, r.job); err != nil {
		return r.job, err
	}
	return r.run(ctx)
}

func skipOrFail(err error) Conclusion {
	if err != nil {
		return Failure
	}
	return Skipped
}

// slot waits for a place among the jobs that run at once.
func (e *Execution) slot(ctx context.Context) (free func(), err error) {
	if e.Slots == nil {
		return func() {}, nil
	}
	select {
	case e.Slots <- struct{}{}:
		var once sync.Once
		return func() { once.Do(func() { <-e.Slots }) }, nil
	case <-ctx.Done():
		return nil, ctx.Err()
	}
}

func (e *Execution) stopped() bool {
	select {
	case <-e.Stop:
		return true
	default:
		return false
	}
}
