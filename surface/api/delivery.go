package api

import (
	"context"
	"net/http"

	"andon/flow/delivery"
)

// DeploymentView is a deployment and what the judge says of it.
type DeploymentView struct {
	delivery.Deployment
	Trial *Trial `json:"trial,omitempty"`
}

func (a *api) view(d delivery.Deployment) DeploymentView {
	v := DeploymentView{Deployment: d}
	if t, ok := a.Trials.Trial(d.ID); ok {
		v.Trial = &t
	}
	return v
}

func (a *api) delivery() {
	const tag = "delivery"
	operation(a, http.MethodGet, "/v1/releases", "list-releases", tag, "List releases, the newest first",
		func(ctx context.Context, in *struct {
			Limited
			Service string `query:"service"`
		}) (*list[delivery.Release], error) {
			l, err := a.Delivery.Releases(ctx, in.Service, in.Limit)
			return listOf(l), err
		})
	operation(a, http.MethodGet, "/v1/places", "list-places", tag, "List what runs where", func(ctx context.Context, _ *none) (*list[delivery.Place], error) {
		l, err := a.Delivery.Places(ctx)
		return listOf(l), err
	})
	operation(a, http.MethodGet, "/v1/deployments", "list-deployments", tag, "List deployments, the newest first",
		func(ctx context.Context, in *Limited) (*list[DeploymentView], error) {
			l, err := a.Delivery.Deployments(ctx, in.Limit)
			var views []DeploymentView
			for _, d := range l {
				views = append(views, a.view(d))
			}
			return listOf(views), err
		})
	operation(a, http.MethodGet, "/v1/deployments/{id}", "get-deployment", tag, "Show a deployment", func(ctx context.Context, in *ByID) (*body[DeploymentView], error) {
		d, err := a.Delivery.Deployment(ctx, in.ID)
		return &body[DeploymentView]{a.view(d)}, err
	})
	operation(a, http.MethodPost, "/v1/deployments", "deploy", tag, "Bring a release to an environment",
		func(ctx context.Context, in *struct {
			Body struct {
				Release     string `json:"release"`
				Environment string `json:"environment"`
				Override    bool   `json:"override,omitempty" doc:"Deploy it although it was rejected"`
			}
		}) (*body[DeploymentView], error) {
			d, err := a.Delivery.Deploy(ctx, in.Body.Release, in.Body.Environment, actor(ctx), in.Body.Override)
			return &body[DeploymentView]{a.view(d)}, err
		})
	steer := func(verb, summary string, do func(ctx context.Context, id string) (delivery.Deployment, error)) {
		operation(a, http.MethodPost, "/v1/deployments/{id}/"+verb, verb+"-deployment", tag, summary,
			func(ctx context.Context, in *ByID) (*body[DeploymentView], error) {
				d, err := do(ctx, in.ID)
				return &body[DeploymentView]{a.view(d)}, err
			})
	}
	steer("pause", "Keep an exposure where it is", func(ctx context.Context, id string) (delivery.Deployment, error) {
		return a.Delivery.Pause(ctx, id, actor(ctx))
	})
	steer("resume", "Let a paused exposure go on", func(ctx context.Context, id string) (delivery.Deployment, error) {
		return a.Delivery.Resume(ctx, id, actor(ctx))
	})
	operation(a, http.MethodPost, "/v1/deployments/{id}/promote", "promote-deployment", tag, "End the present pause, or show it to all users",
		func(ctx context.Context, in *struct {
			ByID
			Body struct {
				Full bool `json:"full,omitempty" doc:"Show it to all users at once"`
			}
		}) (*body[DeploymentView], error) {
			d, err := a.Delivery.Promote(ctx, in.ID, actor(ctx), in.Body.Full)
			return &body[DeploymentView]{a.view(d)}, err
		})
	operation(a, http.MethodPost, "/v1/deployments/{id}/abort", "abort-deployment", tag, "Take a deployment back",
		func(ctx context.Context, in *struct {
			ByID
			Body struct {
				Reason string `json:"reason,omitempty"`
			}
		}) (*body[DeploymentView], error) {
			why := in.Body.Reason
			if why == "" {
				why = "rolled back"
			}
			d, err := a.Delivery.Abort(ctx, in.ID, actor(ctx)+": "+why)
			return &body[DeploymentView]{a.view(d)}, err
		})
}
