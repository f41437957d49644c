package twin

// none is the end of a queue, and the item of an event that has none.
const none int32 = -1

// phase is what happens to an item at its station.
type phase uint8

const (
	waiting phase = iota // for a server
	worked
	stopped // hindered
	held    // finished, without room to go on
)

// item is one piece of work within the line. Items live in a pool and point to
// each other by index, so that a run allocates no more than its most items.
type item struct {
	next     int32 // in the queue it stands in, or in the list of free ones
	station  int32
	number   int // in the order of arrival
	phase    phase
	alive    bool
	arrived  float64 // in the backlog
	entered  float64 // its station
	left     float64 // work left at its station
	hindered float64 // time hindered at its station
	since    float64 // when it was last stopped or finished
}

// queue is first in, first out, linked through the items.
type queue struct {
	head, tail int32
	length     int
}

func (q *queue) push(items []item, i int32) {
	items[i].next = none
	if q.length == 0 {
		q.head = i
	} else {
		items[q.tail].next = i
	}
	q.tail = i
	q.length++
}

func (q *queue) pop(items []item) int32 {
	i := q.head
	q.head = items[i].next
	q.length--
	return i
}

// pool hands out items and takes them back.
type pool struct {
	items []item
	free  int32
	made  int
}

func (p *pool) take(now float64) int32 {
	i := p.free
	if i == none {
		i = int32(len(p.items))
		p.items = append(p.items, item{})
	} else {
		p.free = p.items[i].next
	}
	p.items[i] = item{next: none, station: none, number: p.made, alive: true, arrived: now}
	p.made++
	return i
}

func (p *pool) give(i int32) {
	p.items[i].alive = false
	p.items[i].next = p.free
	p.free = i
}
