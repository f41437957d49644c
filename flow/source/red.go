package source

import (
	"context"
	"fmt"

	"andon/flow/change"
)

// mostRuns is how many of a card's last runs are looked at.
const mostRuns = 200

// check tells the floor how the machines of forges find the work of cards: of
// each workflow counts the last run that ended with a verdict.
func (w *scribe) check(ctx context.Context, cards []string) error {
	for _, card := range cards {
		red, err := w.red(ctx, card)
		if err != nil {
			return err
		}
		if err := w.cards.Checked(ctx, w.tx, card, red); err != nil {
			return fmt.Errorf("note how the runs of %s ended: %w", card, err)
		}
	}
	return nil
}

// red says which workflow failed last for a card, or nothing.
func (w *scribe) red(ctx context.Context, card string) (string, error) {
	q := Look{Card: card}.query(tied(aRun), `id`)
	rows, err := w.tx.Query(ctx, `SELECT `+runColumns+` FROM forge_run`+q.where()+` ORDER BY updated_at DESC LIMIT `+q.limit(mostRuns), q.args...)
	if err != nil {
		return "", err
	}
	defer rows.Close()
	type workflow struct{ source, repo, name string }
	judged, first := map[workflow]bool{}, ""
	for rows.Next() {
		r, err := runFrom(rows.Scan)
		if err != nil {
			return "", err
		}
		of := workflow{r.Source, r.Repo, r.Workflow}
		if judged[of] || r.Conclusion != RunSucceeded && !r.failed() {
			continue // it runs, or nobody let it come to a verdict
		}
		judged[of] = true
		if first == "" && r.failed() {
			first = fmt.Sprintf("%s of %s failed for %s", r.Workflow, r.Repo, change.Short(r.SHA))
		}
	}
	return first, rows.Err()
}

// failed says that a machine refused the commit.
func (r ForgeRun) failed() bool { return r.Conclusion == RunFailed || r.Conclusion == RunBroken }
