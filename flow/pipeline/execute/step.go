package execute

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"time"

	"andon/flow/pipeline/expr"
	"andon/flow/pipeline/step"
	"andon/flow/pipeline/workflow"
)

// stepRun is one step while it runs.
type stepRun struct {
	*jobRun
	spec     *workflow.Step
	dir      string
	state    Step
	env      []Pair // all variables of the step but those of the host
	deadline time.Time
}

// step runs one step, or finds that it has ended. An error detaches the job.
func (r *jobRun) step(ctx context.Context, i int, spec *workflow.Step, jobDeadline time.Time) error {
	s := &stepRun{jobRun: r, spec: spec, dir: filepath.Join(r.dir, "steps", fmt.Sprintf("%02d", i))}
	s.state = Step{Job: r.spec.ID, Index: i, ID: spec.ID, Line: spec.Line, Name: plainName(spec)}
	outcome := filepath.Join(s.dir, "outcome.json")
	known, err := readJSON(outcome, &s.state)
	if err != nil {
		return err
	}
	if !known {
		if err := os.MkdirAll(s.dir, 0o755); err != nil {
			return err
		}
		if !jobDeadline.IsZero() && time.Now().After(jobDeadline) {
			r.expired, r.failed = true, true
		}
		if err := s.do(ctx, jobDeadline); err != nil {
			return err
		}
		if err := writeJSON(outcome, s.state); err != nil {
			return err
		}
		s.removeFiles()
	}
	r.note(s.state)
	if s.state.Outcome == Success && spec.Uses != nil {
		if err := s.share(ctx); err != nil {
			return err
		}
	}
	if known {
		if err := r.Observer.StepStarted(ctx, s.state); err != nil {
			return err
		}
	}
	return r.Observer.StepEnded(ctx, s.state)
}

// do decides whether the step runs and runs it; what goes wrong in it is its
// outcome, not an error.
func (s *stepRun) do(ctx context.Context, jobDeadline time.Time) error {
	s.state.Started = time.Now().UTC()
	env, err := s.evaluateEnv(s.scope(nil).Contexts, nil, s.spec.Env)
	if err == nil {
		s.env = merge(s.jobRun.env, s.dynamic, env)
		if s.spec.Name != nil {
			if s.state.Name, err = s.spec.Name.Eval(s.scope(s.env)); err == nil {
				s.state.Name = s.masked(s.state.Name)
			}
		}
	}
	runs := false
	if err == nil {
		runs, err = s.condition()
	}
	if err == nil && !runs {
		s.end(Skipped, nil)
		return nil
	}
	if tell := s.Observer.StepStarted(ctx, s.state); tell != nil {
		return tell
	}
	limit := time.Duration(0)
	if err == nil {
		limit, err = s.minutes(s.spec.TimeoutMinutes, defaultTimeout, s.scope(s.env))
	}
	if err != nil {
		s.end(Failure, fmt.Errorf("line %d: %w", s.spec.Line, err))
		return nil
	}
	s.deadline = time.Now().Add(limit)
	if !s.expired && jobDeadline.Before(s.deadline) {
		s.deadline = jobDeadline
	}
	if s.spec.Uses != nil {
		err = s.action(ctx)
	} else {
		err = s.command(ctx)
	}
	if ctx.Err() != nil && errors.Is(err, ctx.Err()) {
		return err
	}
	switch {
	case err == nil:
		s.end(Success, nil)
	case errors.Is(err, errCanceled):
		s.end(Canceled, err)
	default:
		s.end(Failure, err)
	}
	return nil
}

var errCanceled = errors.New("canceled")

func (s *stepRun) end(c Conclusion, why error) {
	s.state.Outcome, s.state.Conclusion, s.state.Ended = c, c, time.Now().UTC()
	if why != nil {
		s.state.Text = s.masked(why.Error())
	}
	if c == Failure && s.spec.ContinueOnError != nil {
		if v, err := s.spec.ContinueOnError.Value(s.scope(s.env)); err == nil && isTrue(v) {
			s.state.Conclusion = Success
		}
	}
}

