package web

import (
	"cmp"
	"net/http"
	"net/url"
	"time"

	"andon/flow/pipeline"
	"andon/surface/web/chart"
)

// runView is one run with its graph and the log of one job.
type runView struct {
	pipeline.Detail
	Job   string // whose log is shown; empty is all
	Graph string
	Now   time.Time
}

func (v runView) logAddress() string {
	q := url.Values{}
	if v.Job != "" {
		q.Set("job", v.Job)
	}
	if v.State != pipeline.Ended {
		q.Set("follow", "true")
	}
	return "/v1/runs/" + url.PathEscape(v.ID) + "/log?" + q.Encode()
}

// refused says that the run never began because of what its file holds.
func (v runView) refused() bool { return v.State == pipeline.Ended && v.StartedAt.IsZero() }

func (s *site) runPage(r *http.Request) (page, error) {
	d, err := s.Pipeline.Run(r.Context(), r.PathValue("id"))
	if err != nil {
		return page{}, err
	}
	v := s.runView(d, r.URL.Query().Get("job"))
	p := page{Title: d.ID + " " + d.Name, Place: "/deliveries", Head: runHead(v), Body: runBody(v)}
	if d.State == pipeline.Running {
		p.Every = time.Second
	}
	return p, nil
}

func (s *site) runView(d pipeline.Detail, job string) runView {
	v := runView{Detail: d, Job: job, Now: s.Ledger.Now()}
	var nodes []chart.Node
	for _, j := range d.Jobs {
		nodes = append(nodes, chart.Node{ID: j.ID, Name: cmp.Or(j.Name, j.ID), Needs: j.Needs, Status: j.Status(), Took: took(j.StartedAt, j.EndedAt, v.Now),
			Href: href("run", d.ID) + "?job=" + url.QueryEscape(j.ID), Chosen: j.ID == job})
	}
	if len(nodes) > 0 {
		v.Graph = chart.Graph(nodes)
	}
	return v
}

// runMark is the light of a run's, job's or step's status.
func runMark(status string) mark {
	switch status {
	case "success":
		return mark{"ok", "Green", ""}
	case "failure":
		return mark{"bad", "Red", ""}
	case "cancelled":
		return mark{"warn", "Cancelled", ""}
	case "skipped":
		return mark{"idle", "Skipped", ""}
	case "running":
		return mark{"info", "Running", ""}
	case "queued":
		return mark{"idle", "Queued", ""}
	}
	return mark{"idle", "Waiting", ""}
}
