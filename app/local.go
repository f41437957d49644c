package app

import (
	"context"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"sync"
	"time"

	"andon/engine/vcs"
	"andon/flow/pipeline"
	"andon/flow/pipeline/artifact"
	"andon/flow/pipeline/execute"
	"andon/flow/pipeline/step"
	"andon/flow/pipeline/workflow"
	"andon/surface/cli"
)

// RunLocal executes workflows on the working tree as it is on disk, and gives
// whether all succeeded.
func RunLocal(ctx context.Context, o cli.RunOptions, out io.Writer) (bool, error) {
	repo, err := vcs.Open(ctx, o.Repo)
	if err != nil {
		return false, err
	}
	chosen, err := localWorkflows(repo.Dir(), o)
	if err != nil {
		return false, err
	}
	dir, err := os.MkdirTemp("", "andon-run-")
	if err != nil {
		return false, err
	}
	if o.Keep {
		fmt.Fprintf(out, "workspaces: %s\n", dir)
	} else {
		defer os.RemoveAll(dir)
	}
	all := true
	for _, w := range chosen {
		ok, err := runOne(ctx, repo, w, dir, o, out)
		if err != nil {
			return false, err
		}
		all = all && ok
	}
	return all, nil
}

// localWorkflows reads the workflow named, or all that listen to a push.
func localWorkflows(root string, o cli.RunOptions) (chosen []*workflow.Workflow, err error) {
	entries, err := os.ReadDir(filepath.Join(root, filepath.FromSlash(pipeline.Folder)))
	if err != nil {
		return nil, fmt.Errorf("%s has no %s; add a workflow there", root, pipeline.Folder)
	}
	var names []string
	for _, e := range entries {
		ext := filepath.Ext(e.Name())
		if e.IsDir() || ext != ".yml" && ext != ".yaml" {
			continue
		}
		names = append(names, e.Name())
		stem := strings.TrimSuffix(e.Name(), ext)
		if o.Workflow != "" && filepath.Base(o.Workflow) != e.Name() && o.Workflow != stem {
			continue
		}
		text, err := os.ReadFile(filepath.Join(root, filepath.FromSlash(pipeline.Folder), e.Name()))
		if err != nil {
			return nil, err
		}
		w, err := workflow.Parse(pipeline.Folder+"/"+e.Name(), text)
		if err != nil {
			return nil, fmt.Errorf("%s cannot be run here:\n%w", e.Name(), err)
		}
		if o.Workflow != "" || w.On.Push != nil {
			chosen = append(chosen, w)
		}
	}
	if len(chosen) == 0 {
		return nil, fmt.Errorf("there is no workflow %q to run; %s has %s", o.Workflow, pipeline.Folder, strings.Join(names, ", "))
	}
	return chosen, nil
}

func runOne(ctx context.Context, repo *vcs.Repo, w *workflow.Workflow, dir string, o cli.RunOptions, out io.Writer) (bool, error) {
	if o.Job != "" {
		if err := onlyJob(w, o.Job); err != nil {
			return false, err
		}
	}
	event, err := localEvent(ctx, repo, w, o)
	if err != nil {
		return false, err
	}
	store, err := artifact.Open(filepath.Join(dir, "artifacts"))
	if err != nil {
		return false, err
	}
	jobs := o.Jobs
	if jobs <= 0 {
		jobs = max(2, runtime.NumCPU())
	}
	stop := make(chan struct{})
	context.AfterFunc(ctx, func() { close(stop) })
	folder := filepath.Join(dir, strings.TrimSuffix(filepath.Base(w.File), filepath.Ext(w.File)))
	screen := &screen{out: out, dir: folder, quiet: o.Quiet, many: len(w.Jobs) > 1}
	e := &execute.Execution{Dir: folder, Workflow: w, Event: event, Secrets: o.Secrets, Tracking: folder, Slots: make(chan struct{}, jobs),
		Tools: execute.Tools{Repository: workingTree{repo}, Artifacts: store}, Observer: screen, Stop: stop}
	began := time.Now()
	conclusion, err := e.Run(context.WithoutCancel(ctx)) // an interrupt cancels in order, it does not detach
	if err != nil {
		return false, err
	}
	fmt.Fprintf(out, "%s %s: %s in %s\n", sign(conclusion), w.Name, conclusion, time.Since(began).Round(10*time.Millisecond))
	return conclusion == execute.Success, nil
}

