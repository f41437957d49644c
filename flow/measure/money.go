package measure

import (
	"context"
	"time"

	"andon/flow/floor"
	"andon/journal"
)

// Cost is what unfinished work costs, in the line's currency.
type Cost struct {
	Line     string `json:"line"`
	Currency string `json:"currency,omitempty"`
	// Known is false when the line does not say what it costs in a day.
	Known bool `json:"known"`
	// TiedUp is the money in unfinished work, see [TiedUp].
	TiedUp   float64       `json:"tied_up"`
	Stations []StationCost `json:"stations"`
	// Delay is what each day costs in which the open cards that say so are
	// not done.
	Delay float64 `json:"delay_per_day"`
	// First are the cards that wait to begin and say what their delay costs
	// and how long they take, those first that gain most for the work (CD3).
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
	Delay float64 `json:"delay_per_day"`
	Days  float64 `json:"days"`  // estimated
	Score float64 `json:"score"` // delay ÷ days
}

// Cost reckons what the unfinished work of a line costs now.
func (s *Service) Cost(ctx context.Context, line string) (c Cost, err error) {
	err = s.ledger.Read(ctx, func(r journal.Reader) error {
		l, err := floor.LineIn(ctx, r, line)
		if err != nil {
			return err
		}
		cards, err := floor.OrderIn(ctx, r, line)
		if err != nil {
			return err
		}
		c = costOf(l, cards, s.ledger.Now())
		return nil
	})
	return c, err
}

func costOf(l floor.Line, cards []floor.Card, now time.Time) Cost {
	c := Cost{Line: l.Name, Currency: l.Rules.Currency, Known: l.Rules.DailyCost > 0}
	var all, waiting []Unfinished
	for _, st := range l.Stations {
		var here []Unfinished
		for _, card := range cards {
			if card.Station != st.Name {
				continue
			}
			c.Delay += card.CostOfDelay
			here = append(here, Unfinished{Card: card.Key, Started: card.StartedAt, DelayPerDay: card.CostOfDelay, Remaining: card.Estimate})
		}
		switch st.Kind {
		case floor.Queue:
			waiting = append(waiting, here...)
		case floor.Done:
		default:
			all = append(all, here...)
			delay, _ := DelayPerDay(here)
			c.Stations = append(c.Stations, StationCost{Station: st.Name, Cards: len(here), Delay: delay,
				// What is tied up is shared by all in progress; the line's
				// cards are not all counted yet, so that comes below.
				TiedUp: TiedUp(here, l.Rules.DailyCost, now) * float64(len(here))})
		}
	}
	for i := range c.Stations {
		if len(all) > 0 {
			c.Stations[i].TiedUp /= float64(len(all))
		}
		c.TiedUp += c.Stations[i].TiedUp
	}
	for _, u := range ByCD3(waiting) {
		if u.DelayPerDay > 0 && u.Remaining > 0 {
			c.First = append(c.First, Worth{u.Card, u.DelayPerDay, u.Remaining, u.CD3()})
		}
	}
	return c
}
