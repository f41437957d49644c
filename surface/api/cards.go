package api

import (
	"context"
	"fmt"
	"net/http"
	"strings"
	"time"

	"github.com/danielgtaylor/huma/v2"

	"andon/flow/floor"
	"andon/flow/source"
)

// Day is a day of the calendar; the empty text is none.
type Day struct{ Time time.Time }

// UnmarshalText reads year-month-day.
func (d *Day) UnmarshalText(text []byte) (err error) {
	if d.Time = (time.Time{}); len(text) == 0 {
		return nil
	}
	if d.Time, err = time.Parse(time.DateOnly, string(text)); err != nil {
		return fmt.Errorf("%q is not a day; write year-month-day, as in 2030-01-31", text)
	}
	return nil
}

// MarshalText writes year-month-day.
func (d Day) MarshalText() ([]byte, error) {
	if d.Time.IsZero() {
		return nil, nil
	}
	return []byte(d.Time.Format(time.DateOnly)), nil
}

// Schema tells OpenAPI that a day is a text.
func (Day) Schema(huma.Registry) *huma.Schema {
	return &huma.Schema{Type: "string", Pattern: `^(\d{4}-\d{2}-\d{2})?$`, PatternDescription: "a day as year-month-day, or nothing",
		Examples: []any{"2030-01-31"}}
}

var _ huma.SchemaProvider = Day{}

// CardEdit changes what a card says; what is not given stays.
type CardEdit struct {
	Title    *string      `json:"title,omitempty" pattern:"\\S" patternDescription:"some text"`
	Note     *string      `json:"note,omitempty"`
	Kind     *floor.Kind  `json:"kind,omitempty"`
	Class    *floor.Class `json:"class,omitempty"`
	Estimate *float64     `json:"estimate,omitempty" doc:"Days of work"`
	Owner    *string      `json:"owner,omitempty"`
	Epic     *string      `json:"epic,omitempty" doc:"Name of the epic that it is a part of"`
	Labels   *[]string    `json:"labels,omitempty" doc:"All of them"`
	Add      []string     `json:"add_labels,omitempty" doc:"Labels to put on"`
	Drop     []string     `json:"remove_labels,omitempty" doc:"Labels to take off"`
	Due      *Day         `json:"due,omitempty" doc:"Empty takes the day away"`
	Delay    *float64     `json:"cost_of_delay,omitempty" doc:"What a day's delay costs, in the line's currency"`
	Rev      int64        `json:"rev,omitempty" doc:"The revision you saw; refused when it has changed"`
}

func (e CardEdit) edit() floor.Edit {
	out := floor.Edit{Title: e.Title, Note: e.Note, Kind: e.Kind, Class: e.Class, Estimate: e.Estimate, Owner: e.Owner,
		Epic: e.Epic, Labels: e.Labels, AddLabels: e.Add, DropLabels: e.Drop, CostOfDelay: e.Delay, Rev: e.Rev}
	if e.Due != nil {
		out.DueAt = &e.Due.Time
	}
	return out
}

// BulkEdit is one thing to do to several cards.
type BulkEdit struct {
	Cards    []string  `json:"cards" minItems:"1" maxItems:"500" doc:"Keys"`
	Move     string    `json:"move,omitempty" doc:"Station"`
	Block    string    `json:"block,omitempty" doc:"Reason"`
	Unblock  bool      `json:"unblock,omitempty"`
	Finish   bool      `json:"finish,omitempty"`
	Discard  string    `json:"discard,omitempty" doc:"Reason"`
	Schedule *Day      `json:"schedule,omitempty" doc:"The day to begin; empty takes it back"`
	Edit     *CardEdit `json:"edit,omitempty"`
}

func (b BulkEdit) bulk() floor.Bulk {
	out := floor.Bulk{Move: b.Move, Block: b.Block, Unblock: b.Unblock, Finish: b.Finish, Discard: b.Discard}
	if b.Schedule != nil {
		out.Schedule = &b.Schedule.Time
	}
	if b.Edit != nil {
		e := b.Edit.edit()
		out.Edit = &e
	}
	return out
}

// because is a body that says why.
type because struct {
	ByKey
	Body struct {
		Reason string `json:"reason" pattern:"\\S" patternDescription:"some text"`
	}
}

