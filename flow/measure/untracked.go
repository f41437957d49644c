package measure

import (
	"context"
	"time"

	"andon/flow/change"
	"andon/journal"
)

// Untracked are the commits that reached the branch without naming a card that
// exists: work that the floor never saw.
type Untracked struct {
	Commits int             `json:"commits"` // all that reached the branch within the window
	Without int             `json:"without"` // of these, those without a card
	Newest  []UntrackedWork `json:"newest"`
}

// UntrackedWork is one such commit.
type UntrackedWork struct {
	SHA    string    `json:"sha"`
	Title  string    `json:"title"`
	Author string    `json:"author"`
	At     time.Time `json:"at"`
}

const shownUntracked = 20

// Untracked tells how much work bypassed the floor within a window.
func (s *Service) Untracked(ctx context.Context, w Window) (u Untracked, err error) {
	err = s.ledger.Read(ctx, func(r journal.Reader) error {
		const within = `c.at >= $1 AND c.at < $2`
		const without = within + ` AND NOT EXISTS (SELECT 1 FROM card_change x WHERE x.sha = c.sha)`
		from, to := journal.Micros(w.From), journal.Micros(w.To)
		if err := r.QueryRow(ctx, `SELECT count(*) FROM change c WHERE `+within, from, to).Scan(&u.Commits); err != nil {
			return err
		}
		if err := r.QueryRow(ctx, `SELECT count(*) FROM change c WHERE `+without, from, to).Scan(&u.Without); err != nil {
			return err
		}
		rows, err := r.Query(ctx, `SELECT c.sha, c.message, c.author, c.at FROM change c WHERE `+without+` ORDER BY c.ord DESC LIMIT $3`, from, to, shownUntracked)
		if err != nil {
			return err
		}
		defer rows.Close()
		for rows.Next() {
			var c change.Change
			var at int64
			if err := rows.Scan(&c.SHA, &c.Message, &c.Author, &at); err != nil {
				return err
			}
			u.Newest = append(u.Newest, UntrackedWork{c.SHA, c.Title(), c.Author, journal.Time(at)})
		}
		return rows.Err()
	})
	return u, err
}
