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
		return l.resume(e.item)
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

// pull lets items move into station j while it has room and, as each leaves
// room behind it, goes on upstream to the backlog.
func (l *line) pull(j int) error {
	for ; j >= 0; j-- {
		to := &l.places[j]
		for to.hasRoom() {
			var i int32
			if j == 0 {
				if l.backlog.length == 0 {
					break
				}
				i = l.backlog.pop(l.pool.items)
				l.ledger.backlogged(l.now, -1)
			} else {
				from := &l.places[j-1]
				if from.held.length == 0 {
					break
				}
				from.settle(l.now)
				i = from.held.pop(l.pool.items)
				l.leave(i, j-1, false)
				if err := l.start(j - 1); err != nil {
					return err
				}
			}
			if err := l.enter(i, j); err != nil {
				return err
			}
		}
	}
	return nil
}

func (l *line) enter(i int32, j int) error {
	p, it := &l.places[j], &l.pool.items[i]
	p.settle(l.now)
	p.count++
	it.station, it.entered, it.hindered, it.phase = int32(j), l.now, 0, waiting
	p.waiting.push(l.pool.items, i)
	return l.start(j)
}

// leave books an item out of station j. It is in no queue of it any more.
func (l *line) leave(i int32, j int, returned bool) {
	p, it := &l.places[j], &l.pool.items[i]
	p.count--
	p.tally.visit(l.now, returned)
	if l.model.Observe != nil {
		l.model.Observe(Visit{Item: it.number, Station: j, From: it.entered, To: l.now,
			Hindered: it.hindered, Held: l.now - it.since, Returned: returned})
	}
}

// start puts free servers of station j to work on what waits.
func (l *line) start(j int) error {
	p := &l.places[j]
	for p.waiting.length > 0 && p.hasServer() {
		p.settle(l.now)
		i := p.waiting.pop(l.pool.items)
		work, err := l.draw(p.Service, "the service time of station", p.Name)
		if err != nil {
			return err
		}
		l.pool.items[i].left, l.pool.items[i].phase = work, worked
		p.working++
		l.work(i, p)
	}
	return nil
}

// work plans how the work on an item goes on: to its end or to a hindrance.
func (l *line) work(i int32, p *place) {
	it := &l.pool.items[i]
	if p.Hindrance.Rate > 0 {
		if free := l.rng.ExpFloat64() / p.Hindrance.Rate; free < it.left {
			it.left -= free
			l.agenda.plan(l.now+free, hinder, i)
			return
		}
	}
	l.agenda.plan(l.now+it.left, finish, i)
}

func (l *line) hinder(i int32) error {
	it := &l.pool.items[i]
	p := &l.places[it.station]
	p.settle(l.now)
	p.working--
	p.stopped++
	it.since, it.phase = l.now, stopped
	d, err := l.draw(p.Hindrance.Duration, "a hindrance of station", p.Name)
	if err == nil {
		l.agenda.plan(l.now+d, resume, i)
	}
	return err
}

func (l *line) resume(i int32) error {
	it := &l.pool.items[i]
	p := &l.places[it.station]
	p.settle(l.now)
	p.stopped--
	p.working++
	it.hindered += l.now - it.since
	it.phase = worked
	l.work(i, p)
	return nil
}

// finish ends the work on an item: it is sent back, done, or held for room.
func (l *line) finish(i int32) error {
	it := &l.pool.items[i]
	j := int(it.station)
	p := &l.places[j]
	p.settle(l.now)
	p.working--
	it.since, it.phase = l.now, held
	if to, back := l.sentBack(p); back {
		l.leave(i, j, true)
		// It enters before room is handed on, so that a station it returns
		// to is not filled over its head.
		if err := l.enter(i, to); err != nil {
			return err
		}
		if err := l.start(j); err != nil {
			return err
		}
		return l.pull(j)
	}
	if j < len(l.places)-1 {
		p.held.push(l.pool.items, i)
		return l.pull(j + 1)
	}
	l.leave(i, j, false)
	l.ledger.done(l.now, it.arrived)
	l.pool.give(i)
	if err := l.start(j); err != nil {
		return err
	}
	if l.model.Closed > 0 {
		l.arrive()
	}
	return l.pull(j)
}

func (l *line) sentBack(p *place) (to int, back bool) {
	if len(p.Returns) == 0 {
		return 0, false
	}
	luck := l.rng.Float64()
	for _, r := range p.Returns {
		if luck -= r.Probability; luck < 0 {
			return r.To, true
		}
	}
	return 0, false
}
