package process

import (
	"fmt"
	"time"

	"andon/flow/delivery"
)

// Back-off between starts: it doubles from firstWait to longestWait, and an
// instance that was ready for wellAfter begins again at firstWait.
const (
	firstWait   = 100 * time.Millisecond
	longestWait = 30 * time.Second
	wellAfter   = time.Minute
)

// backoff is the wait before the start that follows that many strikes.
func backoff(strikes int) time.Duration {
	wait := firstWait
	for ; strikes > 1 && wait < longestWait; strikes-- {
		wait *= 2
	}
	return min(wait, longestWait)
}

// launched tells that the member's process runs.
func (c *crew) launched(m *member, now time.Time) {
	m.phase, m.startedAt, m.deadline = starting, now, now.Add(c.health.StartWithin)
	m.readySince, m.misses, m.lastProbe, m.killed = time.Time{}, 0, "", false
}

// notLaunched tells that the process could not be started.
func (c *crew) notLaunched(m *member, why error, now time.Time) {
	m.lastEnd = "it could not be started: " + why.Error()
	c.again(m, now)
}

// exited tells that a member's process and all its children are gone. how
// says in words how it ended.
func (c *crew) exited(m *member, how string, now time.Time) (forgotten bool) {
	m.rateRun(now)
	switch {
	case m.leaving, m.phase == failing && c.find(m.successor) != nil:
		c.drop(m)
		return true
	case m.phase == stopping: // lastEnd already says why it was stopped
	default:
		m.lastEnd = how
	}
	c.again(m, now)
	return false
}

func (c *crew) again(m *member, now time.Time) {
	m.restarts++
	m.strikes++
	m.phase, m.addr = waiting, ""
	m.startAt = now.Add(backoff(m.strikes))
}

// rateRun forgives former strikes after a good run.
func (m *member) rateRun(now time.Time) {
	if !m.readySince.IsZero() && now.Sub(m.readySince) >= wellAfter {
		m.strikes = 0
	}
	m.readySince = time.Time{}
}

// probed tells what a health check found; nil is success.
func (c *crew) probed(m *member, err error, now time.Time) {
	if err == nil {
		m.misses = 0
		if m.phase == starting || m.phase == failing {
			m.phase, m.readySince = ready, now
			m.lastEnd, m.lastProbe = "", ""
		}
		return
	}
	switch m.phase {
	case starting, failing:
		m.lastProbe = err.Error()
	case ready:
		m.misses++
		if m.misses >= c.health.Failures {
			m.lastProbe = err.Error()
			m.rateRun(now)
			m.phase = failing
		}
	}
}

// trouble says in words why a member is not ready.
func (c *crew) trouble(m *member) string {
	var words string
	switch m.phase {
	case ready:
		return ""
	case waiting:
		if m.lastEnd == "" {
			return "it is about to start"
		}
		return fmt.Sprintf("start %d waits %v: %s", m.restarts+1, backoff(m.strikes), m.lastEnd)
	case starting:
		words = "it is starting and not ready yet"
		if m.lastProbe != "" {
			words += ": " + m.lastProbe
		}
	case failing:
		return fmt.Sprintf("it stopped answering and is being replaced: %s", m.lastProbe)
	case stopping:
		if m.leaving {
			return "it is being stopped"
		}
		words = "it is being stopped to start again"
	}
	if m.lastEnd != "" {
		words += "; before that: " + m.lastEnd
	}
	return words
}

// instance is how the world sees a member.
func (c *crew) instance(m *member) delivery.Instance {
	return delivery.Instance{ID: m.id, Addr: m.addr, Ready: m.phase == ready,
		Restarts: m.restarts, StartedAt: m.startedAt, Trouble: c.trouble(m)}
}
