package outlook

import (
	"context"
	"time"

	"andon/flow/floor"
	"andon/flow/forecast"
	"andon/flow/measure"
	"andon/journal"
)

// past is what risks are drawn from. It is kept until another card is done,
// for drawing it anew at each move of any card would cost more than the rest.
type past struct {
	newest int64 // when the last card was done
	hour   int64 // in which it was drawn: old cards leave the history
	share  float64
	// within is the line's own expectation, 0 when too little was done.
	within time.Duration
	curves map[string]forecast.Curve
}

func (s *Service) pastOf(ctx context.Context, r journal.Reader, l floor.Line, now time.Time) (past, error) {
	newest, err := measure.LastDone(ctx, r, l.Name)
	if err != nil {
		return past{}, err
	}
	p := past{newest: journal.Micros(newest), hour: now.Unix() / 3600, share: l.Rules.SLE.Share()}
	s.mu.Lock()
	kept := s.pasts[l.Name]
	s.mu.Unlock()
	if p.newest != 0 && kept.newest == p.newest && kept.hour == p.hour && kept.share == p.share {
		return kept, nil
	}
	ways, err := measure.WaysIn(ctx, r, l, now.AddDate(0, 0, -riskDays), now, mostStays)
	if err != nil {
		return past{}, err
	}
	p.within, p.curves = expectation(ways, p.share), curvesOf(l, ways, now)
	s.mu.Lock()
	s.pasts[l.Name] = p
	s.mu.Unlock()
	return p, nil
}
