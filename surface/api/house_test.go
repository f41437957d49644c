package api_test

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/pb33f/libopenapi"
	validator "github.com/pb33f/libopenapi-validator"

	"andon/engine/forge/github"
	"andon/engine/notify"
	"andon/engine/queue"
	"andon/engine/store/storetest"
	"andon/engine/vcs"
	"andon/feedback/incident"
	"andon/flow/change"
	"andon/flow/delivery"
	"andon/flow/floor"
	"andon/flow/measure"
	"andon/flow/outlook"
	"andon/flow/pipeline"
	"andon/flow/pipeline/artifact"
	"andon/flow/pipeline/step"
	"andon/flow/source"
	"andon/gate"
	"andon/journal"
	"andon/journal/intake"
	"andon/journal/subscription"
	"andon/learning/postmortem"
	"andon/surface/access"
	"andon/surface/api"
)

// Steps of pipelines are supervised by this program itself.
func TestMain(m *testing.M) {
	if len(os.Args) == 3 && os.Args[1] == step.Arg {
		os.Exit(step.Main(os.Args[2]))
	}
	os.Exit(m.Run())
}

// house is the API on a real store, queue and git repository, behind the
// guard, on a real address.
type house struct {
	*testing.T
	*httptest.Server
	services api.Services
	token    string
	head     string // the repository's newest commit
	contract validator.Validator
}

type quiet struct{}

func (quiet) Trial(string) (api.Trial, bool) { return api.Trial{}, false }

const workflow = `name: ci
on: {workflow_dispatch: {}}
jobs:
  build:
    runs-on: ubuntu-latest
    steps:
      - name: Greet
        run: echo "hello $PWD" | cut -c1-5
      - name: Wait for the word
        run: while [ ! -e "$WORD" ]; do sleep 0.05; done; echo heard
        env: {WORD: WORDFILE}
`

func open(t *testing.T) *house {
	t.Helper()
	ctx, dir := t.Context(), t.TempDir()
	s := storetest.SQLite(t)
	q, err := queue.New(ctx, s)
	must(t, err)
	ledger := journal.NewLedger(s, q, nil)
	h := &house{T: t, token: access.NewToken()}
	repo := h.repository(filepath.Join(dir, "shop"))
	commits, err := repo.Log(ctx, "", h.head)
	must(t, err)
	artifacts, err := artifact.Open(filepath.Join(dir, "artifacts"))
	must(t, err)
	ledger.Project(measure.Record)
	numbers := measure.NewService(ledger)
	h.services = api.Services{Ledger: ledger, Floor: floor.NewService(ledger, gate.New(nil, ledger.Now)),
		Sources: source.NewService(source.Options{Ledger: ledger, Readers: map[string]source.Reader{"github": github.Reader{}}, Secrets: secrets{}, Cards: floor.Forge{}}),
		Hooks:   secrets{}, Intake: intake.NewService(ledger, api.Source), Subscriptions: subscription.NewService(subscription.Options{Ledger: ledger, Sender: notify.NewSender(), Source: api.Source}),
		Measure: numbers, Outlook: outlook.NewService(ledger, numbers),
		Pipeline:  pipeline.NewService(pipeline.Options{Ledger: ledger, Repository: repo, Artifacts: artifacts, Dir: filepath.Join(dir, "runs"), Name: "shop", Source: "shop"}),
		Delivery:  delivery.NewService(delivery.Options{Ledger: ledger, Artifacts: artifacts, Dir: filepath.Join(dir, "releases")}),
		Incidents: incident.NewService(ledger), Postmortems: postmortem.NewService(ledger), Trials: quiet{}, Objectives: budgets{},
		Status: func() api.Status {
			return api.Status{Version: "test", Repository: "shop", Branch: "main", Line: "shop"}
		}}
	q.Handle(pipeline.TriggerMachine, h.services.Pipeline.Trigger())
	q.Handle(pipeline.RunMachine, h.services.Pipeline)
	q.Handle(delivery.Machine, h.services.Delivery)
	q.Handle(subscription.Machine, h.services.Subscriptions)
	must(t, h.services.Floor.Define(ctx, []floor.Line{{Name: "shop", Title: "Shop", Key: "SHOP", WIP: 8, Stations: []floor.Station{
		{Name: "backlog", Kind: "queue"}, {Name: "work", Kind: "work", WIP: 1}, {Name: "done", Kind: "done"}}}}, nil))
	must(t, change.NewBook(ledger, "shop").Record(ctx, "main", "", commits))
	must(t, q.Start(ctx))
	h.Server = httptest.NewServer(access.NewGuard(h.token, true, "ana").Wrap(api.New(h.services, "test")))
	t.Cleanup(func() {
		h.Close()
		must(t, q.Stop(t.Context()))
		h.services.Pipeline.Close()
	})
	t.Cleanup(func() { _ = os.WriteFile(h.word(), nil, 0o600) }) // no step outlives the test
	h.contract, err = contract()
	must(t, err)
	return h
}

