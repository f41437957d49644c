package pipeline_test

import (
	"context"
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"andon/engine/store"
	"andon/engine/store/storetest"
	"andon/engine/vcs"
	"andon/flow/change"
	"andon/flow/pipeline"
	"andon/flow/pipeline/artifact"
	"andon/flow/pipeline/step"
	"andon/journal"
	"andon/journal/journaltest"
)

func TestMain(m *testing.M) {
	if len(os.Args) == 3 && os.Args[1] == step.Arg {
		os.Exit(step.Main(os.Args[2]))
	}
	os.Exit(m.Run())
}

// shop is a real repository with its pipelines.
type shop struct {
	t      *testing.T
	git    string
	dir    string
	ledger *journal.Ledger
	book   *change.Book
	head   string
	*pipeline.Service

	mu   sync.Mutex
	jobs []string // "machine id" that were asked for
}

func newShop(t *testing.T, s *store.Store) *shop {
	t.Helper()
	w := &shop{t: t, git: t.TempDir(), dir: t.TempDir()}
	w.run("init", "-q", "-b", "main")
	w.ledger = journal.NewLedger(s, w, nil)
	w.book = change.NewBook(w.ledger, "shop")
	w.commit("README.md", "hello")
	w.open()
	return w
}

// Schedule notes what the queue would run.
func (w *shop) Schedule(_ context.Context, _ journal.SQL, machine, id string) error {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.jobs = append(w.jobs, machine+" "+id)
	return nil
}

// open makes the service, as a start of Andon does.
func (w *shop) open() {
	w.t.Helper()
	repo, err := vcs.Open(w.t.Context(), w.git)
	if err != nil {
		w.t.Fatal(err)
	}
	artifacts, err := artifact.Open(filepath.Join(w.dir, "artifacts"))
	if err != nil {
		w.t.Fatal(err)
	}
	s := pipeline.NewService(pipeline.Options{Ledger: w.ledger, Repository: repo, Artifacts: artifacts, Dir: filepath.Join(w.dir, "runs"),
		Name: "team/shop", Source: "shop", Secrets: func() map[string]string { return map[string]string{"KEY": "s3cr3t-value"} }})
	w.Service = s
	w.t.Cleanup(s.Close)
}

func (w *shop) run(args ...string) string {
	w.t.Helper()
	cmd := exec.Command("git", append([]string{"-c", "user.name=Ana", "-c", "user.email=ana@example.org"}, args...)...)
	cmd.Dir = w.git
	out, err := cmd.CombinedOutput()
	if err != nil {
		w.t.Fatalf("git %v: %v\n%s", args, err, out)
	}
	return strings.TrimSpace(string(out))
}

func (w *shop) commit(file, text string) string {
	w.t.Helper()
	path := filepath.Join(w.git, file)
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		w.t.Fatal(err)
	}
	if err := os.WriteFile(path, []byte(text), 0o644); err != nil {
		w.t.Fatal(err)
	}
	w.run("add", "--all")
	w.run("commit", "-q", "-m", "Change "+file)
	return w.run("rev-parse", "HEAD")
}

// push records the newest commit and triggers its workflows.
func (w *shop) push() string {
	w.t.Helper()
	sha, before := w.run("rev-parse", "HEAD"), w.head
	err := w.book.Record(w.t.Context(), "main", before, []change.Change{{SHA: sha, Author: "Ana", Message: "Change", Head: true}})
	if err != nil {
		w.t.Fatal(err)
	}
	w.head = sha
	w.trigger(sha)
	return sha
}

func (w *shop) trigger(sha string) {
	w.t.Helper()
	if _, err := w.Trigger().Advance(w.t.Context(), sha); err != nil {
		w.t.Fatal(err)
	}
}

func (w *shop) runs(sha string) []pipeline.Run {
	w.t.Helper()
	list, err := w.RunsOf(w.t.Context(), sha)
	if err != nil {
		w.t.Fatal(err)
	}
	return list
}

// finish lets a run go on until it has ended.
func (w *shop) finish(id string) pipeline.Detail {
	w.t.Helper()
	for deadline := time.Now().Add(2 * time.Minute); ; {
		wait, err := w.Advance(w.t.Context(), id)
		if err != nil {
			w.t.Fatal(err)
		}
		d, err := w.Run(w.t.Context(), id)
		if err != nil {
			w.t.Fatal(err)
		}
		if d.State == pipeline.Ended {
			return d
		}
		if time.Now().After(deadline) {
			w.t.Fatalf("%s is still %s", id, d.State)
		}
		time.Sleep(min(wait, 20*time.Millisecond))
	}
}

