package source

import (
	"context"
	"encoding/json"
	"fmt"
	"net/url"
	"strings"
	"time"
	"unicode"

	"andon/journal"
	"andon/journal/cloudevent"
)

// Told is the data of every fact that a delivery leads to; fields that a kind
// has no use for are left out. Within a [cloudevent.Received] fact it is the
// data of the document's customData.
type Told struct {
	Source string `json:"source"`
	Repo   string `json:"repo"`
	// At is when the forge says that it happened.
	At time.Time `json:"at"`
	// Late is true when something newer was told before.
	Late      bool     `json:"late,omitempty"`
	Cards     []string `json:"cards,omitempty"`
	Untracked bool     `json:"untracked,omitempty"`
	URL       string   `json:"url,omitempty"`

	Number   int64    `json:"number,omitempty"` // of a pull request or ticket
	Title    string   `json:"title,omitempty"`
	Act      string   `json:"act,omitempty"` // what happened, or the state it led to
	Author   string   `json:"author,omitempty"`
	Labels   []string `json:"labels,omitempty"`
	Draft    bool     `json:"draft,omitempty"`
	Branch   string   `json:"branch,omitempty"`
	Base     string   `json:"base,omitempty"`
	Tag      string   `json:"tag,omitempty"`
	SHA      string   `json:"sha,omitempty"` // the newest commit, or the one concerned
	Before   string   `json:"before,omitempty"`
	MergeSHA string   `json:"merge_sha,omitempty"`
	Commits  []Commit `json:"commits,omitempty"` // at most 50, the newest

	ID          string    `json:"id,omitempty"` // of a run or deployment
	Attempt     int64     `json:"attempt,omitempty"`
	Workflow    string    `json:"workflow,omitempty"`
	Conclusion  string    `json:"conclusion,omitempty"`
	Environment string    `json:"environment,omitempty"`
	Prerelease  bool      `json:"prerelease,omitempty"`
	OpenedAt    time.Time `json:"opened_at,omitzero"`
	StartedAt   time.Time `json:"started_at,omitzero"`
	EndedAt     time.Time `json:"ended_at,omitzero"`
}

// told fills in what all facts of this sighting share.
func (w *scribe) told(cards []string, late bool) Told {
	return Told{Source: w.delivery.Source, Repo: w.sighting.Repo, At: w.sighting.At, Late: late, Cards: cards, Untracked: len(cards) == 0}
}

// acted are the types on which Andon's own machines and rows act. What a forge
// tells in these words is an event that came in, not one of Andon's.
var acted = map[journal.Type]bool{
	journal.ChangeMerged: true, journal.PipelineRunQueued: true, journal.PipelineRunStarted: true, journal.PipelineRunEnded: true,
	journal.TicketCreated: true, journal.TicketUpdated: true, journal.TicketClosed: true, journal.ServiceDeployed: true,
}

// append adds a fact, once however often the delivery runs.
func (w *scribe) append(ctx context.Context, f journal.Fact, t Told) error {
	f.ID, f.Actor, f.Text, f.Data = w.factID(f.Type), w.actor(), oneLine(f.Text), journal.JSON(t)
	for _, c := range t.Cards {
		f.About = append(f.About, journal.Ref{Kind: journal.Card, ID: c})
	}
	if told, err := journal.Told(ctx, w.tx, f.ID); err != nil || told {
		return err
	}
	if acted[f.Type] {
		doc := f
		doc.At = t.At
		body, err := json.Marshal(doc.CDEvent(w.place()))
		if err != nil {
			return fmt.Errorf("show %s as an event: %w", f.Type, err)
		}
		in := cloudevent.Event{ID: f.ID, Source: w.place(), Type: f.Type, Time: t.At, Subject: f.Subject, Content: f.Content, Document: body}.Fact()
		f.Type, f.Data = in.Type, in.Data
	}
	w.tx.Append(f)
	w.receipt.Facts = append(w.receipt.Facts, f.ID)
	return nil
}

// repository is the content of CDEvents' types of changes and branches.
func (w *scribe) repository() json.RawMessage {
	return journal.JSON(map[string]any{"repository": w.repoThing()})
}

func (w *scribe) repoThing() map[string]string {
	return map[string]string{"id": w.sighting.Repo, "source": w.place()}
}

// thing is the id of a pull request or ticket: "acme/shop#12".
func (w *scribe) thing(number int64) string { return fmt.Sprintf("%s#%d", w.sighting.Repo, number) }

// purl names what a repository builds, as a package URL.
func (w *scribe) purl(version string) string {
	return "pkg:" + w.delivery.Source + "/" + escape(w.sighting.Repo) + "@" + url.QueryEscape(version)
}

// escape makes a path of a repository's name.
func escape(repo string) string {
	parts := strings.Split(repo, "/")
	for i, p := range parts {
		parts[i] = url.PathEscape(p)
	}
	return strings.Join(parts, "/")
}

// absolute gives an address as CDEvents takes it, or another where it is none.
func absolute(text, otherwise string) string {
	u, err := url.Parse(text)
	if err != nil || u.Scheme == "" || u.Host == "" {
		return otherwise
	}
	return u.String()
}

// clean makes foreign text storable.
func clean(s string) string {
	return strings.ToValidUTF8(strings.ReplaceAll(s, "\x00", ""), "\uFFFD")
}

// oneLine makes a sentence of text that may hold line breaks.
func oneLine(text string) string {
	const most = 300
	text = strings.Join(strings.FieldsFunc(text, func(r rune) bool { return unicode.IsControl(r) || r == '\u2028' || r == '\u2029' }), " ")
	if runes := []rune(text); len(runes) > most {
		text = string(runes[:most]) + "…"
	}
	return text
}
