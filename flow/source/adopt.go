package source

import (
	"context"
	"fmt"
	"regexp"
	"strconv"
	"unicode/utf8"

	"andon/flow/floor"
	"andon/journal"
)

// thing names an issue or a pull request of a forge.
type thing struct {
	source, repo string
	mark         string // "#", or "!" before GitLab's merge requests
	number       int64
}

var named = regexp.MustCompile(`^([a-z]+):([^\s#!]+)([#!])([1-9][0-9]{0,17})$`)

func thingOf(text string) (t thing, err error) {
	m := named.FindStringSubmatch(text)
	if m == nil {
		return t, &floor.Invalid{Field: "of", Text: fmt.Sprintf("%q names no issue or pull request; write github:acme/shop#12, or gitlab:acme/shop!12 for a merge request", text)}
	}
	t = thing{source: m[1], repo: m[2], mark: m[3]}
	t.number, err = strconv.ParseInt(m[4], 10, 64)
	return t, err
}

func (t thing) String() string {
	return t.source + ":" + t.repo + t.mark + strconv.FormatInt(t.number, 10)
}

// Name is how [Service.Adopt] calls the issue.
func (i Issue) Name() string { return thing{i.Source, i.Repo, "#", i.Number}.String() }

// Name is how [Service.Adopt] calls the pull request.
func (p Pull) Name() string {
	if p.Source == "gitlab" {
		return thing{p.Source, p.Repo, "!", p.Number}.String()
	}
	return thing{p.Source, p.Repo, "#", p.Number}.String()
}

// Adopt makes a card on a line for an issue or a pull request that has none,
// and gives its key; what has a card already gives that one. An issue's card
// waits in the queue. A pull request's is unplanned work and goes where the
// pull request stands: to review while it is open, with its commits when it
// was merged. What forges tell of them is about the card from then on.
func (s *Service) Adopt(ctx context.Context, of, line string) (card string, err error) {
	t, err := thingOf(of)
	if err != nil {
		return "", err
	}
	err = s.Ledger.Write(ctx, func(tx journal.Tx) error {
		w := &scribe{tx: tx, cards: s.Cards, delivery: Delivery{Source: t.source}, sighting: Sighting{Repo: t.repo}, receipt: &Receipt{}}
		known := func(table string) (n int, err error) {
			err = tx.QueryRow(ctx, `SELECT count(*) FROM `+table+` WHERE source = $1 AND repo = $2 AND number = $3`, t.source, t.repo, t.number).Scan(&n)
			return n, err
		}
		issues, err := known("ticket")
		if err != nil {
			return err
		}
		pulls, err := known("pull_request")
		switch {
		case err != nil:
			return err
		case t.mark == "#" && issues > 0:
			card, err = w.adoptIssue(ctx, t, line)
		case pulls > 0 && (t.mark == "!" || t.source != "gitlab"):
			card, err = w.adoptPull(ctx, t, line)
		default:
			return &Missing{fmt.Sprintf("No forge told of %s. What has no card is listed by: andon untracked", t)}
		}
		return err
	})
	return card, err
}

func (w *scribe) adoptIssue(ctx context.Context, t thing, line string) (string, error) {
	row, err := takeIssue(ctx, w.tx, t.source, t.repo, t.number)
	if err != nil || len(row.Cards) > 0 {
		return first(row.Cards), err
	}
	c, err := w.cards.Adopt(ctx, w.tx, floor.NewCard{Line: line, Title: titleOf(row.Title), Note: row.URL, Labels: row.Labels, Origin: w.origins([]string{w.thing(t.number)})[0]})
	if err != nil {
		return "", err
	}
	row.Cards, row.Untracked = []string{c.Key}, false
	if err := w.tie(ctx, aTicket, strconv.FormatInt(t.number, 10), row.Cards); err != nil {
		return "", err
	}
	return c.Key, row.save(ctx, w.tx)
}

func (w *scribe) adoptPull(ctx context.Context, t thing, line string) (string, error) {
	p, err := takePull(ctx, w.tx, t.source, t.repo, t.number)
	if err != nil || len(p.Cards) > 0 {
		return first(p.Cards), err
	}
	c, err := w.cards.Adopt(ctx, w.tx, floor.NewCard{Line: line, Title: titleOf(p.Title), Note: p.URL, Kind: floor.Unplanned, Owner: p.Author})
	if err != nil {
		return "", err
	}
	p.Cards, p.Untracked = []string{c.Key}, false
	if err := w.tiePull(ctx, p, c.Key); err != nil {
		return "", err
	}
	if err := p.save(ctx, w.tx); err != nil {
		return "", err
	}
	return c.Key, w.moveCards(ctx, p, p, p.Cards)
}

func (w *scribe) tiePull(ctx context.Context, p Pull, card string) error {
	_, err := w.tx.Exec(ctx, `INSERT INTO pull_request_card (source, repo, number, card) VALUES ($1, $2, $3, $4)`, p.Source, p.Repo, p.Number, card)
	return err
}

func first(cards []string) string {
	if len(cards) == 0 {
		return ""
	}
	return cards[0]
}

// longest is how many bytes of a title a card takes.
const longest = 200

// titleOf cuts a title that is too long for a card, and never within a letter.
func titleOf(text string) string {
	if text == "" {
		return "Untitled"
	}
	for len(text) > longest {
		_, size := utf8.DecodeLastRuneInString(text)
		text = text[:len(text)-size]
	}
	return text
}
