package source

import (
	"context"
	"encoding/json"
	"fmt"
	"strconv"
	"strings"
	"time"

	"andon/journal"
)

// Issue is a ticket of a forge as Andon knows it.
type Issue struct {
	Source    string    `json:"source"`
	Repo      string    `json:"repo"`
	Number    int64     `json:"number"`
	State     Standing  `json:"state"`
	Title     string    `json:"title"`
	URL       string    `json:"url,omitempty"`
	Author    string    `json:"author,omitempty"`
	Labels    []string  `json:"labels,omitempty"`
	Cards     []string  `json:"cards,omitempty"`
	OpenedAt  time.Time `json:"opened_at,omitzero"`
	ClosedAt  time.Time `json:"closed_at,omitzero"`
	UpdatedAt time.Time `json:"updated_at"`
	Untracked bool      `json:"untracked,omitempty"`
}

// learn takes in what was told to have happened at a time, and says whether it
// came late. Within one instant a closing wins over what left it open, unless
// that opened it again.
func (i *Issue) learn(t Ticket, at time.Time) (late bool) {
	late = at.Before(i.UpdatedAt) || at.Equal(i.UpdatedAt) && i.State == Closed && t.Standing == Open && t.Act != TicketReopened
	i.OpenedAt = earlier(i.OpenedAt, t.OpenedAt)
	if t.Act == TicketOpened {
		i.OpenedAt = earlier(i.OpenedAt, at)
	}
	i.Author = filled(i.Author, t.Author)
	if late {
		i.Title, i.URL = filled(i.Title, t.Title), filled(i.URL, t.URL)
		return true
	}
	i.Title, i.URL, i.Labels = filled(t.Title, i.Title), filled(t.URL, i.URL), t.Labels
	i.State, i.UpdatedAt = t.Standing, at
	switch {
	case i.State == Open:
		i.ClosedAt = time.Time{}
	case !t.ClosedAt.IsZero():
		i.ClosedAt = t.ClosedAt
	case i.ClosedAt.IsZero() && t.Act == TicketClosed:
		i.ClosedAt = at
	}
	return false
}

func (w *scribe) ticket(ctx context.Context, t Ticket) error {
	for i, l := range t.Labels {
		t.Labels[i] = oneLine(l)
	}
	row, err := takeIssue(ctx, w.tx, w.delivery.Source, w.sighting.Repo, t.Number)
	if err != nil {
		return fmt.Errorf("take ticket %d of %s: %w", t.Number, w.sighting.Repo, err)
	}
	late := row.learn(t, w.sighting.At)
	if row.Cards, err = w.also(ctx, row.Cards, Keys(Words{Title: t.Title, Body: t.Body}), w.thing(t.Number)); err != nil {
		return err
	}
	if err := w.tie(ctx, aTicket, strconv.FormatInt(t.Number, 10), row.Cards); err != nil {
		return err
	}
	row.Untracked = len(row.Cards) == 0
	w.receipt.Untracked = w.receipt.Untracked || row.Untracked
	if err := row.save(ctx, w.tx); err != nil {
		return err
	}
	if err := w.tellTicket(ctx, t, row, late); err != nil || late {
		return err
	}
	return w.drop(ctx, t)
}

// drop takes the cards that were taken over from an issue off the line when it
// is closed as not to be done. An issue that was closed as done changes
// nothing: a card is done when its work runs for users.
func (w *scribe) drop(ctx context.Context, t Ticket) error {
	if t.Act != TicketClosed || t.Resolution != notPlanned && t.Resolution != duplicate {
		return nil
	}
	cards, err := w.cards.OfIssues(ctx, w.tx, w.origins([]string{w.thing(t.Number)}))
	if err != nil {
		return err
	}
	reason := fmt.Sprintf("%s was closed as %s", w.thing(t.Number), strings.ReplaceAll(t.Resolution, "_", " "))
	for _, c := range cards {
		if err := w.cards.Drop(ctx, w.tx, c, reason, w.actor()); err != nil {
			return fmt.Errorf("drop %s: %w", c, err)
		}
	}
	return nil
}

// Why GitHub says an issue was closed, where nobody will do it.
const (
	notPlanned = "not_planned"
	duplicate  = "duplicate"
)

