package floor

import (
	"context"
	"slices"
	"time"

	"andon/journal"
)

// Cost is what unfinished work costs, in the line's currency.
type Cost struct {
	Line     string `json:"line"`
	Currency string `json:"currency,omitempty"`
	// Known is false when the line does not say what it costs in a day.
	Known bool `json:"known"`
	// TiedUp is the money in unfinished work: for each card its working days
	// in progress × the line's daily cost ÷ the cards in progress.
	TiedUp   float64       `json:"tied_up"`
	Stations []StationCost `json:"stations"`
	// Delay is what each day costs in which the open cards that say so are
	// not done.
	Delay float64 `json:"delay_per_day"`
	// First are the cards of the queue that say what their delay costs, those
	// first that gain most for the work: cost of delay ÷ duration (CD3,
	// Reinertsen, The Principles of Product Development Flow).
	First []Worth `json:"first,omitempty"`
}

// StationCost is a station's part.
type StationCost struct {
	Station string  `json:"station"`
	Cards   int     `json:"cards"`
	TiedUp  float64 `json:"tied_up"`
	Delay   float64 `json:"delay_per_day"`
}

// Worth is what a waiting card is worth.
type Worth struct {
	Card  string  `json:"card"`
	Title string  `json:"title"`
	Delay float64 `json:"delay_per_day"`
	Days  float64 `json:"days"`  // estimated
	Score float64 `json:"score"` // delay ÷ days
}

// Cost reckons what the unfinished work of a line costs now.
func (s *Service) Cost(ctx context.Context, line string) (c Cost, err error) {
	err = s.ledger.Read(ctx, func(r journal.Reader) error {
		l, err := lineByName(ctx, r, line)
		if err != nil {
			return err
		}
		cards, err := cardsWhere(ctx, r, `line = $1 AND done_at = 0`, line)
		if err != nil {
			return err
		}
		c = costOf(l, cards, s.ledger.Now())
		return nil
	})
	return c, err
}

func costOf(l Line, cards []Card, now time.Time) Cost {
	c := Cost{Line: l.Name, Currency: l.Rules.Currency, Known: l.Rules.DailyCost > 0}
	at := map[string]*StationCost{}
	for _, st := range l.Stations {
		if st.inProgress() {
			c.Stations = append(c.Stations, StationCost{Station: st.Name})
		}
	}
	wip := 0
	for i := range c.Stations {
		at[c.Stations[i].Station] = &c.Stations[i]
	}
	for _, card := range cards {
		if at[card.Station] != nil {
			wip++
		}
	}
	for _, card := range cards {
		c.Delay += card.CostOfDelay
		st := at[card.Station]
		if st == nil {
			if card.CostOfDelay > 0 && card.Estimate > 0 {
				c.First = append(c.First, Worth{card.Key, card.Title, card.CostOfDelay, card.Estimate, card.CostOfDelay / card.Estimate})
			}
			continue
		}
		st.Cards++
		st.Delay += card.CostOfDelay
		st.TiedUp += workingDays(card.StartedAt, now) * l.Rules.DailyCost / float64(wip)
	}
	for _, st := range c.Stations {
		c.TiedUp += st.TiedUp
	}
	slices.SortStableFunc(c.First, func(a, b Worth) int {
		switch {
		case a.Score > b.Score:
			return -1
		case a.Score < b.Score:
			return 1
		}
		return 0
	})
	return c
}

// workingDays counts the days from Monday to Friday, UTC, between two times,
// in parts of a day.
func workingDays(from, to time.Time) (days float64) {
	const oneDay = 24 * time.Hour
	if from.IsZero() || !to.After(from) {
		return 0
	}
	whole := int64(to.Sub(from)/oneDay) / 7 // whole weeks have five each
	days = float64(5 * whole)
	for at := from.UTC().Add(time.Duration(whole) * 7 * oneDay); at.Before(to); {
		next := at.Truncate(oneDay).Add(oneDay)
		if next.After(to) {
			next = to
		}
		if d := at.Weekday(); d != time.Saturday && d != time.Sunday {
			days += float64(next.Sub(at)) / float64(oneDay)
		}
		at = next
	}
	return days
}
