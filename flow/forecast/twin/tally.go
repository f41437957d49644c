package twin

import "math"

// tally integrates what a station does over time, within the window.
type tally struct {
	from, last                    float64
	count, wait, work, stop, held float64 // item·time
	busy, blocked, empty          float64 // time
	visits, returned              int
}

// add books the state since the last change up to t. It comes before a change.
func (a *tally) add(t float64, p *place) {
	d := t - math.Max(a.last, a.from)
	a.last = t
	if d <= 0 {
		return
	}
	a.count += d * float64(p.count)
	a.wait += d * float64(p.waiting.length)
	a.work += d * float64(p.working)
	a.stop += d * float64(p.stopped)
	a.held += d * float64(p.held.length)
	switch {
	case p.working > 0:
		a.busy += d
	case p.count > 0:
		a.blocked += d
	default:
		a.empty += d
	}
}

func (a *tally) visit(t float64, returned bool) {
	if t < a.from {
		return
	}
	a.visits++
	if returned {
		a.returned++
	}
}

// ledger books the line as a whole. The area under the number of items and the
// times of the single items are kept apart: Little's law says they agree.
type ledger struct {
	from         float64
	last, area   float64
	items        int
	lastBacklog  float64
	backlogArea  float64
	backlogItems int
	arrivals     int
	sojourn      float64
	leads        []float64
}

// count changes the number of items in the line by the given arrivals and
// departures.
func (g *ledger) count(t float64, arrivals, departures int) {
	if d := t - math.Max(g.last, g.from); d > 0 {
		g.area += d * float64(g.items)
	}
	g.last = t
	g.items += arrivals - departures
	if t >= g.from {
		g.arrivals += arrivals
	}
}

func (g *ledger) backlogged(t float64, change int) {
	if d := t - math.Max(g.lastBacklog, g.from); d > 0 {
		g.backlogArea += d * float64(g.backlogItems)
	}
	g.lastBacklog = t
	g.backlogItems += change
}

func (g *ledger) done(t, arrived float64) {
	g.count(t, 0, 1)
	g.stayed(t, arrived)
	if t >= g.from {
		g.leads = append(g.leads, t-arrived)
	}
}

// stayed adds the time an item was in the line within the window.
func (g *ledger) stayed(t, arrived float64) {
	if d := t - math.Max(arrived, g.from); d > 0 {
		g.sojourn += d
	}
}
