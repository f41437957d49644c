package measure

import (
	"context"
	"time"

	"andon/flow/floor"
	"andon/journal"
)

// HeldUp says where a line was held up within a window, with its proof.
type HeldUp struct {
	Window Window `json:"window"`
	Cards  int    `json:"cards"` // whose ways it is drawn from
	Bottlenecks
	// Slowest is the station of the largest mean flow time, which is often
	// another one; empty when nothing left any.
	Slowest     string        `json:"slowest,omitempty"`
	SlowestTime time.Duration `json:"slowest_time,omitempty"`
}

// HeldUp finds the bottlenecks of a line within a window by the active periods
// of its stations.
func (s *Service) HeldUp(ctx context.Context, line string, w Window) (h HeldUp, err error) {
	h.Window = w
	var l floor.Line
	var ways []Way
	err = s.ledger.Read(ctx, func(r journal.Reader) error {
		if l, err = floor.LineIn(ctx, r, line); err != nil {
			return err
		}
		if ways, err = waysThrough(ctx, r, l, w.From, w.To, mostWays); err != nil {
			return err
		}
		stations, err := readStations(ctx, r, l, w)
		if slowest, ok := Slowest(stations); ok {
			h.Slowest, h.SlowestTime = slowest.Station, slowest.Lead
		}
		return err
	})
	if err != nil {
		return h, err
	}
	h.Cards = len(ways)
	h.Bottlenecks = FindBottlenecks(Interval(w), Activities(l, ways, w.To))
	return h, nil
}

// mostWays bounds the cards whose ways are read for one answer.
const mostWays = 50_000

// waysThrough reads the ways of cards that were in progress at some time within
// [from, to): of at most so many, those that were started last.
func waysThrough(ctx context.Context, r journal.Reader, line floor.Line, from, to time.Time, most int) (ways []Way, err error) {
	items, err := itemsThrough(ctx, r, line, from, to, most)
	for _, i := range items {
		ways = append(ways, i.way())
	}
	return ways, err
}

func itemsThrough(ctx context.Context, r journal.Reader, line floor.Line, from, to time.Time, most int) ([]*item, error) {
	return itemsWhere(ctx, r, `line = $1 AND started_at > 0 AND started_at < $2 AND (done_at = 0 OR done_at >= $3)
		ORDER BY started_at DESC LIMIT $4`, line.Name, journal.Micros(to), journal.Micros(from), most)
}
