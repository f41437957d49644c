package source

import (
	"context"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"andon/journal"
)

// scribe writes down what one delivery tells.
type scribe struct {
	tx       journal.Tx
	cards    Cards
	delivery Delivery
	receipt  *Receipt
	nth      int // which sighting of the delivery
	sighting Sighting
}

func (w *scribe) write(ctx context.Context) error {
	switch b := w.sighting.Body.(type) {
	case Push:
		return w.push(ctx, b)
	case PullRequest:
		return w.pull(ctx, b)
	case Ticket:
		return w.ticket(ctx, b)
	case Run:
		return w.run(ctx, b)
	case Deployed:
		return w.deployed(ctx, b)
	case Released:
		return w.released(ctx, b)
	}
	return fmt.Errorf("nobody writes down a %T", w.sighting.Body)
}

// known gives the cards among some keys and those of some issues, and notes
// them for the receipt.
func (w *scribe) known(ctx context.Context, keys []string, issues ...string) (cards []string, err error) {
	if len(keys) > 0 {
		if cards, err = w.cards.Known(ctx, w.tx, keys); err != nil {
			return nil, fmt.Errorf("find the cards %s: %w", strings.Join(keys, ", "), err)
		}
	}
	if len(issues) > 0 {
		of, err := w.cards.OfIssues(ctx, w.tx, w.origins(issues))
		if err != nil {
			return nil, fmt.Errorf("find the cards of %s: %w", strings.Join(issues, ", "), err)
		}
		cards = append(cards, of...)
		slices.Sort(cards)
		cards = slices.Compact(cards)
	}
	w.receipt.Cards = append(w.receipt.Cards, cards...)
	return cards, nil
}

// ofCommit gives the cards of the pull requests whose newest commit or merge a
// commit is.
func (w *scribe) ofCommit(ctx context.Context, sha string) ([]string, error) {
	cards, err := texts(ctx, w.tx, `SELECT DISTINCT c.card FROM pull_request_card c
		JOIN pull_request p ON p.source = c.source AND p.repo = c.repo AND p.number = c.number
		WHERE p.source = $1 AND p.repo = $2 AND (p.head = $3 OR p.merge_sha = $3) ORDER BY c.card`,
		w.delivery.Source, w.sighting.Repo, sha)
	w.receipt.Cards = append(w.receipt.Cards, cards...)
	return cards, err
}

// also gives the cards of before and those that are named now, sorted.
func (w *scribe) also(ctx context.Context, before, keys []string, issues ...string) ([]string, error) {
	named, err := w.known(ctx, keys, issues...)
	all := slices.Concat(before, named)
	slices.Sort(all)
	return slices.Compact(all), err
}

// concerned gives the cards that a branch's name or its commit's pull requests
// name, besides those that are known already.
func (w *scribe) concerned(ctx context.Context, branch, sha string, before []string) ([]string, error) {
	pulled, err := w.ofCommit(ctx, sha)
	if err != nil {
		return nil, err
	}
	return w.also(ctx, slices.Concat(before, pulled), Keys(Words{Branch: branch}))
}

// place names the repository on its forge, as a URI reference.
func (w *scribe) place() string {
	return "/hooks/" + w.delivery.Source + "/" + escape(w.sighting.Repo)
}

// actor is who did it on the forge.
func (w *scribe) actor() string {
	if w.sighting.Actor != "" {
		return w.sighting.Actor
	}
	return w.delivery.Source
}

// factID is the same whenever the delivery runs, which makes a replay find the
// facts that it led to.
func (w *scribe) factID(t journal.Type) string {
	return journal.FactID(w.delivery.Source, w.delivery.ID, strconv.Itoa(w.nth), string(t))
}

// texts reads one column of text.
func texts(ctx context.Context, r journal.Reader, query string, args ...any) (list []string, err error) {
	rows, err := r.Query(ctx, query, args...)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	for rows.Next() {
		var text string
		if err := rows.Scan(&text); err != nil {
			return nil, err
		}
		list = append(list, text)
	}
	return list, rows.Err()
}

// joined keeps a short list in one column: no element has a line break.
func joined(list []string) string { return strings.Join(list, "\n") }

// split is the inverse of joined.
func split(text string) []string {
	if text == "" {
		return nil
	}
	return strings.Split(text, "\n")
}

// earlier gives the earlier of two times; the zero time is none.
func earlier(a, b time.Time) time.Time {
	if a.IsZero() || !b.IsZero() && b.Before(a) {
		return b
	}
	return a
}

// filled gives the new text, or the old one where nothing is told.
func filled(text, old string) string {
	if text == "" {
		return old
	}
	return text
}
