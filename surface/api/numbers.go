package api

import (
	"context"
	"net/http"
	"time"

	"andon/flow/measure"
	"andon/flow/outlook"
	"andon/flow/source"
)

// OnLine names a line.
type OnLine struct {
	Line string `path:"line"`
}

// Within is the window of a question about the past.
type Within struct {
	Days int `query:"days" minimum:"1" maximum:"3660" default:"90" doc:"Days of the window"`
	At   Day `query:"at" doc:"The window's last day; today when not given. All numbers are as of its end"`
}

func (w Within) window(now time.Time) (measure.Window, error) {
	at := w.At.Time
	if at.IsZero() {
		at = now
	}
	window, err := measure.NewWindow(at, now, w.Days)
	if err != nil {
		p := problem(http.StatusUnprocessableEntity, err.Error())
		p.Field = "at"
		return window, p
	}
	return window, nil
}

// Asked is a question about what lies ahead; one of its fields is given.
type Asked struct {
	Until   Day    `json:"until,omitempty" doc:"How many cards will be done by this day?"`
	Items   int    `json:"items,omitempty" minimum:"0" doc:"When will so many cards be done?"`
	Epic    string `json:"epic,omitempty" doc:"When will the epic be done?"`
	Card    string `json:"card,omitempty" doc:"When will the card be done?"`
	History int    `json:"history,omitempty" minimum:"0" doc:"Days of history to draw from; 60 when not given"`
}

// Tried is a change to try on a copy of the line.
type Tried struct {
	WIP      map[string]int `json:"wip,omitempty" doc:"New limits by station; 0 takes a limit away"`
	Servers  map[string]int `json:"servers,omitempty" doc:"How many more, or fewer, can work at a station at once"`
	Hands    map[string]int `json:"hands,omitempty" doc:"How many can work at a station now, where the line does not declare it"`
	Arrivals float64        `json:"arrivals,omitempty" minimum:"0" doc:"Factor by which more work comes; 1 is as now"`
	Days     int            `json:"days,omitempty" minimum:"0" doc:"Simulated days; a year when not given"`
	History  int            `json:"history,omitempty" minimum:"0" doc:"Days of history to fit to; 180 when not given"`
	Seed     uint64         `json:"seed,omitempty" doc:"The same seed gives the same answer"`
}

// Untracked is work without a card within a window.
type Untracked struct {
	measure.Untracked
	source.Tied
}

