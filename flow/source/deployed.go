package source

import (
	"context"
	"fmt"
	"time"

	"andon/flow/change"
	"andon/journal"
)

// ForgeDeployment is a deployment by another tool as Andon knows it.
type ForgeDeployment struct {
	Source      string      `json:"source"`
	Repo        string      `json:"repo"`
	ID          string      `json:"id"`
	Environment string      `json:"environment"`
	SHA         string      `json:"sha"`
	State       DeployState `json:"state"`
	URL         string      `json:"url,omitempty"`
	Cards       []string    `json:"cards,omitempty"`
	CreatedAt   time.Time   `json:"created_at,omitzero"`
	// EndedAt is when it first succeeded or failed.
	EndedAt   time.Time `json:"ended_at,omitzero"`
	UpdatedAt time.Time `json:"updated_at"`
	Untracked bool      `json:"untracked,omitempty"`
}

var deployRank = map[DeployState]int{DeployPending: 1, DeployRunning: 2, DeploySucceeded: 3, DeployFailed: 3, DeployInactive: 4}

// learn takes in what was told, and says whether it came late and whether it is
// news. Within one instant the state that is further on wins.
func (d *ForgeDeployment) learn(t Deployed, at time.Time) (late, news bool) {
	late = at.Before(d.UpdatedAt) || at.Equal(d.UpdatedAt) && deployRank[t.State] < deployRank[d.State]
	news = t.State != d.State
	d.Environment, d.SHA, d.URL = filled(d.Environment, t.Environment), filled(d.SHA, t.SHA), filled(d.URL, t.URL)
	d.CreatedAt = earlier(d.CreatedAt, t.Created)
	if t.State == DeploySucceeded || t.State == DeployFailed {
		d.EndedAt = earlier(d.EndedAt, at)
	}
	if !late {
		d.State, d.UpdatedAt, d.URL = t.State, at, filled(t.URL, d.URL)
	}
	return late, news
}

func (w *scribe) deployed(ctx context.Context, t Deployed) error {
	row, err := takeDeployment(ctx, w.tx, w.delivery.Source, w.sighting.Repo, t.ID)
	if err != nil {
		return fmt.Errorf("take deployment %s of %s: %w", t.ID, w.sighting.Repo, err)
	}
	late, news := row.learn(t, w.sighting.At)
	if row.Cards, err = w.concerned(ctx, "", t.SHA, row.Cards); err != nil {
		return err
	}
	if err := w.tie(ctx, aDeployment, t.ID, row.Cards); err != nil {
		return err
	}
	row.Untracked = len(row.Cards) == 0
	w.receipt.Untracked = w.receipt.Untracked || row.Untracked
	if err := row.save(ctx, w.tx); err != nil || !news {
		return err
	}
	told := w.told(row.Cards, late)
	told.ID, told.Environment, told.SHA, told.Act, told.URL, told.OpenedAt = t.ID, t.Environment, t.SHA, string(t.State), t.URL, t.Created
	f := journal.Fact{Type: journal.DeployReported, Subject: w.sighting.Repo + "/deployments/" + t.ID,
		About: []journal.Ref{{Kind: journal.Environment, ID: w.sighting.Repo + "/" + t.Environment}, {Kind: journal.Commit, ID: t.SHA}},
		Text:  fmt.Sprintf("the deployment of %s of %s to %s is %s", change.Short(t.SHA), w.sighting.Repo, t.Environment, t.State)}
	if t.State == DeploySucceeded {
		f.Type, f.Subject = journal.ServiceDeployed, w.sighting.Repo
		f.Content = journal.JSON(map[string]any{"environment": map[string]string{"id": t.Environment}, "artifactId": w.purl(t.SHA)})
		f.Text = fmt.Sprintf("%s of %s runs in %s", change.Short(t.SHA), w.sighting.Repo, t.Environment)
	}
	return w.append(ctx, f, told)
}

const deploymentColumns = `source, repo, id, environment, sha, state, url, cards, created_at, ended_at, updated_at, untracked`

func takeDeployment(ctx context.Context, tx journal.Tx, source, repo, id string) (d ForgeDeployment, err error) {
	if _, err := tx.Exec(ctx, `INSERT INTO forge_deployment (`+deploymentColumns+`, rev) VALUES ($1, $2, $3, '', '', '', '', '', 0, 0, 0, TRUE, 0)
		ON CONFLICT (source, repo, id) DO NOTHING`, source, repo, id); err != nil {
		return d, err
	}
	if _, err := tx.Exec(ctx, `UPDATE forge_deployment SET rev = rev + 1 WHERE source = $1 AND repo = $2 AND id = $3`, source, repo, id); err != nil {
		return d, err
	}
	return deploymentFrom(tx.QueryRow(ctx, `SELECT `+deploymentColumns+` FROM forge_deployment WHERE source = $1 AND repo = $2 AND id = $3`,
		source, repo, id).Scan)
}

func (d ForgeDeployment) save(ctx context.Context, tx journal.Tx) error {
	_, err := tx.Exec(ctx, `UPDATE forge_deployment SET environment = $4, sha = $5, state = $6, url = $7, cards = $8, created_at = $9,
		ended_at = $10, updated_at = $11, untracked = $12 WHERE source = $1 AND repo = $2 AND id = $3`,
		d.Source, d.Repo, d.ID, d.Environment, d.SHA, string(d.State), d.URL, joined(d.Cards), journal.Micros(d.CreatedAt),
		journal.Micros(d.EndedAt), journal.Micros(d.UpdatedAt), d.Untracked)
	return err
}

func deploymentFrom(scan func(...any) error) (d ForgeDeployment, err error) {
	var cards string
	var created, ended, updated int64
	err = scan(&d.Source, &d.Repo, &d.ID, &d.Environment, &d.SHA, &d.State, &d.URL, &cards, &created, &ended, &updated, &d.Untracked)
	d.Cards = split(cards)
	d.CreatedAt, d.EndedAt, d.UpdatedAt = journal.Time(created), journal.Time(ended), journal.Time(updated)
	return d, err
}
