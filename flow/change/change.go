// Package change keeps the commits that reached the branch a line delivers
// from, in the order in which they reached it.
//
// That order is all that the rest of the line needs to know of git's graph:
// a run, a release or a rollout of one commit covers every change with the
// same or a lower position (Ord). When a branch is rewritten, what it now
// holds is appended; positions are never given twice.
package change

import (
	"context"
	"fmt"
	"strings"
	"time"

	"andon/journal"
)

// Change is one commit on the line's branch.
type Change struct {
	SHA     string
	Ord     int64 // position in order of arrival, from 1
	Branch  string
	Author  string
	Email   string
	Message string
	// AuthoredAt is git's author date; At is when Andon saw the commit.
	AuthoredAt time.Time
	At         time.Time
	// Head marks the newest commit of a push: the one pipelines run on.
	Head bool
}

// Title is the first line of the message.
func (c Change) Title() string {
	title, _, _ := strings.Cut(c.Message, "\n")
	return title
}

// Short is the first seven digits of the hash.
func Short(sha string) string { return sha[:min(7, len(sha))] }

// Merged is the Data of a change.merged fact.
type Merged struct {
	SHA    string `json:"sha"`
	Ord    int64  `json:"ord"`
	Branch string `json:"branch"`
	// Before is the branch's commit before the push, empty on the first.
	Before  string `json:"before"`
	Author  string `json:"author"`
	Message string `json:"message"`
	Head    bool   `json:"head"`
}

// Book records changes.
type Book struct {
	ledger *journal.Ledger
	// source names the repository in facts.
	source string
}

// NewBook keeps the changes of one repository.
func NewBook(l *journal.Ledger, repository string) *Book { return &Book{l, repository} }

// Record notes that the branch moved from before to after by these commits,
// oldest first; the last is the new head. What is known already keeps its
// position and is not told again, so repeating a call changes nothing.
func (b *Book) Record(ctx context.Context, branch, before string, commits []Change) error {
	if len(commits) == 0 {
		return nil
	}
	return b.ledger.Write(ctx, func(tx journal.Tx) error {
		head := commits[len(commits)-1].SHA
		if _, err := tx.Exec(ctx, `INSERT INTO branch_head (branch, sha) VALUES ($1, $2)
			ON CONFLICT (branch) DO UPDATE SET sha = excluded.sha`, branch, head); err != nil {
			return err
		}
		var ord int64
		if err := tx.QueryRow(ctx, `SELECT coalesce(max(ord), 0) FROM change`).Scan(&ord); err != nil {
			return err
		}
		for _, c := range commits {
			c.Branch, c.At, c.Ord, c.Head = branch, tx.Now(), ord+1, c.SHA == head
			added, err := b.add(ctx, tx, c, before)
			if err != nil {
				return fmt.Errorf("record commit %s: %w", c.SHA, err)
			}
			if added {
				ord++
			}
		}
		return nil
	})
}

func (b *Book) add(ctx context.Context, tx journal.Tx, c Change, before string) (bool, error) {
	c.Message, c.Author, c.Email = clean(c.Message), clean(c.Author), clean(c.Email)
	n, err := tx.Exec(ctx, `INSERT INTO change (sha, ord, branch, author, email, message, authored_at, at, head)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9) ON CONFLICT (sha) DO NOTHING`,
		c.SHA, c.Ord, c.Branch, c.Author, c.Email, c.Message, journal.Micros(c.AuthoredAt), journal.Micros(c.At), c.Head)
	if err != nil || n == 0 {
		return false, err
	}
	tx.Append(journal.Fact{
		Type: journal.ChangeMerged, Subject: c.SHA, Actor: c.Author,
		Text:    fmt.Sprintf("%s reached %s: %s", Short(c.SHA), c.Branch, c.Title()),
		Content: journal.JSON(map[string]any{"repository": map[string]string{"id": b.source}}),
		Data:    journal.JSON(Merged{c.SHA, c.Ord, c.Branch, before, c.Author, c.Message, c.Head}),
		About:   []journal.Ref{{Kind: journal.Commit, ID: c.SHA}},
	})
	return true, nil
}

// clean makes foreign text storable: commits may hold any bytes.
func clean(s string) string {
	return strings.ToValidUTF8(strings.ReplaceAll(s, "\x00", ""), "\uFFFD")
}

// Seen gives the branch's newest recorded commit, or "" for none.
func (b *Book) Seen(ctx context.Context, branch string) (sha string, err error) {
	err = b.ledger.Read(ctx, func(r journal.Reader) error {
		return r.QueryRow(ctx, `SELECT sha FROM branch_head WHERE branch = $1`, branch).Scan(&sha)
	})
	if journal.NotFound(err) {
		return "", nil
	}
	return sha, err
}

// Of reads one change; the error is journal.NotFound when it is not recorded.
func Of(ctx context.Context, r journal.Reader, sha string) (c Change, err error) {
	return scan(r.QueryRow(ctx, `SELECT sha, ord, branch, author, email, message, authored_at, at, head FROM change WHERE sha = $1`, sha).Scan)
}

// Between reads the changes after one position up to another, in order.
func Between(ctx context.Context, r journal.Reader, after, upTo int64) (list []Change, err error) {
	rows, err := r.Query(ctx, `SELECT sha, ord, branch, author, email, message, authored_at, at, head FROM change
		WHERE ord > $1 AND ord <= $2 ORDER BY ord`, after, upTo)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	for rows.Next() {
		c, err := scan(rows.Scan)
		if err != nil {
			return nil, err
		}
		list = append(list, c)
	}
	return list, rows.Err()
}

func scan(from func(...any) error) (c Change, err error) {
	var authored, at int64
	err = from(&c.SHA, &c.Ord, &c.Branch, &c.Author, &c.Email, &c.Message, &authored, &at, &c.Head)
	c.AuthoredAt, c.At = journal.Time(authored), journal.Time(at)
	return c, err
}