// ticketWords say what happened to a ticket, and as which type of fact.
var ticketWords = map[TicketAct]struct {
	kind journal.Type
	verb string
}{
	TicketOpened:   {journal.TicketCreated, "opened"},
	TicketEdited:   {journal.TicketUpdated, "edited"},
	TicketLabelled: {journal.TicketUpdated, "labelled"},
	TicketReopened: {journal.TicketUpdated, "opened again"},
	TicketClosed:   {journal.TicketClosed, "closed"},
}

func (w *scribe) tellTicket(ctx context.Context, t Ticket, row Issue, late bool) error {
	words, ok := ticketWords[t.Act]
	if !ok {
		return fmt.Errorf("nothing is known of a ticket that was %q", t.Act)
	}
	told := w.told(row.Cards, late)
	told.Number, told.Title, told.Act, told.Author, told.Labels = t.Number, t.Title, string(t.Act), row.Author, t.Labels
	told.URL, told.OpenedAt = t.URL, row.OpenedAt
	return w.append(ctx, journal.Fact{Type: words.kind, Subject: w.thing(t.Number), Content: w.ticketContent(words.kind, t, row),
		About: []journal.Ref{{Kind: journal.Ticket, ID: w.thing(t.Number)}},
		Text:  fmt.Sprintf("%s %s %s: %s", w.actor(), words.verb, w.thing(t.Number), t.Title)}, told)
}

// ticketContent is what CDEvents wants: a creator where it begins, a resolution
// where it ends.
func (w *scribe) ticketContent(kind journal.Type, t Ticket, row Issue) json.RawMessage {
	c := map[string]any{"summary": t.Title, "uri": absolute(t.URL, fmt.Sprintf("%s/%d", w.place(), t.Number))}
	if len(t.Labels) > 0 {
		c["labels"] = t.Labels
	}
	if row.Author != "" {
		c["creator"] = row.Author
	}
	switch kind {
	case journal.TicketCreated:
		c["creator"] = filled(row.Author, w.actor())
	case journal.TicketClosed:
		c["resolution"], c["updatedBy"] = filled(t.Resolution, "closed"), w.actor()
	default:
		c["updatedBy"] = w.actor()
	}
	return journal.JSON(c)
}

const issueColumns = `source, repo, number, state, title, url, author, labels, cards, opened_at, closed_at, updated_at, untracked`

func takeIssue(ctx context.Context, tx journal.Tx, source, repo string, number int64) (i Issue, err error) {
	if _, err := tx.Exec(ctx, `INSERT INTO ticket (`+issueColumns+`, rev) VALUES ($1, $2, $3, '', '', '', '', '', '', 0, 0, 0, TRUE, 0)
		ON CONFLICT (source, repo, number) DO NOTHING`, source, repo, number); err != nil {
		return i, err
	}
	if _, err := tx.Exec(ctx, `UPDATE ticket SET rev = rev + 1 WHERE source = $1 AND repo = $2 AND number = $3`, source, repo, number); err != nil {
		return i, err
	}
	return issueFrom(tx.QueryRow(ctx, `SELECT `+issueColumns+` FROM ticket WHERE source = $1 AND repo = $2 AND number = $3`,
		source, repo, number).Scan)
}

func (i Issue) save(ctx context.Context, tx journal.Tx) error {
	_, err := tx.Exec(ctx, `UPDATE ticket SET state = $4, title = $5, url = $6, author = $7, labels = $8, cards = $9, opened_at = $10,
		closed_at = $11, updated_at = $12, untracked = $13 WHERE source = $1 AND repo = $2 AND number = $3`,
		i.Source, i.Repo, i.Number, string(i.State), i.Title, i.URL, i.Author, joined(i.Labels), joined(i.Cards),
		journal.Micros(i.OpenedAt), journal.Micros(i.ClosedAt), journal.Micros(i.UpdatedAt), i.Untracked)
	return err
}

func issueFrom(scan func(...any) error) (i Issue, err error) {
	var labels, cards string
	var opened, closed, updated int64
	err = scan(&i.Source, &i.Repo, &i.Number, &i.State, &i.Title, &i.URL, &i.Author, &labels, &cards, &opened, &closed, &updated, &i.Untracked)
	i.Labels, i.Cards = split(labels), split(cards)
	i.OpenedAt, i.ClosedAt, i.UpdatedAt = journal.Time(opened), journal.Time(closed), journal.Time(updated)
	return i, err
}
