// Package intake takes the events of other systems into the journal: a CI
// server that is kept beside Andon, a ticket system, a deployment tool.
//
// Each event becomes one fact of type [cloudevent.Received]. Senders repeat
// what they got no answer for, so an event counts once however often it
// comes: what names it, the pair of source and id, is kept in the transaction
// that appends the fact. A batch is taken whole or not at all.
package intake

import (
	"context"
	"crypto/rand"
	"fmt"

	"andon/journal"
	"andon/journal/cloudevent"
)

// Service takes events in. Safe for concurrent use.
type Service struct {
	ledger *journal.Ledger
	source string
}

// NewService takes events into the ledger. source is the URI reference under
// which Andon shows its own facts; those are known when they come back.
func NewService(l *journal.Ledger, source string) *Service { return &Service{l, source} }

// Receipt says what became of one event.
type Receipt struct {
	Source string `json:"source"`
	ID     string `json:"id"`
	// Known is true when the event had come before; nothing was appended.
	Known bool `json:"known"`
	// Fact is the id of the fact that says so, the first time or now.
	Fact string `json:"fact"`
}

// Receive appends the events that are new, in order, all or none, and gives a
// receipt for each. The actor of ctx is who brought them.
func (s *Service) Receive(ctx context.Context, events []cloudevent.Event) (receipts []Receipt, err error) {
	err = s.ledger.Write(ctx, func(tx journal.Tx) error {
		receipts = make([]Receipt, 0, len(events))
		for _, e := range events {
			r, err := s.receive(ctx, tx, e)
			if err != nil {
				return fmt.Errorf("receive event %q of %q: %w", e.ID, e.Source, err)
			}
			receipts = append(receipts, r)
		}
		return nil
	})
	if err != nil {
		return nil, err
	}
	return receipts, nil
}

func (s *Service) receive(ctx context.Context, tx journal.Tx, e cloudevent.Event) (Receipt, error) {
	r := Receipt{Source: e.Source, ID: e.ID}
	if own, err := s.own(ctx, tx, e); err != nil || own {
		r.Known, r.Fact = own, e.ID
		return r, err
	}
	f := e.Fact()
	f.ID = rand.Text()
	n, err := tx.Exec(ctx, `INSERT INTO event_received (source, id, fact, at) VALUES ($1, $2, $3, $4)
		ON CONFLICT (source, id) DO NOTHING`, e.Source, e.ID, f.ID, journal.Micros(tx.Now()))
	if err != nil {
		return r, err
	}
	if n == 0 {
		r.Known = true
		return r, tx.QueryRow(ctx, `SELECT fact FROM event_received WHERE source = $1 AND id = $2`, e.Source, e.ID).Scan(&r.Fact)
	}
	r.Fact = f.ID
	tx.Append(f)
	return r, nil
}

// own says whether the event is one of this journal's facts on its way back,
// as happens when two systems tell each other everything.
func (s *Service) own(ctx context.Context, tx journal.Tx, e cloudevent.Event) (bool, error) {
	if e.Source != s.source {
		return false, nil
	}
	return journal.Told(ctx, tx, e.ID)
}
