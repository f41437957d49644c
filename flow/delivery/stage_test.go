package delivery_test

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"sync"
	"testing"
	"time"

	"andon/engine/store"
	"andon/exposure"
	"andon/flow/delivery"
	"andon/journal"
)

var (
	staging    = delivery.Target{Service: "shop", Environment: "staging"}
	production = delivery.Target{Service: "shop", Environment: "production"}
)

const replicas = 2

func plan() delivery.Plan {
	return delivery.Plan{Service: "shop", Workflow: "ci.yml", Artifact: "shop",
		Config: delivery.Config{Command: []string{"./shop"}, Health: delivery.Health{Path: "/", StartWithin: 30 * time.Second}},
		Environments: []delivery.Environment{
			{Name: "staging", Listen: "127.0.0.1:1", Replicas: 1},
			{Name: "production", Listen: "127.0.0.1:2", Replicas: replicas, Exposure: exposure.Plan{Steps: []exposure.Step{
				exposure.Weight(10), exposure.PauseFor(10 * time.Second), exposure.Weight(50), exposure.PauseFor(0)}}},
		}}
}

// world is everything that delivery stands on. Its runtime and traffic are
// kept in memory; they do at once what they are told, unless a test says that
// instances do not come up.
type world struct {
	t interface {
		Helper()
		Fatalf(string, ...any)
	}
	ctx    context.Context
	ledger *journal.Ledger
	dir    string
	*delivery.Service

	mu       sync.Mutex
	now      time.Time
	wishes   map[delivery.Target]map[string]delivery.Workload
	sick     map[string]bool // revisions whose instances never become ready
	routes   map[delivery.Target]delivery.Route
	faults   []string // what must never happen
	ruling   exposure.Ruling
	refusal  string
	changed  chan struct{}
	rejected map[string]bool // "target revision" that may never have traffic again
	removed  chan string
}

func newWorld(t *testing.T, s *store.Store) *world {
	w := &world{t: t, ctx: t.Context(), dir: t.TempDir(), now: time.Date(2026, 1, 2, 3, 4, 5, 0, time.UTC),
		wishes: map[delivery.Target]map[string]delivery.Workload{}, sick: map[string]bool{}, routes: map[delivery.Target]delivery.Route{},
		rejected: map[string]bool{}, changed: make(chan struct{}), removed: make(chan string, 1000)}
	w.ledger = journal.NewLedger(s, nobody{}, w.clock)
	w.restart()
	return w
}

// nobody schedules nothing: the tests advance by hand.
type nobody struct{}

func (nobody) Schedule(context.Context, journal.SQL, string, string) error { return nil }

// restart is what a killed Andon leaves and a new one finds: the store, the
// instances and the routes.
func (w *world) restart() {
	w.Service = delivery.NewService(delivery.Options{Ledger: w.ledger, Runtime: w, Traffic: w, Artifacts: artifacts{}, Gatekeeper: w, Judge: w, Dir: filepath.Join(w.dir, "releases")})
	if err := w.Define([]delivery.Plan{plan()}); err != nil {
		w.t.Fatalf("%v", err)
	}
	if err := w.Reconcile(w.ctx); err != nil {
		w.t.Fatalf("%v", err)
	}
}

func (w *world) clock() time.Time { w.mu.Lock(); defer w.mu.Unlock(); return w.now }

func (w *world) pass(d time.Duration) { w.mu.Lock(); defer w.mu.Unlock(); w.now = w.now.Add(d) }

// build makes a release, as a green run does.
func (w *world) build(n int) {
	w.t.Helper()
	err := w.ledger.Write(w.ctx, func(tx journal.Tx) error {
		return delivery.ReleaseIn(w.ctx, tx, plan(), delivery.Built{Run: fmt.Sprint("ci-", n), SHA: fmt.Sprintf("%040d", n), Ord: int64(n), Digest: fmt.Sprintf("sha256:%064d", n)})
	})
	if err != nil {
		w.t.Fatalf("%v", err)
	}
}

// advance lets every unfinished deployment take the steps it can take now.
func (w *world) advance() {
	w.t.Helper()
	for range 20 {
		ids, err := w.Unfinished(w.ctx)
		if err != nil {
			w.t.Fatalf("%v", err)
		}
		before := w.picture()
		for _, id := range ids {
			if _, err := w.Advance(w.ctx, id); err != nil {
				w.t.Fatalf("advance %s: %v", id, err)
			}
		}
		if w.picture() == before {
			return
		}
	}
}

