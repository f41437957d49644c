package app

import (
	"context"
	"errors"
	"fmt"
	"net"
	"os"
	"os/exec"
	"os/user"
	"strings"
	"sync"
	"time"

	"github.com/prometheus/client_golang/prometheus"

	"andon/catalog"
	"andon/engine/load"
	"andon/engine/notify"
	"andon/engine/queue"
	"andon/engine/runtime/process"
	"andon/engine/store"
	"andon/engine/telemetry"
	"andon/engine/traffic/proxy"
	"andon/engine/vcs"
	"andon/feedback/incident"
	"andon/feedback/judge"
	"andon/feedback/objective"
	"andon/flow/change"
	"andon/flow/delivery"
	"andon/flow/floor"
	"andon/flow/measure"
	"andon/flow/outlook"
	"andon/flow/pipeline"
	"andon/flow/pipeline/artifact"
	"andon/flow/source"
	"andon/gate"
	"andon/journal"
	"andon/journal/intake"
	"andon/journal/subscription"
	"andon/learning/postmortem"
	"andon/surface/access"
	"andon/surface/api"
)

// App is one Andon at work.
type App struct {
	cfg     Config
	name    string // of the repository
	branch  string
	work    string // where people work, when the repository is a copy
	started time.Time
	lock    *os.File
	closing sync.Once
	token   string

	repo    *vcs.Repo
	store   *store.Store
	queue   *queue.Queue
	metrics *telemetry.Telemetry
	proxy   *proxy.Proxy
	runtime *process.Runtime

	ledger      *journal.Ledger
	book        *change.Book
	floor       *floor.Service
	measure     *measure.Service
	outlook     *outlook.Service
	intake      *intake.Service
	sources     *source.Service
	subscribers *subscription.Service
	pipeline    *pipeline.Service
	delivery    *delivery.Service
	gate        *gate.Gate
	judge       *judge.Monitor
	objectives  *objective.Book
	incidents   *incident.Service
	postmortems *postmortem.Service

	mu       sync.Mutex
	catalog  *catalog.Catalog
	line     string
	problems []string
	notes    []string
	tried    map[string]bool // exposures under judgement
	visitors *load.Load      // nil without a demonstration's users
}

// Open prepares everything and starts nothing. Close it when Run is not
// called or has returned.
func Open(ctx context.Context, cfg Config) (a *App, err error) {
	a = &App{cfg: cfg, started: time.Now(), tried: map[string]bool{}}
	defer func() {
		if err != nil {
			a.Close()
			a = nil
		}
	}()
	if err := a.openRepository(ctx); err != nil {
		return a, err
	}
	if a.store, err = store.Open(ctx, a.cfg.database()); err != nil {
		return a, err
	}
	if a.queue, err = queue.New(ctx, a.store); err != nil {
		return a, err
	}
	if err := a.openEngines(); err != nil {
		return a, err
	}
	if err := a.makeWays(); err != nil {
		return a, err
	}
	if err := a.measure.CatchUp(ctx); err != nil {
		return a, err
	}
	if a.token, err = a.readToken(); err != nil {
		return a, err
	}
	sha, err := a.repo.Head(ctx, a.branch)
	if err != nil {
		return a, err
	}
	return a, a.declare(ctx, sha)
}

func (a *App) openRepository(ctx context.Context) (err error) {
	if a.cfg.Copy != "" {
		if a.cfg.Data == "" {
			a.cfg.Data = DataFolder
		}
		if err := a.cfg.prepare(); err != nil {
			return err
		}
		if err := a.takeLock(); err != nil {
			return err
		}
		if a.cfg.Repo, a.work, err = putUnderGit(ctx, a.cfg.Copy, a.cfg.Data); err != nil {
			return err
		}
	}
	if a.repo, err = vcs.Open(ctx, a.cfg.Repo); err != nil {
		return err
	}
	if a.cfg.Copy == "" {
		a.cfg.Repo, a.work = a.repo.Dir(), a.repo.Dir()
		if err := a.cfg.prepare(); err != nil {
			return err
		}
		if err := a.takeLock(); err != nil {
			return err
		}
	}
	a.name = a.repo.Name()
	a.branch, err = a.repo.DefaultBranch(ctx)
	return err
}

// retention holds a month's objective and some days more.
const retention = 35 * 24 * time.Hour

