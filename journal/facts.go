package journal

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"slices"
	"strings"
)

// flush writes the facts of one transaction. Taking positions by updating the
// single head row serialises writers until they commit: that is what makes
// the order of positions the order of commits.
func (t *tx) flush(ctx context.Context) (last int64, err error) {
	n := int64(len(t.facts))
	err = t.QueryRow(ctx, `UPDATE journal_head SET seq = seq + $1 RETURNING seq`, n).Scan(&last)
	if err != nil {
		return 0, fmt.Errorf("take journal positions: %w", err)
	}
	for i := range t.facts {
		t.facts[i].Seq = last - n + int64(i) + 1
		if err := t.insert(ctx, t.facts[i]); err != nil {
			return 0, fmt.Errorf("append %s: %w", t.facts[i].Type, err)
		}
	}
	return last, nil
}

func (t *tx) insert(ctx context.Context, f Fact) error {
	_, err := t.Exec(ctx, `INSERT INTO fact (seq, id, at, type, subject, actor, body, content, data)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)`,
		f.Seq, f.ID, Micros(f.At), string(f.Type), f.Subject, f.Actor, f.Text, orEmpty(f.Content), orEmpty(f.Data))
	if err != nil {
		return err
	}
	for _, ref := range f.About {
		_, err := t.Exec(ctx, `INSERT INTO fact_about (ref, seq) VALUES ($1, $2) ON CONFLICT DO NOTHING`, ref.String(), f.Seq)
		if err != nil {
			return err
		}
	}
	return nil
}

func orEmpty(b []byte) string {
	if len(b) == 0 {
		return "{}"
	}
	return string(b)
}

// Head is the position of the newest fact, 0 when there is none.
func (l *Ledger) Head(ctx context.Context) (seq int64, err error) {
	err = l.store.Read(ctx, func(r Reader) error {
		seq, err = HeadOf(ctx, r)
		return err
	})
	return seq, err
}

// HeadOf is Head inside a transaction: a page rendered from r shows the
// state exactly as of that position.
func HeadOf(ctx context.Context, r Reader) (seq int64, err error) {
	err = r.QueryRow(ctx, `SELECT seq FROM journal_head`).Scan(&seq)
	return seq, err
}

// Query selects facts; the zero value selects all from the beginning.
type Query struct {
	After  int64  // only facts with a higher position
	Before int64  // only facts with a lower position, when not 0
	Types  []Type // only these types, when not empty
	About  []Ref  // only facts about any of these, when not empty
	Newest bool   // newest first, otherwise oldest first
	Limit  int    // at most so many; 0 means 1000
	// Linked fills in what each fact is about, at the price of a second query.
	Linked bool
}

// Facts answers q in order of position.
func (l *Ledger) Facts(ctx context.Context, q Query) (facts []Fact, err error) {
	err = l.store.Read(ctx, func(r Reader) error {
		facts, err = FactsOf(ctx, r, q)
		return err
	})
	return facts, err
}

// FactsOf is Facts inside a transaction.
func FactsOf(ctx context.Context, r Reader, q Query) ([]Fact, error) {
	text, args := q.sql()
	rows, err := r.Query(ctx, text, args...)
	if err != nil {
		return nil, fmt.Errorf("read journal: %w", err)
	}
	defer rows.Close()
	var facts []Fact
	for rows.Next() {
		f, err := scanFact(rows)
		if err != nil {
			return nil, err
		}
		facts = append(facts, f)
	}
	if err := rows.Err(); err != nil || !q.Linked {
		return facts, err
	}
	return facts, link(ctx, r, facts)
}

// link fills in what the facts are about, some hundred at a time.
func link(ctx context.Context, r Reader, facts []Fact) error {
	at, seqs := make(map[int64]*Fact, len(facts)), make([]int64, len(facts))
	for i := range facts {
		seqs[i] = facts[i].Seq
		at[seqs[i]] = &facts[i]
	}
	for some := range slices.Chunk(seqs, AtOnce) {
		in, args := In(some)
		rows, err := r.Query(ctx, `SELECT seq, ref FROM fact_about WHERE seq IN (`+in+`) ORDER BY seq, ref`, args...)
		if err != nil {
			return err
		}
		defer rows.Close()
		for rows.Next() {
			var seq int64
			var text string
			if err := rows.Scan(&seq, &text); err != nil {
				return err
			}
			at[seq].About = append(at[seq].About, refOf(text))
		}
		if err := rows.Err(); err != nil {
			return err
		}
	}
	return nil
}

// refOf reads what Ref.String wrote.
func refOf(text string) Ref {
	kind, id, _ := strings.Cut(text, ":")
	return Ref{RefKind(kind), id}
}

func scanFact(rows *sql.Rows) (Fact, error) {
	var f Fact
	var at int64
	var content, data string
	err := rows.Scan(&f.Seq, &f.ID, &at, &f.Type, &f.Subject, &f.Actor, &f.Text, &content, &data)
	if err != nil {
		return f, err
	}
	f.At, f.Content, f.Data = Time(at), []byte(content), []byte(data)
	return f, nil
}

func (q Query) sql() (text string, args []any) {
	arg := func(v any) string {
		args = append(args, v)
		return fmt.Sprintf("$%d", len(args))
	}
	where := []string{"f.seq > " + arg(q.After)}
	if q.Before > 0 {
		where = append(where, "f.seq < "+arg(q.Before))
	}
	if len(q.Types) > 0 {
		var in []string
		for _, t := range q.Types {
			in = append(in, arg(string(t)))
		}
		where = append(where, "f.type IN ("+strings.Join(in, ", ")+")")
	}
	if len(q.About) > 0 {
		var in []string
		for _, ref := range q.About {
			in = append(in, arg(ref.String()))
		}
		where = append(where, "f.seq IN (SELECT seq FROM fact_about WHERE ref IN ("+strings.Join(in, ", ")+"))")
	}
	order := "ASC"
	if q.Newest {
		order = "DESC"
	}
	limit := q.Limit
	if limit <= 0 {
		limit = 1000
	}
	return `SELECT f.seq, f.id, f.at, f.type, f.subject, f.actor, f.body, f.content, f.data FROM fact f
		WHERE ` + strings.Join(where, " AND ") + ` ORDER BY f.seq ` + order + ` LIMIT ` + arg(limit), args
}

// refsOf reads what a fact is about.
func refsOf(ctx context.Context, r Reader, seq int64) ([]Ref, error) {
	rows, err := r.Query(ctx, `SELECT ref FROM fact_about WHERE seq = $1 ORDER BY ref`, seq)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	var refs []Ref
	for rows.Next() {
		var s string
		if err := rows.Scan(&s); err != nil {
			return nil, err
		}
		refs = append(refs, refOf(s))
	}
	return refs, rows.Err()
}

// RefsOf gives what the fact at that position is about.
func (l *Ledger) RefsOf(ctx context.Context, seq int64) (refs []Ref, err error) {
	err = l.store.Read(ctx, func(r Reader) error {
		refs, err = refsOf(ctx, r, seq)
		return err
	})
	return refs, err
}

// NotFound reports whether err means that a single-row query found nothing.
func NotFound(err error) bool { return errors.Is(err, sql.ErrNoRows) }

// Told says whether there is a fact of that id.
func Told(ctx context.Context, r Reader, id string) (bool, error) {
	var n int
	err := r.QueryRow(ctx, `SELECT count(*) FROM fact WHERE id = $1`, id).Scan(&n)
	return n > 0, err
}
