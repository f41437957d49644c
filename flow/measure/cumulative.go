package measure

import "time"

// Movement is how many entered and left each station in a day, in the order of
// the line.
type Movement struct {
	Day     time.Time
	Entered []int64
	Left    []int64
}

// Cumulative is a cumulative flow: at the end of each day, how many had reached
// each station or a later one. On a chart these are curves, one over the other:
// between two of them the vertical distance is what was in progress, and the
// horizontal distance about how long it took.
//
// A curve rises with each that comes and falls only when work goes back to an
// earlier station or is thrown away, which the chart should show and does.
type Cumulative struct {
	Days []time.Time
	// Before is how many had reached each station when the first day began.
	Before []int64
	// Reached is by day, then by station.
	Reached [][]int64
}

// Accumulate makes the cumulative flow of days in a row. held is what each
// station held when the first began; nil is nothing.
func Accumulate(held []int64, days []Movement) Cumulative {
	stations := len(held)
	for _, d := range days {
		stations = max(stations, len(d.Entered), len(d.Left))
	}
	now := make([]int64, stations)
	copy(now, held)
	c := Cumulative{Before: reached(now)}
	for _, d := range days {
		for i, n := range d.Entered {
			now[i] += n
		}
		for i, n := range d.Left {
			now[i] -= n
		}
		c.Days = append(c.Days, d.Day)
		c.Reached = append(c.Reached, reached(now))
	}
	return c
}

// CumulativeOf makes the cumulative flow of a line's days; before is the day
// that ended when the first of them began.
func CumulativeOf(before Day, days []Day) Cumulative {
	c := Cumulative{Before: reached(before.Held)}
	for _, d := range days {
		c.Days = append(c.Days, d.Day)
		c.Reached = append(c.Reached, reached(d.Held))
	}
	return c
}

// reached sums what stations hold, from the last to the first: what is in a
// station has reached all before it.
func reached(held []int64) []int64 {
	sums := make([]int64, len(held))
	var sum int64
	for i := len(held) - 1; i >= 0; i-- {
		sum += held[i]
		sums[i] = sum
	}
	return sums
}

// WIP is how many had reached a station but not yet a later one at the end of a
// day: the vertical distance of the two curves.
func (c Cumulative) WIP(day, from, to int) int64 {
	return c.Reached[day][from] - c.Reached[day][to]
}

// CycleDays is about how many days it took what reached the station to by the
// end of a day to come there from the station from: the horizontal distance of
// the curves. It looks for the time when as many had reached from as have now
// reached to; within the day of the crossing arrivals are taken to have been
// even, so that the answer is a fraction. It is the time of the single item
// only where the first to come is the first to leave.
//
// It is false when that time is before the first day, or when the curves do not
// tell: nothing arrived yet.
func (c Cumulative) CycleDays(day, from, to int) (days float64, ok bool) {
	departed := c.Reached[day][to]
	for k := day; k >= 0; k-- {
		earlier := c.Before[from]
		if k > 0 {
			earlier = c.Reached[k-1][from]
		}
		if at := c.Reached[k][from]; earlier < departed && departed <= at {
			crossed := float64(k-1) + float64(departed-earlier)/float64(at-earlier)
			return float64(day) - crossed, true
		}
	}
	return 0, false
}
