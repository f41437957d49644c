package outlook

import (
	"context"
	"time"

	"andon/flow/forecast"
	"andon/journal"
)

// Preview is how many cards will be done within the next days, at the stated
// probabilities. It is not kept: nobody asked.
type Preview struct {
	History []int // done on each day that it is drawn from
	Rows    []PreviewRow
}

// PreviewRow is one number of days ahead.
type PreviewRow struct {
	Days  int
	Until time.Time
	// Least are the cards that will be done at least, in the order of Stated.
	Least []int
}

// Stated are the probabilities that forecasts answer for.
func Stated() []float64 { return append([]float64(nil), stated...) }

// Preview looks ahead from the usual history.
func (s *Service) Preview(ctx context.Context, line string) (p Preview, err error) {
	err = s.ledger.Read(ctx, func(r journal.Reader) error {
		now := s.ledger.Now()
		if p.History, err = throughput(ctx, r, line, now, usualHistory); err != nil {
			return err
		}
		for _, days := range []int{7, 14, 30, 60, 90} {
			d := forecast.HowMany(p.History, days)
			row := PreviewRow{Days: days, Until: dayOf(now).AddDate(0, 0, days)}
			for _, share := range stated {
				least, _ := d.Floor(share)
				row.Least = append(row.Least, least)
			}
			p.Rows = append(p.Rows, row)
		}
		return nil
	})
	return p, err
}
