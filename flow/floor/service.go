package floor

import (
	"context"
	"errors"
	"fmt"
	"slices"

	"andon/gate"
	"andon/journal"
)

// Service changes the floor. Safe for concurrent use.
type Service struct {
	ledger *journal.Ledger
	gate   Gate
}

// NewService works on the ledger's floor and asks the gate before pulls;
// a nil gate lets everything through.
func NewService(l *journal.Ledger, g Gate) *Service { return &Service{l, g} }

// Lines lists all lines.
func (s *Service) Lines(ctx context.Context) (lines []Line, err error) {
	err = s.ledger.Read(ctx, func(r journal.Reader) error {
		names, err := column(ctx, r, `SELECT name FROM line ORDER BY name`)
		if err != nil {
			return err
		}
		for _, name := range names {
			l, err := lineByName(ctx, r, name)
			if err != nil {
				return err
			}
			lines = append(lines, l)
		}
		return nil
	})
	return lines, err
}

// LineIn reads one line in the caller's transaction.
func LineIn(ctx context.Context, r journal.Reader, name string) (Line, error) {
	return lineByName(ctx, r, name)
}

// shownDone is how many finished cards a floor shows: the newest.
const shownDone = 30

// Floor shows a line with all its open cards and the newest finished ones.
func (s *Service) Floor(ctx context.Context, line string) (f Floor, err error) {
	err = s.ledger.Read(ctx, func(r journal.Reader) error {
		f.At = s.ledger.Now()
		if f.Head, err = journal.HeadOf(ctx, r); err != nil {
			return err
		}
		if f.Line, err = lineByName(ctx, r, line); err != nil {
			return err
		}
		if f.Cards, err = cardsWhere(ctx, r, onFloor, line, shownDone); err != nil {
			return err
		}
		slices.SortStableFunc(f.Cards, newestDone)
		return attach(ctx, r, f.Cards)
	})
	return f, err
}

// onFloor are the cards of a floor: the open ones of line $1, and as many as $2
// of those that were done last.
const onFloor = `line = $1 AND (done_at = 0 OR key IN
	(SELECT key FROM card WHERE line = $1 AND done_at > 0 ORDER BY done_at DESC LIMIT $2))`

// newestDone puts finished cards after the open ones, the newest first. The
// order of open cards says what is next; that of finished ones says nothing.
func newestDone(a, b Card) int {
	switch {
	case a.DoneAt.IsZero() || b.DoneAt.IsZero():
		return a.DoneAt.Compare(b.DoneAt) // the zero time is before all others
	default:
		return b.DoneAt.Compare(a.DoneAt)
	}
}

// Card finds one card by its key.
func (s *Service) Card(ctx context.Context, key string) (c Card, err error) {
	err = s.ledger.Read(ctx, func(r journal.Reader) error {
		c, err = cardByKey(ctx, r, key)
		return err
	})
	return c, err
}

// Create adds a card to the end of its line's queue.
func (s *Service) Create(ctx context.Context, n NewCard) (c Card, err error) {
	err = s.ledger.Write(ctx, func(tx journal.Tx) error {
		c, err = CreateIn(ctx, tx, n)
		return err
	})
	return c, err
}

