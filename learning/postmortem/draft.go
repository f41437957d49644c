package postmortem

import (
	"context"
	"fmt"
	"strings"
	"time"

	"andon/journal"
)

// Incident is what a draft is written from.
type Incident struct {
	ID          string
	Title       string
	Service     string
	Environment string
	Severity    string
	OpenedAt    time.Time
	ResolvedAt  time.Time
	Note        string // how it was resolved
	// Timeline is what the journal says about it, oldest first.
	Timeline []journal.Fact
}

// DraftIn opens the postmortem of an incident with a first text. An incident
// has one; asking again changes nothing.
func DraftIn(ctx context.Context, tx journal.Tx, i Incident) error {
	p := Postmortem{Incident: i.ID, Title: i.Title, Text: draft(i), CreatedAt: tx.Now(), Rev: 1}
	if err := tx.QueryRow(ctx, `SELECT coalesce(max(number), 0) + 1 FROM postmortem`).Scan(&p.Number); err != nil {
		return err
	}
	p.ID = fmt.Sprintf("PM-%d", p.Number)
	n, err := tx.Exec(ctx, `INSERT INTO postmortem (id, number, incident, title, body, created_at, edited_at, edited_by, rev)
		VALUES ($1, $2, $3, $4, $5, $6, 0, '', 1) ON CONFLICT (incident) DO NOTHING`,
		p.ID, p.Number, p.Incident, p.Title, p.Text, journal.Micros(p.CreatedAt))
	if err != nil || n == 0 {
		return err
	}
	tx.Append(fact(journal.PostmortemDrafted, p, nil, fmt.Sprintf("%s was drafted for %s from %d facts", p.ID, i.ID, len(i.Timeline))))
	return nil
}

// maxTimeline bounds the facts that a draft lists.
const maxTimeline = 200

// draft writes the first text. Its questions ask for conditions: what made
// the right thing hard to do or the wrong thing easy.
func draft(i Incident) string {
	var b strings.Builder
	write := func(format string, args ...any) { fmt.Fprintf(&b, format+"\n", args...) }
	write("# %s: %s", i.ID, line(i.Title))
	write("")
	write("- **Service**: %s, %s", line(i.Service), line(i.Environment))
	write("- **Severity**: %s", i.Severity)
	write("- **Opened**: %s", stamp(i.OpenedAt))
	write("- **Resolved**: %s, after %s", stamp(i.ResolvedAt), i.ResolvedAt.Sub(i.OpenedAt).Round(time.Second))
	if i.Note != "" {
		write("- **How**: %s", line(i.Note))
	}
	write("")
	write("## What users met")
	write("")
	write("_Who could not do what, and for how long?_")
	write("")
	write("## Timeline")
	write("")
	write("From the journal; times are UTC.")
	write("")
	facts := i.Timeline
	if len(facts) > maxTimeline {
		write("_%d earlier facts are left out._\n", len(facts)-maxTimeline)
		facts = facts[len(facts)-maxTimeline:]
	}
	for _, f := range facts {
		write("- %s %s (%s)", f.At.UTC().Format("15:04:05"), line(f.Text), line(f.Actor))
	}
	write("")
	write("## What made it possible")
	write("")
	write("_Which conditions made this likely? What did everybody know and see at the time? Ask how, not who._")
	write("")
	write("## What helped, and what was luck")
	write("")
	write("_What limited the harm? What would have gone worse an hour later?_")
	write("")
	write("## What we will do")
	write("")
	write("_Add actions below: each becomes a card in the backlog._")
	return b.String()
}

func stamp(t time.Time) string { return t.UTC().Format("2006-01-02 15:04:05") }

// line makes foreign text safe to stand inside a line or a table of Markdown.
func line(s string) string {
	return strings.NewReplacer("\n", " ", "\r", " ", "|", "\\|", "<", "&lt;", "*", "\\*", "_", "\\_", "`", "\\`").Replace(s)
}
