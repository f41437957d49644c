package source

import (
	"context"
	"encoding/json"
	"fmt"
	"time"

	"andon/flow/change"
	"andon/journal"
)

// ForgeRun is a pipeline run on a forge as Andon knows it.
type ForgeRun struct {
	Source     string     `json:"source"`
	Repo       string     `json:"repo"`
	ID         string     `json:"id"`
	Attempt    int64      `json:"attempt,omitempty"`
	Workflow   string     `json:"workflow"`
	SHA        string     `json:"sha"`
	Branch     string     `json:"branch,omitempty"`
	Status     RunStatus  `json:"status"`
	Conclusion Conclusion `json:"conclusion,omitempty"`
	URL        string     `json:"url,omitempty"`
	Cards      []string   `json:"cards,omitempty"`
	QueuedAt   time.Time  `json:"queued_at,omitzero"`
	StartedAt  time.Time  `json:"started_at,omitzero"`
	EndedAt    time.Time  `json:"ended_at,omitzero"`
	UpdatedAt  time.Time  `json:"updated_at"`
	Untracked  bool       `json:"untracked,omitempty"`
}

var runRank = map[RunStatus]int{RunQueued: 1, RunRunning: 2, RunEnded: 3}

// learn takes in what was told, and says whether it came late and whether it
// is news. A run goes from queued to running to ended and never back within one
// attempt; a new attempt begins anew. Where the forge does not count attempts,
// an ended run that is told to run at a later time was started again.
func (r *ForgeRun) learn(t Run, at time.Time) (late, news bool) {
	switch {
	case t.Attempt != r.Attempt && r.Status != "":
		late = t.Attempt < r.Attempt
	case runRank[t.Status] < runRank[r.Status]:
		late = !(t.Attempt == 0 && at.After(r.UpdatedAt))
	default:
		late = at.Before(r.UpdatedAt)
	}
	news = t.Attempt != r.Attempt || t.Status != r.Status || t.Conclusion != r.Conclusion
	r.Workflow, r.SHA, r.Branch, r.URL = filled(r.Workflow, t.Workflow), filled(r.SHA, t.SHA), filled(r.Branch, t.Branch), filled(r.URL, t.URL)
	if late {
		if t.Attempt == r.Attempt {
			r.QueuedAt, r.StartedAt = earlier(r.QueuedAt, t.Queued), earlier(r.StartedAt, t.Started)
		}
		return true, news
	}
	anew := r.Status != "" && (t.Attempt > r.Attempt || runRank[t.Status] < runRank[r.Status])
	if anew {
		r.StartedAt, r.EndedAt = time.Time{}, time.Time{}
	}
	r.Attempt, r.Status, r.Conclusion, r.UpdatedAt = t.Attempt, t.Status, t.Conclusion, at
	r.QueuedAt, r.StartedAt = earlier(r.QueuedAt, t.Queued), earlier(r.StartedAt, t.Started)
	if t.Status == RunRunning && r.StartedAt.IsZero() {
		r.StartedAt = at
	}
	if t.Status == RunEnded {
		r.EndedAt = t.Ended
		if r.EndedAt.IsZero() {
			r.EndedAt = at
		}
	}
	return false, news
}

func (w *scribe) run(ctx context.Context, t Run) error {
	row, err := takeRun(ctx, w.tx, w.delivery.Source, w.sighting.Repo, t.ID)
	if err != nil {
		return fmt.Errorf("take run %s of %s: %w", t.ID, w.sighting.Repo, err)
	}
	late, news := row.learn(t, w.sighting.At)
	if row.Cards, err = w.concerned(ctx, t.Branch, t.SHA, row.Cards); err != nil {
		return err
	}
	if err := w.tie(ctx, aRun, t.ID, row.Cards); err != nil {
		return err
	}
	row.Untracked = len(row.Cards) == 0
	w.receipt.Untracked = w.receipt.Untracked || row.Untracked
	if err := row.save(ctx, w.tx); err != nil || !news {
		return err
	}
	if err := w.check(ctx, row.Cards); err != nil {
		return err
	}
	told := w.told(row.Cards, late)
	told.ID, told.Attempt, told.Workflow, told.SHA, told.Branch, told.URL = t.ID, t.Attempt, t.Workflow, t.SHA, t.Branch, t.URL
	told.Act, told.Conclusion, told.OpenedAt, told.StartedAt, told.EndedAt = string(t.Status), string(t.Conclusion), t.Queued, t.Started, t.Ended
	subject := w.sighting.Repo + "/runs/" + t.ID
	kind, verb, content := w.runContent(t, subject)
	return w.append(ctx, journal.Fact{Type: kind, Subject: subject, Content: content,
		About: []journal.Ref{{Kind: journal.Run, ID: subject}, {Kind: journal.Commit, ID: t.SHA}},
		Text:  fmt.Sprintf("%s of %s %s for %s", t.Workflow, w.sighting.Repo, verb, change.Short(t.SHA))}, told)
}

