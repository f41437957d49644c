package pipeline

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"path"
	"slices"
	"strings"
	"time"

	"andon/flow/change"
	"andon/flow/pipeline/execute"
	"andon/flow/pipeline/workflow"
	"andon/journal"
)

// The names of this package's machines.
const (
	TriggerMachine = "trigger"
	RunMachine     = "run"
)

// Folder is where workflow files are.
const Folder = ".github/workflows"

// Trigger is the machine that gives a commit its runs.
type Trigger struct{ s *Service }

// Trigger gives the machine that looks at commits.
func (s *Service) Trigger() Trigger { return Trigger{s} }

// done is what a machine returns when it has nothing left to do.
const done time.Duration = -1

// Advance makes the runs of the commit with that hash. Doing it again makes
// none that exist.
func (t Trigger) Advance(ctx context.Context, sha string) (time.Duration, error) {
	var c change.Change
	err := t.s.Ledger.Read(ctx, func(r journal.Reader) (err error) {
		c, err = change.Of(ctx, r, sha)
		return err
	})
	if err != nil {
		return 0, fmt.Errorf("commit %s: %w", change.Short(sha), err)
	}
	before, err := t.before(ctx, c)
	if err != nil {
		return 0, err
	}
	files, err := t.s.workflows(ctx, sha)
	if err != nil {
		return 0, err
	}
	changed, err := t.s.Repository.Changed(ctx, before, sha)
	if err != nil {
		return 0, err
	}
	ref := "refs/heads/" + c.Branch
	for _, f := range files {
		if f.parsed != nil && !f.concerns(ref, changed) {
			continue
		}
		run := Run{Workflow: f.file, SHA: sha, Ord: c.Ord, Ref: ref, Before: before, Event: "push", Actor: c.Author, Attempt: 1}
		if _, err := t.s.create(ctx, run, f, "push:"+f.file+":"+sha); err != nil {
			return 0, err
		}
	}
	return done, nil
}

// before is the head of the push before this one.
func (t Trigger) before(ctx context.Context, c change.Change) (string, error) {
	facts, err := t.s.Ledger.Facts(ctx, journal.Query{Types: []journal.Type{journal.ChangeMerged},
		About: []journal.Ref{{Kind: journal.Commit, ID: c.SHA}}, Limit: 1})
	if err != nil || len(facts) == 0 {
		return "", err
	}
	var m change.Merged
	err = facts[0].Into(&m)
	return m.Before, err
}

// loaded is a workflow file of a commit, parsed or refused.
type loaded struct {
	file   string
	parsed *workflow.Workflow
	err    error
}

// concerns says whether a push starts the workflow. One that cannot be run
// and listens to nothing else is no concern of a push either.
func (f loaded) concerns(ref string, changed []string) bool {
	on := f.parsed.On
	if f.err != nil && on.Push == nil && on.Dispatch == nil && len(f.parsed.Other) == 0 {
		return true // its triggers are what is wrong
	}
	return on.Push != nil && on.Push.Matches(ref, changed)
}

// workflows reads all workflow files of a commit, in order of name.
func (s *Service) workflows(ctx context.Context, sha string) (list []loaded, err error) {
	tree, err := s.Repository.Files(ctx, sha, Folder)
	if err != nil {
		return nil, err
	}
	entries, err := fs.ReadDir(tree, Folder)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	for _, e := range entries {
		file := path.Join(Folder, e.Name())
		if e.IsDir() || !strings.HasSuffix(file, ".yml") && !strings.HasSuffix(file, ".yaml") {
			continue
		}
		text, err := fs.ReadFile(tree, file)
		if err != nil {
			return nil, err
		}
		w, err := workflow.Parse(file, text)
		list = append(list, loaded{file, w, err})
	}
	slices.SortFunc(list, func(a, b loaded) int { return strings.Compare(a.file, b.file) })
	return list, nil
}

// create adds a run under a name that makes it unique (once). The zero Run
// means that it existed already.
func (s *Service) create(ctx context.Context, run Run, f loaded, once string) (created Run, err error) {
	run.Name, run.State = f.file, Queued
	if f.parsed != nil && f.err == nil {
		run.Name = f.parsed.Name
	}
	err = s.Ledger.Write(ctx, func(tx journal.Tx) error {
		if err := tx.QueryRow(ctx, `SELECT coalesce(max(number), 0) + 1 FROM run`).Scan(&run.Number); err != nil {
			return err
		}
		run.ID, run.CreatedAt = fmt.Sprintf("%s-%d", stem(run.Workflow), run.Number), tx.Now()
		if f.err != nil {
			run.State, run.Conclusion, run.Text = Ended, execute.Failure, f.err.Error()
			run.StartedAt, run.EndedAt = tx.Now(), tx.Now()
		}
		n, err := tx.Exec(ctx, `INSERT INTO run (`+runColumns+`, once) VALUES
			($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, 0, $19) ON CONFLICT (once) DO NOTHING`,
			run.ID, run.Number, run.Workflow, run.Name, run.SHA, run.Ord, run.Ref, run.Before, run.Event, run.Actor,
			string(journal.JSON(run.Inputs)), run.Attempt, string(run.State), string(run.Conclusion), run.Text,
			journal.Micros(run.CreatedAt), journal.Micros(run.StartedAt), journal.Micros(run.EndedAt), once)
		if err != nil || n == 0 {
			run = Run{}
			return err
		}
		tx.Append(runFact(journal.PipelineRunQueued, run, fmt.Sprintf("%s was queued for %s", run.ID, change.Short(run.SHA))))
		if run.State == Ended {
			tx.Append(runFact(journal.RunRefused, run, fmt.Sprintf("%s cannot be run here: %s", run.Workflow, run.Text)))
			tx.Append(runFact(journal.PipelineRunEnded, run, fmt.Sprintf("%s failed: %s cannot be run here", run.ID, run.Workflow)))
			return nil
		}
		for i, j := range f.parsed.Jobs {
			_, err := tx.Exec(ctx, `INSERT INTO run_job (run, id, pos, name, needs, conclusion, tolerated, body, started_at, ended_at)
				VALUES ($1, $2, $3, $4, $5, '', $6, '', 0, 0)`, run.ID, j.ID, i, shownName(j), string(journal.JSON(j.Needs)), false)
			if err != nil {
				return err
			}
		}
		return tx.Advance(ctx, RunMachine, run.ID)
	})
	return run, err
}

func shownName(j *workflow.Job) string {
	if j.Name != nil {
		return j.Name.Text()
	}
	return j.ID
}
