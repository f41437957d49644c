package app

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"strings"

	"andon/feedback/incident"
	"andon/flow/delivery"
	"andon/flow/floor"
	"andon/flow/source"
	"andon/journal"
	"andon/journal/cloudevent"
)

// incidentTold ties an incident of Andon's own to the cards that its words
// name, and to those whose commits the deployment brought that caused it.
func (a *App) incidentTold(ctx context.Context, tx journal.Tx, f journal.Fact) error {
	var i incident.Incident
	if err := f.Into(&i); err != nil {
		return err
	}
	keys := source.Keys(source.Words{Title: i.Title + "\n" + i.Note + "\n" + f.Text})
	if f.Type == journal.IncidentDetected && i.Deployment != "" {
		span, found, err := delivery.SpanOf(ctx, tx, i.Deployment)
		if err != nil {
			return err
		}
		if found {
			brought, err := floor.CardsBetween(ctx, tx, span.After, span.UpTo)
			if err != nil {
				return err
			}
			keys = append(keys, brought...)
			slices.Sort(keys)
			keys = slices.Compact(keys)
		}
	}
	return floor.ConcernIn(ctx, tx, floor.Concern{By: i.ID, Text: i.Title, About: journal.Ref{Kind: journal.Incident, ID: i.ID}}, keys)
}

// eventTold ties an incident of which another system told to the cards that
// its words name.
func (a *App) eventTold(ctx context.Context, tx journal.Tx, f journal.Fact) error {
	e, err := cloudevent.Of(f, "")
	if err != nil {
		return err
	}
	if !strings.HasPrefix(e.Type.Short(), "incident.") {
		return nil
	}
	var content struct {
		Description string `json:"description"`
	}
	_ = json.Unmarshal(e.Content, &content) // its form was checked when it came in
	keys := source.Keys(source.Words{Title: e.Subject + "\n" + content.Description})
	text := content.Description
	if text == "" {
		text = "told by " + e.Source
	}
	return floor.ConcernIn(ctx, tx, floor.Concern{By: fmt.Sprintf("%s of %s", e.Subject, e.Source), Text: short(text)}, keys)
}