// numbers are what is told of the past and of what lies ahead.
func (a *api) numbers() {
	const tag = "numbers"
	operation(a, http.MethodGet, "/v1/lines/{line}/flow", "get-flow", tag, "Tell how work flowed over a line",
		func(ctx context.Context, in *struct {
			OnLine
			Within
		}) (*body[measure.Flow], error) {
			w, err := in.window(a.Ledger.Now())
			if err != nil {
				return nil, err
			}
			f, err := a.Measure.Flow(ctx, in.Line, w)
			return &body[measure.Flow]{f}, err
		})
	operation(a, http.MethodGet, "/v1/lines/{line}/dora", "get-dora", tag, "Tell the five keys of delivery by a named profile, with the rows behind each",
		func(ctx context.Context, in *struct {
			OnLine
			Within
			Profile string `query:"profile" enum:"dora-2025,devlake-2023,gitlab" default:"dora-2025"`
		}) (*body[measure.DORA], error) {
			w, err := in.window(a.Ledger.Now())
			if err != nil {
				return nil, err
			}
			d, err := a.Measure.DORA(ctx, in.Line, in.Profile, w)
			return &body[measure.DORA]{d}, err
		})
	operation(a, http.MethodGet, "/v1/lines/{line}/bottleneck", "get-bottleneck", tag, "Tell where the line was held up, by the active periods of its stations",
		func(ctx context.Context, in *struct {
			OnLine
			Within
		}) (*body[measure.HeldUp], error) {
			w, err := in.window(a.Ledger.Now())
			if err != nil {
				return nil, err
			}
			h, err := a.Measure.HeldUp(ctx, in.Line, w)
			return &body[measure.HeldUp]{h}, err
		})
	operation(a, http.MethodGet, "/v1/untracked", "get-untracked", tag, "Tell what was worked on without a card: commits of the branch, and what forges told",
		func(ctx context.Context, in *Within) (*body[Untracked], error) {
			w, err := in.window(a.Ledger.Now())
			if err != nil {
				return nil, err
			}
			u, err := a.Measure.Untracked(ctx, w)
			if err != nil {
				return nil, err
			}
			told, err := a.Sources.All(ctx, source.Look{Untracked: true, From: w.From, To: w.To})
			return &body[Untracked]{Untracked{u, told}}, err
		})
	operation(a, http.MethodGet, "/v1/lines/{line}/cost", "get-cost", tag, "Tell what unfinished work costs, and what to begin first for its worth",
		func(ctx context.Context, in *OnLine) (*body[measure.Cost], error) {
			c, err := a.Measure.Cost(ctx, in.Line)
			return &body[measure.Cost]{c}, err
		})
	operation(a, http.MethodGet, "/v1/lines/{line}/ageing", "get-ageing", tag, "Tell how likely each open card is to be late",
		func(ctx context.Context, in *OnLine) (*body[outlook.Ageing], error) {
			g, err := a.Outlook.Ageing(ctx, in.Line)
			return &body[outlook.Ageing]{g}, err
		})
	operation(a, http.MethodPost, "/v1/lines/{line}/forecasts", "ask-forecast", tag, "Ask how many cards will be done, or when; the answer is kept and scored",
		func(ctx context.Context, in *struct {
			OnLine
			Body Asked
		}) (*body[outlook.Answer], error) {
			b := in.Body
			f, err := a.Outlook.Ask(ctx, outlook.Question{Line: in.Line, Until: b.Until.Time, Items: b.Items, Epic: b.Epic, Card: b.Card,
				History: b.History, By: actor(ctx)})
			return &body[outlook.Answer]{f}, err
		})
	operation(a, http.MethodGet, "/v1/lines/{line}/demand", "get-demand", tag, "Tell what the line still has to do for something, and its pace, for a forecast over several lines",
		func(ctx context.Context, in *struct {
			OnLine
			Items   int    `query:"items" minimum:"0"`
			Epic    string `query:"epic"`
			Card    string `query:"card"`
			History int    `query:"history" minimum:"0" doc:"Whole days to draw from; 60 when not given"`
		}) (*body[outlook.Demand], error) {
			d, err := a.Outlook.Demand(ctx, outlook.Question{Line: in.Line, Items: in.Items, Epic: in.Epic, Card: in.Card, History: in.History})
			return &body[outlook.Demand]{d}, err
		})
	operation(a, http.MethodPost, "/v1/lines/{line}/forecasts/joint", "ask-joint-forecast", tag, "Ask when this line and others are all done; nothing is kept",
		func(ctx context.Context, in *struct {
			OnLine
			Body struct {
				Items   int              `json:"items,omitempty" minimum:"0"`
				Epic    string           `json:"epic,omitempty"`
				Card    string           `json:"card,omitempty"`
				History int              `json:"history,omitempty" minimum:"0"`
				With    []outlook.Demand `json:"with" doc:"The other lines, as get-demand tells of them"`
			}
		}) (*body[outlook.Joint], error) {
			b := in.Body
			j, err := a.Outlook.Joint(ctx, outlook.Question{Line: in.Line, Items: b.Items, Epic: b.Epic, Card: b.Card, History: b.History}, b.With)
			return &body[outlook.Joint]{j}, err
		})
	operation(a, http.MethodGet, "/v1/lines/{line}/forecasts", "list-forecasts", tag, "Hold the kept forecasts against what happened",
		func(ctx context.Context, in *OnLine) (*body[outlook.Scored], error) {
			s, err := a.Outlook.Scores(ctx, in.Line)
			return &body[outlook.Scored]{s}, err
		})
	operation(a, http.MethodPost, "/v1/lines/{line}/simulations", "simulate", tag, "Try a change on a copy of the line; nothing is changed",
		func(ctx context.Context, in *struct {
			OnLine
			Body Tried
		}) (*body[outlook.Compared], error) {
			b := in.Body
			c, err := a.Outlook.WhatIf(ctx, outlook.WhatIf{Line: in.Line, WIP: b.WIP, Servers: b.Servers, Hands: b.Hands, Arrivals: b.Arrivals,
				Days: b.Days, History: b.History, Seed: b.Seed})
			return &body[outlook.Compared]{c}, err
		})
}