func (w *shop) log(id string) string {
	w.t.Helper()
	var b strings.Builder
	err := w.Follow(w.t.Context(), id, "", false, func(p pipeline.Printed) error {
		b.WriteString(p.Job + ": " + p.Line.Text + "\n")
		return nil
	})
	if err != nil {
		w.t.Fatal(err)
	}
	return b.String()
}

const green = `name: ci
on:
  push: {branches: [main]}
  workflow_dispatch:
    inputs: {level: {default: patch}}
jobs:
  make:
    runs-on: ubuntu-latest
    outputs: {word: "${{ steps.say.outputs.word }}"}
    steps:
      - id: say
        run: |
          echo "word=hello" >> "$GITHUB_OUTPUT"
          mkdir out && echo content > out/shop
      - run: echo "key is ${{ secrets.KEY }}"
      - uses: actions/upload-artifact@v4
        with: {name: shop, path: out/}
  use:
    needs: make
    runs-on: ubuntu-latest
    steps:
      - run: echo "it said ${{ needs.make.outputs.word }}"
`

func TestAPushRunsItsWorkflowsOnce(t *testing.T) {
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		w := newShop(t, s)
		w.commit(".github/workflows/ci.yml", green)
		w.commit(".github/workflows/docs.yml", strings.Replace(green, "{branches: [main]}", "{paths: [docs/**]}", 1))
		sha := w.push()
		w.trigger(sha)
		w.trigger(sha)
		runs := w.runs(sha)
		if len(runs) != 1 || runs[0].ID != "ci-1" || runs[0].Actor != "Ana" {
			t.Fatalf("%+v", runs)
		}
		d := w.finish("ci-1")
		if d.Conclusion != "success" {
			t.Fatalf("%s: %s\n%s", d.Conclusion, d.Text, w.log("ci-1"))
		}
		text := w.log("ci-1")
		if !strings.Contains(text, "use: it said hello") || strings.Contains(text, "s3cr3t-value") || !strings.Contains(text, "key is ***") {
			t.Errorf("the log says:\n%s", text)
		}
		if len(d.Artifacts) != 1 || d.Artifacts[0].Name != "shop" || !strings.HasPrefix(d.Artifacts[0].Digest, "sha256:") {
			t.Errorf("%+v", d.Artifacts)
		}
		facts, err := w.ledger.Facts(t.Context(), journal.Query{About: []journal.Ref{{Kind: journal.Run, ID: "ci-1"}}})
		if err != nil {
			t.Fatal(err)
		}
		journaltest.Valid(t, facts...)
		for _, f := range facts {
			if strings.Contains(string(f.Data)+string(f.Content)+f.Text, "s3cr3t-value") {
				t.Errorf("a secret is in fact %d", f.Seq)
			}
		}
	})
}

// Two Andons on one host both have a run ci-1; the one that ends leaves the
// processes of the other alone.
func TestARunEndsNoOtherAndonsProcesses(t *testing.T) {
	stranger := exec.CommandContext(t.Context(), "sleep", "600")
	stranger.Env = append(os.Environ(), step.TrackingVar+"=ci-1/make")
	if err := stranger.Start(); err != nil {
		t.Fatal(err)
	}
	gone := make(chan error, 1)
	go func() { gone <- stranger.Wait() }()
	w := newShop(t, storetest.SQLite(t))
	w.commit(".github/workflows/ci.yml", green)
	w.trigger(w.push())
	if d := w.finish("ci-1"); d.Conclusion != "success" {
		t.Fatal(d.Text)
	}
	select {
	case err := <-gone:
		t.Errorf("a run of the same name ended it: %v", err)
	default:
	}
	if err := stranger.Process.Kill(); err != nil {
		t.Error(err)
	}
}

func TestWhatIsNotSupportedIsARedRun(t *testing.T) {
	w := newShop(t, storetest.SQLite(t))
	w.commit(".github/workflows/ci.yml", strings.Replace(green, "    needs: make\n", "    needs: make\n    strategy: {matrix: {go: [1, 2]}}\n", 1))
	sha := w.push()
	runs := w.runs(sha)
	if len(runs) != 1 || runs[0].State != pipeline.Ended || runs[0].Conclusion != "failure" {
		t.Fatalf("%+v", runs)
	}
	if text := runs[0].Text; !strings.Contains(text, ".github/workflows/ci.yml:20: jobs.use.strategy") {
		t.Errorf("it says %q", text)
	}
}

