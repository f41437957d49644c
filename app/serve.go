package app

import (
	"context"
	"log/slog"
	"net"
	"net/http"
	"net/url"
	"slices"
	"sort"
	"strings"
	"time"

	"andon/engine/load"
	"andon/engine/telemetry"
	"andon/flow/delivery"
	"andon/surface/access"
	"andon/surface/api"
	"andon/surface/mcp"
	"andon/surface/web"
)

// server puts pages, API and metrics behind the guard.
func (a *App) server(ctx context.Context, loopback bool) (*access.Guard, *http.Server) {
	guard := access.NewGuard(a.token, loopback, a.person(ctx))
	mux := http.NewServeMux()
	described := api.New(api.Services{Ledger: a.ledger, Floor: a.floor, Measure: a.measure, Outlook: a.outlook,
		Pipeline: a.pipeline, Delivery: a.delivery, Incidents: a.incidents, Postmortems: a.postmortems, Intake: a.intake, Sources: a.sources,
		Hooks: hookSecrets{a.cfg.in("hooks")}, Subscriptions: a.subscribers,
		Trials: apiTrials{a}, Objectives: apiObjectives{a}, Status: a.status}, a.cfg.Version)
	mux.Handle("/v1/", described)
	mux.Handle("/openapi.json", described)
	mux.Handle("/openapi.yaml", described)
	mux.Handle("/api/v1/", a.metrics.Handler())
	mux.Handle("/mcp", mcp.Handler(a.floor, a.cfg.Version))
	mux.Handle("/", web.New(web.Services{Ledger: a.ledger, Floor: a.floor, Measure: a.measure, Outlook: a.outlook, Pipeline: a.pipeline, Delivery: a.delivery,
		Sources: a.sources, Incidents: a.incidents, Postmortems: a.postmortems, Trials: a.judge, Objectives: a.objectives,
		Gate: doors{a}, Traffic: users{a}, Status: a.webStatus}))
	return guard, &http.Server{Handler: before(api.Webhooks(a.sources), guard.Wrap(mux)), ReadHeaderTimeout: 10 * time.Second, IdleTimeout: 2 * time.Minute,
		BaseContext: func(net.Listener) context.Context { return context.WithoutCancel(ctx) }}
}

// Ready is what to tell the person who started Andon.
type Ready struct {
	Name   string // of the repository
	URL    string // to open in a browser; it logs the browser in
	Base   string
	Work   string // the folder to commit in
	Line   string
	Branch string
	Data   string
	Took   time.Duration
	Places []string // "production at http://127.0.0.1:7430"
	Next   []string
}

func (a *App) ready(base, login string) Ready {
	r := Ready{Name: a.name, URL: login, Base: base, Work: a.work, Line: a.lineName(), Branch: a.branch, Data: a.cfg.Data, Took: time.Since(a.started)}
	for _, p := range a.delivery.Plans() {
		for _, e := range p.Environments {
			r.Places = append(r.Places, e.Name+" at http://"+shownAddress(e.Listen))
		}
	}
	a.mu.Lock()
	defer a.mu.Unlock()
	r.Next = a.catalog.Next()
	return r
}

func (a *App) status() api.Status {
	a.mu.Lock()
	defer a.mu.Unlock()
	s := api.Status{Version: a.cfg.Version, Repository: a.name, Branch: a.branch, Line: a.line, Database: a.cfg.databaseName(),
		Started: a.started.UTC().Format(time.RFC3339), Next: append(slices.Clone(a.notes), a.catalog.Next()...), Problems: a.problems}
	if a.visitors != nil {
		t := a.visitors.Tally()
		s.Visitors = &api.Visitors{Sent: t.Sent, Answered: t.Answered, Dropped: t.Dropped}
	}
	return s
}

// keepTargets tells the metrics which instances to scrape.
func (a *App) keepTargets(ctx context.Context) {
	tick := time.NewTicker(time.Second)
	defer tick.Stop()
	for {
		places, err := a.delivery.Places(ctx)
		if err == nil {
			err = a.metrics.SetTargets(a.targets(places))
		}
		if err != nil && ctx.Err() == nil {
			slog.Warn("some services are not scraped, trying again", "error", err)
		}
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
		}
	}
}

func (a *App) targets(places []delivery.Place) (list []telemetry.Target) {
	path := map[string]string{}
	for _, p := range a.delivery.Plans() {
		path[p.Service] = p.Config.Metrics
	}
	for _, p := range places {
		if path[p.Target.Service] == "" {
			continue
		}
		for _, i := range p.Instances {
			if !i.Ready {
				continue
			}
			u := url.URL{Scheme: "http", Host: i.Addr, Path: path[p.Target.Service]}
			list = append(list, telemetry.Target{Job: p.Target.Service, URL: u.String(), Labels: map[string]string{
				"service": p.Target.Service, "environment": p.Target.Environment, "revision": i.Release, "instance": i.ID}})
		}
	}
	sort.Slice(list, func(i, j int) bool { return list[i].URL < list[j].URL })
	return list
}

// sendVisitors puts real requests on the last environment of the first plan,
// as a demonstration has no users of its own.
func (a *App) sendVisitors(ctx context.Context) {
	plans := a.delivery.Plans()
	if a.cfg.Visitors <= 0 || len(plans) == 0 || len(plans[0].Environments) == 0 {
		<-ctx.Done()
		return
	}
	last := plans[0].Environments[len(plans[0].Environments)-1]
	target := "http://" + shownAddress(last.Listen)
	for !answers(ctx, target+plans[0].Config.Health.Path) {
		select {
		case <-ctx.Done():
			return
		case <-time.After(200 * time.Millisecond):
		}
	}
	crowd := load.New(load.Visitors{URL: target, Rate: float64(a.cfg.Visitors), Paths: a.cfg.VisitorPaths})
	a.mu.Lock()
	a.visitors = crowd
	a.mu.Unlock()
	crowd.Run(ctx)
}

func answers(ctx context.Context, address string) bool {
	ctx, cancel := context.WithTimeout(ctx, time.Second)
	defer cancel()
	r, err := http.NewRequestWithContext(ctx, http.MethodGet, address, nil)
	if err != nil {
		return false
	}
	resp, err := http.DefaultClient.Do(r)
	if err != nil {
		return false
	}
	resp.Body.Close()
	return resp.StatusCode < 400 && !strings.HasPrefix(resp.Status, "3")
}