// cards are what may be done to cards besides moving and blocking them.
func (a *api) cards() {
	const tag = "floor"
	one := func(method, path, id, summary string, do func(context.Context, string) (floor.Card, error)) {
		operation(a, method, path, id, tag, summary, func(ctx context.Context, in *ByKey) (*body[floor.Card], error) {
			c, err := do(ctx, in.Key)
			return &body[floor.Card]{c}, err
		})
	}
	why := func(path, id, summary string, do func(ctx context.Context, key, reason, by string) (floor.Card, error)) {
		operation(a, http.MethodPost, path, id, tag, summary, func(ctx context.Context, in *because) (*body[floor.Card], error) {
			c, err := do(ctx, in.Key, strings.TrimSpace(in.Body.Reason), actor(ctx))
			return &body[floor.Card]{c}, err
		})
	}
	one(http.MethodPost, "/v1/cards/{key}/finish", "finish-card", "Say that the work on a card in its station is finished",
		func(ctx context.Context, key string) (floor.Card, error) { return a.Floor.Finish(ctx, key, actor(ctx)) })
	one(http.MethodDelete, "/v1/cards/{key}/finish", "resume-card", "Say that there is more to do on a card in its station",
		func(ctx context.Context, key string) (floor.Card, error) { return a.Floor.Resume(ctx, key, actor(ctx)) })
	why("/v1/cards/{key}/discard", "discard-card", "Take a card off the line undone", a.Floor.Discard)
	why("/v1/cards/{key}/accept", "accept-card", "Answer a lit andon with the reason why the card may be late", a.Floor.Accept)
	operation(a, http.MethodPost, "/v1/cards/{key}/comments", "comment-card", tag, "Say something about a card; it stands in its history",
		func(ctx context.Context, in *struct {
			ByKey
			Body struct {
				Text string `json:"text" pattern:"\\S" patternDescription:"some text" maxLength:"20000" doc:"Markdown"`
			}
		}) (*body[floor.Card], error) {
			c, err := a.Floor.Comment(ctx, in.Key, in.Body.Text, actor(ctx))
			return &body[floor.Card]{c}, err
		})
	operation(a, http.MethodGet, "/v1/cards/{key}/forge", "card-on-forges", tag, "List what forges told of a card's work, the last changed first",
		func(ctx context.Context, in *struct {
			ByKey
			Limited
		}) (*body[source.Tied], error) {
			if _, err := a.Floor.Card(ctx, in.Key); err != nil {
				return nil, err
			}
			t, err := a.Sources.OfCard(ctx, in.Key, in.Limit)
			return &body[source.Tied]{t}, err
		})
	operation(a, http.MethodPost, "/v1/cards/adopt", "adopt", tag, "Make a card of an issue or a pull request that has none",
		func(ctx context.Context, in *struct {
			Body struct {
				Of   string `json:"of" example:"github:acme/shop#12" doc:"The issue or pull request; gitlab:acme/shop!12 is a merge request"`
				Line string `json:"line" pattern:"\\S" patternDescription:"the name of a line"`
			}
		}) (*body[floor.Card], error) {
			key, err := a.Sources.Adopt(ctx, in.Body.Of, in.Body.Line)
			if err != nil {
				return nil, err
			}
			c, err := a.Floor.Card(ctx, key)
			return &body[floor.Card]{c}, err
		})
	operation(a, http.MethodPost, "/v1/cards/{key}/analyse", "analyse-card", tag, "Note what a card takes",
		func(ctx context.Context, in *struct {
			ByKey
			Body struct {
				Text string `json:"text,omitempty" doc:"Added to the note; may be empty when there is a note"`
			}
		}) (*body[floor.Card], error) {
			c, err := a.Floor.Analyse(ctx, in.Key, in.Body.Text, actor(ctx))
			return &body[floor.Card]{c}, err
		})
	operation(a, http.MethodPost, "/v1/cards/{key}/schedule", "schedule-card", tag, "Say on which day a card is to begin",
		func(ctx context.Context, in *struct {
			ByKey
			Body struct {
				Day Day `json:"day" doc:"Empty takes the day back"`
			}
		}) (*body[floor.Card], error) {
			c, err := a.Floor.Schedule(ctx, in.Key, in.Body.Day.Time)
			return &body[floor.Card]{c}, err
		})
	operation(a, http.MethodPost, "/v1/bulk", "bulk", tag, "Do one thing to several cards, or to none of them",
		func(ctx context.Context, in *struct{ Body BulkEdit }) (*list[floor.Card], error) {
			cards, err := a.Floor.Bulk(ctx, in.Body.Cards, in.Body.bulk(), actor(ctx))
			return listOf(cards), err
		})
	operation(a, http.MethodPost, "/v1/undo", "undo", tag, "Take back the last thing you did to cards within the hour",
		func(ctx context.Context, _ *none) (*body[floor.Undone], error) {
			u, err := a.Floor.Undo(ctx, actor(ctx))
			return &body[floor.Undone]{u}, err
		})
	operation(a, http.MethodGet, "/v1/lines/{line}/swarm", "swarm", tag, "List what most needs help",
		func(ctx context.Context, in *struct {
			Line    string `path:"line"`
			Station string `query:"station" doc:"Only here and further on"`
		}) (*list[floor.Need], error) {
			needs, err := a.Floor.Swarm(ctx, in.Line, in.Station)
			return listOf(needs), err
		})
	operation(a, http.MethodGet, "/v1/lines/{line}/standup", "stand-up", tag, "Walk the line from its end: what to talk about today",
		func(ctx context.Context, in *struct {
			Line string `path:"line"`
		}) (*body[floor.StandUp], error) {
			u, err := a.Floor.StandUp(ctx, in.Line)
			return &body[floor.StandUp]{u}, err
		})
	operation(a, http.MethodGet, "/v1/lines/{line}/demo", "demo", tag, "List what was finished since a time",
		func(ctx context.Context, in *struct {
			Line  string    `path:"line"`
			Since time.Time `query:"since" doc:"As in RFC 3339; a week ago when not given"`
		}) (*body[floor.Demo], error) {
			if in.Since.IsZero() {
				in.Since = a.Ledger.Now().AddDate(0, 0, -7)
			}
			d, err := a.Floor.Demo(ctx, in.Line, in.Since)
			return &body[floor.Demo]{d}, err
		})
}
