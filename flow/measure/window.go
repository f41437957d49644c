package measure

import (
	"fmt"
	"time"
)

// Window is a number of whole days, UTC. All numbers are as of its end: what
// happened later is as if it had not happened yet.
type Window struct {
	From time.Time `json:"from"` // midnight of the first day
	To   time.Time `json:"to"`   // midnight after the last day, or now within it
}

// MaxDays is the longest window.
const MaxDays = 3660

// NewWindow is the window of so many days that ends with the day of at. The
// last day ends now where it has not ended yet.
func NewWindow(at, now time.Time, days int) (Window, error) {
	if days < 1 || days > MaxDays {
		return Window{}, fmt.Errorf("a window has 1 to %d days; %d are asked for", MaxDays, days)
	}
	last := dayOf(at)
	if last > dayOf(now) {
		return Window{}, fmt.Errorf("%s is in the future; numbers can be had up to today", at.Format(time.DateOnly))
	}
	w := Window{dayAt(last - int64(days) + 1), dayAt(last + 1)}
	if w.To.After(now) {
		w.To = now
	}
	return w, nil
}

// endOf is the last moment before a midnight, for what happens at midnight
// belongs to the new day; any other time is its own end.
func endOf(t time.Time) time.Time {
	if t.Equal(dayAt(dayOf(t))) {
		return t.Add(-time.Microsecond)
	}
	return t
}

// days gives the numbers of the first and the last day.
func (w Window) days() (first, last int64) {
	return dayOf(w.From), dayOf(w.To.Add(-time.Nanosecond))
}

// Days is how many days the window touches.
func (w Window) Days() int {
	first, last := w.days()
	return int(last - first + 1)
}
