package twin

import (
	"fmt"
	"slices"
	"time"
)

// Stay is one item's time at one station, as the journal tells it.
type Stay struct {
	Item     string
	Station  string
	From, To time.Time     // To is zero while the item is still there
	Blocked  time.Duration // the part for which the item could not be worked on
	Returned bool          // it ended by being sent back
}

// Place is what the people of a line know about a station and its stays do not
// tell. Where the servers are not known, 0 takes the whole stay as service: the
// model then shows the line as it is, and has nothing to say about a change of
// the number of servers there.
type Place struct {
	Name    string
	Servers int // 0 when not known or not limited
	Limit   int // 0 for none
}

// Line is what a model is fitted to.
type Line struct {
	Places []Place // in the order of the work
	Closed int     // the constant number of items of a CONWIP line; 0 when open
	Warmup float64 // of the model, in days
}

// Fit makes a Model, in days, from stays. What is measured:
//
//   - the times between arrivals, from the first stay of each item. With a
//     limit on the first place this is what was let in, not what was asked for;
//   - the service times: from when a server was free, first in, first out, to
//     the end, less what was blocked. Of places with 0 servers, the whole stay;
//   - rework: the share of ended stays that were followed by this or an earlier
//     place, or told as Returned (to the same place when no stay follows);
//   - hindrances, from Blocked. What was blocked at the end of a stay while the
//     next place was full is waiting for room: the simulation makes that itself.
//
// Stays still open count as arrivals and take their server. The empirical
// distributions are used as they are, so that a rare long item stays rare and
// long. The error says what is missing or contradicts itself.
func Fit(stays []Stay, line Line) (Model, error) {
	h, err := read(stays, line.Places)
	if err != nil {
		return Model{}, err
	}
	m := Model{Closed: line.Closed, Warmup: line.Warmup, Stations: make([]Station, len(line.Places))}
	if line.Closed <= 0 {
		gaps := h.gaps()
		if len(gaps) == 0 {
			return Model{}, fmt.Errorf("fit: fewer than two items arrived; the times between arrivals cannot be measured")
		}
		m.Arrivals = Empirical(gaps)
	}
	for j, p := range line.Places {
		services, blocks := h.services(j)
		if len(services) == 0 {
			return Model{}, fmt.Errorf("fit: no stay at station %q has ended; its service time cannot be measured", p.Name)
		}
		returns, err := h.returns(j)
		if err != nil {
			return Model{}, err
		}
		m.Stations[j] = Station{
			Name: p.Name, Servers: p.Servers, Limit: p.Limit, Service: Empirical(services),
			Returns: returns, Hindrance: hindrance(services, blocks),
		}
	}
	return m, m.Check()
}

// days is a duration in the unit of the fitted model.
func days(d time.Duration) float64 { return d.Hours() / 24 }

// past is a stay in the terms of the line.
type past struct {
	Stay
	place int
	next  int // the place the item went to; −1 when it is not known or done
}

func (p past) open() bool { return p.To.IsZero() }

// history is what the stays say, by place and by item.
type history struct {
	places  []Place
	at      [][]past // by place, in the order of arrival there
	arrived []time.Time
}

// read orders the stays and refuses what cannot be.
func read(stays []Stay, places []Place) (history, error) {
	if len(places) == 0 {
		return history{}, fmt.Errorf("fit: the line has no stations; name at least one")
	}
	index := make(map[string]int, len(places))
	for j, p := range places {
		if _, twice := index[p.Name]; twice {
			return history{}, fmt.Errorf("fit: station %q is named twice in the line; each name must be its own", p.Name)
		}
		index[p.Name] = j
	}
	h := history{places: places, at: make([][]past, len(places))}
	items := map[string][]past{}
	for _, s := range stays {
		j, known := index[s.Station]
		switch {
		case !known:
			return history{}, fmt.Errorf("fit: item %q stayed at station %q, which is not one of the line", s.Item, s.Station)
		case !s.To.IsZero() && s.To.Before(s.From):
			return history{}, fmt.Errorf("fit: item %q left station %q at %s, before it came at %s", s.Item, s.Station, s.To.Format(time.RFC3339), s.From.Format(time.RFC3339))
		case s.Blocked < 0 || (!s.To.IsZero() && s.Blocked > s.To.Sub(s.From)):
			return history{}, fmt.Errorf("fit: item %q was blocked for %s at station %q; from 0 to its whole stay is possible", s.Item, s.Blocked, s.Station)
		}
		items[s.Item] = append(items[s.Item], past{Stay: s, place: j, next: -1})
	}
	for _, list := range items {
		slices.SortStableFunc(list, byTime)
		h.arrived = append(h.arrived, list[0].From)
		for i := range list {
			if i+1 < len(list) {
				list[i].next = list[i+1].place
			}
			h.at[list[i].place] = append(h.at[list[i].place], list[i])
		}
	}
	for j := range h.at {
		slices.SortFunc(h.at[j], byTime)
	}
	slices.SortFunc(h.arrived, time.Time.Compare)
	return h, nil
}

// byTime orders stays by their start, and then so that the order of the input
// and of maps does not matter.
func byTime(a, b past) int {
	if c := a.From.Compare(b.From); c != 0 {
		return c
	}
	if c := a.To.Compare(b.To); c != 0 && !a.open() && !b.open() {
		return c
	}
	if a.Item < b.Item {
		return -1
	} else if a.Item > b.Item {
		return 1
	}
	return a.place - b.place
}

// gaps are the times between arrivals, in days.
func (h history) gaps() []float64 {
	var gaps []float64
	for i := 1; i < len(h.arrived); i++ {
		gaps = append(gaps, days(h.arrived[i].Sub(h.arrived[i-1])))
	}
	return gaps
}

// returns are the shares of the ended stays at a place that were sent back.
func (h history) returns(j int) ([]Return, error) {
	ended, back := 0, make([]int, j+1)
	for _, s := range h.at[j] {
		switch {
		case s.open():
			continue
		case s.next >= 0 && s.next <= j:
			back[s.next]++
		case s.Returned && s.next < 0:
			back[j]++
		}
		ended++
	}
	var returns []Return
	sum := 0
	for to, n := range back {
		if n > 0 {
			returns = append(returns, Return{to, float64(n) / float64(ended)})
			sum += n
		}
	}
	if ended > 0 && sum == ended {
		return nil, fmt.Errorf("fit: all %d stays that ended at station %q were sent back; one at least must have gone on", ended, h.places[j].Name)
	}
	return returns, nil
}
