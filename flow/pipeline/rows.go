package pipeline

import (
	"context"
	"encoding/json"
	"fmt"

	"andon/journal"
)

const runColumns = `id, number, workflow, name, sha, ord, ref, before, event, actor, inputs, attempt, state, conclusion, body,
	created_at, started_at, ended_at, cancel_at`

func scanRun(scan func(...any) error) (r Run, err error) {
	var inputs string
	var created, started, ended, cancel int64
	err = scan(&r.ID, &r.Number, &r.Workflow, &r.Name, &r.SHA, &r.Ord, &r.Ref, &r.Before, &r.Event, &r.Actor, &inputs, &r.Attempt,
		&r.State, &r.Conclusion, &r.Text, &created, &started, &ended, &cancel)
	if err != nil {
		return r, err
	}
	r.CreatedAt, r.StartedAt = journal.Time(created), journal.Time(started)
	r.EndedAt, r.CancelAt = journal.Time(ended), journal.Time(cancel)
	return r, json.Unmarshal([]byte(inputs), &r.Inputs)
}

// RunOf reads one run; a [*Missing] error when there is none.
func RunOf(ctx context.Context, r journal.Reader, id string) (Run, error) {
	run, err := scanRun(r.QueryRow(ctx, `SELECT `+runColumns+` FROM run WHERE id = $1`, id).Scan)
	if journal.NotFound(err) {
		return run, &Missing{"run", id, "list them with: andon runs"}
	}
	return run, err
}

func runsWhere(ctx context.Context, r journal.Reader, condition string, args ...any) (runs []Run, err error) {
	rows, err := r.Query(ctx, `SELECT `+runColumns+` FROM run WHERE `+condition, args...)
	if err != nil {
		return nil, fmt.Errorf("read runs: %w", err)
	}
	defer rows.Close()
	for rows.Next() {
		run, err := scanRun(rows.Scan)
		if err != nil {
			return nil, err
		}
		runs = append(runs, run)
	}
	return runs, rows.Err()
}

func detailOf(ctx context.Context, r journal.Reader, id string) (d Detail, err error) {
	if d.Run, err = RunOf(ctx, r, id); err != nil {
		return d, err
	}
	if d.Jobs, err = jobsOf(ctx, r, id); err != nil {
		return d, err
	}
	if err = addSteps(ctx, r, id, d.Jobs); err != nil {
		return d, err
	}
	d.Artifacts, err = ArtifactsOf(ctx, r, id)
	return d, err
}

func jobsOf(ctx context.Context, r journal.Reader, run string) (jobs []Job, err error) {
	rows, err := r.Query(ctx, `SELECT id, name, needs, conclusion, tolerated, body, started_at, ended_at
		FROM run_job WHERE run = $1 ORDER BY pos`, run)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	for rows.Next() {
		var j Job
		var needs string
		var started, ended int64
		if err := rows.Scan(&j.ID, &j.Name, &needs, &j.Conclusion, &j.Tolerated, &j.Text, &started, &ended); err != nil {
			return nil, err
		}
		j.StartedAt, j.EndedAt = journal.Time(started), journal.Time(ended)
		if err := json.Unmarshal([]byte(needs), &j.Needs); err != nil {
			return nil, err
		}
		jobs = append(jobs, j)
	}
	return jobs, rows.Err()
}

func addSteps(ctx context.Context, r journal.Reader, run string, jobs []Job) error {
	at := map[string]*Job{}
	for i := range jobs {
		at[jobs[i].ID] = &jobs[i]
	}
	rows, err := r.Query(ctx, `SELECT job, pos, name, line, conclusion, body, summary, started_at, ended_at
		FROM run_step WHERE run = $1 ORDER BY job, pos`, run)
	if err != nil {
		return err
	}
	defer rows.Close()
	for rows.Next() {
		var job string
		var s Step
		var started, ended int64
		if err := rows.Scan(&job, &s.Index, &s.Name, &s.Line, &s.Conclusion, &s.Text, &s.Summary, &started, &ended); err != nil {
			return err
		}
		s.StartedAt, s.EndedAt = journal.Time(started), journal.Time(ended)
		if j := at[job]; j != nil {
			j.Steps = append(j.Steps, s)
		}
	}
	return rows.Err()
}

// ArtifactsOf lists what a run made.
func ArtifactsOf(ctx context.Context, r journal.Reader, run string) (list []Artifact, err error) {
	rows, err := r.Query(ctx, `SELECT run, name, job, digest, size, files, at FROM artifact WHERE run = $1 ORDER BY name`, run)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	for rows.Next() {
		var a Artifact
		var at int64
		if err := rows.Scan(&a.Run, &a.Name, &a.Job, &a.Digest, &a.Size, &a.Files, &at); err != nil {
			return nil, err
		}
		a.At = journal.Time(at)
		list = append(list, a)
	}
	return list, rows.Err()
}
