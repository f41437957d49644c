package postmortem

import (
	"context"
	"fmt"
	"time"

	"andon/journal"
)

// Postmortem is what was learned from one incident.
type Postmortem struct {
	ID        string    `json:"id"` // "PM-1"
	Number    int64     `json:"number"`
	Incident  string    `json:"incident"`
	Title     string    `json:"title"`
	Text      string    `json:"text"` // Markdown
	Actions   []Action  `json:"actions"`
	CreatedAt time.Time `json:"created_at"`
	EditedAt  time.Time `json:"edited_at,omitzero"` // zero while it is as it was drafted
	EditedBy  string    `json:"edited_by,omitempty"`
	Rev       int64     `json:"rev"`
}

// Action is one thing that will be done about it.
type Action struct {
	ID    int64  `json:"id"` // from 1, within its postmortem
	Text  string `json:"text"`
	Owner string `json:"owner,omitempty"`
	Card  string `json:"card,omitempty"` // the key of its card, once it is on the floor
}

// ActionAdded is the Data of the fact that an action was added.
type ActionAdded struct {
	Postmortem string `json:"postmortem"`
	Incident   string `json:"incident"`
	Action     Action `json:"action"`
}

// Missing says that there is no such postmortem.
type Missing struct{ ID string }

func (m *Missing) Error() string {
	return fmt.Sprintf("there is no postmortem %q; list them with: andon postmortem", m.ID)
}

// Invalid says which field of a request is wrong and what would be right.
type Invalid struct{ Field, Text string }

func (i *Invalid) Error() string { return i.Text }

// Conflict says that somebody else edited the text meanwhile.
type Conflict struct {
	ID        string
	Have, Now int64
}

func (c *Conflict) Error() string {
	return fmt.Sprintf("%s was edited since you read it (revision %d, now %d); read it again and bring your words in", c.ID, c.Have, c.Now)
}

// Service keeps postmortems. Safe for concurrent use.
type Service struct{ ledger *journal.Ledger }

// NewService keeps the ledger's postmortems.
func NewService(l *journal.Ledger) *Service { return &Service{l} }

// List gives the newest first, without their actions.
func (s *Service) List(ctx context.Context, limit int) (list []Postmortem, err error) {
	err = s.ledger.Read(ctx, func(r journal.Reader) error {
		list, err = where(ctx, r, `1 = 1 ORDER BY number DESC LIMIT $1`, limit)
		return err
	})
	return list, err
}

// Get finds one by its id, or by its incident's.
func (s *Service) Get(ctx context.Context, id string) (p Postmortem, err error) {
	err = s.ledger.Read(ctx, func(r journal.Reader) error {
		p, err = of(ctx, r, id)
		return err
	})
	return p, err
}

const maxText = 256 << 10

// Edit replaces the text. rev is the revision that the editor began with.
func (s *Service) Edit(ctx context.Context, id, text, by string, rev int64) (p Postmortem, err error) {
	if text == "" || len(text) > maxText {
		return p, &Invalid{"text", fmt.Sprintf("a postmortem is 1 to %d bytes of Markdown", maxText)}
	}
	return s.change(ctx, id, func(tx journal.Tx, p *Postmortem) error {
		if rev != p.Rev {
			return &Conflict{p.ID, rev, p.Rev}
		}
		p.Text, p.EditedAt, p.EditedBy, p.Rev = text, tx.Now(), by, p.Rev+1
		_, err := tx.Exec(ctx, `UPDATE postmortem SET body = $2, edited_at = $3, edited_by = $4, rev = $5 WHERE id = $1`,
			p.ID, text, journal.Micros(tx.Now()), by, p.Rev)
		tx.Append(fact(journal.PostmortemEdited, *p, nil, fmt.Sprintf("%s edited %s", by, p.ID)))
		return err
	})
}

// AddAction notes what will be done; its card follows by itself.
func (s *Service) AddAction(ctx context.Context, id, text, owner, by string) (Postmortem, error) {
	if text == "" || len(text) > 200 {
		return Postmortem{}, &Invalid{"text", "say in 1 to 200 bytes what will be done; it becomes a card's title"}
	}
	return s.change(ctx, id, func(tx journal.Tx, p *Postmortem) error {
		a := Action{ID: int64(len(p.Actions)) + 1, Text: text, Owner: owner}
		p.Actions = append(p.Actions, a)
		_, err := tx.Exec(ctx, `INSERT INTO postmortem_action (postmortem, id, body, owner, card) VALUES ($1, $2, $3, $4, '')`,
			p.ID, a.ID, text, owner)
		tx.Append(fact(journal.ActionAdded, *p, ActionAdded{p.ID, p.Incident, a}, fmt.Sprintf("%s decided after %s: %s", by, p.Incident, text)))
		return err
	})
}

// CardedIn notes the card that an action became.
func CardedIn(ctx context.Context, tx journal.Tx, id string, action int64, card string) error {
	_, err := tx.Exec(ctx, `UPDATE postmortem_action SET card = $3 WHERE postmortem = $1 AND id = $2`, id, action, card)
	return err
}

func (s *Service) change(ctx context.Context, id string, do func(journal.Tx, *Postmortem) error) (p Postmortem, err error) {
	err = s.ledger.Write(ctx, func(tx journal.Tx) error {
		// Taking the row first keeps two writers of one text apart.
		if _, err := tx.Exec(ctx, `UPDATE postmortem SET rev = rev WHERE id = $1 OR incident = $1`, id); err != nil {
			return err
		}
		if p, err = of(ctx, tx, id); err != nil {
			return err
		}
		return do(tx, &p)
	})
	return p, err
}

func fact(t journal.Type, p Postmortem, data any, text string) journal.Fact {
	if data == nil {
		data = map[string]any{"postmortem": p.ID, "incident": p.Incident, "rev": p.Rev}
	}
	return journal.Fact{Type: t, Subject: p.ID, Text: text, Data: journal.JSON(data),
		About: []journal.Ref{{Kind: journal.Postmortem, ID: p.ID}, {Kind: journal.Incident, ID: p.Incident}}}
}

func where(ctx context.Context, r journal.Reader, condition string, args ...any) (list []Postmortem, err error) {
	rows, err := r.Query(ctx, `SELECT id, number, incident, title, body, created_at, edited_at, edited_by, rev FROM postmortem WHERE `+condition, args...)
	if err != nil {
		return nil, fmt.Errorf("read postmortems: %w", err)
	}
	defer rows.Close()
	for rows.Next() {
		var p Postmortem
		var created, edited int64
		if err := rows.Scan(&p.ID, &p.Number, &p.Incident, &p.Title, &p.Text, &created, &edited, &p.EditedBy, &p.Rev); err != nil {
			return nil, err
		}
		p.CreatedAt, p.EditedAt = journal.Time(created), journal.Time(edited)
		list = append(list, p)
	}
	return list, rows.Err()
}

func of(ctx context.Context, r journal.Reader, id string) (p Postmortem, err error) {
	list, err := where(ctx, r, `id = $1 OR incident = $1`, id)
	if err != nil {
		return p, err
	}
	if len(list) == 0 {
		return p, &Missing{id}
	}
	p = list[0]
	rows, err := r.Query(ctx, `SELECT id, body, owner, card FROM postmortem_action WHERE postmortem = $1 ORDER BY id`, p.ID)
	if err != nil {
		return p, err
	}
	defer rows.Close()
	for rows.Next() {
		var a Action
		if err := rows.Scan(&a.ID, &a.Text, &a.Owner, &a.Card); err != nil {
			return p, err
		}
		p.Actions = append(p.Actions, a)
	}
	return p, rows.Err()
}
