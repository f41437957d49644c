package pipeline

import (
	"context"
	"crypto/rand"
	"fmt"
	"path"

	"andon/flow/change"
	"andon/flow/pipeline/execute"
	"andon/journal"
)

// Start is a wish to run a workflow by hand.
type Start struct {
	Workflow string // file, or its name in the folder with or without extension
	SHA      string // a commit that reached the branch
	Inputs   map[string]string
	By       string
}

// Start runs a workflow that listens to workflow_dispatch.
func (s *Service) Start(ctx context.Context, w Start) (Run, error) {
	var c change.Change
	err := s.Ledger.Read(ctx, func(r journal.Reader) (err error) {
		c, err = change.Of(ctx, r, w.SHA)
		return err
	})
	if journal.NotFound(err) {
		return Run{}, &Missing{"commit", w.SHA, "it must have reached the line's branch"}
	}
	if err != nil {
		return Run{}, err
	}
	f, err := s.find(ctx, w.SHA, w.Workflow)
	if err != nil {
		return Run{}, err
	}
	run := Run{Workflow: f.file, SHA: w.SHA, Ord: c.Ord, Ref: "refs/heads/" + c.Branch, Event: "workflow_dispatch", Actor: w.By, Attempt: 1}
	if f.err == nil {
		if f.parsed.On.Dispatch == nil {
			return Run{}, &Invalid{"workflow", fmt.Sprintf("%s cannot be started by hand; add workflow_dispatch to its on key", f.file)}
		}
		if run.Inputs, err = f.parsed.On.Dispatch.Resolve(w.Inputs); err != nil {
			return Run{}, &Invalid{"inputs", err.Error()}
		}
	}
	return s.create(ctx, run, f, "dispatch:"+rand.Text())
}

func (s *Service) find(ctx context.Context, sha, name string) (loaded, error) {
	files, err := s.workflows(ctx, sha)
	if err != nil {
		return loaded{}, err
	}
	var names []string
	for _, f := range files {
		if f.file == name || path.Base(f.file) == name || stem(f.file) == name {
			return f, nil
		}
		names = append(names, path.Base(f.file))
	}
	return loaded{}, &Missing{"workflow", name, fmt.Sprintf("commit %s has %v", change.Short(sha), names)}
}

// Rerun starts an ended run's workflow for the same commit again.
func (s *Service) Rerun(ctx context.Context, id, by string) (Run, error) {
	d, err := s.Run(ctx, id)
	if err != nil {
		return Run{}, err
	}
	if d.State != Ended {
		return Run{}, &Invalid{"run", fmt.Sprintf("%s is still %s; cancel it or wait for its end", id, d.State)}
	}
	f, err := s.find(ctx, d.SHA, d.Workflow)
	if err != nil {
		return Run{}, err
	}
	again := d.Run
	again.Attempt, again.Actor, again.Conclusion, again.Text = d.Attempt+1, by, "", ""
	return s.create(ctx, again, f, fmt.Sprintf("rerun:%s:%d", d.ID, again.Attempt))
}

// Cancel asks a run to end. Steps that run get time to clean up; those with
// always() or cancelled() still run.
func (s *Service) Cancel(ctx context.Context, id, by string) error {
	return s.Ledger.Write(ctx, func(tx journal.Tx) error {
		run, err := RunOf(ctx, tx, id)
		if err != nil {
			return err
		}
		if run.State == Ended {
			return &Invalid{"run", fmt.Sprintf("%s ended already (%s)", id, run.Conclusion)}
		}
		_, err = tx.Exec(ctx, `UPDATE run SET cancel_at = $2 WHERE id = $1 AND cancel_at = 0`, id, journal.Micros(tx.Now()))
		if err != nil {
			return err
		}
		return tx.Advance(ctx, RunMachine, id)
	})
}

// Passed says whether the newest run of each workflow of that commit has
// ended with success, and there is at least one.
func Passed(ctx context.Context, r journal.Reader, sha string) (bool, error) {
	runs, err := runsWhere(ctx, r, `sha = $1 AND event = 'push' ORDER BY number`, sha)
	if err != nil {
		return false, err
	}
	newest := map[string]Run{}
	for _, run := range runs {
		newest[run.Workflow] = run
	}
	for _, run := range newest {
		if run.Conclusion != execute.Success {
			return false, nil
		}
	}
	return len(newest) > 0, nil
}
