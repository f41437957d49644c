package api

import (
	"context"
	"errors"
	"fmt"
	"net/http"

	"andon/flow/pipeline"
)

func (a *api) pipeline() {
	const tag = "pipeline"
	operation(a, http.MethodGet, "/v1/runs", "list-runs", tag, "List runs, the newest first",
		func(ctx context.Context, in *struct {
			Limited
			Commit string `query:"commit" doc:"Only runs of this commit"`
		}) (*list[pipeline.Run], error) {
			if in.Commit != "" {
				runs, err := a.Pipeline.RunsOf(ctx, in.Commit)
				return listOf(runs), err
			}
			runs, err := a.Pipeline.Runs(ctx, in.Limit)
			return listOf(runs), err
		})
	operation(a, http.MethodGet, "/v1/runs/{id}", "get-run", tag, "Show a run with its jobs, steps and artifacts",
		func(ctx context.Context, in *ByID) (*body[pipeline.Detail], error) {
			d, err := a.Pipeline.Run(ctx, in.ID)
			return &body[pipeline.Detail]{d}, err
		})
	operation(a, http.MethodPost, "/v1/runs", "start-run", tag, "Start a workflow by hand",
		func(ctx context.Context, in *struct {
			Body struct {
				Workflow string            `json:"workflow"`
				Commit   string            `json:"commit"`
				Inputs   map[string]string `json:"inputs,omitempty"`
			}
		}) (*body[pipeline.Run], error) {
			r, err := a.Pipeline.Start(ctx, pipeline.Start{Workflow: in.Body.Workflow, SHA: in.Body.Commit, Inputs: in.Body.Inputs, By: actor(ctx)})
			return &body[pipeline.Run]{r}, err
		})
	operation(a, http.MethodPost, "/v1/runs/{id}/cancel", "cancel-run", tag, "Ask a run to end", func(ctx context.Context, in *ByID) (*struct{}, error) {
		return nil, a.Pipeline.Cancel(ctx, in.ID, actor(ctx))
	})
	operation(a, http.MethodPost, "/v1/runs/{id}/rerun", "rerun", tag, "Run the same again", func(ctx context.Context, in *ByID) (*body[pipeline.Run], error) {
		r, err := a.Pipeline.Rerun(ctx, in.ID, actor(ctx))
		return &body[pipeline.Run]{r}, err
	})
}

// runLog writes a run's log as text, and goes on until the run ends when
// follow is asked for.
func (a *api) runLog(w http.ResponseWriter, r *http.Request) {
	q := r.URL.Query()
	follow, err := yes(q, "follow")
	if err = errors.Join(known(q, "job", "follow"), err); err != nil {
		writeProblem(w, problem(http.StatusUnprocessableEntity, err.Error()))
		return
	}
	out := newPrompt(w, http.NewResponseController(w).Flush)
	defer out.stop()
	began := false
	start := func() {
		if !began {
			began = true
			w.Header().Set("Content-Type", "text/plain; charset=utf-8")
			w.Header().Set("X-Content-Type-Options", "nosniff")
			w.WriteHeader(http.StatusOK)
		}
	}
	last := ""
	err = a.Pipeline.Follow(r.Context(), r.PathValue("id"), q.Get("job"), follow, func(p pipeline.Printed) error {
		start()
		if head := fmt.Sprintf("%s: %s", p.Job, p.Step.Name); head != last {
			last = head
			if _, err := fmt.Fprintf(out, "── %s\n", head); err != nil {
				return err
			}
		}
		_, err := fmt.Fprintf(out, "%s %s\n", p.Line.At.Format("15:04:05.000"), p.Line.Text)
		return err
	})
	if err != nil && !began {
		writeProblem(w, problemOf(err))
		return
	}
	start()
}
