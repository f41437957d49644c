package twin

import (
	"fmt"
	"math"
	"math/rand/v2"
)

// place is a station while the line runs.
type place struct {
	Station
	waiting queue
	held    queue
	count   int // waiting, worked on, hindered and held
	working int
	stopped int // hindered
	tally   tally
}

func (p *place) hasRoom() bool { return p.Limit == 0 || p.count < p.Limit }
func (p *place) hasServer() bool {
	return p.Servers == 0 || p.working+p.stopped+p.held.length < p.Servers
}
func (p *place) settle(t float64) { p.tally.add(t, p) }

// line is one run.
type line struct {
	model   Model
	rng     *rand.Rand
	now     float64
	agenda  agenda
	pool    pool
	places  []place
	backlog queue
	ledger  ledger
}

// Run simulates the model until the given time and tells of the window from
// Model.Warmup on. It starts empty (Closed: with all items in the backlog).
// The error is that of Model.Check, an until that is not after the warm-up, or
// a sampler that gives what is not a duration.
func Run(m Model, rng *rand.Rand, until float64) (Result, error) {
	if err := m.Check(); err != nil {
		return Result{}, err
	}
	if !(until > m.Warmup) || math.IsInf(until, 1) {
		return Result{}, fmt.Errorf("run: it lasts until %v; it must end after the warm-up of %v", until, m.Warmup)
	}
	l := &line{model: m, rng: rng, places: make([]place, len(m.Stations)), pool: pool{free: none}}
	l.ledger.from = m.Warmup
	for i, s := range m.Stations {
		l.places[i].Station = s
		l.places[i].tally = tally{from: m.Warmup}
	}
	if err := l.run(until); err != nil {
		return Result{}, err
	}
	return l.result(until), nil
}

func (l *line) run(until float64) error {
	if m := l.model; m.Closed > 0 {
		for range m.Closed {
			l.agenda.plan(0, arrive, none)
		}
	} else if err := l.planArrival(); err != nil {
		return err
	}
	instant := 0 // events without time passing: a line that stands still for ever
	for {
		e, ok := l.agenda.next()
		if !ok || e.at >= until {
			return nil
		}
		if instant++; e.at > l.now {
			instant = 0
		}
		if instant > 1_000_000 {
			return fmt.Errorf("run: a million events at time %v; some duration of the model must be above 0", l.now)
		}
		l.now = e.at
		if err := l.happen(e); err != nil {
			return err
		}
	}
}

func (l *line) happen(e event) error {
	switch e.what {
	case arrive:
		l.arrive()
		if l.model.Closed == 0 {
			if err := l.planArrival(); err != nil {
				return err
			}
		}
		return l.pull(0)
	case hinder:
		return l.hinder(e.item)
	case resume:
		l.resume(e.item)
		return nil
	default:
		return l.finish(e.item)
	}
}

// draw asks a sampler for a duration and refuses what is none.
func (l *line) draw(s Sampler, of, station string) (float64, error) {
	d := s(l.rng)
	if !(d >= 0) || math.IsInf(d, 1) {
		return 0, fmt.Errorf("run: %s %s is %v; a duration must be finite and at least 0", of, station, d)
	}
	return d, nil
}

func (l *line) planArrival() error {
	gap, err := l.draw(l.model.Arrivals, "the time between two", "arrivals")
	if err == nil {
		l.agenda.plan(l.now+gap, arrive, none)
	}
	return err
}

func (l *line) arrive() {
	i := l.pool.take(l.now)
	l.ledger.count(l.now, +1, 0)
	l.ledger.backlogged(l.now, +1)
	l.backlog.push(l.pool.items, i)
}
