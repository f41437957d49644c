package api

import (
	"context"
	"net/http"
	"time"

	"andon/feedback/incident"
	"andon/journal"
	"andon/learning/postmortem"
)

// Entry is one line of a timeline.
type Entry struct {
	Seq   int64     `json:"seq"`
	At    time.Time `json:"at"`
	Type  string    `json:"type"`
	Actor string    `json:"actor"`
	Text  string    `json:"text" pattern:"\\S" patternDescription:"some text"`
}

// IncidentView is an incident and its timeline.
type IncidentView struct {
	incident.Incident
	Timeline []Entry `json:"timeline"`
}

func entries(facts []journal.Fact) []Entry {
	list := []Entry{}
	for _, f := range facts {
		list = append(list, Entry{f.Seq, f.At, string(f.Type), f.Actor, f.Text})
	}
	return list
}

func (a *api) incidents() {
	const tag = "incidents"
	operation(a, http.MethodGet, "/v1/incidents", "list-incidents", tag, "List incidents, the open ones first",
		func(ctx context.Context, in *Limited) (*list[incident.Incident], error) {
			l, err := a.Incidents.List(ctx, in.Limit)
			return listOf(l), err
		})
	operation(a, http.MethodGet, "/v1/incidents/{id}", "get-incident", tag, "Show an incident with its timeline",
		func(ctx context.Context, in *ByID) (*body[IncidentView], error) {
			i, err := a.Incidents.Get(ctx, in.ID)
			if err != nil {
				return nil, err
			}
			facts, err := a.Incidents.Timeline(ctx, in.ID)
			return &body[IncidentView]{IncidentView{i, entries(facts)}}, err
		})
	operation(a, http.MethodPost, "/v1/incidents", "open-incident", tag, "Open an incident",
		func(ctx context.Context, in *struct {
			Body struct {
				Title       string `json:"title" pattern:"\\S" patternDescription:"some text"`
				Service     string `json:"service"`
				Environment string `json:"environment,omitempty"`
				Severity    string `json:"severity,omitempty" enum:"critical,major,minor"`
			}
		}) (*body[incident.Incident], error) {
			b := in.Body
			i, err := a.Incidents.Open(ctx, incident.New{Title: b.Title, Service: b.Service, Environment: b.Environment, Severity: b.Severity, By: actor(ctx)})
			return &body[incident.Incident]{i}, err
		})
	operation(a, http.MethodPost, "/v1/incidents/{id}/acknowledge", "acknowledge-incident", tag, "Say that you look after it",
		func(ctx context.Context, in *ByID) (*body[incident.Incident], error) {
			i, err := a.Incidents.Acknowledge(ctx, in.ID, actor(ctx))
			return &body[incident.Incident]{i}, err
		})
	operation(a, http.MethodPost, "/v1/incidents/{id}/resolve", "resolve-incident", tag, "End an incident; its postmortem is drafted",
		func(ctx context.Context, in *struct {
			ByID
			Body struct {
				Note string `json:"note,omitempty" doc:"How it was resolved"`
			}
		}) (*body[incident.Incident], error) {
			i, err := a.Incidents.Resolve(ctx, in.ID, actor(ctx), in.Body.Note)
			return &body[incident.Incident]{i}, err
		})
	operation(a, http.MethodPost, "/v1/incidents/{id}/notes", "note-incident", tag, "Add a remark to the timeline",
		func(ctx context.Context, in *struct {
			ByID
			Body struct {
				Text string `json:"text" pattern:"\\S" patternDescription:"some text"`
			}
		}) (*struct{}, error) {
			return nil, a.Incidents.Note(ctx, in.ID, actor(ctx), in.Body.Text)
		})
}

func (a *api) postmortems() {
	const tag = "postmortems"
	operation(a, http.MethodGet, "/v1/postmortems", "list-postmortems", tag, "List postmortems, the newest first",
		func(ctx context.Context, in *Limited) (*list[postmortem.Postmortem], error) {
			l, err := a.Postmortems.List(ctx, in.Limit)
			return listOf(l), err
		})
	operation(a, http.MethodGet, "/v1/postmortems/{id}", "get-postmortem", tag, "Show a postmortem, by its id or its incident's",
		func(ctx context.Context, in *ByID) (*body[postmortem.Postmortem], error) {
			p, err := a.Postmortems.Get(ctx, in.ID)
			return &body[postmortem.Postmortem]{p}, err
		})
	operation(a, http.MethodPut, "/v1/postmortems/{id}/text", "edit-postmortem", tag, "Replace the text",
		func(ctx context.Context, in *struct {
			ByID
			Body struct {
				Text string `json:"text" pattern:"\\S" patternDescription:"some text" doc:"Markdown"`
				Rev  int64  `json:"rev" doc:"The revision you began with"`
			}
		}) (*body[postmortem.Postmortem], error) {
			p, err := a.Postmortems.Edit(ctx, in.ID, in.Body.Text, actor(ctx), in.Body.Rev)
			return &body[postmortem.Postmortem]{p}, err
		})
	operation(a, http.MethodPost, "/v1/postmortems/{id}/actions", "add-action", tag, "Decide on an action; it becomes a card",
		func(ctx context.Context, in *struct {
			ByID
			Body struct {
				Text  string `json:"text" pattern:"\\S" patternDescription:"some text"`
				Owner string `json:"owner,omitempty"`
			}
		}) (*body[postmortem.Postmortem], error) {
			p, err := a.Postmortems.AddAction(ctx, in.ID, in.Body.Text, in.Body.Owner, actor(ctx))
			return &body[postmortem.Postmortem]{p}, err
		})
}

func (a *api) feedback() {
	operation(a, http.MethodGet, "/v1/objectives", "list-objectives", "feedback", "List objectives and what is left of their budgets",
		func(ctx context.Context, _ *none) (*list[Objective], error) {
			l, err := a.Objectives.Objectives(ctx)
			return listOf(l), err
		})
	operation(a, http.MethodGet, "/v1/status", "get-status", "status", "Say what this Andon is", func(context.Context, *none) (*body[Status], error) {
		return &body[Status]{a.Status()}, nil
	})
}
