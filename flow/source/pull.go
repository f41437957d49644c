package source

import (
	"context"
	"fmt"
	"slices"
	"time"

	"andon/flow/change"
	"andon/journal"
)

// Pull is a pull request as Andon knows it.
type Pull struct {
	Source string   `json:"source"`
	Repo   string   `json:"repo"`
	Number int64    `json:"number"`
	State  Standing `json:"state"`
	Draft  bool     `json:"draft,omitempty"`
	// Review is the newest verdict: approved or changes-requested.
	Review   PullAct `json:"review,omitempty"`
	Title    string  `json:"title"`
	URL      string  `json:"url,omitempty"`
	Author   string  `json:"author,omitempty"`
	Branch   string  `json:"branch"`
	Base     string  `json:"base"`
	Head     string  `json:"head"`
	MergeSHA string  `json:"merge_sha,omitempty"`

	OpenedAt      time.Time `json:"opened_at,omitzero"`
	ReadyAt       time.Time `json:"ready_at,omitzero"` // first offered for review
	FirstReviewAt time.Time `json:"first_review_at,omitzero"`
	ReviewedAt    time.Time `json:"reviewed_at,omitzero"` // of Review
	MergedAt      time.Time `json:"merged_at,omitzero"`
	ClosedAt      time.Time `json:"closed_at,omitzero"`
	// UpdatedAt is the forge's time of the newest thing told.
	UpdatedAt time.Time `json:"updated_at"`

	Cards     []string `json:"cards,omitempty"`
	Untracked bool     `json:"untracked,omitempty"`
}

// waits says that reviewers may begin.
func (p Pull) waits() bool { return p.State == Open && !p.Draft }

// learn takes in what was told to have happened at a time, and says whether it
// came late: after something newer. Then it only fills in what is missing.
// Merged is for ever. Within one instant the end wins over the beginning, for
// forges count in seconds and deliver in any order.
func (p *Pull) learn(t PullRequest, at time.Time) (late bool) {
	ended := p.State == Merged || p.State == Closed && at.Equal(p.UpdatedAt) && t.Act != PullReopened
	late = at.Before(p.UpdatedAt) || t.Standing == Open && ended
	p.OpenedAt = earlier(p.OpenedAt, t.OpenedAt)
	switch t.Act {
	case PullOpened:
		p.OpenedAt = earlier(p.OpenedAt, at)
		if !t.Draft {
			p.ReadyAt = earlier(p.ReadyAt, at)
		}
	case PullReady:
		p.ReadyAt = earlier(p.ReadyAt, at)
	case PullApproved, PullChangesRequested, PullCommented:
		p.FirstReviewAt = earlier(p.FirstReviewAt, at)
		if t.Act != PullCommented && !at.Before(p.ReviewedAt) {
			p.Review, p.ReviewedAt = t.Act, at
		}
	case PullMerged:
		p.MergedAt = earlier(p.MergedAt, at)
	}
	if t.Standing == Merged {
		p.MergedAt = earlier(t.MergedAt, p.MergedAt)
		p.ClosedAt = earlier(p.ClosedAt, t.ClosedAt)
		p.MergeSHA = filled(p.MergeSHA, t.MergeSHA)
		p.State = Merged
	}
	p.Author = filled(p.Author, t.Author)
	if late {
		p.Title, p.URL, p.Branch, p.Base, p.Head = filled(p.Title, t.Title), filled(p.URL, t.URL), filled(p.Branch, t.Branch),
			filled(p.Base, t.Base), filled(p.Head, t.Head)
		return true
	}
	p.Title, p.URL, p.Branch, p.Base, p.Head = filled(t.Title, p.Title), filled(t.URL, p.URL), filled(t.Branch, p.Branch),
		filled(t.Base, p.Base), filled(t.Head, p.Head)
	p.Draft, p.UpdatedAt = t.Draft, at
	if p.State != Merged {
		p.State = t.Standing
	}
	switch {
	case p.State == Open:
		p.ClosedAt = time.Time{}
	case !t.ClosedAt.IsZero():
		p.ClosedAt = t.ClosedAt
	case p.ClosedAt.IsZero() && (t.Act == PullClosed || t.Act == PullMerged):
		p.ClosedAt = at
	}
	if p.waits() && p.ReadyAt.IsZero() {
		p.ReadyAt = at // what made it ready was never told
	}
	return false
}

func (w *scribe) pull(ctx context.Context, t PullRequest) error {
	was, err := takePull(ctx, w.tx, w.delivery.Source, w.sighting.Repo, t.Number)
	if err != nil {
		return fmt.Errorf("take pull request %d of %s: %w", t.Number, w.sighting.Repo, err)
	}
	p := was
	late := p.learn(t, w.sighting.At)
	named, err := w.known(ctx, Keys(Words{Branch: t.Branch, Title: t.Title, Body: t.Body}),
		Closing(t.Title+"\n\n"+t.Body, w.sighting.Repo)...)
	if err != nil {
		return err
	}
	var added []string
	for _, c := range named {
		if slices.Contains(was.Cards, c) {
			continue
		}
		added = append(added, c)
		if err := w.tiePull(ctx, p, c); err != nil {
			return err
		}
	}
	p.Cards = slices.Concat(was.Cards, added)
	slices.Sort(p.Cards)
	p.Untracked = len(p.Cards) == 0
	w.receipt.Untracked = w.receipt.Untracked || p.Untracked
	if err := p.save(ctx, w.tx); err != nil {
		return err
	}
	if err := w.tellPull(ctx, t, p, late); err != nil {
		return err
	}
	return w.moveCards(ctx, was, p, added)
}

// moveCards does on the floor what the pull request means for its cards. What
// it meant before is done already; only new ties and new states act.
func (w *scribe) moveCards(ctx context.Context, was, p Pull, added []string) error {
	concerned := added
	switch {
	case p.waits():
		if !was.waits() {
			concerned = p.Cards
		}
		for _, c := range concerned {
			if err := w.cards.ReadyForReview(ctx, w.tx, c); err != nil {
				return fmt.Errorf("make %s ready for review: %w", c, err)
			}
		}
	case p.State == Merged && p.MergeSHA != "":
		if was.State != Merged || was.MergeSHA == "" {
			concerned = p.Cards
		}
		if len(concerned) == 0 {
			return nil
		}
		// A commit that has not reached Andon's branch yet is tied when it does,
		// see [KeysOf].
		c, err := change.Of(ctx, w.tx, p.MergeSHA)
		if journal.NotFound(err) {
			return nil
		}
		if err != nil {
			return err
		}
		return w.cards.Link(ctx, w.tx, c, concerned)
	}
	return nil
}

// KeysOf gives the cards of the pull requests that a commit merged: what a
// commit's own message need not name.
func KeysOf(ctx context.Context, r journal.Reader, sha string) ([]string, error) {
	return texts(ctx, r, `SELECT DISTINCT c.card FROM pull_request_card c
		JOIN pull_request p ON p.source = c.source AND p.repo = c.repo AND p.number = c.number
		WHERE p.state = 'merged' AND (p.merge_sha = $1 OR p.head = $1) ORDER BY c.card`, sha)
}
