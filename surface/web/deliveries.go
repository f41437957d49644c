package web

import (
	"context"
	"fmt"
	"math"
	"net/http"
	"strings"
	"time"

	"andon/exposure"
	"andon/feedback/judge"
	"andon/flow/delivery"
	"andon/flow/pipeline"
	"andon/journal"
	"andon/surface/web/chart"
)

// deliveriesView is what runs where, what is on its way, and what was.
type deliveriesView struct {
	Services    []serviceView
	Run         *runView // the newest run, nil before the first
	Runs        []pipeline.Run
	Deployments []delivery.Deployment
	Releases    []delivery.Release
	Now         time.Time
}

type serviceView struct {
	Name   string
	Places []placeView
}

type placeView struct {
	delivery.Place
	Signals Signals
	Exposed *exposedView // the deployment under way, nil for none
}

// ready counts the instances of stable that take traffic.
func (p placeView) ready() string {
	ready, all := 0, 0
	for _, i := range p.Instances {
		if i.Release == p.Stable.ID {
			all++
			if i.Ready {
				ready++
			}
		}
	}
	return fmt.Sprintf("%d of %d ready", ready, all)
}

// exposedView is a deployment and what the judge says of it.
type exposedView struct {
	delivery.Deployment
	Judged  bool
	Verdict judge.Verdict
	Chart   string
	Now     time.Time
}

// steps tells the plan in words, with the present one marked.
func (e exposedView) steps() (list []stepView) {
	for i, st := range e.Place.Exposure.Steps {
		state := "todo"
		switch {
		case i < e.Exposure.Step || e.State == delivery.Finishing || e.State == delivery.Succeeded:
			state = "done"
		case i == e.Exposure.Step && e.State == delivery.Exposing:
			state = "now"
		}
		list = append(list, stepView{stepWord(st), state})
	}
	return list
}

type stepView struct{ Word, State string }

func stepWord(st exposure.Step) string {
	switch {
	case st.SetWeight != nil:
		return fmt.Sprintf("%d %%", *st.SetWeight)
	case st.Analysis:
		return "analysis"
	case st.Pause != nil && st.Pause.Duration > 0:
		return "pause " + st.Pause.Duration.String()
	}
	return "pause until promoted"
}

func (s *site) deliveriesPage(r *http.Request) (page, error) {
	v, err := s.deliveriesView(r.Context())
	if err != nil {
		return page{}, err
	}
	p := page{Title: "Deliveries", Place: "/deliveries", Body: deliveriesBody(v)}
	if v.Run != nil && v.Run.State == pipeline.Running {
		p.Every = time.Second
	}
	for _, service := range v.Services {
		for _, place := range service.Places {
			if place.Exposed != nil {
				p.Every = time.Second
			}
		}
	}
	return p, nil
}

func (s *site) deliveriesView(ctx context.Context) (v deliveriesView, err error) {
	const most = 12
	v.Now = s.Ledger.Now()
	places, err := s.Delivery.Places(ctx)
	if err != nil {
		return v, err
	}
	for _, p := range places {
		pv := placeView{Place: p}
		if pv.Signals, err = s.Traffic.Signals(ctx, p.Target); err != nil {
			return v, err
		}
		if p.Active != nil {
			pv.Exposed = s.exposed(*p.Active)
		}
		if n := len(v.Services); n == 0 || v.Services[n-1].Name != p.Target.Service {
			v.Services = append(v.Services, serviceView{Name: p.Target.Service})
		}
		last := &v.Services[len(v.Services)-1]
		last.Places = append(last.Places, pv)
	}
	if v.Runs, err = s.Pipeline.Runs(ctx, most); err != nil {
		return v, err
	}
	if len(v.Runs) > 0 {
		d, err := s.Pipeline.Run(ctx, v.Runs[0].ID)
		if err != nil {
			return v, err
		}
		run := s.runView(d, "")
		v.Run = &run
	}
	if v.Deployments, err = s.Delivery.Deployments(ctx, most); err != nil {
		return v, err
	}
	v.Releases, err = s.Delivery.Releases(ctx, "", most)
	return v, err
}

func (s *site) exposed(d delivery.Deployment) *exposedView {
	e := &exposedView{Deployment: d, Now: s.Ledger.Now()}
	points := s.Trials.History(d.ID)
	if len(points) == 0 {
		return e
	}
	e.Judged, e.Verdict = true, points[len(points)-1].Verdict
	var moments []chart.Moment
	for _, p := range points {
		moments = append(moments, chart.Moment{At: p.Verdict.At, Canary: shareOf(p.Verdict.CanaryHurt, p.Verdict.CanaryUsers),
			Stable: shareOf(p.Verdict.StableHurt, p.Verdict.StableUsers)})
	}
	e.Chart = chart.Canary(moments)
	return e
}

func shareOf(hurt, all int64) float64 {
	if all == 0 {
		return math.NaN()
	}
	return float64(hurt) / float64(all)
}

// deploymentMark is the light of a deployment.
func deploymentMark(d delivery.Deployment) mark {
	word := strings.ToUpper(string(d.State[:1])) + string(d.State[1:])
	switch d.State {
	case delivery.Succeeded:
		return mark{"ok", word, d.Reason}
	case delivery.RolledBack:
		return mark{"bad", "Rolled back", d.Reason}
	case delivery.Failed, delivery.Aborting:
		return mark{"bad", word, d.Reason}
	case delivery.Held:
		return mark{"warn", word, d.Reason}
	case delivery.Exposing:
		if d.Exposure.PausedByHand {
			return mark{"warn", fmt.Sprintf("Held at %d %%", d.Exposure.Weight), "paused by hand"}
		}
		return mark{"info", fmt.Sprintf("Exposing %d %%", d.Exposure.Weight), d.Reason}
	case delivery.Superseded, delivery.Queued:
		return mark{"idle", word, d.Reason}
	}
	return mark{"info", word, d.Reason}
}

func verdictMark(v judge.Verdict) mark {
	switch v.Ruling {
	case exposure.Bad:
		return mark{"bad", "Worse", v.Text}
	case exposure.Good:
		return mark{"ok", "As good", v.Text}
	}
	return mark{"info", "Not yet known", v.Text}
}

// deploymentView is one deployment with all that happened to it.
type deploymentView struct {
	exposedView
	Release delivery.Release
	Facts   []journal.Fact // oldest first
}

func (s *site) deploymentPage(r *http.Request) (page, error) {
	ctx := r.Context()
	d, err := s.Delivery.Deployment(ctx, r.PathValue("id"))
	if err != nil {
		return page{}, err
	}
	v := deploymentView{exposedView: *s.exposed(d)}
	if v.Release, err = s.Delivery.Release(ctx, d.Release); err != nil {
		return page{}, err
	}
	v.Facts, err = s.Ledger.Facts(ctx, journal.Query{About: []journal.Ref{{Kind: journal.Deployment, ID: d.ID}}, Limit: 300, Linked: true})
	p := page{Title: d.ID, Place: "/deliveries", Head: deploymentHead(v), Body: deploymentBody(v)}
	if !d.State.Over() {
		p.Every = time.Second
	}
	return p, err
}
