package measure

import (
	"context"
	"slices"
	"strings"
	"time"

	"andon/flow/floor"
	"andon/journal"
)

// Open is a card in progress at the end of a window.
type Open struct {
	Card    string        `json:"card"`
	Kind    floor.Kind    `json:"kind"`
	Class   floor.Class   `json:"class"`
	Epic    string        `json:"epic,omitempty"`
	Station string        `json:"station"`
	Started time.Time     `json:"started"`
	Age     time.Duration `json:"age"`
	Here    time.Duration `json:"here"` // the part of the age in its station
	Blocked bool          `json:"blocked,omitempty"`
}

// openPage is how many items are looked at a time.
const openPage = 500

// openAt reads what was in progress at a time, with the items of it. expected
// is how many they are, as the sums of days tell.
func openAt(ctx context.Context, r journal.Reader, line floor.Line, at time.Time, expected int64) (open []Open, items []*item, err error) {
	err = eachBegun(ctx, r, line, at, expected, itemColumns, func(scan func(...any) error) (begun, error) {
		i, err := scanItem(scan)
		if err != nil {
			return begun{}, err
		}
		o, ok := i.openAt(line, at)
		if ok {
			open, items = append(open, o), append(items, i)
		}
		return begun{i.card, journal.Micros(i.started), ok}, nil
	})
	return open, items, err
}

// meanAgeAt is how old on average was what was in progress at a time; 0 when
// nothing was. The way of a card is looked at only where it went back to the
// queue or came back from done: any other is in progress from start to end.
func meanAgeAt(ctx context.Context, r journal.Reader, line floor.Line, at time.Time, expected int64) (time.Duration, error) {
	var ends []string
	for _, st := range line.Stations {
		if st.Kind == floor.Queue || st.Kind == floor.Done {
			ends = append(ends, `"s":`+string(journal.JSON(st.Name)))
		}
	}
	found, sum := 0, 0.0
	err := eachBegun(ctx, r, line, at, expected, `card, started_at, stays`, func(scan func(...any) error) (b begun, err error) {
		var stays string
		if err := scan(&b.card, &b.started, &stays); err != nil {
			return b, err
		}
		i := item{card: b.card, started: journal.Time(b.started)}
		b.open = true
		if slices.ContainsFunc(ends, func(name string) bool { return strings.Count(stays, name) > 1 }) {
			if i.stays, err = readStays(stays); err != nil {
				return b, err
			}
			_, b.open = i.openAt(line, at)
		}
		if b.open {
			found++
			sum += float64(at.Sub(i.started))
		}
		return b, nil
	})
	return time.Duration(sum / float64(max(1, found))), err
}

// begun is a card that was begun and not done by a time; open says that it was
// in progress then.
type begun struct {
	card    string
	started int64
	open    bool
}

// eachBegun goes through the cards that were begun and not done by a time, from
// the newest start backwards until as many open ones as expected are found,
// which is short work on any day of a long history.
func eachBegun(ctx context.Context, r journal.Reader, line floor.Line, at time.Time, expected int64, columns string,
	see func(scan func(...any) error) (begun, error)) error {
	last := begun{started: journal.Micros(at) + 1}
	for found := int64(0); found < expected; {
		// No more than are missing: looking for one that is not there goes
		// through all of history.
		page, read := min(openPage, expected-found), int64(0)
		rows, err := r.Query(ctx, `SELECT `+columns+` FROM measure_item WHERE line = $1 AND started_at > 0 AND (started_at, card) < ($2, $3)
			AND (done_at = 0 OR done_at > $4) ORDER BY started_at DESC, card DESC LIMIT $5`, line.Name, last.started, last.card, journal.Micros(at), page)
		if err != nil {
			return err
		}
		defer rows.Close()
		for ; rows.Next(); read++ {
			if last, err = see(rows.Scan); err != nil {
				return err
			}
			if last.open {
				found++
			}
		}
		if err := rows.Err(); err != nil || read < page {
			return err
		}
	}
	return nil
}

func itemsWhere(ctx context.Context, r journal.Reader, condition string, args ...any) (items []*item, err error) {
	rows, err := r.Query(ctx, `SELECT `+itemColumns+` FROM measure_item WHERE `+condition, args...)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	for rows.Next() {
		i, err := scanItem(rows.Scan)
		if err != nil {
			return nil, err
		}
		items = append(items, i)
	}
	return items, rows.Err()
}

// openAt tells where an item was in progress at a time, if it was.
func (i *item) openAt(line floor.Line, at time.Time) (Open, bool) {
	for _, s := range i.stays {
		if s.Entered.After(at) || !s.Left.IsZero() && !s.Left.After(at) {
			continue
		}
		st, err := line.Station(s.Station)
		if err != nil || st.Kind == floor.Queue || st.Kind == floor.Done {
			return Open{}, false
		}
		return Open{Card: i.card, Kind: i.kind, Class: i.class, Epic: i.epic, Station: s.Station, Started: i.started,
			Age: at.Sub(i.started), Here: at.Sub(s.Entered), Blocked: s.heldAt(at)}, true
	}
	return Open{}, false
}
