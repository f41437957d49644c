package twin

// what is the kind of an event.
type what uint8

const (
	arrive what = iota // an item comes to the backlog
	finish             // work on an item is finished
	hinder             // work on an item is stopped
	resume             // work on an item goes on
)

// event is something that will happen. Its order among those of one instant is
// that in which they were planned.
type event struct {
	at    float64
	order uint64
	item  int32
	what  what
}

func (e event) before(f event) bool {
	return e.at < f.at || (e.at == f.at && e.order < f.order)
}

// agenda is a binary heap of events. container/heap would put each one into an
// interface, and so on the heap of the process, for every step of the run.
type agenda struct {
	events  []event
	planned uint64
}

func (a *agenda) plan(at float64, w what, item int32) {
	a.planned++
	e := event{at, a.planned, item, w}
	a.events = append(a.events, e)
	i := len(a.events) - 1
	for i > 0 {
		parent := (i - 1) / 2
		if !e.before(a.events[parent]) {
			break
		}
		a.events[i] = a.events[parent]
		i = parent
	}
	a.events[i] = e
}

// next takes the earliest event; false when none is planned.
func (a *agenda) next() (event, bool) {
	if len(a.events) == 0 {
		return event{}, false
	}
	first, n := a.events[0], len(a.events)-1
	e := a.events[n]
	a.events = a.events[:n]
	if n == 0 {
		return first, true
	}
	i := 0
	for {
		child := 2*i + 1
		if child >= n {
			break
		}
		if child+1 < n && a.events[child+1].before(a.events[child]) {
			child++
		}
		if !a.events[child].before(e) {
			break
		}
		a.events[i] = a.events[child]
		i = child
	}
	a.events[i] = e
	return first, true
}
