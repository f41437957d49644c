package process

import (
	"fmt"
	"slices"
	"time"

	"andon/flow/delivery"
)

// phase is where a member stands; doc.go draws the ways between them.
type phase int

const (
	waiting  phase = iota // no process; will be started at startAt
	starting              // a process that has not answered yet
	ready                 // answers; may take traffic
	failing               // answered once, is silent now; waits for its replacement
	stopping              // SIGTERM sent; then waiting again, or forgotten if leaving
)

func (p phase) String() string {
	return [...]string{"waiting", "starting", "ready", "failing", "stopping"}[p]
}

// member is one instance as the crew sees it. It outlives its processes: a
// restart is the same member with the next launch.
type member struct {
	id       string
	phase    phase
	launch   int // which start of this member the process is; events of others are stale
	restarts int
	strikes  int // starts that did not end well in a row; sets the back-off
	created  time.Time

	startAt    time.Time // waiting: when to start
	startedAt  time.Time
	deadline   time.Time // starting: when patience ends
	readySince time.Time // when it last became ready; zero if not since its start
	killAt     time.Time // stopping: when SIGKILL follows
	killed     bool
	leaving    bool // stopping for good
	misses     int  // failed checks in a row

	successor string // failing: the member that replaces it
	addr      string
	lastEnd   string // why the former process ended, in words
	lastProbe string // what the last failed check said
}

// alive says whether the member has a process.
func (m *member) alive() bool { return m.phase != waiting }

// act is something that only the keeper can do.
type act int

const (
	launch act = iota
	terminate
	kill
	forget
)

type order struct {
	act    act
	member *member
}

// crew decides what is done for one revision. It is pure: time comes in as an
// argument, and what must be done goes out as orders.
type crew struct {
	replicas int
	health   delivery.Health
	grace    time.Duration
	// closing: nobody is wanted any more.
	closing bool
	// members are in the order of their creation.
	members []*member
	newID   func() string
}

// advance brings the crew to now and returns what has to be done. The keeper
// does it, reports back and calls again until nothing is left to do.
func (c *crew) advance(now time.Time) []order {
	var orders []order
	if c.closing {
		for _, m := range slices.Clone(c.members) {
			orders = c.dismiss(orders, m, now)
		}
	} else {
		orders = c.staff(orders, now)
	}
	for _, m := range c.members {
		switch {
		case m.phase == waiting && !now.Before(m.startAt):
			orders = append(orders, order{launch, m})
		case m.phase == starting && !now.Before(m.deadline):
			m.lastEnd = fmt.Sprintf("it was stopped because it was not ready within %v", c.health.StartWithin)
			if m.lastProbe != "" {
				m.lastEnd += ": " + m.lastProbe
			}
			orders = c.stop(orders, m, now)
		case m.phase == stopping && !m.killed && !now.Before(m.killAt):
			m.killed = true
			orders = append(orders, order{kill, m})
		}
	}
	return orders
}

// staff brings the number of members to the wish, never above replicas + 1.
func (c *crew) staff(orders []order, now time.Time) []order {
	sound, failed, isReady := c.count()
	for len(sound) > c.replicas {
		m := surplus(sound)
		sound = slices.DeleteFunc(sound, func(s *member) bool { return s == m })
		if m.phase == ready {
			isReady--
		}
		orders = c.dismiss(orders, m, now)
	}
	// A silent member stays until its replacement is ready: it may recover,
	// and then it is the replacement that goes.
	for len(failed) > 0 && isReady+len(failed) > c.replicas {
		orders = c.dismiss(orders, failed[0], now)
		failed = failed[1:]
	}
	for n := len(sound); n < c.replicas && len(c.members) < c.replicas+1; n++ {
		c.add(failed, now)
	}
	return orders
}

// count sorts out the members that are to stay.
func (c *crew) count() (sound, failed []*member, isReady int) {
	for _, m := range c.members {
		switch {
		case m.leaving:
		case m.phase == failing:
			failed = append(failed, m)
		default:
			sound = append(sound, m)
			if m.phase == ready {
				isReady++
			}
		}
	}
	return sound, failed, isReady
}

// surplus chooses who goes: one that is not ready rather than one that is,
// and the newest of those.
func surplus(sound []*member) *member {
	for _, m := range slices.Backward(sound) {
		if m.phase != ready {
			return m
		}
	}
	return sound[len(sound)-1]
}

func (c *crew) add(failed []*member, now time.Time) {
	// Records are sorted by created, so no two may have the same.
	created := now
	if n := len(c.members); n > 0 && !created.After(c.members[n-1].created) {
		created = c.members[n-1].created.Add(time.Nanosecond)
	}
	m := &member{id: c.newID(), created: created, startAt: now}
	for _, f := range failed {
		if c.find(f.successor) == nil {
			f.successor = m.id
			m.restarts, m.strikes = f.restarts+1, f.strikes+1
			m.startAt = now.Add(backoff(m.strikes))
			m.lastEnd = fmt.Sprintf("it replaces %s, which stopped answering: %s", f.id, f.lastProbe)
			break
		}
	}
	c.members = append(c.members, m)
}

// dismiss lets a member go for good.
func (c *crew) dismiss(orders []order, m *member, now time.Time) []order {
	m.leaving = true
	switch m.phase {
	case waiting:
		c.drop(m)
		return append(orders, order{forget, m})
	case stopping:
		return orders
	}
	return c.stop(orders, m, now)
}

func (c *crew) stop(orders []order, m *member, now time.Time) []order {
	m.phase, m.killAt, m.killed = stopping, now.Add(c.grace), false
	return append(orders, order{terminate, m})
}

// hurry ends everybody's grace.
func (c *crew) hurry(now time.Time) {
	for _, m := range c.members {
		if m.phase == stopping && m.killAt.After(now) {
			m.killAt = now
		}
	}
}

func (c *crew) drop(m *member) {
	c.members = slices.DeleteFunc(c.members, func(o *member) bool { return o == m })
}

func (c *crew) find(id string) *member {
	for _, m := range c.members {
		if m.id == id {
			return m
		}
	}
	return nil
}

// next is the time at which advance has something to do by itself; zero if
// only an event can bring that.
func (c *crew) next() time.Time {
	var next time.Time
	for _, m := range c.members {
		var at time.Time
		switch {
		case m.phase == waiting:
			at = m.startAt
		case m.phase == starting:
			at = m.deadline
		case m.phase == stopping && !m.killed:
			at = m.killAt
		}
		if !at.IsZero() && (next.IsZero() || at.Before(next)) {
			next = at
		}
	}
	return next
}
