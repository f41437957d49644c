package app

import (
	"context"
	"fmt"
	"strings"
	"time"

	"andon/flow/delivery"
	"andon/surface/web"
)

// webStatus says on the pages what this Andon looks after.
func (a *App) webStatus() web.Status {
	s := a.status()
	return web.Status{Version: s.Version, Repository: s.Repository, Branch: s.Branch, Work: a.work, Line: s.Line, Next: s.Next, Problems: s.Problems}
}

// doors asks the gate about each place, as for the newest release.
type doors struct{ a *App }

func (d doors) Doors(ctx context.Context) (list []web.Door, err error) {
	for _, p := range d.a.delivery.Plans() {
		release := delivery.Release{Service: p.Service}
		newest, err := d.a.delivery.Releases(ctx, p.Service, 1)
		if err != nil {
			return nil, err
		}
		if len(newest) > 0 {
			release = newest[0]
		}
		for _, e := range p.Environments {
			target := delivery.Target{Service: p.Service, Environment: e.Name}
			refusal, err := gatekeeper(d).MayDeploy(ctx, delivery.Deployment{Target: target, Release: release.ID}, release)
			if err != nil {
				return nil, err
			}
			list = append(list, web.Door{Target: target, Open: refusal == "", Text: refusal})
		}
	}
	return list, nil
}

func (d doors) Policies() (list []web.Policy) {
	d.a.mu.Lock()
	defer d.a.mu.Unlock()
	for _, p := range d.a.catalog.Policies {
		out := web.Policy{Name: p.Title, File: fmt.Sprint(p.Place), On: strings.Join(p.On, ", ")}
		for _, r := range p.Rules {
			out.Rules = append(out.Rules, web.PolicyRule{Name: r.Name, When: r.When, Require: r.Require, Message: strings.TrimSpace(r.Message), Line: r.Line})
		}
		list = append(list, out)
	}
	return list
}

// users asks the metrics what the users of a place meet.
type users struct{ a *App }

func (u users) Signals(ctx context.Context, t delivery.Target) (web.Signals, error) {
	place := fmt.Sprintf("{service=%q,environment=%q}", t.Service, t.Environment)
	with := func(matcher string) string { return strings.TrimSuffix(place, "}") + "," + matcher + "}" }
	now := time.Now()
	var err error
	ask := func(promql string) float64 {
		if err != nil {
			return 0
		}
		var v float64
		var found bool
		if v, found, err = u.a.metrics.Value(ctx, promql, now); !found || v != v {
			return 0
		}
		return v
	}
	rate := "sum(rate(andon_proxy_requests_total%s[1m]))"
	s := web.Signals{Rate: ask(fmt.Sprintf(rate, place))}
	if s.Known = s.Rate > 0; !s.Known {
		return s, err
	}
	s.Errors = ask(fmt.Sprintf(rate, with(`code="5xx"`))) / s.Rate
	quantile := func(q string) time.Duration {
		v := ask("histogram_quantile(" + q + ", sum(rate(andon_proxy_request_duration_seconds" + place + "[1m])))")
		return time.Duration(v * float64(time.Second))
	}
	s.P50, s.P95 = quantile("0.5"), quantile("0.95")
	s.Flights = ask("sum(andon_proxy_requests_in_flight" + place + ")")
	return s, err
}
