package execute

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"strconv"
	"time"

	"andon/flow/pipeline/expr"
	"andon/flow/pipeline/step"
	"andon/flow/pipeline/workflow"
)

// jobRun is one job while it runs; one goroutine uses it.
type jobRun struct {
	*Execution
	spec  *workflow.Job
	needs needs
	dir   string
	job   Job

	env     []Pair            // workflow's and job's, evaluated
	dynamic []Pair            // what steps added through GITHUB_ENV
	path    []string          // what steps added through GITHUB_PATH, newest first
	steps   expr.Object       // the steps context
	shared  map[string]string // what built-in actions export to later steps
	failed  bool
	expired bool // the job's own timeout
	masks   []string
}

func (r *jobRun) record() string    { return filepath.Join(r.dir, "job.json") }
func (r *jobRun) workspace() string { return filepath.Join(r.dir, "work") }
func (r *jobRun) temp() string      { return filepath.Join(r.dir, "temp") }
func (r *jobRun) tracking() string  { return r.Tracking + "/" + r.spec.ID }

// condition evaluates the job's if.
func (r *jobRun) condition() (bool, error) {
	if r.spec.If == nil {
		return r.needs.allSucceeded() && !r.stopped(), nil
	}
	v, err := r.spec.If.Eval(expr.Scope{Contexts: r.outer(), Functions: status{
		success:   r.needs.allSucceeded() && !r.stopped(),
		failure:   r.needs.any(Failure),
		cancelled: r.stopped() || r.needs.any(Canceled),
	}.functions("")})
	if err != nil {
		return false, fmt.Errorf("line %d: if: %w", r.spec.Line, err)
	}
	return expr.Truthy(v), nil
}

// start evaluates the name; what can go wrong here fails the job.
func (r *jobRun) start() error {
	for _, dir := range []string{r.workspace(), r.temp(), filepath.Join(r.dir, "home")} {
		if err := os.MkdirAll(dir, 0o755); err != nil {
			return err
		}
	}
	if r.spec.Name != nil {
		name, err := r.spec.Name.Eval(expr.Scope{Contexts: r.outer()})
		if err != nil {
			return fmt.Errorf("line %d: name: %w", r.spec.Line, err)
		}
		r.job.Name = name
	}
	return nil
}

const defaultTimeout = 360 * time.Minute

func (r *jobRun) run(ctx context.Context) (Job, error) {
	for _, s := range r.Secrets {
		r.masks = append(r.masks, s)
	}
	env, err := r.evaluateEnv(r.outer(), r.Workflow.Env, r.spec.Env)
	if err != nil {
		return r.finish(ctx, Failure, err)
	}
	r.env, r.steps, r.shared = env, expr.Object{}, map[string]string{}
	limit, err := r.minutes(r.spec.TimeoutMinutes, defaultTimeout, expr.Scope{Contexts: r.outer()})
	if err != nil {
		return r.finish(ctx, Failure, fmt.Errorf("line %d: timeout-minutes: %w", r.spec.Line, err))
	}
	deadline := r.job.Started.Add(limit)
	for i, spec := range r.spec.Steps {
		if err := r.step(ctx, i, spec, deadline); err != nil {
			return r.job, err
		}
	}
	step.Sweep(r.tracking())
	switch {
	case r.expired:
		return r.finish(ctx, Failure, fmt.Errorf("the job took longer than its timeout of %s", limit))
	case r.stopped():
		return r.finish(ctx, Canceled, errors.New("the run was canceled"))
	case r.failed:
		return r.finish(ctx, Failure, errors.New(r.job.Text))
	}
	r.job.Outputs = map[string]string{}
	for _, o := range r.spec.Outputs {
		v, err := o.Value.Eval(r.scope(nil))
		if err != nil {
			return r.finish(ctx, Failure, fmt.Errorf("line %d: outputs.%s: %w", o.Line, o.Name, err))
		}
		r.job.Outputs[o.Name] = v
	}
	return r.finish(ctx, Success, nil)
}

// finish records how the job ended, then tells it.
func (r *jobRun) finish(ctx context.Context, c Conclusion, why error) (Job, error) {
	r.job.Conclusion, r.job.Ended = c, time.Now().UTC()
	if r.job.Started.IsZero() {
		r.job.Started = r.job.Ended
	}
	if why != nil {
		r.job.Text = why.Error()
	}
	if c == Failure && r.spec.ContinueOnError != nil {
		v, err := r.spec.ContinueOnError.Value(expr.Scope{Contexts: r.outer()})
		r.job.Tolerated = err == nil && isTrue(v)
	}
	if err := writeJSON(r.record(), r.job); err != nil {
		return r.job, err
	}
	return r.job, errors.Join(r.Observer.JobStarted(ctx, r.job), r.Observer.JobEnded(ctx, r.job))
}

// minutes evaluates a timeout; nil gives otherwise.
func (r *jobRun) minutes(t *expr.Template, otherwise time.Duration, s expr.Scope) (time.Duration, error) {
	if t == nil {
		return otherwise, nil
	}
	text, err := t.Eval(s)
	if err != nil {
		return 0, err
	}
	m, err := strconv.ParseFloat(text, 64)
	if err != nil || !(m > 0 && m <= 1e6) {
		return 0, fmt.Errorf("%q is not a number of minutes above 0", text)
	}
	return time.Duration(m * float64(time.Minute)), nil
}

func isTrue(v expr.Value) bool {
	if s, ok := v.(string); ok {
		return s == "true"
	}
	return expr.Truthy(v)
}

// note takes a step's outcome into the job's state.
func (r *jobRun) note(s Step) {
	id := s.ID
	if id != "" {
		r.steps[id] = expr.Object{"outputs": textObject(s.Outputs), "outcome": string(s.Outcome), "conclusion": string(s.Conclusion)}
	}
	r.dynamic = append(r.dynamic, s.Env...)
	for _, p := range s.Path {
		r.path = append([]string{p}, r.path...)
	}
	if s.Conclusion == Failure {
		if !r.failed {
			r.job.Text = fmt.Sprintf("step %q failed: %s", s.Name, s.Text)
		}
		r.failed = true
	}
}

func textObject(m map[string]string) expr.Object {
	o := expr.Object{}
	for k, v := range m {
		o[k] = v
	}
	return o
}

func cloneObject(o expr.Object) expr.Object { return maps.Clone(o) }