func (a *App) openEngines() (err error) {
	if a.metrics, err = telemetry.Open(a.cfg.in("metrics"), telemetry.Options{Retention: retention}); err != nil {
		return err
	}
	registry := prometheus.NewRegistry()
	a.proxy = proxy.New(proxy.Options{})
	if err := registry.Register(a.proxy); err != nil {
		return err
	}
	if err := a.metrics.Gather("andon-proxy", registry, nil); err != nil {
		return err
	}
	a.runtime, err = process.Open(a.cfg.in("services"), process.Options{})
	return err
}

func (a *App) makeWays() error {
	a.ledger = journal.NewLedger(a.store, a.queue, nil)
	a.book = change.NewBook(a.ledger, a.name)
	a.gate = gate.New(situation{a}, a.ledger.Now)
	a.ledger.Project(measure.Record)
	a.floor = floor.NewService(a.ledger, a.gate)
	a.measure = measure.NewService(a.ledger)
	a.outlook = outlook.NewService(a.ledger, a.measure)
	artifacts, err := artifact.Open(a.cfg.in("artifacts"))
	if err != nil {
		return err
	}
	a.pipeline = pipeline.NewService(pipeline.Options{Ledger: a.ledger, Repository: a.repo, Artifacts: artifacts, Dir: a.cfg.in("runs"),
		Name: a.name, Source: a.name, Secrets: func() map[string]string { return a.cfg.Secrets }, Jobs: a.cfg.Jobs})
	a.delivery = delivery.NewService(delivery.Options{Ledger: a.ledger, Runtime: a.runtime, Traffic: a.proxy, Artifacts: artifacts,
		Gatekeeper: gatekeeper{a}, Judge: trials{a}, Dir: a.cfg.in("releases")})
	a.judge = judge.NewMonitor(a.proxy, verdicts{a}, time.Second)
	a.objectives = objective.NewBook(a.metrics, a.ledger.Now)
	a.sources = a.newSources()
	a.intake = intake.NewService(a.ledger, api.Source)
	a.subscribers = subscription.NewService(subscription.Options{Ledger: a.ledger, Sender: notify.NewSender(), Source: api.Source})
	a.incidents = incident.NewService(a.ledger)
	a.postmortems = postmortem.NewService(a.ledger)
	a.queue.Handle(pipeline.TriggerMachine, a.pipeline.Trigger())
	a.queue.Handle(pipeline.RunMachine, a.pipeline)
	a.queue.Handle(delivery.Machine, a.delivery)
	a.queue.Handle(subscription.Machine, a.subscribers)
	return nil
}

// Close leaves everything: services and pipeline steps go on by themselves
// and are found again by the next Open.
func (a *App) Close() { a.closing.Do(a.close) }

func (a *App) close() {
	if a.subscribers != nil {
		a.subscribers.Close()
	}
	if a.pipeline != nil {
		a.pipeline.Close()
	}
	if a.runtime != nil {
		_ = a.runtime.Close()
	}
	if a.metrics != nil {
		_ = a.metrics.Close()
	}
	if a.store != nil {
		_ = a.store.Close()
	}
	if a.lock != nil {
		_ = a.lock.Close()
	}
}

func (a *App) lineName() string {
	a.mu.Lock()
	defer a.mu.Unlock()
	return a.line
}

// note keeps a remark for the status; the newest few.
func (a *App) note(text string) {
	const most = 20
	a.mu.Lock()
	defer a.mu.Unlock()
	for _, n := range a.notes {
		if n == text {
			return
		}
	}
	a.notes = append(a.notes, text)
	a.notes = a.notes[max(0, len(a.notes)-most):]
}

// person is who acts when a request names nobody: whoever runs Andon.
func (a *App) person(ctx context.Context) string {
	cmd := exec.CommandContext(ctx, "git", "config", "user.name")
	cmd.Dir = a.cfg.Repo
	if out, err := cmd.Output(); err == nil && strings.TrimSpace(string(out)) != "" {
		return strings.TrimSpace(string(out))
	}
	if u, err := user.Current(); err == nil {
		return u.Username
	}
	return "somebody"
}

// ErrOpenBind refuses to listen for other hosts without their say.
var ErrOpenBind = errors.New("refusing to listen on an address that other hosts can reach without --allow-remote")

// listen opens the address of the API and the pages.
func (a *App) listen() (net.Listener, bool, error) {
	loopback := access.Loopback(a.cfg.Listen)
	if !loopback && !a.cfg.AllowRemote {
		return nil, false, fmt.Errorf("%s: %w; with it, everything needs the token", a.cfg.Listen, ErrOpenBind)
	}
	l, err := net.Listen("tcp", a.cfg.Listen)
	if err != nil {
		return nil, false, fmt.Errorf("listen on %s: %w; choose another with --listen", a.cfg.Listen, err)
	}
	return l, loopback, nil
}
