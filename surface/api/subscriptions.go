package api

import (
	"context"
	"net/http"

	"andon/journal/subscription"
)

// Subscribed is a subscription with its new secret, which is told this once.
type Subscribed struct {
	subscription.Subscription
	Secret string `json:"secret" doc:"What receivers check signatures with (Standard Webhooks); it is told this once"`
}

// oneTime is an answer that nobody keeps, for what is in it is told once.
type oneTime struct {
	CacheControl string `header:"Cache-Control"`
	Body         Subscribed
}

// Subscribe is what a subscription is made from.
type Subscribe struct {
	URL    string   `json:"url" doc:"Where facts go, http or https"`
	Types  []string `json:"types,omitempty" doc:"Globs over event types, as in dev.cdevents.service.*; none is all"`
	Secret string   `json:"secret,omitempty" doc:"whsec_ and 24 to 64 bytes in base64; made when not given"`
	From   *int64   `json:"from,omitempty" minimum:"0" doc:"A position in the journal: facts after it are sent; the next fact when not given"`
}

func (a *api) subscriptions() {
	const tag = "journal"
	operation(a, http.MethodGet, "/v1/subscriptions", "list-subscriptions", tag, "List who is told of facts",
		func(ctx context.Context, _ *none) (*list[subscription.Subscription], error) {
			all, err := a.Subscriptions.List(ctx)
			return listOf(all), err
		})
	operation(a, http.MethodPost, "/v1/subscriptions", "subscribe", tag, "Have facts sent to an address, signed, in order, at least once",
		func(ctx context.Context, in *struct{ Body Subscribe }) (*oneTime, error) {
			b := in.Body
			s, secret, err := a.Subscriptions.Add(ctx, subscription.New{URL: b.URL, Types: b.Types, Secret: b.Secret, From: b.From})
			if err != nil {
				return nil, err
			}
			return &oneTime{noStore, Subscribed{s, secret.Reveal()}}, nil
		})
	operation(a, http.MethodPost, "/v1/subscriptions/{id}/rotate", "rotate-subscription", tag, "Change the secret; for a day messages carry both signatures",
		func(ctx context.Context, in *struct {
			ByID
			Body struct {
				Secret string `json:"secret,omitempty" doc:"whsec_ and 24 to 64 bytes in base64; made when not given"`
			}
		}) (*oneTime, error) {
			s, secret, err := a.Subscriptions.Rotate(ctx, in.ID, in.Body.Secret)
			if err != nil {
				return nil, err
			}
			return &oneTime{noStore, Subscribed{s, secret.Reveal()}}, nil
		})
	operation(a, http.MethodGet, "/v1/subscriptions/{id}", "get-subscription", tag, "Show a subscription",
		func(ctx context.Context, in *ByID) (*body[subscription.Subscription], error) {
			s, err := a.Subscriptions.Get(ctx, in.ID)
			return &body[subscription.Subscription]{s}, err
		})
	one := func(method, path, id, summary string, do func(context.Context, string) error) {
		operation(a, method, path, id, tag, summary, func(ctx context.Context, in *ByID) (*struct{}, error) { return nil, do(ctx, in.ID) })
	}
	one(http.MethodDelete, "/v1/subscriptions/{id}", "unsubscribe", "End a subscription", a.Subscriptions.Remove)
	one(http.MethodPost, "/v1/subscriptions/{id}/pause", "pause-subscription", "Send nothing until it is resumed; nothing is lost", a.Subscriptions.Pause)
	one(http.MethodPost, "/v1/subscriptions/{id}/resume", "resume-subscription", "Go on with the first fact that was not accepted", a.Subscriptions.Resume)
	one(http.MethodPost, "/v1/subscriptions/{id}/retry", "retry-subscription", "Try a failing receiver now", a.Subscriptions.Retry)
}
