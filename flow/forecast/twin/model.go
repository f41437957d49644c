package twin

import (
	"fmt"
	"math"
)

// Return is the chance that a finished item is found wanting and sent back.
type Return struct {
	To          int     // a station, this one or an earlier one
	Probability float64 // of one visit; the sum over a station is below 1
}

// Hindrance stops work on an item now and then: a question not answered, a
// system not there. The server waits with the item.
type Hindrance struct {
	Rate     float64 // hindrances per unit of time worked; 0 for none
	Duration Sampler
}

// Station is one place of the line.
type Station struct {
	Name      string
	Servers   int // who can work here at once; 0 for no limit
	Limit     int // items waiting, worked on and held; 0 for no limit
	Service   Sampler
	Returns   []Return
	Hindrance Hindrance
}

// Model is a line of stations and how work comes to it: either open, with the
// times between Arrivals, or Closed (CONWIP), with so many items always in the
// line, each one done making room for a new one.
type Model struct {
	Stations []Station
	Arrivals Sampler // the time between two arrivals; nil when Closed
	Closed   int     // the constant number of items; 0 when open
	Warmup   float64 // the time at the start that the result leaves out
	Observe  func(Visit)
}

// Visit is one stay of an item at a station, told when it ends. What is still
// there at the end of a run is told then, with Open.
type Visit struct {
	Item     int // counted from 0 in the order of arrival
	Station  int
	From, To float64
	Hindered float64 // the part for which work was stopped
	Held     float64 // the part, at the end, for which it was finished without room to go on
	Returned bool    // it was sent back
	Open     bool    // it did not end before the run did
}

// Check tells what makes the model impossible to run, nil when nothing does.
func (m Model) Check() error {
	if len(m.Stations) == 0 {
		return fmt.Errorf("model: there is no station; at least one is needed")
	}
	if (m.Arrivals == nil) == (m.Closed <= 0) {
		return fmt.Errorf("model: give either arrivals or a closed number of items above 0, and not both")
	}
	if !(m.Warmup >= 0) {
		return fmt.Errorf("model: the warm-up is %v; it must be at least 0", m.Warmup)
	}
	for i, s := range m.Stations {
		if err := s.check(i); err != nil {
			return err
		}
	}
	return nil
}

func (s Station) check(i int) error {
	switch {
	case s.Service == nil:
		return fmt.Errorf("station %q: it has no service time", s.Name)
	case s.Servers < 0:
		return fmt.Errorf("station %q: it has %d servers; give at least 1, or 0 for no limit", s.Name, s.Servers)
	case s.Limit < 0:
		return fmt.Errorf("station %q: its limit is %d; give at least 1, or 0 for no limit", s.Name, s.Limit)
	case !(s.Hindrance.Rate >= 0) || math.IsInf(s.Hindrance.Rate, 1):
		return fmt.Errorf("station %q: its rate of hindrances is %v; it must be finite and at least 0", s.Name, s.Hindrance.Rate)
	case s.Hindrance.Rate > 0 && s.Hindrance.Duration == nil:
		return fmt.Errorf("station %q: it has hindrances without a duration", s.Name)
	}
	sum := 0.0
	for _, r := range s.Returns {
		if r.To < 0 || r.To > i {
			return fmt.Errorf("station %q: it returns to station %d; only 0 to %d are this one or earlier", s.Name, r.To, i)
		}
		if !(r.Probability >= 0) {
			return fmt.Errorf("station %q: a probability of return is %v; it must be at least 0", s.Name, r.Probability)
		}
		sum += r.Probability
	}
	if sum >= 1 {
		return fmt.Errorf("station %q: the probabilities of return sum to %v; below 1 is needed for an item ever to leave", s.Name, sum)
	}
	return nil
}
