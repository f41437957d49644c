package outlook

import (
	"context"
	"math"
	"time"

	"andon/flow/floor"
	"andon/flow/forecast"
	"andon/flow/measure"
	"andon/journal"
)

// Ageing is how likely the open cards of a line are to be late.
type Ageing struct {
	// Known is false while the history is too short to say.
	Known bool `json:"known"`
	// Share of the cards is to be done Within that time of their start.
	Share  float64       `json:"share"`
	Within time.Duration `json:"within"`
	// Own says that Within comes from the line's own history and not from its
	// declaration.
	Own   bool       `json:"own"`
	Cards []CardRisk `json:"cards"`
}

// CardRisk is the chance that an open card misses the expectation.
type CardRisk struct {
	measure.Open
	P    float64 `json:"p"`
	Low  float64 `json:"low"` // 95 % interval
	High float64 `json:"high"`
	// Known is false when no card of the history stayed as long.
	Known bool `json:"known"`
}

const (
	// riskDays is the history that risks are drawn from.
	riskDays = 180
	// leastStays is how many cards must have left a station for a curve of it.
	leastStays = 10
	// mostStays bounds what a curve is drawn from: the newest.
	mostStays = 1000
)

// Ageing tells the risk of each card in progress:
//
//	P(time left > expectation − age | it has been in this station for so long),
//
// from how long earlier cards took from entering that station to done. Cards
// that are still open count as lasting longer than they have (Kaplan–Meier).
func (s *Service) Ageing(ctx context.Context, line string) (a Ageing, err error) {
	err = s.ledger.Read(ctx, func(r journal.Reader) error {
		now := s.ledger.Now()
		l, err := floor.LineIn(ctx, r, line)
		if err != nil {
			return err
		}
		open, err := measure.OpenIn(ctx, r, l, now)
		if err != nil {
			return err
		}
		p, err := s.pastOf(ctx, r, l, now)
		if err != nil {
			return err
		}
		a = ageing(l, open, p)
		return nil
	})
	return a, err
}

func ageing(l floor.Line, open []measure.Open, p past) Ageing {
	a := Ageing{Share: l.Rules.SLE.Share(), Within: time.Duration(l.Rules.SLE.Days * float64(oneDay))}
	if a.Within == 0 {
		a.Within, a.Own = p.within, true
	}
	a.Known = a.Within > 0
	for _, o := range open {
		c := CardRisk{Open: o, High: 1}
		if curve, ok := p.curves[o.Station]; ok && a.Known {
			// o.Here of it is gone; the rest of the expectation is what is left.
			chance := curve.Risk(o.Here, o.Here+a.Within-o.Age)
			c.P, c.Low, c.High, c.Known = chance.P, chance.Interval.Low, chance.Interval.High, chance.Known
		}
		if a.Known && o.Age >= a.Within {
			c.P, c.Low, c.High, c.Known = 1, 1, 1, true
		}
		a.Cards = append(a.Cards, c)
	}
	return a
}

// expectation is the time within which that share of what was finished was
// done; 0 when too little was.
func expectation(past []measure.Way, share float64) time.Duration {
	var took []time.Duration
	for _, w := range past {
		if !w.Done.IsZero() {
			took = append(took, w.Done.Sub(w.Started))
		}
	}
	if len(took) < leastStays {
		return 0
	}
	return measure.NearestRank(took, share)
}

// curvesOf draws, for each station with enough history, how long cards take
// from entering it for the last time to done.
func curvesOf(l floor.Line, past []measure.Way, now time.Time) map[string]forecast.Curve {
	curves := map[string]forecast.Curve{}
	for _, st := range l.Stations {
		var finished, open []time.Duration
		for _, w := range past {
			var entered time.Time
			for _, s := range w.Stays {
				if s.Station == st.Name {
					entered = s.Entered
				}
			}
			switch {
			case entered.IsZero():
			case w.Done.IsZero():
				open = append(open, now.Sub(entered))
			default:
				finished = append(finished, w.Done.Sub(entered))
			}
		}
		if len(finished) >= leastStays {
			curves[st.Name] = forecast.Survival(finished, open)
		}
	}
	return curves
}

// Risks are the known risks of an ageing, as the floor's lamps want them.
func (a Ageing) Risks() (risks []floor.Risk) {
	for _, c := range a.Cards {
		if c.Known && !math.IsNaN(c.P) {
			risks = append(risks, floor.Risk{Card: c.Card, P: c.P})
		}
	}
	return risks
}
