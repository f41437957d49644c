package api

import (
	"context"
	"net/http"

	"andon/flow/floor"
)

// FloorView is a line with its cards at one position of the journal.
type FloorView struct {
	Line  floor.Line   `json:"line"`
	Cards []floor.Card `json:"cards" doc:"By urgency within their stations; the newest of the finished ones"`
	Head  int64        `json:"head" doc:"The journal's position that this shows"`
	// Risks are by key, as far as the history tells them.
	Risks map[string]float64 `json:"risks,omitempty" doc:"The chance, from 0 to 1, that a card in progress misses the line's expectation"`
}

// Permission says whether something may be done, and what refuses it.
type Permission struct {
	Allowed bool           `json:"allowed"`
	Refusal *floor.Refusal `json:"refusal,omitempty"`
}

// ByKey names a card.
type ByKey struct {
	Key string `path:"key" doc:"Key of the card, as in SHOP-7"`
}

// AtStation names a station of a line.
type AtStation struct {
	Line    string `path:"line"`
	Station string `path:"station"`
}

func (a *api) floor() {
	const tag = "floor"
	operation(a, http.MethodGet, "/v1/lines", "list-lines", tag, "List lines", func(ctx context.Context, _ *none) (*list[floor.Line], error) {
		lines, err := a.Floor.Lines(ctx)
		return listOf(lines), err
	})
	operation(a, http.MethodGet, "/v1/lines/{line}", "get-floor", tag, "Show a line with its cards",
		func(ctx context.Context, in *struct {
			Line string `path:"line"`
		}) (*body[FloorView], error) {
			f, err := a.Floor.Floor(ctx, in.Line)
			if err != nil {
				return nil, err
			}
			ageing, err := a.Outlook.Ageing(ctx, f.Line.Name)
			v := FloorView{Line: f.Line, Cards: f.Cards, Head: f.Head, Risks: map[string]float64{}}
			for _, r := range ageing.Risks() {
				v.Risks[r.Card] = r.P
			}
			return &body[FloorView]{v}, err
		})
	operation(a, http.MethodPost, "/v1/cards", "create-card", tag, "Add a card to the end of its line's queue",
		func(ctx context.Context, in *struct {
			Body struct {
				Line     string   `json:"line"`
				Title    string   `json:"title" pattern:"\\S" patternDescription:"some text"`
				Note     string   `json:"note,omitempty"`
				Kind     string   `json:"kind,omitempty" enum:"business,internal,change,unplanned"`
				Class    string   `json:"class,omitempty" enum:"expedite,fixed-date,standard,intangible"`
				Estimate float64  `json:"estimate,omitempty" minimum:"0" doc:"Days of work"`
				Owner    string   `json:"owner,omitempty"`
				Epic     string   `json:"epic,omitempty" doc:"Name of the epic that it is a part of"`
				Labels   []string `json:"labels,omitempty"`
				Due      Day      `json:"due,omitempty"`
				Delay    float64  `json:"cost_of_delay,omitempty" minimum:"0" doc:"What a day's delay costs, in the line's currency"`
			}
		}) (*body[floor.Card], error) {
			b := in.Body
			c, err := a.Floor.Create(ctx, floor.NewCard{Line: b.Line, Title: b.Title, Note: b.Note, Kind: floor.Kind(b.Kind),
				Class: floor.Class(b.Class), Estimate: b.Estimate, Owner: b.Owner, Epic: b.Epic, Labels: b.Labels, DueAt: b.Due.Time, CostOfDelay: b.Delay})
			return &body[floor.Card]{c}, err
		})
	operation(a, http.MethodGet, "/v1/cards/{key}", "get-card", tag, "Show a card", func(ctx context.Context, in *ByKey) (*body[floor.Card], error) {
		c, err := a.Floor.Card(ctx, in.Key)
		return &body[floor.Card]{c}, err
	})
	operation(a, http.MethodPatch, "/v1/cards/{key}", "edit-card", tag, "Change what a card says",
		func(ctx context.Context, in *struct {
			ByKey
			Body CardEdit
		}) (*body[floor.Card], error) {
			c, err := a.Floor.Edit(ctx, in.Key, in.Body.edit())
			return &body[floor.Card]{c}, err
		})
	operation(a, http.MethodPost, "/v1/pull", "pull", tag, "Pull a card into work, under the limits",
		func(ctx context.Context, in *struct {
			Body struct {
				Line string `json:"line,omitempty" doc:"Needed when no card is named"`
				Card string `json:"card,omitempty" doc:"Empty: the most urgent"`
				To   string `json:"to,omitempty" doc:"Station; empty: the first that people work at"`
			}
		}) (*body[floor.Card], error) {
			c, err := a.Floor.Pull(ctx, floor.Pull{Line: in.Body.Line, Card: in.Body.Card, To: in.Body.To, By: actor(ctx)})
			return &body[floor.Card]{c}, err
		})
	operation(a, http.MethodPost, "/v1/cards/{key}/move", "move-card", tag, "Put a card into a station, in either direction",
		func(ctx context.Context, in *struct {
			ByKey
			Body struct {
				To     string `json:"to"`
				Before string `json:"before,omitempty" doc:"The card to stand in front of"`
				Rev    int64  `json:"rev,omitempty"`
			}
		}) (*body[floor.Card], error) {
			c, err := a.Floor.Move(ctx, floor.Move{Card: in.Key, To: in.Body.To, Before: in.Body.Before, Rev: in.Body.Rev, By: actor(ctx)})
			return &body[floor.Card]{c}, err
		})
	operation(a, http.MethodGet, "/v1/cards/{key}/move", "explain-move", tag, "Say whether a card may move into a station, and why not; nothing is changed",
		func(ctx context.Context, in *struct {
			ByKey
			To string `query:"to" required:"true" doc:"Station"`
		}) (*body[Permission], error) {
			r, err := a.Floor.Explain(ctx, in.Key, in.To)
			return &body[Permission]{Permission{r == nil, r}}, err
		})
	operation(a, http.MethodPost, "/v1/cards/{key}/block", "block-card", tag, "Say that a card cannot go on, and why",
		func(ctx context.Context, in *struct {
			ByKey
			Body struct {
				Reason string `json:"reason" pattern:"\\S" patternDescription:"some text"`
			}
		}) (*body[floor.Card], error) {
			c, err := a.Floor.Block(ctx, in.Key, in.Body.Reason, actor(ctx))
			return &body[floor.Card]{c}, err
		})
	operation(a, http.MethodPost, "/v1/cards/{key}/unblock", "unblock-card", tag, "Let a card go on",
		func(ctx context.Context, in *ByKey) (*body[floor.Card], error) {
			c, err := a.Floor.Unblock(ctx, in.Key)
			return &body[floor.Card]{c}, err
		})
	operation(a, http.MethodPost, "/v1/cards/{key}/help", "help-card", tag, "Add a person to a card",
		func(ctx context.Context, in *struct {
			ByKey
			Body struct {
				Person string `json:"person,omitempty" doc:"Empty: whoever asks"`
			}
		}) (*body[floor.Card], error) {
			person := in.Body.Person
			if person == "" {
				person = actor(ctx)
			}
			c, err := a.Floor.Help(ctx, in.Key, person)
			return &body[floor.Card]{c}, err
		})
	operation(a, http.MethodDelete, "/v1/cards/{key}/helpers/{person}", "leave-card", tag, "Take a helper off a card",
		func(ctx context.Context, in *struct {
			ByKey
			Person string `path:"person"`
		}) (*body[floor.Card], error) {
			c, err := a.Floor.Leave(ctx, in.Key, in.Person)
			return &body[floor.Card]{c}, err
		})
	a.cards()
	operation(a, http.MethodPost, "/v1/lines/{line}/stations/{station}/cord", "pull-cord", tag, "Stop everything from entering a station",
		func(ctx context.Context, in *struct {
			AtStation
			Body struct {
				Reason string `json:"reason" pattern:"\\S" patternDescription:"some text"`
			}
		}) (*struct{}, error) {
			return nil, a.Floor.PullCord(ctx, in.Line, in.Station, in.Body.Reason, actor(ctx))
		})
	operation(a, http.MethodDelete, "/v1/lines/{line}/stations/{station}/cord", "release-cord", tag, "Let cards enter a station again",
		func(ctx context.Context, in *AtStation) (*struct{}, error) {
			return nil, a.Floor.ReleaseCord(ctx, in.Line, in.Station, actor(ctx))
		})
}
