package twin

import (
	"math"
	"slices"
	"time"
)

// services measures the work done on the items of place j: for each ended stay
// the time worked and, beside it, the time hindered, in days.
//
// Stays tell when an item came and went, not when work on it began. With a
// known number of servers that follows: first in, first out, an item is begun
// when it comes if a server is free, and else when the next server becomes so.
// A single server needs no such order: whatever it takes up next, it began when
// the one that left before was done.
func (h history) services(j int) (worked, hindered []float64) {
	stays, servers := h.at[j], h.places[j].Servers
	if servers == 1 {
		stays = byDeparture(stays)
	}
	var next []past
	limit := 0
	if j+1 < len(h.places) {
		next, limit = h.at[j+1], h.places[j+1].Limit
	}
	full := fullSpells(next, limit)
	var busy []time.Time // when each server in use becomes free; open stays never
	for _, s := range stays {
		begun := s.From
		busy = slices.DeleteFunc(busy, func(free time.Time) bool { return !free.IsZero() && !free.After(s.From) })
		if servers > 0 && len(busy) >= servers {
			first := -1
			for i, free := range busy {
				if !free.IsZero() && (first < 0 || free.Before(busy[first])) {
					first = i
				}
			}
			if first < 0 {
				continue // every server is taken by an item that is still there
			}
			begun = busy[first]
			busy = slices.Delete(busy, first, first+1)
		}
		busy = append(busy, s.To)
		if s.open() {
			continue
		}
		if begun.After(s.To) {
			begun = s.To // it overtook others; no more is known of its work
		}
		blocked := min(s.Blocked, s.To.Sub(begun))
		held := min(full.before(s, j), blocked)
		worked = append(worked, days(s.To.Sub(begun)-blocked))
		hindered = append(hindered, days(blocked-held))
	}
	return worked, hindered
}

// byDeparture are the stays in the order in which they ended, the open ones
// last.
func byDeparture(stays []past) []past {
	return slices.SortedStableFunc(slices.Values(stays), func(a, b past) int {
		switch {
		case a.open() && b.open():
			return 0
		case a.open():
			return 1
		case b.open():
			return -1
		}
		return a.To.Compare(b.To)
	})
}

// spell is a time for which a place was full without a break.
type spell struct{ from, to time.Time }

type spells []spell

// fullSpells are the times at which a place held as many items as its limit
// allows or more. Where one leaves and another comes at once, it stayed full.
func fullSpells(stays []past, limit int) spells {
	if limit <= 0 {
		return nil
	}
	type change struct {
		at time.Time
		by int
	}
	changes := make([]change, 0, 2*len(stays))
	for _, s := range stays {
		changes = append(changes, change{s.From, +1})
		if !s.open() {
			changes = append(changes, change{s.To, -1})
		}
	}
	slices.SortFunc(changes, func(a, b change) int {
		if c := a.at.Compare(b.at); c != 0 {
			return c
		}
		return b.by - a.by // who comes first, so that an exchange is no break
	})
	var found spells
	count := 0
	var since time.Time
	for i := 0; i < len(changes); {
		at, was := changes[i].at, count
		for ; i < len(changes) && changes[i].at.Equal(at); i++ {
			count += changes[i].by
		}
		switch {
		case was < limit && count >= limit:
			since = at
		case was >= limit && count < limit:
			found = append(found, spell{since, at})
		}
	}
	if count >= limit {
		found = append(found, spell{since, time.Time{}})
	}
	return found
}

// before is for how long before the end of a stay that went on to the next
// place that place was full: the longest it can have been held for room.
func (f spells) before(s past, j int) time.Duration {
	if s.next != j+1 {
		return 0
	}
	// The item itself came in at To; a spell it began is not what held it.
	i, _ := slices.BinarySearchFunc(f, s.To, func(f spell, t time.Time) int { return f.from.Compare(t) })
	if i--; i < 0 || (!f[i].to.IsZero() && f[i].to.Before(s.To)) {
		return 0
	}
	from := f[i].from
	if from.Before(s.From) {
		from = s.From
	}
	return s.To.Sub(from)
}

// hindrance is the process that stops work, from the times worked and hindered
// of many visits. Stays tell how long an item was blocked in all, not how often.
// With Poisson hindrances at rate r the number of visits with none is
// Σ exp(−r·worked); r is where that is the number seen. The durations are the
// sums seen, scaled to the mean that r asks for.
func hindrance(worked, hindered []float64) Hindrance {
	var seen []float64
	total, exposed := 0.0, 0.0
	for i, d := range hindered {
		if worked[i] <= 0 {
			continue // without work there is no rate
		}
		exposed += worked[i]
		if d > 0 {
			seen = append(seen, d)
			total += d
		}
	}
	if len(seen) == 0 {
		return Hindrance{}
	}
	expected := func(rate float64) float64 {
		sum := 0.0
		for _, w := range worked {
			sum += -math.Expm1(-rate * w)
		}
		return sum
	}
	// When every visit was hindered any high rate fits; half a visit less is
	// taken, the usual correction for a share of one.
	target := math.Min(float64(len(seen)), float64(positive(worked))-0.5)
	low, high := 0.0, 1/exposed
	for expected(high) < target {
		high *= 2
	}
	for range 100 {
		if middle := (low + high) / 2; expected(middle) < target {
			low = middle
		} else {
			high = middle
		}
	}
	rate := (low + high) / 2
	scale := total / (rate * exposed) / (total / float64(len(seen)))
	for i := range seen {
		seen[i] *= scale
	}
	return Hindrance{Rate: rate, Duration: Empirical(seen)}
}

// positive is how many of the values are above 0.
func positive(values []float64) int {
	n := 0
	for _, v := range values {
		if v > 0 {
			n++
		}
	}
	return n
}
