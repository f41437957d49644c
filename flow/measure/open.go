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

// openAt reads what was in progress at a time. expected is how many they are,
// as the sums of days tell: items are read from the newest start backwards
// until all are found, which is short work on any day of a long history.
func openAt(ctx context.Context, r journal.Reader, line floor.Line, at time.Time, expected int64) (open []Open, err error) {
	from, key := journal.Micros(at)+1, ""
	for int64(len(open)) < expected {
		// No more than are missing: looking for one that is not there goes
		// through all of history.
		page := min(openPage, expected-int64(len(open)))
		items, err := itemsWhere(ctx, r, `line = $1 AND started_at > 0 AND (started_at, card) < ($2, $3) AND (done_at = 0 OR done_at > $4)
			ORDER BY started_at DESC, card DESC LIMIT $5`, line.Name, from, key, journal.Micros(at), page)
		if err != nil {
			return nil, err
		}
		for _, i := range items {
			if o, ok := i.openAt(line, at); ok {
				open = append(open, o)
			}
		}
		if int64(len(items)) < page {
			break
		}
		last := items[len(items)-1]
		from, key = journal.Micros(last.started), last.card
	}
	return open, nil
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
	from, key, found, sum := journal.Micros(at)+1, "", int64(0), 0.0
	for found < expected {
		page := min(openPage, expected-found)
		rows, err := r.Query(ctx, `SELECT card, started_at, stays FROM measure_item WHERE line = $1 AND started_at > 0 AND (started_at, card) < ($2, $3)
			AND (done_at = 0 OR done_at > $4) ORDER BY started_at DESC, card DESC LIMIT $5`, line.Name, from, key, journal.Micros(at), page)
		if err != nil {
			return 0, err
		}
		defer rows.Close()
		read := int64(0)
		for ; rows.Next(); read++ {
			var stays string
			if err := rows.Scan(&key, &from, &stays); err != nil {
				return 0, err
			}
			started := journal.Time(from)
			if slices.ContainsFunc(ends, func(name string) bool { return strings.Count(stays, name) > 1 }) {
				i := item{card: key, started: started}
				if i.stays, err = readStays(stays); err != nil {
					return 0, err
				}
				if _, open := i.openAt(line, at); !open {
					continue
				}
			}
			found++
			sum += float64(at.Sub(started))
		}
		if err := rows.Err(); err != nil {
			return 0, err
		}
		if read < page {
			break
		}
	}
	return time.Duration(sum / float64(max(1, found))), nil
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
