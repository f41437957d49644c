package execute_test

import (
	"context"
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"andon/flow/pipeline/artifact"
	"andon/flow/pipeline/execute"
	"andon/flow/pipeline/step"
	"andon/flow/pipeline/workflow"
)

func TestMain(m *testing.M) {
	switch {
	case len(os.Args) == 3 && os.Args[1] == step.Arg:
		os.Exit(step.Main(os.Args[2]))
	case len(os.Args) == 4 && os.Args[1] == "execute": // a run in a process that the test kills
		os.Exit(executeFrom(os.Args[2], os.Args[3]))
	}
	os.Exit(m.Run())
}

// files is a repository of one commit: a folder's files.
type files map[string]string

func (f files) Checkout(_ context.Context, _, _, dir string, _ int) error {
	for name, text := range f {
		path := filepath.Join(dir, name)
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			return err
		}
		if err := os.WriteFile(path, []byte(text), 0o644); err != nil {
			return err
		}
	}
	return nil
}

func (f files) Resolve(context.Context, string) (string, error) { return "abc", nil }

type witness struct {
	mu    sync.Mutex
	steps map[string]execute.Step
	jobs  map[string]execute.Job
	order []string
}

func (w *witness) note(what string, do func()) error {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.order = append(w.order, what)
	do()
	return nil
}

func (w *witness) JobStarted(_ context.Context, j execute.Job) error {
	return w.note("start "+j.ID, func() {})
}
func (w *witness) JobEnded(_ context.Context, j execute.Job) error {
	return w.note("end "+j.ID, func() { w.jobs[j.ID] = j })
}
func (w *witness) StepStarted(context.Context, execute.Step) error { return nil }
func (w *witness) StepEnded(_ context.Context, s execute.Step) error {
	return w.note(fmt.Sprintf("step %s/%d", s.Job, s.Index), func() { w.steps[fmt.Sprintf("%s/%d", s.Job, s.Index)] = s })
}
func (w *witness) Uploaded(context.Context, execute.Artifact) error { return nil }

type result struct {
	*witness
	conclusion execute.Conclusion
	dir        string
}

func (r result) log(t *testing.T, job string, index int) string {
	t.Helper()
	b, err := os.ReadFile(filepath.Join(r.dir, "jobs", job, "steps", fmt.Sprintf("%02d", index), step.LogFile))
	if err != nil {
		t.Fatal(err)
	}
	var text strings.Builder
	for line := range strings.Lines(string(b)) {
		_, rest, _ := strings.Cut(line, " ")
		text.WriteString(rest)
	}
	return text.String()
}

func prepare(dir, text string, w execute.Observer) (*execute.Execution, error) {
	wf, err := workflow.Parse("w.yml", []byte(text))
	if err != nil {
		return nil, err
	}
	store, err := artifact.Open(filepath.Join(dir, "store"))
	if err != nil {
		return nil, err
	}
	return &execute.Execution{Dir: filepath.Join(dir, "run"), Workflow: wf, Secrets: map[string]string{"TOKEN": "s3cret!"},
		Event:    execute.Event{Name: "push", SHA: "abc", Ref: "refs/heads/main", Repository: "acme/shop", Actor: "ana", Payload: map[string]any{"n": 1}, RunID: 7, RunNumber: 7, Attempt: 1},
		Tracking: filepath.Base(dir), Tools: execute.Tools{Repository: files{"a.txt": "hello\n", "go.mod": "module x\n\ngo 1.22\n"}, Artifacts: store}, Observer: w}, nil
}