func TestARunIsCancelledAndRepeated(t *testing.T) {
	w := newShop(t, storetest.SQLite(t))
	w.commit(".github/workflows/ci.yml", `on: push
jobs:
  wait:
    runs-on: ubuntu-latest
    steps:
      - run: echo started; exec sleep 1000
`)
	sha := w.push()
	id := w.runs(sha)[0].ID
	for !strings.Contains(w.log(id), "started") {
		if _, err := w.Advance(t.Context(), id); err != nil {
			t.Fatal(err)
		}
		time.Sleep(10 * time.Millisecond)
	}
	if err := w.Cancel(t.Context(), id, "Bo"); err != nil {
		t.Fatal(err)
	}
	if d := w.finish(id); d.Conclusion != "cancelled" {
		t.Fatalf("%s: %s", d.Conclusion, d.Text)
	}
	again, err := w.Rerun(t.Context(), id, "Bo")
	if err != nil || again.Attempt != 2 || again.SHA != sha {
		t.Fatalf("%+v, %v", again, err)
	}
	var missing *pipeline.Missing
	if err := w.Cancel(t.Context(), "ci-99", "Bo"); !errors.As(err, &missing) {
		t.Errorf("%v", err)
	}
	if err := w.Cancel(t.Context(), again.ID, "Bo"); err != nil {
		t.Fatal(err)
	}
	w.finish(again.ID)
}

func TestAWorkflowIsStartedByHandWithInputs(t *testing.T) {
	w := newShop(t, storetest.SQLite(t))
	w.commit(".github/workflows/ci.yml", green+`      - run: echo "level ${{ inputs.level }}"
`)
	sha := w.push()
	w.finish(w.runs(sha)[0].ID)
	run, err := w.Start(t.Context(), pipeline.Start{Workflow: "ci", SHA: sha, Inputs: map[string]string{"level": "major"}, By: "Ana"})
	if err != nil {
		t.Fatal(err)
	}
	if d := w.finish(run.ID); d.Conclusion != "success" || d.Event != "workflow_dispatch" {
		t.Fatalf("%+v", d.Run)
	}
	if text := w.log(run.ID); !strings.Contains(text, "level major") {
		t.Errorf("the log says:\n%s", text)
	}
	var invalid *pipeline.Invalid
	if _, err := w.Start(t.Context(), pipeline.Start{Workflow: "ci", SHA: sha, Inputs: map[string]string{"nope": "1"}, By: "Ana"}); !errors.As(err, &invalid) {
		t.Errorf("an unknown input is answered %v", err)
	}
}

// A service that was closed leaves its steps at work; the next one on the
// same folder takes their outcome, and no step is run twice.
func TestTheNextServiceGoesOn(t *testing.T) {
	w := newShop(t, storetest.SQLite(t))
	count := filepath.Join(w.dir, "count")
	goOn := filepath.Join(w.dir, "go-on")
	w.commit(".github/workflows/ci.yml", `on: push
jobs:
  wait:
    runs-on: ubuntu-latest
    steps:
      - run: |
          echo ran >> `+count+`
          echo started
          until test -f `+goOn+`; do sleep 0.05; done
      - run: echo second
`)
	id := w.runs(w.push())[0].ID
	for !strings.Contains(w.log(id), "started") {
		if _, err := w.Advance(t.Context(), id); err != nil {
			t.Fatal(err)
		}
		time.Sleep(10 * time.Millisecond)
	}
	w.Close()
	w.open()
	unfinished, err := w.Unfinished(t.Context())
	if err != nil || len(unfinished) != 1 || unfinished[0] != id {
		t.Fatalf("%v, %v", unfinished, err)
	}
	if _, err := w.Advance(t.Context(), id); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(goOn, nil, 0o644); err != nil {
		t.Fatal(err)
	}
	if d := w.finish(id); d.Conclusion != "success" {
		t.Fatalf("%s: %s", d.Conclusion, d.Text)
	}
	if text, err := os.ReadFile(count); err != nil || string(text) != "ran\n" {
		t.Errorf("the first step ran %q, %v", text, err)
	}
}

// Follow prints lines as they come and ends with the run.
func TestALogIsFollowed(t *testing.T) {
	w := newShop(t, storetest.SQLite(t))
	w.commit(".github/workflows/ci.yml", green)
	id := w.runs(w.push())[0].ID
	var mu sync.Mutex
	var seen []string
	ended := make(chan error, 1)
	go func() {
		ended <- w.Follow(t.Context(), id, "", true, func(p pipeline.Printed) error {
			mu.Lock()
			defer mu.Unlock()
			seen = append(seen, p.Line.Text)
			return nil
		})
	}()
	w.finish(id)
	if err := <-ended; err != nil {
		t.Fatal(err)
	}
	if text := strings.Join(seen, "\n"); strings.Count(text, "it said hello") != 1 {
		t.Errorf("followed:\n%s", text)
	}
}
