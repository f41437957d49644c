package measure

import (
	"context"
	"fmt"
	"strings"
	"time"

	"andon/flow/floor"
	"andon/journal"
)

// Row is a card behind a number.
type Row struct {
	Card      string        `json:"card"`
	Kind      floor.Kind    `json:"kind"`
	Class     floor.Class   `json:"class"`
	Epic      string        `json:"epic,omitempty"`
	Created   time.Time     `json:"created"`
	Started   time.Time     `json:"started,omitzero"`
	Done      time.Time     `json:"done,omitzero"`
	Discarded bool          `json:"discarded,omitempty"`
	Cycle     time.Duration `json:"cycle,omitempty"` // from start to done
	Stays     []Stay        `json:"stays"`
}

// Which picks the cards behind a number; what is set must hold.
type Which struct {
	// Done picks what was done within a window, Started what was started.
	Done, Started bool
	Window        Window
	// Bucket picks a dot of the cycle times; 0 is all.
	Bucket int64
	Kind   floor.Kind
	Limit  int
	Offset int
}

// MaxRows is the most rows of one page.
const MaxRows = 500

// Rows lists the cards behind a number, the newest first.
func (s *Service) Rows(ctx context.Context, line string, which Which) (rows []Row, err error) {
	var where []string
	args := []any{line}
	arg := func(v any) string {
		args = append(args, v)
		return fmt.Sprintf("$%d", len(args))
	}
	first, last := which.Window.days()
	column := "done_at"
	if which.Started {
		column = "started_at"
	}
	where = append(where, column+" >= "+arg(journal.Micros(dayAt(first))), column+" < "+arg(journal.Micros(dayAt(last+1))))
	if which.Done {
		where = append(where, "+bucket > 0")
	}
	if which.Bucket > 0 {
		where = append(where, "bucket = "+arg(which.Bucket))
	}
	if which.Kind != "" {
		where = append(where, "kind = "+arg(string(which.Kind)))
	}
	limit := which.Limit
	if limit <= 0 || limit > MaxRows {
		limit = MaxRows
	}
	condition := "line = $1 AND " + strings.Join(where, " AND ") + " ORDER BY " + column + " DESC, card LIMIT " + arg(limit) + " OFFSET " + arg(which.Offset)
	err = s.ledger.Read(ctx, func(r journal.Reader) error {
		items, err := itemsWhere(ctx, r, condition, args...)
		for _, i := range items {
			rows = append(rows, i.row())
		}
		return err
	})
	return rows, err
}

func (i *item) row() Row {
	r := Row{Card: i.card, Kind: i.kind, Class: i.class, Epic: i.epic, Created: i.created, Started: i.started, Done: i.done,
		Discarded: i.discarded, Stays: i.stays}
	if !i.done.IsZero() {
		r.Cycle = i.cycle()
	}
	return r
}
