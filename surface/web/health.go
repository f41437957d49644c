package web

import (
	"context"
	"net/http"
	"time"

	"andon/feedback/objective"
	"andon/flow/delivery"
	"andon/surface/web/chart"
)

// healthView is what users meet and what is left of the promises to them.
type healthView struct {
	Objectives []objectiveView
	Places     []healthPlace
	Policies   []Policy
	Now        time.Time
}

type objectiveView struct {
	objective.Status
	Spark string
}

type healthPlace struct {
	Target  delivery.Target
	Signals Signals
	Door    Door
}

func (s *site) healthPage(r *http.Request) (page, error) {
	v, err := s.healthView(r.Context())
	return page{Title: "Health", Place: "/health", Body: healthBody(v), Every: 2 * time.Second}, err
}

func (s *site) healthView(ctx context.Context) (healthView, error) {
	v := healthView{Now: s.Ledger.Now(), Policies: s.Gate.Policies()}
	for _, o := range s.Objectives.All() {
		v.Objectives = append(v.Objectives, objectiveView{o, spark(s.Objectives.History(o.Objective.Name, time.Hour))})
	}
	doors, err := s.Gate.Doors(ctx)
	if err != nil {
		return v, err
	}
	for _, d := range doors {
		signals, err := s.Traffic.Signals(ctx, d.Target)
		if err != nil {
			return v, err
		}
		v.Places = append(v.Places, healthPlace{d.Target, signals, d})
	}
	return v, nil
}

func spark(points []objective.Point) string {
	var levels []chart.Level
	for _, p := range points {
		levels = append(levels, chart.Level{At: p.At, Value: p.Remaining})
	}
	return chart.Spark(levels, "Budget left over the last hour")
}

func budgetMark(o objective.Status) mark {
	switch {
	case !o.Known:
		return mark{"idle", "No data", o.Text}
	case o.Remaining <= 0:
		return mark{"bad", "Budget spent", o.Text}
	case o.BurnRate1h > 1 && o.BurnRate5m > 1:
		return mark{"warn", "Burning", o.Text}
	}
	return mark{"ok", "Within budget", o.Text}
}
