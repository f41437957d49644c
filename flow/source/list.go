package source

import (
	"context"
	"encoding/json"
	"fmt"
	"strings"
	"time"

	"andon/journal"
)

// Filter selects kept deliveries; the zero value selects the newest.
type Filter struct {
	Source  string
	Event   string
	Outcome Outcome
	Before  time.Time // only those that came earlier, when not zero
	Limit   int       // at most so many; 0 means 100
}

// Kept is a delivery that was kept.
type Kept struct {
	Receipt
	// Name is what [Service.Replay] takes: "github/72d3162e-cc78-11e3".
	Name string `json:"name"`
	Size int64  `json:"size"` // of the body, in bytes
	// Whole says that the body is there still.
	Whole bool `json:"whole"`
}

// List gives kept deliveries, the newest first.
func (s *Service) List(ctx context.Context, f Filter) (list []Kept, err error) {
	q := query{}
	q.is("source", f.Source)
	q.is("event", f.Event)
	q.is("outcome", string(f.Outcome))
	if !f.Before.IsZero() {
		q.add("at < %s", journal.Micros(f.Before))
	}
	err = s.Ledger.Read(ctx, func(r journal.Reader) error {
		rows, err := r.Query(ctx, `SELECT receipt, size, length(body) FROM webhook_delivery`+q.where()+` ORDER BY at DESC, id LIMIT `+q.limit(f.Limit), q.args...)
		if err != nil {
			return err
		}
		defer rows.Close()
		for rows.Next() {
			var k Kept
			var receipt string
			var left int64
			if err := rows.Scan(&receipt, &k.Size, &left); err != nil {
				return err
			}
			if err := json.Unmarshal([]byte(receipt), &k.Receipt); err != nil {
				return fmt.Errorf("read a receipt: %w", err)
			}
			k.Name, k.Whole = k.Source+"/"+k.ID, left > 0
			list = append(list, k)
		}
		return rows.Err()
	})
	return list, err
}

// Look selects what forges told of; the zero value selects what changed last.
type Look struct {
	Source, Repo string
	// State is a pull request's or ticket's Standing, a run's status or a
	// deployment's state; empty for any.
	State string
	// Card selects what concerns one card.
	Card string
	// Untracked selects only what concerns no card.
	Untracked bool
	// From and To bound when it changed last, where they are not zero.
	From, To time.Time
	Limit    int // at most so many; 0 means 100
}

// tied are the ties of a kind of thing.
func tied(thing string) string { return `id FROM forge_card WHERE thing = '` + thing + `'` }

// query selects from the table of a thing whose id is in a column; ties is
// where cards are tied to such ids.
func (l Look) query(ties, id string) *query {
	q := &query{}
	if l.Card != "" {
		q.add(`(source, repo, `+id+`) IN (SELECT source, repo, `+ties+` AND card = %s)`, l.Card)
	}
	q.is("source", l.Source)
	q.is("repo", l.Repo)
	if !l.From.IsZero() {
		q.add("updated_at >= %s", journal.Micros(l.From))
	}
	if !l.To.IsZero() {
		q.add("updated_at < %s", journal.Micros(l.To))
	}
	if l.Untracked {
		q.add("untracked = %s", true)
	}
	return q
}

// Pulls gives pull requests, the last changed first.
func (s *Service) Pulls(ctx context.Context, l Look) (list []Pull, err error) {
	q := l.query(`number FROM pull_request_card WHERE TRUE`, `number`)
	q.is("state", l.State)
	err = s.Ledger.Read(ctx, func(r journal.Reader) error {
		list, err = pulls(ctx, r, q.where()+` ORDER BY updated_at DESC, number DESC LIMIT `+q.limit(l.Limit), q.args...)
		return err
	})
	return list, err
}

// Issues gives tickets, the last changed first.
func (s *Service) Issues(ctx context.Context, l Look) ([]Issue, error) {
	q := l.query(tied(aTicket), `CAST(number AS TEXT)`)
	q.is("state", l.State)
	return rowsOf(ctx, s, issueFrom, `SELECT `+issueColumns+` FROM ticket`, q, l.Limit)
}

// Runs gives runs on forges, the last changed first.
func (s *Service) Runs(ctx context.Context, l Look) ([]ForgeRun, error) {
	q := l.query(tied(aRun), `id`)
	q.is("status", l.State)
	return rowsOf(ctx, s, runFrom, `SELECT `+runColumns+` FROM forge_run`, q, l.Limit)
}

// Deployments gives deployments by other tools, the last changed first.
func (s *Service) Deployments(ctx context.Context, l Look) ([]ForgeDeployment, error) {
	q := l.query(tied(aDeployment), `id`)
	q.is("state", l.State)
	return rowsOf(ctx, s, deploymentFrom, `SELECT `+deploymentColumns+` FROM forge_deployment`, q, l.Limit)
}

func rowsOf[T any](ctx context.Context, s *Service, from func(func(...any) error) (T, error), text string, q *query, limit int) (list []T, err error) {
	text += q.where() + ` ORDER BY updated_at DESC LIMIT ` + q.limit(limit)
	err = s.Ledger.Read(ctx, func(r journal.Reader) error {
		rows, err := r.Query(ctx, text, q.args...)
		if err != nil {
			return err
		}
		defer rows.Close()
		for rows.Next() {
			one, err := from(rows.Scan)
			if err != nil {
				return err
			}
			list = append(list, one)
		}
		return rows.Err()
	})
	return list, err
}

// query collects conditions and their arguments.
type query struct {
	all  []string
	args []any
}

// add adds a condition in which %s stands for the argument.
func (q *query) add(condition string, arg any) {
	q.args = append(q.args, arg)
	q.all = append(q.all, fmt.Sprintf(condition, fmt.Sprintf("$%d", len(q.args))))
}

// is asks that a column has a value, when there is one.
func (q *query) is(column, value string) {
	if value != "" {
		q.add(column+" = %s", value)
	}
}

func (q *query) where() string {
	if len(q.all) == 0 {
		return ""
	}
	return " WHERE " + strings.Join(q.all, " AND ")
}

const usual = 100

func (q *query) limit(n int) string {
	if n <= 0 {
		n = usual
	}
	q.args = append(q.args, n)
	return fmt.Sprintf("$%d", len(q.args))
}
