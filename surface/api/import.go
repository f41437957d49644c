package api

import (
	"context"
	"net/http"
	"time"

	"andon/flow/floor"
)

// PastCard is a card as another system kept it, with its way along the line.
type PastCard struct {
	Key      string     `json:"key"`
	Title    string     `json:"title"`
	Note     string     `json:"note,omitempty"`
	Kind     string     `json:"kind,omitempty" enum:"business,internal,change,unplanned" doc:"business when not given"`
	Class    string     `json:"class,omitempty" enum:"expedite,fixed-date,standard,intangible" doc:"standard when not given"`
	Estimate float64    `json:"estimate,omitempty" minimum:"0" doc:"Days of work"`
	Owner    string     `json:"owner,omitempty"`
	Epic     string     `json:"epic,omitempty"`
	Labels   []string   `json:"labels,omitempty"`
	Due      Day        `json:"due,omitempty"`
	Origin   string     `json:"origin,omitempty" doc:"The issue of a forge that it was, as in github:acme/shop#12; what webhooks tell of the issue is about the card"`
	Discard  string     `json:"discarded,omitempty" doc:"Why nobody did it, when it is in the last station undone"`
	Stays    []PastStay `json:"stays" minItems:"1" doc:"In order of time; the last is where the card is"`
}

// PastStay is one stay of such a card.
type PastStay struct {
	Station string    `json:"station"`
	Entered time.Time `json:"entered"`
	Blocked float64   `json:"blocked,omitempty" minimum:"0" doc:"Seconds of it for which the card was blocked"`
	Waited  float64   `json:"waited,omitempty" minimum:"0" doc:"Seconds of it after the work there was finished"`
}

func (p PastCard) history(source string) floor.History {
	h := floor.History{Source: source, Origin: p.Origin, Card: floor.Card{Key: p.Key, Title: p.Title, Note: p.Note, Kind: floor.Kind(p.Kind), Class: floor.Class(p.Class),
		Estimate: p.Estimate, Owner: p.Owner, Epic: p.Epic, Labels: p.Labels, DueAt: p.Due.Time, Discarded: p.Discard}}
	for i, s := range p.Stays {
		past := floor.Past{Station: s.Station, Entered: s.Entered.UTC().Truncate(time.Microsecond),
			Blocked: time.Duration(s.Blocked * float64(time.Second)), Waited: time.Duration(s.Waited * float64(time.Second))}
		if i+1 < len(p.Stays) {
			past.Left = p.Stays[i+1].Entered.UTC().Truncate(time.Microsecond)
		}
		h.Stays = append(h.Stays, past)
	}
	return h
}

func (a *api) imports() {
	operation(a, http.MethodPost, "/v1/lines/{line}/import", "import-cards", "floor", "Take over cards with their history, all of them or none; known keys stay as they are",
		func(ctx context.Context, in *struct {
			OnLine
			DryRun bool `query:"dry_run" doc:"Only say what it would do"`
			Body   struct {
				Source string     `json:"source" pattern:"\\S" patternDescription:"some text" doc:"The system they come from, as in jira"`
				Cards  []PastCard `json:"cards" minItems:"1" maxItems:"1000"`
			}
		}) (*body[floor.Imported], error) {
			var cards []floor.History
			for _, p := range in.Body.Cards {
				cards = append(cards, p.history(in.Body.Source))
			}
			do := a.Floor.Import
			if in.DryRun {
				do = a.Floor.TryImport
			}
			done, err := do(ctx, in.Line, cards)
			return &body[floor.Imported]{done}, err
		})
}
