package twin

import (
	"math"
	"slices"
)

// Result is what one run showed within its window, from the warm-up to the end.
type Result struct {
	Span       float64 // the length of the window
	Arrivals   int     // into the backlog
	Departures int
	Throughput float64   // departures per unit of time
	Lead       []float64 // arrival to done, of what was done in the window, sorted
	WIP        float64   // mean number of items in the line, backlog included
	Backlog    float64   // mean number of items before the first station
	Sojourn    float64   // time all items spent in the line within the window, summed
	Stations   []StationResult
}

// StationResult is one station's part. Utilised, Blocked and Starved are shares
// of the servers' time and sum to 1. A station without a number of servers is
// taken as one: utilised while anything is worked on, starved while it is
// empty, blocked while there are items and none can be worked on.
type StationResult struct {
	Name     string
	WIP      float64 // mean number of items here, in whatever state
	Waiting  float64 // mean number of items waiting for a server
	Utilised float64 // working
	Blocked  float64 // hindered, or finished and held for want of room
	Starved  float64 // without work
	Visits   int     // stays that ended in the window
	Returned int     // of these, the ones that ended by going back
	Stay     float64 // mean time here per visit, by Little's law; 0 without visits
	Wait     float64 // the part of it spent waiting for a server
}

// MeanLead is the mean lead time; false when nothing was done.
func (r Result) MeanLead() (float64, bool) {
	if len(r.Lead) == 0 {
		return 0, false
	}
	sum := 0.0
	for _, d := range r.Lead {
		sum += d
	}
	return sum / float64(len(r.Lead)), true
}

// LeadPercentile is the nearest-rank percentile of the lead time, index
// ceil(p·n); false when nothing was done or p is not in (0, 1].
func (r Result) LeadPercentile(p float64) (float64, bool) {
	if len(r.Lead) == 0 || !(p > 0 && p <= 1) {
		return 0, false
	}
	rank := int(math.Ceil(p*float64(len(r.Lead)) - 1e-9))
	return r.Lead[max(rank, 1)-1], true
}

// LittleGap is how far the run is from Little's law, as a share: the area under
// the number of items against the summed times of the single items, each cut to
// the window. It is 0 but for rounding, whatever the state of the line.
func (r Result) LittleGap() float64 {
	area := r.WIP * r.Span
	if area == 0 && r.Sojourn == 0 {
		return 0
	}
	return math.Abs(area-r.Sojourn) / math.Max(area, r.Sojourn)
}

// result closes the books at the end of the run.
func (l *line) result(until float64) Result {
	l.now = until
	l.ledger.count(until, 0, 0)
	l.ledger.backlogged(until, 0)
	for i := range l.pool.items {
		if it := &l.pool.items[i]; it.alive {
			l.ledger.stayed(until, it.arrived)
			l.tellOpen(it)
		}
	}
	g := &l.ledger
	slices.Sort(g.leads)
	span := until - g.from
	r := Result{
		Span: span, Arrivals: g.arrivals, Departures: len(g.leads), Throughput: float64(len(g.leads)) / span,
		Lead: g.leads, WIP: g.area / span, Backlog: g.backlogArea / span, Sojourn: g.sojourn,
		Stations: make([]StationResult, len(l.places)),
	}
	for j := range l.places {
		l.places[j].settle(until)
		r.Stations[j] = l.places[j].result(span)
	}
	return r
}

// tellOpen tells the observer of a stay that the end of the run cut off.
func (l *line) tellOpen(it *item) {
	if l.model.Observe == nil || it.station == none {
		return
	}
	v := Visit{Item: it.number, Station: int(it.station), From: it.entered, To: l.now, Hindered: it.hindered, Open: true}
	switch it.phase {
	case stopped:
		v.Hindered += l.now - it.since
	case held:
		v.Held = l.now - it.since
	}
	l.model.Observe(v)
}

func (p *place) result(span float64) StationResult {
	a := p.tally
	r := StationResult{Name: p.Name, WIP: a.count / span, Waiting: a.wait / span, Visits: a.visits, Returned: a.returned}
	if p.Servers > 0 {
		capacity := span * float64(p.Servers)
		r.Utilised, r.Blocked = a.work/capacity, (a.stop+a.held)/capacity
		r.Starved = math.Max(1-r.Utilised-r.Blocked, 0)
	} else {
		r.Utilised, r.Blocked, r.Starved = a.busy/span, a.blocked/span, a.empty/span
	}
	if a.visits > 0 {
		r.Stay, r.Wait = a.count/float64(a.visits), a.wait/float64(a.visits)
	}
	return r
}
