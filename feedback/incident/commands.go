package incident

import (
	"context"
	"crypto/rand"
	"fmt"
	"time"

	"andon/journal"
)

// Open opens an incident.
func (s *Service) Open(ctx context.Context, n New) (i Incident, err error) {
	err = s.ledger.Write(ctx, func(tx journal.Tx) error {
		i, err = OpenIn(ctx, tx, n)
		return err
	})
	return i, err
}

// OpenIn is Open in the caller's transaction.
func OpenIn(ctx context.Context, tx journal.Tx, n New) (Incident, error) {
	if err := n.complete(); err != nil {
		return Incident{}, err
	}
	if n.Once == "" {
		n.Once = rand.Text()
	}
	i := Incident{Title: n.Title, Service: n.Service, Environment: n.Environment, Severity: n.Severity, State: Open,
		Deployment: n.Deployment, Release: n.Release, SHA: n.SHA, OpenedAt: tx.Now()}
	if err := tx.QueryRow(ctx, `SELECT coalesce(max(number), 0) + 1 FROM incident`).Scan(&i.Number); err != nil {
		return i, err
	}
	i.ID = fmt.Sprintf("INC-%d", i.Number)
	added, err := tx.Exec(ctx, `INSERT INTO incident (id, number, once, title, service, environment, severity, state, deployment, release,
		sha, opened_at, acked_at, acked_by, resolved_at, resolved_by, note)
		VALUES ($1, $2, $3, $4, $5, $6, $7, 'open', $8, $9, $10, $11, 0, '', 0, '', '') ON CONFLICT (once) DO NOTHING`,
		i.ID, i.Number, n.Once, i.Title, i.Service, i.Environment, i.Severity, i.Deployment, i.Release, i.SHA, journal.Micros(i.OpenedAt))
	if err != nil {
		return i, err
	}
	if added == 0 {
		known, err := where(ctx, tx, `once = $1`, n.Once)
		if err != nil {
			return i, err
		}
		return known[0], nil
	}
	tx.Append(fact(journal.IncidentDetected, i, fmt.Sprintf("%s was opened: %s", i.ID, i.Title)))
	return i, nil
}

// Acknowledge says who looks after the incident. The first one stays.
func (s *Service) Acknowledge(ctx context.Context, id, by string) (Incident, error) {
	return s.change(ctx, id, func(tx journal.Tx, i *Incident) error {
		if i.State != Open {
			return nil
		}
		i.State, i.AcknowledgedAt, i.AcknowledgedBy = Acknowledged, tx.Now(), by
		_, err := tx.Exec(ctx, `UPDATE incident SET state = 'acknowledged', acked_at = $2, acked_by = $3 WHERE id = $1`,
			id, journal.Micros(tx.Now()), by)
		tx.Append(fact(journal.IncidentAcknowledged, *i, fmt.Sprintf("%s looks after %s", by, id)))
		return err
	})
}

// Resolve ends the incident; note says how.
func (s *Service) Resolve(ctx context.Context, id, by, note string) (Incident, error) {
	return s.change(ctx, id, func(tx journal.Tx, i *Incident) error {
		if i.State == Resolved {
			return nil
		}
		i.State, i.ResolvedAt, i.ResolvedBy, i.Note = Resolved, tx.Now(), by, note
		_, err := tx.Exec(ctx, `UPDATE incident SET state = 'resolved', resolved_at = $2, resolved_by = $3, note = $4 WHERE id = $1`,
			id, journal.Micros(tx.Now()), by, note)
		text := fmt.Sprintf("%s was resolved by %s after %s", id, by, i.ResolvedAt.Sub(i.OpenedAt).Round(time.Second))
		if note != "" {
			text += ": " + note
		}
		tx.Append(fact(journal.IncidentResolved, *i, text))
		return err
	})
}

// Note adds a remark to the incident's timeline.
func (s *Service) Note(ctx context.Context, id, by, text string) error {
	if text == "" {
		return &Invalid{"text", "say what you saw or did"}
	}
	_, err := s.change(ctx, id, func(tx journal.Tx, i *Incident) error {
		tx.Append(fact(journal.IncidentNoted, *i, fmt.Sprintf("%s noted: %s", by, text)))
		return nil
	})
	return err
}

func (s *Service) change(ctx context.Context, id string, do func(journal.Tx, *Incident) error) (i Incident, err error) {
	err = s.ledger.Write(ctx, func(tx journal.Tx) error {
		// Taking the row first keeps two writers of one incident apart.
		if _, err := tx.Exec(ctx, `UPDATE incident SET note = note WHERE id = $1`, id); err != nil {
			return err
		}
		if i, err = of(ctx, tx, id); err != nil {
			return err
		}
		return do(tx, &i)
	})
	return i, err
}

func fact(t journal.Type, i Incident, text string) journal.Fact {
	f := journal.Fact{Type: t, Subject: i.ID, Text: text, Data: journal.JSON(i), About: i.About()}
	if t.Standard() {
		environment := i.Environment
		if environment == "" {
			environment = "unknown"
		}
		f.Content = journal.JSON(map[string]any{"description": i.Title, "environment": map[string]string{"id": environment},
			"service": map[string]string{"id": i.Service}})
	}
	return f
}

const columns = `id, number, title, service, environment, severity, state, deployment, release, sha, opened_at, acked_at, acked_by,
	resolved_at, resolved_by, note`

func where(ctx context.Context, r journal.Reader, condition string, args ...any) (list []Incident, err error) {
	rows, err := r.Query(ctx, `SELECT `+columns+` FROM incident WHERE `+condition, args...)
	if err != nil {
		return nil, fmt.Errorf("read incidents: %w", err)
	}
	defer rows.Close()
	for rows.Next() {
		var i Incident
		var opened, acked, resolved int64
		err := rows.Scan(&i.ID, &i.Number, &i.Title, &i.Service, &i.Environment, &i.Severity, &i.State, &i.Deployment, &i.Release, &i.SHA,
			&opened, &acked, &i.AcknowledgedBy, &resolved, &i.ResolvedBy, &i.Note)
		if err != nil {
			return nil, err
		}
		i.OpenedAt, i.AcknowledgedAt, i.ResolvedAt = journal.Time(opened), journal.Time(acked), journal.Time(resolved)
		list = append(list, i)
	}
	return list, rows.Err()
}

func of(ctx context.Context, r journal.Reader, id string) (Incident, error) {
	list, err := where(ctx, r, `id = $1`, id)
	if err != nil {
		return Incident{}, err
	}
	if len(list) == 0 {
		return Incident{}, &Missing{id}
	}
	return list[0], nil
}
