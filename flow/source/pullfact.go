package source

import (
	"context"
	"encoding/json"
	"fmt"

	"andon/journal"
)

// pullWords say what happened to a pull request, and as which type of fact.
var pullWords = map[PullAct]struct {
	kind journal.Type
	verb string
}{
	PullOpened:           {journal.ChangeCreated, "opened"},
	PullUpdated:          {journal.ChangeUpdated, "updated"},
	PullReady:            {journal.ChangeUpdated, "offered for review"},
	PullReopened:         {journal.ChangeUpdated, "opened again"},
	PullApproved:         {journal.ChangeReviewed, "approved"},
	PullChangesRequested: {journal.ChangeReviewed, "asked for changes in"},
	PullCommented:        {journal.ChangeReviewed, "reviewed"},
	PullMerged:           {journal.ChangeMerged, "merged"},
	PullClosed:           {journal.ChangeAbandoned, "closed"},
}

func (w *scribe) tellPull(ctx context.Context, t PullRequest, p Pull, late bool) error {
	words, ok := pullWords[t.Act]
	if !ok {
		return fmt.Errorf("nothing is known of a pull request that was %q", t.Act)
	}
	content := w.repository()
	if words.kind == journal.ChangeCreated {
		content = w.created(t.Title)
	}
	told := w.told(p.Cards, late)
	told.Number, told.Title, told.Act, told.Author, told.Draft = p.Number, t.Title, string(t.Act), p.Author, t.Draft
	told.Branch, told.Base, told.SHA, told.MergeSHA = t.Branch, t.Base, t.Head, t.MergeSHA
	told.URL, told.OpenedAt = t.URL, p.OpenedAt
	about := []journal.Ref{{Kind: journal.PullRequest, ID: w.thing(p.Number)}}
	for _, sha := range []string{t.Head, t.MergeSHA} {
		if sha != "" {
			about = append(about, journal.Ref{Kind: journal.Commit, ID: sha})
		}
	}
	return w.append(ctx, journal.Fact{Type: words.kind, Subject: w.thing(p.Number), Content: content, About: about,
		Text: fmt.Sprintf("%s %s %s: %s", w.actor(), words.verb, w.thing(p.Number), t.Title)}, told)
}

func (w *scribe) created(title string) json.RawMessage {
	content := map[string]any{"repository": w.repoThing()}
	if title != "" {
		content["description"] = title
	}
	return journal.JSON(content)
}