// CreateIn is Create in the caller's transaction.
func CreateIn(ctx context.Context, tx journal.Tx, n NewCard) (Card, error) {
	if err := n.complete(); err != nil {
		return Card{}, err
	}
	f, err := lock(ctx, tx, n.Line)
	if err != nil {
		return Card{}, err
	}
	if n.Key == "" {
		if n.Key, err = f.nextKey(ctx, tx); err != nil {
			return Card{}, err
		}
	}
	c := Card{Key: n.Key, Line: n.Line, Station: f.line.Stations[0].Name, Title: n.Title, Note: n.Note,
		Kind: n.Kind, Class: n.Class, Estimate: n.Estimate, Owner: n.Owner, Epic: n.Epic, Labels: n.Labels, CostOfDelay: n.CostOfDelay,
		DueAt: day(n.DueAt), CreatedAt: tx.Now(), EnteredAt: tx.Now(), Rev: 1}
	if err := tx.QueryRow(ctx, `SELECT coalesce(max(rank), 0) + 1 FROM card WHERE line = $1`, n.Line).Scan(&c.Rank); err != nil {
		return c, err
	}
	added, err := tx.Exec(ctx, `INSERT INTO card (`+cardColumns+`, ready_at)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, 0, $11, 0, 0, '', '', '', 1,
		0, $12, $13, $14, 0, '', 0, 0, 0, '', 0, '', $15, '', 0) ON CONFLICT (key) DO NOTHING`,
		c.Key, c.Line, c.Station, c.Title, c.Note, string(c.Kind), string(c.Class), c.Estimate, c.Owner, c.Rank, journal.Micros(tx.Now()),
		c.Epic, journal.Micros(c.DueAt), c.CostOfDelay, joinLabels(c.Labels))
	if err != nil {
		return c, err
	}
	if added == 0 {
		return c, &Invalid{"key", fmt.Sprintf("there is a card %s already", c.Key)}
	}
	if n.Origin != "" {
		if err := from(ctx, tx, c.Key, n.Origin); err != nil {
			return c, err
		}
	}
	tx.Append(cardFact(journal.TicketCreated, c, fmt.Sprintf("%s was added to %s: %s", c.Key, c.Station, c.Title), nil))
	return c, nil
}

// Pull takes a card into work. Without a card it takes the most urgent one of
// the station before the target; without a target it goes to the line's first
// working station. What does not fit is a [Refusal].
func (s *Service) Pull(ctx context.Context, p Pull) (c Card, err error) {
	return c, s.enter(ctx, p, func(tx journal.Tx, f *locked, to Station) error {
		c, err = f.choose(ctx, tx, p.Card, to)
		if err != nil {
			return err
		}
		if c.Owner == "" {
			c.Owner = p.By
		}
		return f.take(ctx, tx, &c, to)
	})
}

// Pull is a wish to take a card.
type Pull struct {
	Line string
	Card string // empty: the most urgent
	To   string // empty: the first working station
	By   string
}

func (s *Service) enter(ctx context.Context, p Pull, do func(journal.Tx, *locked, Station) error) error {
	if p.Card != "" {
		c, err := s.Card(ctx, p.Card)
		if err != nil {
			return err
		}
		p.Line = c.Line
	}
	to, refusal, err := s.ask(ctx, p)
	if err != nil {
		return err
	}
	err = s.ledger.Write(ctx, func(tx journal.Tx) error {
		f, err := lock(ctx, tx, p.Line)
		if err != nil {
			return err
		}
		if refusal == nil {
			err := do(tx, f, to)
			if err == nil {
				return f.settle(ctx, tx)
			}
			var ok bool
			if refusal, ok = errors.AsType[*Refusal](err); !ok {
				return err
			}
		}
		refusal.Swarm, err = f.swarm(ctx, tx, to)
		if err != nil {
			return err
		}
		tx.Append(refusedFact(f.line, p, refusal))
		return nil
	})
	if err == nil && refusal != nil {
		return refusal
	}
	return err
}

// ask finds the target and puts the pull to the gate.
func (s *Service) ask(ctx context.Context, p Pull) (to Station, refusal *Refusal, err error) {
	var card Card
	err = s.ledger.Read(ctx, func(r journal.Reader) error {
		line, err := lineByName(ctx, r, p.Line)
		if err != nil {
			return err
		}
		to = line.pullTarget()
		if p.To != "" {
			if to, err = line.Station(p.To); err != nil {
				return err
			}
		}
		if p.Card != "" {
			card, err = cardByKey(ctx, r, p.Card)
			return err
		}
		return nil
	})
	if err != nil || s.gate == nil {
		return to, nil, err
	}
	d, err := s.gate.Ask(ctx, gateQuestion(p, card, to))
	if err != nil {
		return to, nil, fmt.Errorf("ask the gate: %w", err)
	}
	if !d.Allowed {
		return to, refusedByGate(to.Name, d), nil
	}
	return to, nil, nil
}

func gateQuestion(p Pull, c Card, to Station) gate.Question {
	return gate.Question{Action: gate.Pull, Actor: p.By, Line: p.Line,
		Card:    gate.Card{Key: c.Key, Kind: string(c.Kind), Class: string(c.Class), Estimate: c.Estimate, Blocked: c.Blocked != nil},
		Station: gate.Station{Name: to.Name, Limit: to.WIP}}
}
