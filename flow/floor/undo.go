package floor

import (
	"context"
	"fmt"
	"slices"
	"time"

	"andon/journal"
)

// Undone is what an undo took back.
type Undone struct {
	Text  string   `json:"text"`
	Cards []string `json:"cards"`
}

// undoWithin is how long somebody may change their mind.
const undoWithin = time.Hour

// undoable are the facts that an undo can take back.
var undoable = []journal.Type{journal.CardMoved, journal.CardBlocked, journal.CardUnblocked, journal.CardFinished,
	journal.CardResumed, journal.CardAnswered, journal.TicketUpdated, journal.TicketCreated}

// undoing is the Data of a card.undone fact.
type undoing struct {
	Undoes []int64 `json:"undoes"`
}

// Undo takes back the last thing that a person did to cards within the hour,
// and asked again the one before it. Limits hold: what has no room to go back
// to is refused, and nothing is changed then.
func (s *Service) Undo(ctx context.Context, by string) (u Undone, err error) {
	err = s.ledger.Write(ctx, func(tx journal.Tx) error {
		facts, err := lastDeed(ctx, tx, by)
		if err != nil {
			return err
		}
		var seqs []int64
		for _, fact := range facts {
			do, err := inverse(fact, by)
			if err != nil {
				return err
			}
			if do == nil {
				continue
			}
			if _, err := changeIn(ctx, tx, fact.Subject, do); err != nil {
				return err
			}
			u.Text, seqs = fact.Text, append(seqs, fact.Seq)
			if !slices.Contains(u.Cards, fact.Subject) {
				u.Cards = append(u.Cards, fact.Subject)
			}
		}
		if len(seqs) == 0 {
			return &Invalid{"", fmt.Sprintf("there is nothing that %s did to a card within the last hour and that can be undone", by)}
		}
		if n := len(u.Cards); n > 1 {
			u.Text = fmt.Sprintf("%s, and %d more cards", u.Text, n-1)
		}
		about := make([]journal.Ref, len(u.Cards))
		for i, key := range u.Cards {
			about[i] = journal.Ref{Kind: journal.Card, ID: key}
		}
		tx.Append(journal.Fact{Type: journal.CardUndone, Subject: u.Cards[0], Actor: by, Text: by + " took back: " + u.Text,
			Data: journal.JSON(undoing{seqs}), About: about})
		return nil
	})
	return u, err
}

// lastDeed finds the facts of the newest transaction in which a person
// changed cards, the last fact first, without those already taken back and
// those that took something back.
func lastDeed(ctx context.Context, r journal.Tx, by string) (deed []journal.Fact, err error) {
	facts, err := journal.FactsOf(ctx, r, journal.Query{Types: append([]journal.Type{journal.CardUndone}, undoable...), Newest: true})
	if err != nil {
		return nil, err
	}
	gone, back := map[int64]bool{}, map[time.Time]bool{}
	for _, f := range facts {
		if f.Type != journal.CardUndone || f.Actor != by {
			continue
		}
		var u undoing
		if err := f.Into(&u); err != nil {
			return nil, err
		}
		back[f.At] = true
		for _, seq := range u.Undoes {
			gone[seq] = true
		}
	}
	var followed []journal.Fact // what the line did by itself, by transaction
	for _, f := range facts {
		if f.Actor == Machine {
			followed = append(followed, f)
		}
		if f.Actor != by || f.Type == journal.CardUndone || gone[f.Seq] || back[f.At] {
			continue
		}
		if len(deed) > 0 && !f.At.Equal(deed[0].At) {
			break
		}
		if r.Now().Sub(f.At) > undoWithin {
			break
		}
		if do, err := inverse(f, by); err != nil || do != nil {
			deed = append(deed, f)
		}
	}
	return append(consequences(deed, followed), deed...), nil
}

// consequences are the moves that the line made by itself with the cards of a
// deed in its transaction: a finished card may have gone on at once.
func consequences(deed, followed []journal.Fact) (moves []journal.Fact) {
	for _, f := range followed {
		for _, d := range deed {
			if f.At.Equal(d.At) && f.Subject == d.Subject && f.Seq > d.Seq && f.Actor != d.Actor {
				moves = append(moves, f)
				break
			}
		}
	}
	return moves
}
