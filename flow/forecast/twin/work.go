package twin

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

func (l *line) resume(i int32) {
	it := &l.pool.items[i]
	p := &l.places[it.station]
	p.settle(l.now)
	p.stopped--
	p.working++
	it.hindered += l.now - it.since
	it.phase = worked
	l.work(i, p)
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
