package pipeline

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"path/filepath"
	"strings"
	"time"

	"andon/flow/change"
	"andon/flow/pipeline/execute"
	"andon/flow/pipeline/workflow"
	"andon/journal"
)

// again is how long until a running execution is looked at again; its end
// wakes the machine by itself.
const again = time.Second

// Advance looks after one run: it starts or goes on with its execution,
// passes a cancellation on, and takes the end.
func (s *Service) Advance(ctx context.Context, id string) (time.Duration, error) {
	var run Run
	err := s.Ledger.Read(ctx, func(r journal.Reader) (err error) {
		run, err = RunOf(ctx, r, id)
		return err
	})
	if err != nil {
		return 0, err
	}
	if run.State == Ended {
		return done, nil
	}
	a, err := s.execution(ctx, run)
	if err != nil {
		return 0, err
	}
	if a == nil { // this Service is being closed
		return again, nil
	}
	if !run.CancelAt.IsZero() {
		a.once.Do(func() { close(a.stop) })
	}
	select {
	case <-a.done:
	default:
		return again, nil
	}
	s.mu.Lock()
	delete(s.active, id)
	s.mu.Unlock()
	if a.err != nil {
		if s.ctx.Err() != nil {
			return again, nil //nolint:nilerr // this process was told to leave it; the next one goes on
		}
		return 0, a.err
	}
	return done, s.end(ctx, run, a.end)
}

// execution finds the run's execution in this process or begins it.
func (s *Service) execution(ctx context.Context, run Run) (*active, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if a := s.active[run.ID]; a != nil {
		return a, nil
	}
	if s.ctx.Err() != nil {
		return nil, nil
	}
	files, err := s.workflows(ctx, run.SHA)
	if err != nil {
		return nil, err
	}
	var w *workflow.Workflow
	for _, f := range files {
		if f.file == run.Workflow && f.err == nil {
			w = f.parsed
		}
	}
	if w == nil {
		return nil, fmt.Errorf("%s: commit %s no longer gives a workflow at %s", run.ID, change.Short(run.SHA), run.Workflow)
	}
	if err := s.begin(ctx, &run); err != nil {
		return nil, err
	}
	// Another Andon on this host has a ci-1 as well; only the folder is one's own.
	tracking, err := filepath.Abs(s.folder(run.ID))
	if err != nil {
		return nil, err
	}
	a := &active{stop: make(chan struct{}), done: make(chan struct{})}
	s.active[run.ID] = a
	e := &execute.Execution{Dir: s.folder(run.ID), Workflow: w, Event: s.event(run), Secrets: s.Secrets(), Tracking: tracking,
		Tools:    execute.Tools{Repository: s.Repository, Artifacts: s.Artifacts},
		Observer: &recorder{s, run}, Slots: s.slots, Stop: a.stop}
	s.wg.Go(func() {
		a.end, a.err = e.Run(s.ctx)
		close(a.done)
		if a.err != nil && s.ctx.Err() == nil {
			slog.Error("pipeline: an execution was cut off and is tried again", "run", run.ID, "error", a.err)
		}
		s.wake(run.ID)
	})
	return a, nil
}

// wake asks the machine to look at a run now.
func (s *Service) wake(id string) {
	if s.ctx.Err() != nil {
		return
	}
	err := s.Ledger.Write(s.ctx, func(tx journal.Tx) error { return tx.Advance(s.ctx, RunMachine, id) })
	if err != nil && !errors.Is(err, context.Canceled) {
		slog.Warn("pipeline: cannot wake the machine; it looks again by itself", "run", id, "error", err)
	}
}

func (s *Service) event(run Run) execute.Event {
	return execute.Event{Name: run.Event, SHA: run.SHA, Ref: run.Ref, Before: run.Before, Repository: s.Name, Actor: run.Actor,
		Inputs: run.Inputs, RunID: run.Number, RunNumber: run.Number, Attempt: run.Attempt,
		Payload: map[string]any{"ref": run.Ref, "before": run.Before, "after": run.SHA, "inputs": anyMap(run.Inputs),
			"repository": map[string]any{"full_name": s.Name, "name": s.Name[strings.LastIndex(s.Name, "/")+1:]},
			"sender":     map[string]any{"login": run.Actor}}}
}

func anyMap(m map[string]string) map[string]any {
	out := map[string]any{}
	for k, v := range m {
		out[k] = v
	}
	return out
}

func (s *Service) begin(ctx context.Context, run *Run) error {
	if run.State != Queued {
		return nil
	}
	return s.Ledger.Write(ctx, func(tx journal.Tx) error {
		n, err := tx.Exec(ctx, `UPDATE run SET state = 'running', started_at = $2 WHERE id = $1 AND state = 'queued'`,
			run.ID, journal.Micros(tx.Now()))
		if err != nil || n == 0 {
			return err
		}
		run.State, run.StartedAt = Running, tx.Now()
		tx.Append(runFact(journal.PipelineRunStarted, *run, fmt.Sprintf("%s started for %s", run.ID, change.Short(run.SHA))))
		return nil
	})
}

func (s *Service) end(ctx context.Context, run Run, c execute.Conclusion) error {
	return s.Ledger.Write(ctx, func(tx journal.Tx) error {
		jobs, err := jobsOf(ctx, tx, run.ID)
		if err != nil {
			return err
		}
		run.State, run.Conclusion, run.EndedAt, run.Text = Ended, c, tx.Now(), whyNot(jobs, c)
		n, err := tx.Exec(ctx, `UPDATE run SET state = 'ended', conclusion = $2, body = $3, ended_at = $4 WHERE id = $1 AND state <> 'ended'`,
			run.ID, string(c), run.Text, journal.Micros(tx.Now()))
		if err != nil || n == 0 {
			return err
		}
		text := fmt.Sprintf("%s succeeded for %s", run.ID, change.Short(run.SHA))
		if c != execute.Success {
			text = fmt.Sprintf("%s ended with %s for %s: %s", run.ID, c, change.Short(run.SHA), run.Text)
		}
		tx.Append(runFact(journal.PipelineRunEnded, run, text))
		return nil
	})
}

func whyNot(jobs []Job, c execute.Conclusion) string {
	if c == execute.Success {
		return ""
	}
	for _, j := range jobs {
		if j.Conclusion == c && !j.Tolerated {
			return fmt.Sprintf("job %s: %s", j.ID, j.Text)
		}
	}
	return ""
}