// onlyJob leaves the named job and what it needs.
func onlyJob(w *workflow.Workflow, id string) error {
	keep := map[string]bool{id: true}
	var names []string
	for range w.Jobs { // as often as the longest chain may be
		for _, j := range w.Jobs {
			if keep[j.ID] {
				for _, n := range j.Needs {
					keep[n] = true
				}
			}
		}
	}
	found := false
	for _, j := range w.Jobs {
		names, found = append(names, j.ID), found || j.ID == id
	}
	if !found {
		return fmt.Errorf("%s has no job %q; it has %s", w.File, id, strings.Join(names, ", "))
	}
	w.Jobs = slices.DeleteFunc(w.Jobs, func(j *workflow.Job) bool { return !keep[j.ID] })
	return nil
}

func localEvent(ctx context.Context, repo *vcs.Repo, w *workflow.Workflow, o cli.RunOptions) (execute.Event, error) {
	e := execute.Event{Name: "push", Repository: filepath.Base(repo.Dir()), Actor: "you", RunID: 1, RunNumber: 1, Attempt: 1}
	var err error
	if e.SHA, err = repo.Resolve(ctx, "HEAD"); err != nil {
		return e, fmt.Errorf("%s has no commit yet; make one first", repo.Dir())
	}
	branch, err := repo.CurrentBranch(ctx)
	if err != nil {
		return e, err
	}
	e.Ref = "refs/heads/" + branch
	e.Payload = map[string]any{"ref": e.Ref, "after": e.SHA, "repository": map[string]any{"full_name": e.Repository}}
	if w.On.Push == nil || len(o.Inputs) > 0 {
		if w.On.Dispatch == nil {
			return e, fmt.Errorf("%s takes no inputs: it does not listen to workflow_dispatch", w.File)
		}
		e.Name = "workflow_dispatch"
		e.Inputs, err = w.On.Dispatch.Resolve(o.Inputs)
	}
	return e, err
}

// workingTree is the repository with what is on disk laid over its commit.
type workingTree struct{ *vcs.Repo }

func (w workingTree) Checkout(ctx context.Context, sha, branch, dir string, depth int) error {
	if err := w.Repo.Checkout(ctx, sha, branch, dir, depth); err != nil {
		return err
	}
	return w.Overlay(ctx, dir)
}

// screen prints what an execution does, as it happens.
type screen struct {
	out   io.Writer
	dir   string
	quiet bool
	many  bool

	mu sync.Mutex
}

func sign(c execute.Conclusion) string {
	switch c {
	case execute.Success:
		return "✓"
	case execute.Skipped:
		return "-"
	}
	return "✗"
}

func (s *screen) JobStarted(context.Context, execute.Job) error { return nil }

func (s *screen) JobEnded(_ context.Context, j execute.Job) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	text := ""
	if j.Text != "" {
		text = ": " + j.Text
	}
	fmt.Fprintf(s.out, "%s job %s: %s in %s%s\n", sign(j.Conclusion), j.Name, j.Conclusion, j.Ended.Sub(j.Started).Round(10*time.Millisecond), text)
	return nil
}

func (s *screen) prefix(job string) string {
	if s.many {
		return "[" + job + "] "
	}
	return ""
}

func (s *screen) StepStarted(_ context.Context, st execute.Step) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	fmt.Fprintf(s.out, "%s▸ %s\n", s.prefix(st.Job), st.Name)
	return nil
}

// StepEnded prints the log as a block, so that jobs that run at the same time
// do not mix.
func (s *screen) StepEnded(_ context.Context, st execute.Step) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if st.Conclusion == execute.Skipped {
		return nil
	}
	if !s.quiet || st.Outcome != execute.Success {
		s.printLog(st)
	}
	text := ""
	if st.Text != "" {
		text = ": " + st.Text
	}
	fmt.Fprintf(s.out, "%s%s %s (%s)%s\n", s.prefix(st.Job), sign(st.Outcome), st.Name, st.Ended.Sub(st.Started).Round(10*time.Millisecond), text)
	return nil
}

func (s *screen) printLog(st execute.Step) {
	b, err := os.ReadFile(filepath.Join(s.dir, "jobs", st.Job, "steps", fmt.Sprintf("%02d", st.Index), step.LogFile))
	if err != nil {
		return
	}
	for line := range strings.Lines(string(b)) {
		_, text, _ := strings.Cut(line, " ")
		fmt.Fprintf(s.out, "%s  %s\n", s.prefix(st.Job), strings.TrimRight(text, "\n"))
	}
}

func (s *screen) Uploaded(_ context.Context, a execute.Artifact) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	fmt.Fprintf(s.out, "%sartifact %s: %d files, %d bytes\n", s.prefix(a.Job), a.Name, a.Files, a.Size)
	return nil
}
