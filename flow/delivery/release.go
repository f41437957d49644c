package delivery

import (
	"context"
	"encoding/json"
	"fmt"
	"time"

	"andon/flow/change"
	"andon/journal"
)

// Release is a service at one commit: content and configuration together.
type Release struct {
	ID      string `json:"id"` // "storefront-3"
	Number  int64  `json:"number"`
	Service string `json:"service"`
	SHA     string `json:"sha"`
	Ord     int64  `json:"ord"`    // the commit's place among the line's changes
	Run     string `json:"run"`    // what built it
	Digest  string `json:"digest"` // of the artifact's content
	Config  Config `json:"config"`
	// Rejected says why machines may not deploy it any more, or is empty.
	Rejected  string    `json:"rejected,omitempty"`
	CreatedAt time.Time `json:"created_at"`
}

// Built is what a pipeline made.
type Built struct {
	Run    string
	SHA    string
	Ord    int64
	Digest string
}

// ReleaseIn makes a release of what was built and queues it for the plan's
// first environment. The same run makes it once.
func ReleaseIn(ctx context.Context, tx journal.Tx, p Plan, b Built) error {
	r := Release{Service: p.Service, SHA: b.SHA, Ord: b.Ord, Run: b.Run, Digest: b.Digest, Config: p.Config, CreatedAt: tx.Now()}
	if err := tx.QueryRow(ctx, `SELECT coalesce(max(number), 0) + 1 FROM release`).Scan(&r.Number); err != nil {
		return err
	}
	r.ID = fmt.Sprintf("%s-%d", p.Service, r.Number)
	n, err := tx.Exec(ctx, `INSERT INTO release (id, number, service, sha, ord, run, digest, config, rejected, created_at)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8, '', $9) ON CONFLICT (service, run, digest) DO NOTHING`,
		r.ID, r.Number, r.Service, r.SHA, r.Ord, r.Run, r.Digest, string(journal.JSON(r.Config)), journal.Micros(r.CreatedAt))
	if err != nil || n == 0 {
		return err
	}
	tx.Append(journal.Fact{Type: journal.ReleaseCreated, Subject: r.ID, Data: journal.JSON(r),
		Text: fmt.Sprintf("%s was released from %s", r.ID, change.Short(r.SHA)), About: r.about()})
	if len(p.Environments) == 0 {
		return nil
	}
	_, err = queue(ctx, tx, r, p.Environments[0], "")
	return err
}

func (r Release) about() []journal.Ref {
	return []journal.Ref{{Kind: journal.Release, ID: r.ID}, {Kind: journal.Commit, ID: r.SHA},
		{Kind: journal.Run, ID: r.Run}, {Kind: journal.Service, ID: r.Service}}
}

const releaseColumns = `id, number, service, sha, ord, run, digest, config, rejected, created_at`

func scanRelease(scan func(...any) error) (r Release, err error) {
	var config string
	var created int64
	err = scan(&r.ID, &r.Number, &r.Service, &r.SHA, &r.Ord, &r.Run, &r.Digest, &config, &r.Rejected, &created)
	if err != nil {
		return r, err
	}
	r.CreatedAt = journal.Time(created)
	return r, json.Unmarshal([]byte(config), &r.Config)
}

// ReleaseOf reads one release; a [*Missing] error when there is none.
func ReleaseOf(ctx context.Context, r journal.Reader, id string) (Release, error) {
	rel, err := scanRelease(r.QueryRow(ctx, `SELECT `+releaseColumns+` FROM release WHERE id = $1`, id).Scan)
	if journal.NotFound(err) {
		return rel, &Missing{"release", id, "list them with: andon releases"}
	}
	return rel, err
}

func releasesWhere(ctx context.Context, r journal.Reader, condition string, args ...any) (list []Release, err error) {
	rows, err := r.Query(ctx, `SELECT `+releaseColumns+` FROM release WHERE `+condition, args...)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	for rows.Next() {
		rel, err := scanRelease(rows.Scan)
		if err != nil {
			return nil, err
		}
		list = append(list, rel)
	}
	return list, rows.Err()
}

// reject keeps machines from deploying a release again.
func reject(ctx context.Context, tx journal.Tx, r Release, why string) error {
	n, err := tx.Exec(ctx, `UPDATE release SET rejected = $2 WHERE id = $1 AND rejected = ''`, r.ID, why)
	if err != nil || n == 0 {
		return err
	}
	tx.Append(journal.Fact{Type: journal.ReleaseRejected, Subject: r.ID, Data: journal.JSON(map[string]string{"reason": why}),
		Text: fmt.Sprintf("%s was rejected: %s", r.ID, why), About: r.about()})
	return nil
}

// Missing says that a thing does not exist.
type Missing struct{ What, Name, Hint string }

func (m *Missing) Error() string {
	text := fmt.Sprintf("there is no %s %q", m.What, m.Name)
	if m.Hint != "" {
		text += "; " + m.Hint
	}
	return text
}

// Invalid says which field of a request is wrong and what would be right.
type Invalid struct{ Field, Text string }

func (i *Invalid) Error() string { return i.Text }
