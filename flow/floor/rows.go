package floor

import (
	"context"
	"database/sql"
	"encoding/json"
	"fmt"
	"slices"

	"andon/journal"
)

const cardColumns = `key, line, station, title, note, kind, class, estimate, owner, rank,
	created_at, started_at, entered_at, done_at, blocked_at, blocked_by, blocked_reason, ready_for, rev,
	finished_at, epic, due_at, delay_cost, analysed_at, analysed_by, scheduled_for, lit_at, lit_risk, lit_answer, overtook, discarded, labels, red`

// urgency orders cards of one station: expedite before fixed dates before
// standard before intangible, then by rank.
const urgency = `CASE class WHEN 'expedite' THEN 0 WHEN 'fixed-date' THEN 1 WHEN 'standard' THEN 2 ELSE 3 END, rank, key`

func scanCard(scan func(...any) error) (Card, error) {
	var c Card
	var created, started, entered, done, blocked int64
	var finished, due, analysed, scheduled, lit int64
	var by, reason, answer, labels string
	var risk float64
	err := scan(&c.Key, &c.Line, &c.Station, &c.Title, &c.Note, &c.Kind, &c.Class, &c.Estimate, &c.Owner, &c.Rank,
		&created, &started, &entered, &done, &blocked, &by, &reason, &c.ReadyFor, &c.Rev,
		&finished, &c.Epic, &due, &c.CostOfDelay, &analysed, &c.AnalysedBy, &scheduled, &lit, &risk, &answer, &c.Overtook, &c.Discarded, &labels, &c.Red)
	c.Labels = splitLabels(labels)
	c.CreatedAt, c.StartedAt = journal.Time(created), journal.Time(started)
	c.EnteredAt, c.DoneAt = journal.Time(entered), journal.Time(done)
	c.FinishedAt, c.DueAt = journal.Time(finished), journal.Time(due)
	c.AnalysedAt, c.ScheduledFor = journal.Time(analysed), journal.Time(scheduled)
	if lit != 0 {
		c.Lamp = &Lamp{Since: journal.Time(lit), Risk: risk, Answer: answer}
	}
	if blocked != 0 {
		c.Blocked = &Block{Reason: reason, By: by, Since: journal.Time(blocked)}
	}
	return c, err
}

// cardsWhere reads cards with their helpers; the condition uses $1, $2, ….
func cardsWhere(ctx context.Context, r journal.Reader, condition string, args ...any) ([]Card, error) {
	rows, err := r.Query(ctx, `SELECT `+cardColumns+` FROM card WHERE `+condition+` ORDER BY `+urgency, args...)
	if err != nil {
		return nil, fmt.Errorf("read cards: %w", err)
	}
	defer rows.Close()
	var cards []Card
	for rows.Next() {
		c, err := scanCard(rows.Scan)
		if err != nil {
			return nil, err
		}
		cards = append(cards, c)
	}
	return cards, rows.Err()
}

func cardByKey(ctx context.Context, r journal.Reader, key string) (Card, error) {
	c, err := scanCard(r.QueryRow(ctx, `SELECT `+cardColumns+` FROM card WHERE key = $1`, key).Scan)
	if journal.NotFound(err) {
		return c, &Missing{What: "card", Name: key, Hint: "list them with: andon floor"}
	}
	if err != nil {
		return c, err
	}
	c.Helpers, err = column(ctx, r, `SELECT person FROM card_helper WHERE card = $1 ORDER BY person`, key)
	if err != nil {
		return c, err
	}
	c.Changes, err = column(ctx, r, `SELECT sha FROM card_change WHERE card = $1 ORDER BY ord`, key)
	return c, err
}

func column(ctx context.Context, r journal.Reader, query string, args ...any) (values []string, err error) {
	rows, err := r.Query(ctx, query, args...)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	for rows.Next() {
		var v string
		if err := rows.Scan(&v); err != nil {
			return nil, err
		}
		values = append(values, v)
	}
	return values, rows.Err()
}

// attach fills in the helpers and changes of cards, some hundred at a time.
func attach(ctx context.Context, r journal.Reader, cards []Card) error {
	for some := range slices.Chunk(cards, journal.AtOnce) {
		at := make(map[string]*Card, len(some))
		keys := make([]string, len(some))
		for i := range some {
			at[some[i].Key], keys[i] = &some[i], some[i].Key
		}
		in, args := journal.In(keys)
		each := func(query string, add func(*Card, string)) error {
			rows, err := r.Query(ctx, query, args...)
			if err != nil {
				return err
			}
			defer rows.Close()
			for rows.Next() {
				var key, value string
				if err := rows.Scan(&key, &value); err != nil {
					return err
				}
				add(at[key], value)
			}
			return rows.Err()
		}
		if err := each(`SELECT card, person FROM card_helper WHERE card IN (`+in+`) ORDER BY card, person`,
			func(c *Card, v string) { c.Helpers = append(c.Helpers, v) }); err != nil {
			return err
		}
		if err := each(`SELECT card, sha FROM card_change WHERE card IN (`+in+`) ORDER BY card, ord`,
			func(c *Card, v string) { c.Changes = append(c.Changes, v) }); err != nil {
			return err
		}
	}
	return nil
}

func lineByName(ctx context.Context, r journal.Reader, name string) (Line, error) {
	l := Line{Name: name}
	var rules string
	err := r.QueryRow(ctx, `SELECT title, key, wip, rules FROM line WHERE name = $1`, name).Scan(&l.Title, &l.Key, &l.WIP, &rules)
	if journal.NotFound(err) {
		return l, &Missing{What: "line", Name: name}
	}
	if err != nil {
		return l, err
	}
	if err := json.Unmarshal([]byte(rules), &l.Rules); err != nil {
		return l, fmt.Errorf("the rules of line %s: %w", name, err)
	}
	rows, err := r.Query(ctx, `SELECT name, kind, wip, machine, split, hands, cord_at, cord_by, cord_reason
		FROM station WHERE line = $1 ORDER BY pos`, name)
	if err != nil {
		return l, err
	}
	defer rows.Close()
	for rows.Next() {
		s, err := scanStation(rows)
		if err != nil {
			return l, err
		}
		l.Stations = append(l.Stations, s)
	}
	return l, rows.Err()
}

func scanStation(rows *sql.Rows) (s Station, err error) {
	var at int64
	var by, reason string
	err = rows.Scan(&s.Name, &s.Kind, &s.WIP, &s.Machine, &s.Split, &s.Hands, &at, &by, &reason)
	if at != 0 {
		s.Cord = &Cord{By: by, Reason: reason, Since: journal.Time(at)}
	}
	return s, err
}
