package delivery

import (
	"context"
	"encoding/json"
	"fmt"
	"time"

	"andon/exposure"
	"andon/journal"
)

// State is where a deployment is in its life.
type State string

// The states of a deployment.
const (
	Queued     State = "queued"
	Held       State = "held"       // the gate does not let it in
	Starting   State = "starting"   // instances start, without traffic
	Exposing   State = "exposing"   // some users meet it
	Finishing  State = "finishing"  // all users meet it, the old one leaves
	Aborting   State = "aborting"   // nobody meets it any more, it leaves
	Succeeded  State = "succeeded"  // it is stable now
	RolledBack State = "rolledback" // users met it, and it was taken back
	Failed     State = "failed"     // it never became ready
	Superseded State = "superseded" // a newer release took its place in the queue
)

// Waiting says whether the deployment has not begun.
func (s State) Waiting() bool { return s == Queued || s == Held }

// Over says whether the deployment has ended.
func (s State) Over() bool {
	return s == Succeeded || s == RolledBack || s == Failed || s == Superseded
}

// Deployment brings one release to one target.
type Deployment struct {
	ID      string `json:"id"` // "production-4"
	Number  int64  `json:"number"`
	Target  Target `json:"target"`
	Release string `json:"release"`
	// Stable is the release that served when the deployment began; empty for
	// the first one in its place.
	Stable   string         `json:"stable,omitempty"`
	State    State          `json:"state"`
	Place    Environment    `json:"place"` // as declared when it was queued
	Exposure exposure.State `json:"exposure"`
	// Reason says why it waits, or why it did not succeed.
	Reason    string    `json:"reason,omitempty"`
	Actor     string    `json:"actor"`
	CreatedAt time.Time `json:"created_at"`
	StartedAt time.Time `json:"started_at,omitzero"`
	EndedAt   time.Time `json:"ended_at,omitzero"`
	Rev       int64     `json:"rev"`
}

// Event is the Data of all facts about deployments.
type Event struct {
	Deployment  string  `json:"deployment"`
	Service     string  `json:"service"`
	Environment string  `json:"environment"`
	Release     string  `json:"release"`
	Stable      string  `json:"stable,omitempty"`
	SHA         string  `json:"sha"`
	Ord         int64   `json:"ord"`
	State       State   `json:"state"`
	Step        int     `json:"step"`
	Weight      int     `json:"weight"` // percent
	Reason      string  `json:"reason,omitempty"`
	Seconds     float64 `json:"seconds"` // since it began
}

func fact(t journal.Type, d Deployment, r Release, now time.Time, text string) journal.Fact {
	f := journal.Fact{Type: t, Subject: d.ID, Text: text,
		Data: journal.JSON(Event{d.ID, d.Target.Service, d.Target.Environment, d.Release, d.Stable, r.SHA, r.Ord, d.State,
			d.Exposure.Step, d.Exposure.Weight, d.Reason, seconds(d, now)}),
		About: append(r.about(), journal.Ref{Kind: journal.Deployment, ID: d.ID}, journal.Ref{Kind: journal.Environment, ID: d.Target.String()})}
	switch t {
	case journal.ServiceDeployed, journal.ServiceUpgraded, journal.ServiceRolledBack:
		f.Subject = d.Target.String()
		f.Content = journal.JSON(map[string]any{"environment": map[string]string{"id": d.Target.Environment},
			"artifactId": "pkg:generic/" + d.Target.Service + "@" + r.Digest})
	}
	return f
}

func seconds(d Deployment, now time.Time) float64 {
	if d.StartedAt.IsZero() {
		return 0
	}
	return now.Sub(d.StartedAt).Seconds()
}

