package floor

import (
	"context"
	"fmt"
	"sort"
	"time"

	"andon/journal"
)

// swarm lists what most needs help at and after a station, so that somebody
// who may not start something new knows what to finish: blocked work first,
// then the oldest, nearest to done first where they are equal.
func (f *locked) swarm(ctx context.Context, tx journal.Tx, at Station) ([]Need, error) {
	cards, err := cardsWhere(ctx, tx, `line = $1 AND done_at = 0`, f.line.Name)
	if err != nil {
		return nil, err
	}
	from := f.line.index(at.Name)
	var open []Card
	for _, c := range cards {
		i := f.line.index(c.Station)
		if i >= from && f.line.Stations[i].inProgress() {
			open = append(open, c)
		}
	}
	sort.SliceStable(open, func(i, j int) bool {
		a, b := open[i], open[j]
		if (a.Blocked != nil) != (b.Blocked != nil) {
			return a.Blocked != nil
		}
		if !a.StartedAt.Equal(b.StartedAt) {
			return a.StartedAt.Before(b.StartedAt)
		}
		return f.line.index(a.Station) > f.line.index(b.Station)
	})
	var needs []Need
	for _, c := range open[:min(3, len(open))] {
		needs = append(needs, Need{c.Key, c.Title, c.Station, why(c, tx.Now())})
	}
	return needs, nil
}

func why(c Card, now time.Time) string {
	switch {
	case c.Blocked != nil:
		return fmt.Sprintf("blocked for %s: %s", Span(now.Sub(c.Blocked.Since)), c.Blocked.Reason)
	case c.ReadyFor != "":
		return fmt.Sprintf("waiting %s to enter %s", Span(now.Sub(c.EnteredAt)), c.ReadyFor)
	default:
		return fmt.Sprintf("in progress for %s, %s of it here", Span(c.Age(now)), Span(now.Sub(c.EnteredAt)))
	}
}

// Span writes a duration the way people say it: "40 s", "12 min", "5 h", "3 d".
func Span(d time.Duration) string {
	switch {
	case d < 0:
		return "0 s"
	case d < time.Minute:
		return fmt.Sprintf("%d s", int(d.Seconds()))
	case d < time.Hour:
		return fmt.Sprintf("%d min", int(d.Minutes()))
	case d < 48*time.Hour:
		return fmt.Sprintf("%d h", int(d.Hours()))
	default:
		return fmt.Sprintf("%d d", int(d.Hours()/24))
	}
}