// contract checks answers by the description; it takes long to make.
var contract = sync.OnceValues(func() (validator.Validator, error) {
	text, err := api.Document("test")
	if err != nil {
		return nil, err
	}
	doc, err := libopenapi.NewDocument(text)
	if err != nil {
		return nil, err
	}
	v, errs := validator.NewValidator(doc)
	return v, errors.Join(errs...)
})

type budgets struct{}

func (budgets) Objectives(context.Context) ([]api.Objective, error) {
	return []api.Objective{{Name: "availability", Service: "shop", Target: 0.99, Window: "30d"}}, nil
}

func (h *house) repository(dir string) *vcs.Repo {
	h.Helper()
	text := strings.Replace(workflow, "WORDFILE", filepath.Join(filepath.Dir(dir), "word"), 1)
	must(h, os.MkdirAll(filepath.Join(dir, ".github/workflows"), 0o755))
	must(h, os.WriteFile(filepath.Join(dir, ".github/workflows/ci.yml"), []byte(text), 0o600))
	for _, args := range [][]string{{"init", "-q", "-b", "main"}, {"add", "."},
		{"-c", "user.name=Ana", "-c", "user.email=ana@example.org", "commit", "-qm", "Begin"}} {
		cmd := exec.Command("git", args...)
		cmd.Dir = dir
		if out, err := cmd.CombinedOutput(); err != nil {
			h.Fatalf("git %v: %v\n%s", args, err, out)
		}
	}
	repo, err := vcs.Open(h.Context(), dir)
	must(h, err)
	h.head, err = repo.Head(h.Context(), "main")
	must(h, err)
	return repo
}

// word is the file that a run's second step waits for.
func (h *house) word() string { return filepath.Join(filepath.Dir(h.services.Pipeline.Dir), "word") }

// answer is what came back.
type answer struct {
	status int
	header http.Header
	body   string
}

// into reads the body.
func (a answer) into(t testing.TB, v any) {
	t.Helper()
	if err := json.Unmarshal([]byte(a.body), v); err != nil {
		t.Fatalf("%v in %s", err, a.body)
	}
}

// ask sends a request with the token, and checks that the answer is one that
// the description promises.
func (h *house) ask(method, path, body string, change ...func(*http.Request)) answer {
	h.Helper()
	r := h.request(method, path, body, change...)
	resp, err := h.Client().Do(r)
	must(h, err)
	defer resp.Body.Close()
	text, err := io.ReadAll(resp.Body)
	must(h, err)
	if described := resp.StatusCode != http.StatusMethodNotAllowed && strings.HasPrefix(path, "/v1/") && !strings.Contains(path, "nowhere"); described {
		resp.Body = io.NopCloser(bytes.NewReader(text))
		if ok, errs := h.contract.ValidateHttpResponse(r, resp); !ok {
			for _, e := range errs {
				h.Errorf("%s %s answered %d, which the description does not promise: %s: %s\n%s", method, path, resp.StatusCode, e.Message, e.Reason, text)
			}
		}
	}
	return answer{resp.StatusCode, resp.Header, string(text)}
}

func (h *house) request(method, path, body string, change ...func(*http.Request)) *http.Request {
	h.Helper()
	r, err := http.NewRequestWithContext(h.Context(), method, h.URL+path, strings.NewReader(body))
	must(h, err)
	if body != "" {
		r.Header.Set("Content-Type", "application/json")
	}
	r.Header.Set("Authorization", "Bearer "+h.token)
	for _, c := range change {
		c(r)
	}
	return r
}

// write is ask for what must succeed.
func (h *house) write(method, path, body string, change ...func(*http.Request)) answer {
	h.Helper()
	a := h.ask(method, path, body, change...)
	if a.status >= 300 {
		h.Fatalf("%s %s: %d %s", method, path, a.status, a.body)
	}
	return a
}

func with(header, value string) func(*http.Request) {
	return func(r *http.Request) { r.Header.Set(header, value) }
}

func (h *house) cards() (cards []floor.Card) {
	h.Helper()
	var f api.FloorView
	h.ask("GET", "/v1/lines/shop", "").into(h, &f)
	return f.Cards
}

func must(t testing.TB, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

// until waits for something to hold on a slow and busy machine.
func until(t testing.TB, what string, holds func() bool) {
	t.Helper()
	for deadline := time.Now().Add(time.Minute); !holds(); time.Sleep(10 * time.Millisecond) {
		if time.Now().After(deadline) {
			t.Fatalf("gave up waiting for %s", what)
		}
	}
}