func (s *stepRun) condition() (bool, error) {
	ok := status{success: !s.failed && !s.stopped(), failure: s.failed && !s.stopped(), cancelled: s.stopped()}
	if s.spec.If == nil {
		return ok.success, nil
	}
	scope := s.scope(s.env)
	scope.Functions = ok.functions(s.workspace())
	v, err := s.spec.If.Eval(scope)
	if err != nil {
		return false, fmt.Errorf("if: %w", err)
	}
	return expr.Truthy(v), nil
}

// command runs a script in a process of its own.
func (s *stepRun) command(ctx context.Context) error {
	if !step.Claimed(s.dir) {
		c, err := s.prepare()
		if err != nil {
			return err
		}
		if err := step.Start(s.dir, c); err != nil {
			return err
		}
	}
	stop := s.Stop
	if s.stopped() { // always() and cancelled() steps still run after a cancellation
		stop = nil
	}
	r, err := step.Wait(ctx, stop, s.dir)
	if err != nil {
		return err
	}
	s.state.Started, s.state.Ended = r.Started, r.Ended
	took := s.collect()
	switch {
	case r.Trouble != "":
		return errors.New(r.Trouble)
	case r.Canceled:
		return errCanceled
	case r.TimedOut:
		return errors.New("took longer than its timeout")
	case r.Exit != 0:
		return fmt.Errorf("exit code %d", r.Exit)
	}
	return took
}

// prepare writes the script and the command files.
func (s *stepRun) prepare() (step.Command, error) {
	var c step.Command
	scope := s.scope(s.env)
	script, err := s.spec.Run.Eval(scope)
	if err != nil {
		return c, fmt.Errorf("line %d: run: %w", s.spec.Line, err)
	}
	dir, err := s.workingDirectory(scope)
	if err != nil {
		return c, err
	}
	args, extension, err := shell(s.shellName())
	if err != nil {
		return c, err
	}
	file := filepath.Join(s.dir, "script"+extension)
	if err := os.WriteFile(file, []byte(strings.ReplaceAll(script, "\r\n", "\n")+"\n"), 0o700); err != nil {
		return c, err
	}
	for _, name := range commandFiles {
		if err := os.WriteFile(filepath.Join(s.dir, name), nil, 0o600); err != nil {
			return c, err
		}
	}
	for i := range args {
		args[i] = strings.ReplaceAll(args[i], "{0}", file)
	}
	env, err := s.processEnv()
	if err != nil {
		return c, err
	}
	return step.Command{Args: args, Dir: dir, Env: env, Masks: s.masks, Deadline: s.deadline, Grace: 5 * time.Second}, nil
}

func (s *stepRun) workingDirectory(scope expr.Scope) (string, error) {
	t := s.spec.WorkingDirectory
	for _, d := range []*expr.Template{s.jobRun.spec.Run.WorkingDirectory, s.Workflow.Run.WorkingDirectory} {
		if t == nil {
			t = d
		}
	}
	if t == nil {
		return s.workspace(), nil
	}
	dir, err := t.Eval(scope)
	if err != nil {
		return "", fmt.Errorf("line %d: working-directory: %w", s.spec.Line, err)
	}
	if !filepath.IsAbs(dir) {
		dir = filepath.Join(s.workspace(), dir)
	}
	if info, err := os.Stat(dir); err != nil || !info.IsDir() {
		return "", fmt.Errorf("line %d: working-directory: there is no folder %s", s.spec.Line, dir)
	}
	return dir, nil
}

// plainName names a step as GitHub does when it has no name.
func plainName(s *workflow.Step) string {
	if s.Uses != nil {
		return "Run " + s.Uses.Name + "@" + s.Uses.Version
	}
	first, _, _ := strings.Cut(strings.TrimSpace(s.Run.Text()), "\n")
	return "Run " + first
}

func (r *jobRun) masked(text string) string {
	for _, m := range r.masks {
		if m != "" {
			text = strings.ReplaceAll(text, m, "***")
		}
	}
	return text
}