func (w *world) picture() string {
	list, err := w.Deployments(w.ctx, 50)
	if err != nil {
		w.t.Fatalf("%v", err)
	}
	text := ""
	for _, d := range list {
		text += fmt.Sprint(d.ID, d.State, d.Exposure.Step, d.Exposure.Phase, d.Reason, ";")
	}
	return text
}

// newest is the newest deployment to a place.
func (w *world) newest(t delivery.Target) delivery.Deployment {
	w.t.Helper()
	list, err := w.Deployments(w.ctx, 100)
	if err != nil {
		w.t.Fatalf("%v", err)
	}
	i := slices.IndexFunc(list, func(d delivery.Deployment) bool { return d.Target == t })
	if i < 0 {
		w.t.Fatalf("nothing was ever queued for %s", t)
	}
	return list[i]
}

func (w *world) route(t delivery.Target) delivery.Route {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.routes[t]
}

// The runtime.

func (w *world) Ensure(_ context.Context, load delivery.Workload) error {
	if _, err := os.Stat(filepath.Join(load.Dir, "shop")); err != nil {
		return err
	}
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.wishes[load.Target] == nil {
		w.wishes[load.Target] = map[string]delivery.Workload{}
	}
	w.wishes[load.Target][load.Revision] = load
	return nil
}

func (w *world) Remove(_ context.Context, t delivery.Target, revision string) error {
	w.mu.Lock()
	defer w.mu.Unlock()
	r := w.routes[t]
	if r.Stable.Revision == revision || r.Canary != nil && r.Canary.Revision == revision {
		w.faults = append(w.faults, fmt.Sprintf("%s was withdrawn from %s while users were sent to it", revision, t))
	}
	delete(w.wishes[t], revision)
	w.removed <- revision
	return nil
}

func (w *world) Instances(t delivery.Target, revision string) (list []delivery.Instance) {
	w.mu.Lock()
	defer w.mu.Unlock()
	load, ok := w.wishes[t][revision]
	for i := range load.Replicas {
		if ok {
			list = append(list, delivery.Instance{ID: fmt.Sprint(revision, "/", i), Addr: fmt.Sprint(revision, ":", i), Ready: !w.sick[revision], Trouble: map[bool]string{true: "it answers 503"}[w.sick[revision]]})
		}
	}
	return list
}

func (w *world) Revisions(t delivery.Target) (list []string) {
	w.mu.Lock()
	defer w.mu.Unlock()
	for revision := range w.wishes[t] {
		list = append(list, revision)
	}
	slices.Sort(list)
	return list
}

func (w *world) Changed() <-chan struct{} { return w.changed }

// The traffic.

func (w *world) Route(_ context.Context, r delivery.Route) error {
	w.mu.Lock()
	defer w.mu.Unlock()
	fault := func(format string, args ...any) { w.faults = append(w.faults, fmt.Sprintf(format, args...)) }
	place := r.Target.String() + " "
	if w.rejected[place+r.Stable.Revision] || r.Canary != nil && r.Weight > 0 && w.rejected[place+r.Canary.Revision] {
		fault("users are sent to a release that was taken back: %+v", r)
	}
	if r.Weight < 0 || r.Weight > 100 || r.Weight > 0 && r.Canary == nil {
		fault("a weight of %d: %+v", r.Weight, r)
	}
	if load := w.wishes[r.Target][r.Stable.Revision]; r.Target == production && (load.Replicas < replicas || !w.sick[r.Stable.Revision] && len(r.Stable.Addrs) < replicas) {
		fault("stable %s has %d instances of %d", r.Stable.Revision, len(r.Stable.Addrs), replicas)
	}
	w.routes[r.Target] = r
	return nil
}

func (w *world) Drain(context.Context, delivery.Target, string) error { return nil }

// The judge and the gate.

func (w *world) Begin(string, delivery.Target, string, string) {}
func (w *world) End(string)                                    {}
func (w *world) Ruling(string) (exposure.Ruling, string) {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.ruling, "the judge says so"
}

func (w *world) judge(r exposure.Ruling) { w.mu.Lock(); defer w.mu.Unlock(); w.ruling = r }

func (w *world) MayDeploy(context.Context, delivery.Deployment, delivery.Release) (string, error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.refusal, nil
}

// artifacts unpack into one file.
type artifacts struct{}

func (artifacts) Unpack(_ context.Context, digest, dir string) error {
	if digest == "" {
		return errors.New("no digest")
	}
	return os.WriteFile(filepath.Join(dir, "shop"), []byte(digest), 0o755)
}
