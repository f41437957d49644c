package pipeline

import (
	"context"
	"fmt"

	"andon/flow/pipeline/execute"
	"andon/journal"
)

// recorder writes what an execution tells into rows and facts. Each row
// changes once, so what is told again changes nothing.
type recorder struct {
	s   *Service
	run Run
}

func (r *recorder) JobStarted(ctx context.Context, j execute.Job) error {
	return r.s.Ledger.Write(ctx, func(tx journal.Tx) error {
		n, err := tx.Exec(ctx, `UPDATE run_job SET started_at = $3, name = $4 WHERE run = $1 AND id = $2 AND started_at = 0`,
			r.run.ID, j.ID, journal.Micros(j.Started), j.Name)
		if err != nil || n == 0 || j.Conclusion == execute.Skipped {
			return err
		}
		tx.Append(jobFact(journal.TaskRunStarted, r.run, j, fmt.Sprintf("Job %s of %s started", j.ID, r.run.ID)))
		return nil
	})
}

func (r *recorder) JobEnded(ctx context.Context, j execute.Job) error {
	return r.s.Ledger.Write(ctx, func(tx journal.Tx) error {
		n, err := tx.Exec(ctx, `UPDATE run_job SET ended_at = $3, conclusion = $4, tolerated = $5, body = $6
			WHERE run = $1 AND id = $2 AND ended_at = 0`,
			r.run.ID, j.ID, journal.Micros(j.Ended), string(j.Conclusion), j.Tolerated, j.Text)
		if err != nil || n == 0 || j.Conclusion == execute.Skipped {
			return err
		}
		text := fmt.Sprintf("Job %s of %s ended with %s", j.ID, r.run.ID, j.Conclusion)
		if j.Text != "" {
			text += ": " + j.Text
		}
		tx.Append(jobFact(journal.TaskRunEnded, r.run, j, text))
		return nil
	})
}

func (r *recorder) StepStarted(ctx context.Context, st execute.Step) error {
	return r.s.Ledger.Write(ctx, func(tx journal.Tx) error { return r.step(ctx, tx, st) })
}

func (r *recorder) StepEnded(ctx context.Context, st execute.Step) error {
	return r.s.Ledger.Write(ctx, func(tx journal.Tx) error {
		if err := r.step(ctx, tx, st); err != nil {
			return err
		}
		_, err := tx.Exec(ctx, `UPDATE run_step SET ended_at = $4, conclusion = $5, body = $6, summary = $7, started_at = $8, name = $9
			WHERE run = $1 AND job = $2 AND pos = $3 AND ended_at = 0`, r.run.ID, st.Job, st.Index,
			journal.Micros(st.Ended), string(st.Conclusion), st.Text, st.Summary, journal.Micros(st.Started), st.Name)
		return err
	})
}

func (r *recorder) step(ctx context.Context, tx journal.Tx, st execute.Step) error {
	_, err := tx.Exec(ctx, `INSERT INTO run_step (run, job, pos, name, line, conclusion, body, summary, started_at, ended_at)
		VALUES ($1, $2, $3, $4, $5, '', '', '', $6, 0) ON CONFLICT (run, job, pos) DO NOTHING`,
		r.run.ID, st.Job, st.Index, st.Name, st.Line, journal.Micros(st.Started))
	return err
}

func (r *recorder) Uploaded(ctx context.Context, a execute.Artifact) error {
	return r.s.Ledger.Write(ctx, func(tx journal.Tx) error {
		var had string
		err := tx.QueryRow(ctx, `SELECT digest FROM artifact WHERE run = $1 AND name = $2`, r.run.ID, a.Name).Scan(&had)
		if err != nil && !journal.NotFound(err) || had == a.Digest {
			return err
		}
		_, err = tx.Exec(ctx, `INSERT INTO artifact (run, name, job, digest, size, files, at) VALUES ($1, $2, $3, $4, $5, $6, $7)
			ON CONFLICT (run, name) DO UPDATE SET job = excluded.job, digest = excluded.digest, size = excluded.size,
			files = excluded.files, at = excluded.at`, r.run.ID, a.Name, a.Job, a.Digest, a.Size, a.Files, journal.Micros(tx.Now()))
		if err != nil {
			return err
		}
		tx.Append(artifactFact(r.s.Source, r.run, a, fmt.Sprintf("%s made artifact %s (%s)", r.run.ID, a.Name, shortDigest(a.Digest))))
		return nil
	})
}

// shortDigest gives "sha256:" and twelve digits.
func shortDigest(d string) string { return d[:min(len("sha256:")+12, len(d))] }
