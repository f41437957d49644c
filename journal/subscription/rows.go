package subscription

import (
	"context"
	"encoding/json"
	"fmt"

	"andon/journal"
)

const columns = `id, url, types, secret, former_secret, former_until, state, reason, cursor, awake, lease, holder, due, attempts, failing_since,
	last_fact, last_at, last_status, last_problem, delivered, created_at, created_by`

// where reads the subscriptions that a condition, with its order, selects.
func where(ctx context.Context, r journal.Reader, condition string, args ...any) ([]Subscription, error) {
	rows, err := r.Query(ctx, `SELECT `+columns+` FROM subscription WHERE `+condition, args...)
	if err != nil {
		return nil, fmt.Errorf("read subscriptions: %w", err)
	}
	defer rows.Close()
	var all []Subscription
	for rows.Next() {
		var s Subscription
		var types string
		var former, lease, due, failing, last, created int64
		err := rows.Scan(&s.ID, &s.target, &types, &s.secret.text, &s.former.text, &former, &s.State, &s.Reason, &s.Cursor, &s.awake, &lease, &s.holder, &due,
			&s.Attempts, &failing, &s.LastFact, &last, &s.LastStatus, &s.LastProblem, &s.Delivered, &created, &s.CreatedBy)
		if err != nil {
			return nil, fmt.Errorf("read subscriptions: %w", err)
		}
		if err := json.Unmarshal([]byte(types), &s.Types); err != nil {
			return nil, fmt.Errorf("read the types of %s: %w", s.ID, err)
		}
		s.URL, s.lease, s.Due, s.FailingSince = shown(s.target), journal.Time(lease), journal.Time(due), journal.Time(failing)
		s.formerUntil, s.LastAt, s.CreatedAt = journal.Time(former), journal.Time(last), journal.Time(created)
		all = append(all, s)
	}
	return all, rows.Err()
}

func of(ctx context.Context, r journal.Reader, id string) (Subscription, error) {
	all, err := where(ctx, r, `id = $1`, id)
	if err == nil && len(all) == 0 {
		err = &Missing{id}
	}
	if err != nil {
		return Subscription{}, err
	}
	return all[0], nil
}

func insert(ctx context.Context, tx journal.Tx, number int64, s Subscription) error {
	_, err := tx.Exec(ctx, `INSERT INTO subscription (id, number, url, types, secret, state, reason, cursor, awake, lease, holder, due,
		attempts, failing_since, last_fact, last_at, last_status, last_problem, delivered, created_at, created_by)
		VALUES ($1, $2, $3, $4, $5, $6, '', $7, $8, 0, '', 0, 0, 0, 0, 0, 0, '', 0, $9, $10)`,
		s.ID, number, s.target, string(journal.JSON(s.Types)), s.secret.text, string(s.State), s.Cursor, s.awake,
		journal.Micros(s.CreatedAt), s.CreatedBy)
	return err
}

// save writes what changes in the life of a subscription.
func (s Subscription) save(ctx context.Context, tx journal.Tx) error {
	_, err := tx.Exec(ctx, `UPDATE subscription SET state = $2, reason = $3, cursor = $4, awake = $5, lease = $6, holder = $7, due = $8,
		attempts = $9, failing_since = $10, last_fact = $11, last_at = $12, last_status = $13, last_problem = $14, delivered = $15
		WHERE id = $1`, s.ID, string(s.State), s.Reason, s.Cursor, s.awake, journal.Micros(s.lease), s.holder, journal.Micros(s.Due),
		s.Attempts, journal.Micros(s.FailingSince), s.LastFact, journal.Micros(s.LastAt), s.LastStatus, s.LastProblem, s.Delivered)
	if err != nil {
		return fmt.Errorf("save %s: %w", s.ID, err)
	}
	return nil
}

// saveSecrets writes what a rotation changes.
func (s Subscription) saveSecrets(ctx context.Context, tx journal.Tx) error {
	_, err := tx.Exec(ctx, `UPDATE subscription SET secret = $2, former_secret = $3, former_until = $4 WHERE id = $1`,
		s.ID, s.secret.text, s.former.text, journal.Micros(s.formerUntil))
	if err != nil {
		return fmt.Errorf("save the secret of %s: %w", s.ID, err)
	}
	return nil
}

// lock keeps all others from changing the subscription until the transaction
// ends, and gives it as it is then.
func lock(ctx context.Context, tx journal.Tx, id string) (Subscription, error) {
	if _, err := tx.Exec(ctx, `UPDATE subscription SET cursor = cursor WHERE id = $1`, id); err != nil {
		return Subscription{}, fmt.Errorf("lock %s: %w", id, err)
	}
	return of(ctx, tx, id)
}