func run(t *testing.T, text string, change func(*execute.Execution)) result {
	t.Helper()
	w := &witness{steps: map[string]execute.Step{}, jobs: map[string]execute.Job{}}
	dir := t.TempDir()
	e, err := prepare(dir, text, w)
	if err != nil {
		t.Fatal(err)
	}
	if change != nil {
		change(e)
	}
	c, err := e.Run(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	return result{w, c, e.Dir}
}

func TestEverythingAStepCanSay(t *testing.T) {
	r := run(t, `
on: push
env: {WORKFLOW: w, OVER: workflow}
defaults: {run: {shell: bash}}
jobs:
  one:
    runs-on: ubuntu-latest
    env: {OVER: job, FROM: "${{ github.actor }}-${{ github.ref_name }}"}
    outputs: {answer: "${{ steps.say.outputs.answer }}"}
    steps:
      - uses: actions/checkout@v4
      - id: say
        env: {OVER: step}
        run: |
          echo "$WORKFLOW $OVER $FROM $GITHUB_REPOSITORY ${HOME##*/} [$SHLVL$OLDPWD]" | cut -d[ -f1
          cat a.txt
          echo "answer=42" >> "$GITHUB_OUTPUT"
          printf 'LONG<<END\nx\ny\nEND\n' >> "$GITHUB_ENV"
          mkdir bin; printf '#!/bin/sh\necho tool' > bin/tool; chmod +x bin/tool; echo "$PWD/bin" >> "$GITHUB_PATH"
          echo "# Done" >> "$GITHUB_STEP_SUMMARY"
          echo "the token is ${{ secrets.TOKEN }}"
      - name: Uses ${{ steps.say.outputs.answer }}
        run: 'tool; echo "$LONG"; echo ${{ steps.say.outcome }} ${{ env.LONG == env.LONG && runner.os }}'
      - run: exit 3
        id: bad
        continue-on-error: true
      - run: echo ${{ steps.bad.outcome }} ${{ steps.bad.conclusion }}
      - if: failure()
        run: echo never
      - shell: python
        run: print(6 * 7)
  two:
    needs: one
    runs-on: ubuntu-latest
    steps:
      - run: echo got ${{ needs.one.outputs.answer }} ${{ needs.one.result }}
`, nil)
	if r.conclusion != execute.Success {
		t.Fatalf("%s: %+v", r.conclusion, r.jobs)
	}
	for at, want := range map[string]string{
		"one/1": "w step ana-main acme/shop home \nhello\nthe token is ***\n", "one/2": "tool\nx\ny\nsuccess Linux\n",
		"one/4": "failure success\n", "one/6": "42\n", "two/0": "got 42 success\n",
	} {
		job, index, _ := strings.Cut(at, "/")
		var n int
		fmt.Sscan(index, &n)
		if got := r.log(t, job, n); got != want {
			t.Errorf("%s printed %q, want %q", at, got, want)
		}
	}
	if s := r.steps["one/2"]; s.Name != "Uses 42" {
		t.Errorf("%+v", s)
	}
	if s := r.steps["one/1"]; s.Summary != "# Done\n" {
		t.Errorf("%+v", s)
	}
	if s := r.steps["one/5"]; s.Conclusion != execute.Skipped {
		t.Errorf("%+v", s)
	}
	filepath.WalkDir(r.dir, func(path string, d os.DirEntry, err error) error {
		if err == nil && d.Type().IsRegular() {
			if b, _ := os.ReadFile(path); strings.Contains(string(b), "s3cret!") {
				t.Errorf("%s holds the secret", path)
			}
		}
		return nil
	})
}

func TestGraphFailureAndConditions(t *testing.T) {
	r := run(t, `
on: push
jobs:
  ok: {runs-on: ubuntu-latest, steps: [{run: "true"}]}
  bad: {runs-on: ubuntu-latest, steps: [{run: "exit 7"}, {run: echo after}, {if: always(), run: echo cleanup}]}
  after: {needs: [ok, bad], runs-on: ubuntu-latest, steps: [{run: "true"}]}
  later: {needs: after, runs-on: ubuntu-latest, steps: [{run: "true"}]}
  rescue: {needs: later, if: failure(), runs-on: ubuntu-latest, steps: [{run: "true"}]}
  soft: {continue-on-error: true, runs-on: ubuntu-latest, steps: [{run: "exit 1"}]}
  goes-on: {needs: soft, runs-on: ubuntu-latest, steps: [{run: "true"}]}
`, nil)
	want := map[string]execute.Conclusion{"ok": execute.Success, "bad": execute.Failure, "after": execute.Skipped, "later": execute.Skipped,
		"rescue": execute.Success, "soft": execute.Failure, "goes-on": execute.Success}
	for id, c := range want {
		if got := r.jobs[id].Conclusion; got != c {
			t.Errorf("%s: %s, want %s", id, got, c)
		}
	}
	if r.conclusion != execute.Failure || !strings.Contains(r.jobs["bad"].Text, "exit code 7") {
		t.Errorf("%s %+v", r.conclusion, r.jobs["bad"])
	}
	if r.steps["bad/1"].Conclusion != execute.Skipped || r.steps["bad/2"].Conclusion != execute.Success {
		t.Errorf("%+v", r.steps)
	}
}

func TestArtifactsGoFromJobToJob(t *testing.T) {
	r := run(t, `
on: push
jobs:
  make:
    runs-on: ubuntu-latest
    steps:
      - run: mkdir -p dist/sub && echo one > dist/one && echo two > dist/sub/two && echo no > dist/.hidden
      - {uses: actions/upload-artifact@v4, with: {name: box, path: dist/}}
      - {uses: actions/upload-artifact@v4, with: {name: empty, path: nowhere/*, if-no-files-found: warn}}
  take:
    needs: make
    runs-on: ubuntu-latest
    steps:
      - {uses: actions/download-artifact@v4, with: {name: box, path: in}}
      - run: find in -type f | sort && cat in/sub/two
  miss:
    needs: make
    runs-on: ubuntu-latest
    steps:
      - {uses: actions/download-artifact@v4, with: {name: empty}}
`, nil)
	if got := r.log(t, "take", 1); got != "in/one\nin/sub/two\ntwo\n" {
		t.Errorf("%q", got)
	}
	if !strings.Contains(r.jobs["miss"].Text, `this run has no artifact "empty"`) {
		t.Errorf("%+v", r.jobs["miss"])
	}
}

func TestSetupGoChecksTheVersion(t *testing.T) {
	r := run(t, `
on: push
jobs:
  fits:
    runs-on: ubuntu-latest
    steps:
      - uses: actions/checkout@v4
      - {uses: actions/setup-go@v5, with: {go-version-file: go.mod}}
      - run: go env GOVERSION GOTOOLCHAIN
  too-new:
    runs-on: ubuntu-latest
    steps:
      - {uses: actions/setup-go@v5, with: {go-version: '9.1'}}
`, nil)
	if got := r.log(t, "fits", 2); !strings.HasPrefix(got, "go1.") || !strings.HasSuffix(got, "local\n") {
		t.Errorf("%q", got)
	}
	if !strings.Contains(r.jobs["too-new"].Text, "this workflow wants Go 9.1") {
		t.Errorf("%+v", r.jobs["too-new"])
	}
}

func TestTimeoutAndCancel(t *testing.T) {
	r := run(t, "on: push\njobs: {a: {runs-on: ubuntu-latest, steps: [{run: sleep 60, timeout-minutes: 0.005}, {if: always(), run: echo x}]}}\n", nil)
	if r.conclusion != execute.Failure || !strings.Contains(r.jobs["a"].Text, "took longer than its timeout") || r.steps["a/1"].Conclusion != execute.Success {
		t.Errorf("%+v", r.jobs)
	}
	stop := make(chan struct{})
	time.AfterFunc(300*time.Millisecond, func() { close(stop) })
	r = run(t, "on: push\njobs: {a: {runs-on: ubuntu-latest, steps: [{run: sleep 60}, {run: echo no}, {if: cancelled(), run: echo bye}]}, b: {needs: a, runs-on: ubuntu-latest, steps: [{run: x}]}}\n",
		func(e *execute.Execution) { e.Stop = stop })
	if r.conclusion != execute.Canceled || r.steps["a/1"].Conclusion != execute.Skipped || r.steps["a/2"].Conclusion != execute.Success {
		t.Errorf("%s %+v", r.conclusion, r.steps)
	}
}

const long = `
on: push
jobs:
  a:
    runs-on: ubuntu-latest
    steps:
      - {id: one, run: 'echo one >> "$OUT"; echo v=1 >> "$GITHUB_OUTPUT"; echo E=e >> "$GITHUB_ENV"'}
      - run: 'sleep 0.3; echo two >> "$OUT"'
      - run: 'echo three $E ${{ steps.one.outputs.v }} >> "$OUT"'
  b:
    needs: a
    runs-on: ubuntu-latest
    steps: [{run: 'sleep 0.2; echo four >> "$OUT"'}]
`

func executeFrom(dir, out string) int {
	w := &witness{steps: map[string]execute.Step{}, jobs: map[string]execute.Job{}}
	e, err := prepare(dir, strings.Replace(long, "on: push", "on: push\nenv: {OUT: "+out+"}", 1), w)
	if err != nil {
		return 1
	}
	if _, err := e.Run(context.Background()); err != nil {
		return 1
	}
	return 0
}

// The process that executes is killed again and again at many moments; every
// step runs exactly once, in order, and what steps told later ones is kept.
func TestKilledExecutionGoesOn(t *testing.T) {
	dir := t.TempDir()
	out := filepath.Join(dir, "out")
	for i := range 30 {
		cmd := exec.Command(os.Args[0], "execute", dir, out)
		cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}
		if err := cmd.Start(); err != nil {
			t.Fatal(err)
		}
		if i < 12 {
			time.AfterFunc(time.Duration(20+i*13)*time.Millisecond, func() { _ = cmd.Process.Kill() })
		}
		if cmd.Wait() == nil {
			break
		}
	}
	got, err := os.ReadFile(out)
	if err != nil || string(got) != "one\ntwo\nthree e 1\nfour\n" {
		t.Fatalf("%q %v", got, err)
	}
	var j execute.Job
	b, err := os.ReadFile(filepath.Join(dir, "run", "jobs", "b", "job.json"))
	if err != nil {
		t.Fatal(err)
	}
	if err := json.Unmarshal(b, &j); err != nil || j.Conclusion != execute.Success {
		t.Fatal(j, err)
	}
}

func TestIndependentJobsRunTogether(t *testing.T) {
	dir := t.TempDir()
	wait := func(own, other string) string {
		return fmt.Sprintf("touch %s/%s; for i in $(seq 500); do test -e %s/%s && exit 0; sleep 0.05; done; exit 1", dir, own, dir, other)
	}
	r := run(t, fmt.Sprintf("on: push\njobs:\n  a: {runs-on: ubuntu-latest, steps: [{run: %q}]}\n  b: {runs-on: ubuntu-latest, steps: [{run: %q}]}\n",
		wait("a", "b"), wait("b", "a")), nil)
	if r.conclusion != execute.Success {
		t.Fatal("two jobs that need nothing did not run at the same time")
	}
	if !slices.Contains(r.order, "end a") || !slices.Contains(r.order, "end b") {
		t.Fatal(r.order)
	}
}