func (w *scribe) runContent(t Run, subject string) (kind journal.Type, verb string, content json.RawMessage) {
	c := map[string]any{"pipelineName": t.Workflow,
		"uri": absolute(t.URL, "urn:andon:"+w.delivery.Source+":"+escape(subject))}
	switch t.Status {
	case RunQueued:
		return journal.PipelineRunQueued, "was queued", journal.JSON(c)
	case RunRunning:
		return journal.PipelineRunStarted, "started", journal.JSON(c)
	}
	if t.Conclusion != RunSkipped {
		c["outcome"] = string(t.Conclusion)
	}
	return journal.PipelineRunEnded, "ended with " + string(t.Conclusion), journal.JSON(c)
}

const runColumns = `source, repo, id, attempt, workflow, sha, branch, status, conclusion, url, cards, queued_at, started_at, ended_at,
	updated_at, untracked`

func takeRun(ctx context.Context, tx journal.Tx, source, repo, id string) (r ForgeRun, err error) {
	if _, err := tx.Exec(ctx, `INSERT INTO forge_run (`+runColumns+`, rev) VALUES ($1, $2, $3, 0, '', '', '', '', '', '', '', 0, 0, 0, 0, TRUE, 0)
		ON CONFLICT (source, repo, id) DO NOTHING`, source, repo, id); err != nil {
		return r, err
	}
	if _, err := tx.Exec(ctx, `UPDATE forge_run SET rev = rev + 1 WHERE source = $1 AND repo = $2 AND id = $3`, source, repo, id); err != nil {
		return r, err
	}
	return runFrom(tx.QueryRow(ctx, `SELECT `+runColumns+` FROM forge_run WHERE source = $1 AND repo = $2 AND id = $3`, source, repo, id).Scan)
}

func (r ForgeRun) save(ctx context.Context, tx journal.Tx) error {
	_, err := tx.Exec(ctx, `UPDATE forge_run SET attempt = $4, workflow = $5, sha = $6, branch = $7, status = $8, conclusion = $9, url = $10,
		cards = $11, queued_at = $12, started_at = $13, ended_at = $14, updated_at = $15, untracked = $16
		WHERE source = $1 AND repo = $2 AND id = $3`,
		r.Source, r.Repo, r.ID, r.Attempt, r.Workflow, r.SHA, r.Branch, string(r.Status), string(r.Conclusion), r.URL, joined(r.Cards),
		journal.Micros(r.QueuedAt), journal.Micros(r.StartedAt), journal.Micros(r.EndedAt), journal.Micros(r.UpdatedAt), r.Untracked)
	return err
}

func runFrom(scan func(...any) error) (r ForgeRun, err error) {
	var cards string
	var queued, started, ended, updated int64
	err = scan(&r.Source, &r.Repo, &r.ID, &r.Attempt, &r.Workflow, &r.SHA, &r.Branch, &r.Status, &r.Conclusion, &r.URL, &cards,
		&queued, &started, &ended, &updated, &r.Untracked)
	r.Cards = split(cards)
	r.QueuedAt, r.StartedAt, r.EndedAt, r.UpdatedAt = journal.Time(queued), journal.Time(started), journal.Time(ended), journal.Time(updated)
	return r, err
}
