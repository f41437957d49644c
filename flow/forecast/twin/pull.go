package twin

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
