package measure

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"time"

	"andon/flow/floor"
	"andon/journal"
)

// Stay is one visit of a card to a station.
type Stay struct {
	Station string    `json:"s"`
	Entered time.Time `json:"e"`
	Left    time.Time `json:"l,omitzero"` // zero while it is there
	// Waited is the part after its work there was finished.
	Waited time.Duration `json:"w,omitempty"`
	// Blocked is the part for which it could not go on.
	Blocked time.Duration `json:"b,omitempty"`
	// Holds are the times of Blocked that are over, in order; none where
	// another system told only how long it was in all.
	Holds        []Interval `json:"h,omitempty"`
	BlockedSince time.Time  `json:"bs,omitzero"` // zero unless it is blocked now
}

// item is a card as the numbers see it.
type item struct {
	card, line string
	kind       floor.Kind
	class      floor.Class
	epic       string
	created    time.Time
	started    time.Time
	done       time.Time // zero while it is open; also when it was discarded
	bucket     int64     // of its cycle time; 0 unless it is finished
	discarded  bool
	stays      []Stay
	changed    bool
}

// mostHolds bounds what is kept of one stay.
const mostHolds = 50

// release ends a block. Of a stay with very many blocks the last ones are one.
func (s *Stay) release(at time.Time) {
	if s.BlockedSince.IsZero() {
		return
	}
	s.Blocked += at.Sub(s.BlockedSince)
	if n := len(s.Holds); n < mostHolds {
		s.Holds = append(s.Holds, Interval{s.BlockedSince, at})
	} else {
		s.Holds[n-1].To = at
	}
	s.BlockedSince = time.Time{}
}

// heldAt says whether the card could not go on at a time of the stay.
func (s Stay) heldAt(at time.Time) bool {
	if !s.BlockedSince.IsZero() && !s.BlockedSince.After(at) {
		return true
	}
	return slices.ContainsFunc(s.Holds, func(h Interval) bool { return !h.From.After(at) && h.To.After(at) })
}

// cycle is the time from its start to its end.
func (i *item) cycle() time.Duration { return max(0, i.done.Sub(i.started)) }

func (i *item) last() *Stay {
	if len(i.stays) == 0 {
		return nil
	}
	return &i.stays[len(i.stays)-1]
}

// enter begins a stay. A station that the item left before has it back: what
// it gave on was not complete and accurate.
func (i *item) enter(c *chapter, station string, at time.Time) {
	sums := c.station(i.line, station, at)
	for _, s := range i.stays {
		if s.Station == station {
			sums.returned++
			break
		}
	}
	sums.entered++
	i.stays = append(i.stays, Stay{Station: station, Entered: at})
	i.changed = true
}

// item reads an item, or gives nil when the card is not in the chronicle.
func (c *chapter) item(ctx context.Context, key string) (*item, error) {
	if i := c.items[key]; i != nil {
		return i, nil
	}
	i, err := itemByKey(ctx, c.tx, key)
	if journal.NotFound(err) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	c.items[key] = i
	return i, nil
}

const itemColumns = `card, line, kind, class, epic, created_at, started_at, done_at, bucket, discarded, stays`

func itemByKey(ctx context.Context, r journal.Reader, key string) (*item, error) {
	return scanItem(r.QueryRow(ctx, `SELECT `+itemColumns+` FROM measure_item WHERE card = $1`, key).Scan)
}

func scanItem(scan func(...any) error) (*item, error) {
	var i item
	var created, started, done int64
	var stays string
	err := scan(&i.card, &i.line, &i.kind, &i.class, &i.epic, &created, &started, &done, &i.bucket, &i.discarded, &stays)
	if err != nil {
		return nil, err
	}
	i.created, i.started, i.done = journal.Time(created), journal.Time(started), journal.Time(done)
	i.stays, err = readStays(stays)
	if err != nil {
		return nil, fmt.Errorf("the stays of %s: %w", i.card, err)
	}
	return &i, nil
}

// The stays of a card are kept beside it as rows of numbers, the times in
// microseconds: one row of the database for a card, not one for each move.
type stayRow struct {
	Station string `json:"s"`
	Entered int64  `json:"e"`
	Left    int64  `json:"l,omitempty"`
	Waited  int64  `json:"w,omitempty"`
	Blocked int64  `json:"b,omitempty"`
	Since   int64  `json:"bs,omitempty"`
	// Holds are pairs of from and to.
	Holds [][2]int64 `json:"h,omitempty"`
}

func readStays(text string) (stays []Stay, err error) {
	var rows []stayRow
	if err := json.Unmarshal([]byte(text), &rows); err != nil {
		return nil, err
	}
	stays = make([]Stay, len(rows))
	for n, r := range rows {
		stays[n] = Stay{Station: r.Station, Entered: journal.Time(r.Entered), Left: journal.Time(r.Left),
			Waited: time.Duration(r.Waited) * time.Microsecond, Blocked: time.Duration(r.Blocked) * time.Microsecond, BlockedSince: journal.Time(r.Since)}
		for _, h := range r.Holds {
			stays[n].Holds = append(stays[n].Holds, Interval{journal.Time(h[0]), journal.Time(h[1])})
		}
	}
	return stays, nil
}

func writeStays(stays []Stay) string {
	rows := make([]stayRow, len(stays))
	for n, s := range stays {
		rows[n] = stayRow{Station: s.Station, Entered: journal.Micros(s.Entered), Left: journal.Micros(s.Left), Waited: s.Waited.Microseconds(),
			Blocked: s.Blocked.Microseconds(), Since: journal.Micros(s.BlockedSince)}
		for _, h := range s.Holds {
			rows[n].Holds = append(rows[n].Holds, [2]int64{journal.Micros(h.From), journal.Micros(h.To)})
		}
	}
	return string(journal.JSON(rows))
}
