package measure

import (
	"cmp"
	"context"
	"slices"
	"time"

	"andon/flow/floor"
	"andon/flow/measure/rank"
	"andon/journal"
)

// Way is a card's way along a line.
type Way struct {
	Card    string
	Kind    floor.Kind
	Started time.Time
	Done    time.Time // zero while it is open
	Stays   []Stay    // in order
}

// WaysIn reads the ways of a line's cards that were finished within a time, and
// of all that were in progress at its end; at most so many of the finished ones,
// the newest.
func WaysIn(ctx context.Context, r journal.Reader, line floor.Line, from, to time.Time, most int) (ways []Way, err error) {
	done, err := itemsWhere(ctx, r, `line = $1 AND done_at >= $2 AND done_at < $3 AND +bucket > 0 ORDER BY done_at DESC LIMIT $4`,
		line.Name, journal.Micros(from), journal.Micros(to), most)
	if err != nil {
		return nil, err
	}
	open, err := itemsWhere(ctx, r, `line = $1 AND done_at = 0 AND +started_at > 0`, line.Name)
	if err != nil {
		return nil, err
	}
	for _, i := range append(done, open...) {
		ways = append(ways, i.way())
	}
	return ways, nil
}

func (i *item) way() Way { return Way{i.card, i.kind, i.started, i.done, i.stays} }

// OpenIn reads what is in progress on a line now.
func OpenIn(ctx context.Context, r journal.Reader, line floor.Line, now time.Time) (open []Open, err error) {
	items, err := itemsWhere(ctx, r, `line = $1 AND done_at = 0 AND +started_at > 0`, line.Name)
	if err != nil {
		return nil, err
	}
	for _, i := range items {
		if o, ok := i.openAt(line, now); ok {
			open = append(open, o)
		}
	}
	slices.SortFunc(open, func(a, b Open) int { return cmp.Or(a.Started.Compare(b.Started), cmp.Compare(a.Card, b.Card)) })
	return open, nil
}

// NearestRank is the p-th percentile of values that need not be sorted: the
// smallest of which at least a share p is no larger. It is 0 of none.
func NearestRank(values []time.Duration, p float64) time.Duration {
	d, _ := rank.Percentile(rank.Sorted(values), p)
	return d
}

// LastDone is when a card of a line was done last; the zero time when none was.
func LastDone(ctx context.Context, r journal.Reader, line string) (time.Time, error) {
	var at int64
	err := r.QueryRow(ctx, `SELECT done_at FROM measure_item WHERE line = $1 AND done_at > 0 ORDER BY done_at DESC LIMIT 1`, line).Scan(&at)
	if journal.NotFound(err) {
		return time.Time{}, nil
	}
	return journal.Time(at), err
}
