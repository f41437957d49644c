package measure

import (
	"context"
	"fmt"

	"andon/journal"
)

// Service answers with numbers from the chronicle.
type Service struct {
	ledger *journal.Ledger
}

// NewService reads the chronicle that [Record] keeps in the ledger's store.
func NewService(l *journal.Ledger) *Service { return &Service{l} }

// tables are all that the chronicle consists of.
var tables = []string{"measure_item", "measure_station_day", "measure_line_day", "measure_cycle_day", "measure_expedite"}

// chunk is how many facts are read at a time.
const chunk = 2000

// CatchUp makes the chronicle of facts that were written before there was one.
// Afterwards, and in a journal that had it from the start, it does nothing.
func (s *Service) CatchUp(ctx context.Context) error {
	var n int
	err := s.ledger.Read(ctx, func(r journal.Reader) error {
		return r.QueryRow(ctx, `SELECT count(*) FROM measure_state WHERE name = 'made'`).Scan(&n)
	})
	if err != nil || n > 0 {
		return err
	}
	return s.Rebuild(ctx)
}

// Rebuild makes the chronicle anew from the facts, in one transaction.
func (s *Service) Rebuild(ctx context.Context) error {
	return s.ledger.Write(ctx, func(tx journal.Tx) error {
		for _, table := range tables {
			if _, err := tx.Exec(ctx, `DELETE FROM `+table); err != nil {
				return err
			}
		}
		for after := int64(0); ; {
			facts, err := journal.FactsOf(ctx, tx, journal.Query{After: after, Types: Recorded, Limit: chunk})
			if err != nil {
				return err
			}
			if len(facts) == 0 {
				break
			}
			if err := Record(ctx, tx, facts); err != nil {
				return fmt.Errorf("make the chronicle again: %w", err)
			}
			after = facts[len(facts)-1].Seq
		}
		_, err := tx.Exec(ctx, `INSERT INTO measure_state (name, seq) VALUES ('made', 1) ON CONFLICT (name) DO NOTHING`)
		return err
	})
}
