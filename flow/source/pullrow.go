package source

import (
	"context"
	"database/sql"

	"andon/journal"
)

const pullColumns = `source, repo, number, state, draft, review, title, url, author, branch, base, head, merge_sha,
	opened_at, ready_at, first_review_at, reviewed_at, merged_at, closed_at, updated_at, untracked`

// takePull holds the row of a pull request until the transaction ends, and
// makes it first where there is none: then its state is empty.
func takePull(ctx context.Context, tx journal.Tx, source, repo string, number int64) (p Pull, err error) {
	if _, err := tx.Exec(ctx, `INSERT INTO pull_request (`+pullColumns+`, rev)
		VALUES ($1, $2, $3, '', FALSE, '', '', '', '', '', '', '', '', 0, 0, 0, 0, 0, 0, 0, TRUE, 0)
		ON CONFLICT (source, repo, number) DO NOTHING`, source, repo, number); err != nil {
		return p, err
	}
	if _, err := tx.Exec(ctx, `UPDATE pull_request SET rev = rev + 1 WHERE source = $1 AND repo = $2 AND number = $3`,
		source, repo, number); err != nil {
		return p, err
	}
	list, err := pulls(ctx, tx, ` WHERE source = $1 AND repo = $2 AND number = $3`, source, repo, number)
	if err != nil {
		return p, err
	}
	if len(list) == 0 {
		return p, sql.ErrNoRows
	}
	return list[0], nil
}

func (p Pull) save(ctx context.Context, tx journal.Tx) error {
	_, err := tx.Exec(ctx, `UPDATE pull_request SET state = $4, draft = $5, review = $6, title = $7, url = $8, author = $9,
		branch = $10, base = $11, head = $12, merge_sha = $13, opened_at = $14, ready_at = $15, first_review_at = $16,
		merged_at = $17, closed_at = $18, updated_at = $19, untracked = $20, reviewed_at = $21 WHERE source = $1 AND repo = $2 AND number = $3`,
		p.Source, p.Repo, p.Number, string(p.State), p.Draft, string(p.Review), p.Title, p.URL, p.Author,
		p.Branch, p.Base, p.Head, p.MergeSHA, journal.Micros(p.OpenedAt), journal.Micros(p.ReadyAt), journal.Micros(p.FirstReviewAt),
		journal.Micros(p.MergedAt), journal.Micros(p.ClosedAt), journal.Micros(p.UpdatedAt), p.Untracked,
		journal.Micros(p.ReviewedAt))
	return err
}

// pulls reads pull requests with their cards.
func pulls(ctx context.Context, r journal.Reader, where string, args ...any) (list []Pull, err error) {
	rows, err := r.Query(ctx, `SELECT `+pullColumns+` FROM pull_request`+where, args...)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	for rows.Next() {
		var p Pull
		var opened, ready, review, verdict, merged, closed, updated int64
		if err := rows.Scan(&p.Source, &p.Repo, &p.Number, &p.State, &p.Draft, &p.Review, &p.Title, &p.URL, &p.Author, &p.Branch, &p.Base,
			&p.Head, &p.MergeSHA, &opened, &ready, &review, &verdict, &merged, &closed, &updated, &p.Untracked); err != nil {
			return nil, err
		}
		p.OpenedAt, p.ReadyAt, p.FirstReviewAt, p.ReviewedAt = journal.Time(opened), journal.Time(ready), journal.Time(review), journal.Time(verdict)
		p.MergedAt, p.ClosedAt, p.UpdatedAt = journal.Time(merged), journal.Time(closed), journal.Time(updated)
		list = append(list, p)
	}
	if err := rows.Err(); err != nil {
		return nil, err
	}
	for i, p := range list {
		if list[i].Cards, err = texts(ctx, r, `SELECT card FROM pull_request_card WHERE source = $1 AND repo = $2 AND number = $3 ORDER BY card`,
			p.Source, p.Repo, p.Number); err != nil {
			return nil, err
		}
	}
	return list, nil
}