// queue adds a deployment behind what is under way in its place, and takes
// older ones out that have not begun. by is empty for machines.
func queue(ctx context.Context, tx journal.Tx, r Release, e Environment, by string) (Deployment, error) {
	d := Deployment{Target: Target{r.Service, e.Name}, Release: r.ID, State: Queued, Place: e, Actor: by, CreatedAt: tx.Now()}
	if d.Actor == "" {
		d.Actor = "andon"
	}
	if err := tx.QueryRow(ctx, `SELECT coalesce(max(number), 0) + 1 FROM deployment`).Scan(&d.Number); err != nil {
		return d, err
	}
	d.ID = fmt.Sprintf("%s-%d", e.Name, d.Number)
	older, err := deploymentsWhere(ctx, tx, `service = $1 AND environment = $2 AND state IN ('queued', 'held') ORDER BY number`,
		d.Target.Service, d.Target.Environment)
	if err != nil {
		return d, err
	}
	for _, o := range older {
		if err := supersede(ctx, tx, o, r); err != nil {
			return d, err
		}
	}
	_, err = tx.Exec(ctx, `INSERT INTO deployment (id, number, service, environment, release, stable, state, place, exposure, reason,
		actor, created_at, started_at, ended_at, rev) VALUES ($1, $2, $3, $4, $5, '', $6, $7, '{}', '', $8, $9, 0, 0, 1)`,
		d.ID, d.Number, d.Target.Service, d.Target.Environment, d.Release, string(d.State), string(journal.JSON(e)), d.Actor,
		journal.Micros(d.CreatedAt))
	if err != nil {
		return d, err
	}
	_, err = tx.Exec(ctx, `INSERT INTO target (service, environment, stable, active) VALUES ($1, $2, '', '') ON CONFLICT DO NOTHING`,
		d.Target.Service, d.Target.Environment)
	if err != nil {
		return d, err
	}
	tx.Append(fact(journal.DeploymentQueued, d, r, tx.Now(), fmt.Sprintf("%s waits to enter %s as %s", r.ID, e.Name, d.ID)))
	return d, tx.Advance(ctx, Machine, d.ID)
}

func supersede(ctx context.Context, tx journal.Tx, d Deployment, by Release) error {
	r, err := ReleaseOf(ctx, tx, d.Release)
	if err != nil {
		return err
	}
	d.State, d.Reason, d.EndedAt = Superseded, fmt.Sprintf("%s is newer", by.ID), tx.Now()
	if err := save(ctx, tx, &d); err != nil {
		return err
	}
	tx.Append(fact(journal.DeploymentSuperseded, d, r, tx.Now(), fmt.Sprintf("%s will not enter %s: %s is newer", r.ID, d.Target.Environment, by.ID)))
	return nil
}

const deploymentColumns = `id, number, service, environment, release, stable, state, place, exposure, reason, actor,
	created_at, started_at, ended_at, rev`

func scanDeployment(scan func(...any) error) (d Deployment, err error) {
	var place, exposed string
	var created, started, ended int64
	err = scan(&d.ID, &d.Number, &d.Target.Service, &d.Target.Environment, &d.Release, &d.Stable, &d.State, &place, &exposed, &d.Reason,
		&d.Actor, &created, &started, &ended, &d.Rev)
	if err != nil {
		return d, err
	}
	d.CreatedAt, d.StartedAt, d.EndedAt = journal.Time(created), journal.Time(started), journal.Time(ended)
	if err := json.Unmarshal([]byte(place), &d.Place); err != nil {
		return d, err
	}
	return d, json.Unmarshal([]byte(exposed), &d.Exposure)
}

// DeploymentOf reads one deployment; a [*Missing] error when there is none.
func DeploymentOf(ctx context.Context, r journal.Reader, id string) (Deployment, error) {
	d, err := scanDeployment(r.QueryRow(ctx, `SELECT `+deploymentColumns+` FROM deployment WHERE id = $1`, id).Scan)
	if journal.NotFound(err) {
		return d, &Missing{"deployment", id, "list them with: andon rollout status"}
	}
	return d, err
}

func deploymentsWhere(ctx context.Context, r journal.Reader, condition string, args ...any) (list []Deployment, err error) {
	rows, err := r.Query(ctx, `SELECT `+deploymentColumns+` FROM deployment WHERE `+condition, args...)
	if err != nil {
		return nil, fmt.Errorf("read deployments: %w", err)
	}
	defer rows.Close()
	for rows.Next() {
		d, err := scanDeployment(rows.Scan)
		if err != nil {
			return nil, err
		}
		list = append(list, d)
	}
	return list, rows.Err()
}

// save writes what may change of a deployment. It fails with [ErrRaced] when
// the deployment is no longer as it was read.
func save(ctx context.Context, tx journal.Tx, d *Deployment) error {
	n, err := tx.Exec(ctx, `UPDATE deployment SET state = $3, stable = $4, exposure = $5, reason = $6, started_at = $7, ended_at = $8,
		rev = rev + 1 WHERE id = $1 AND rev = $2`, d.ID, d.Rev, string(d.State), d.Stable, string(journal.JSON(d.Exposure)), d.Reason,
		journal.Micros(d.StartedAt), journal.Micros(d.EndedAt))
	if err != nil {
		return err
	}
	if n == 0 {
		return ErrRaced
	}
	d.Rev++
	return nil
}
