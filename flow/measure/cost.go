package measure

import (
	"cmp"
	"math"
	"slices"
	"time"
)

// WorkingDays is how many working days lie in [from, to): Monday to Friday,
// UTC, a part of a day as a part. An hour on a Saturday is none.
func WorkingDays(from, to time.Time) (days float64) {
	if !from.Before(to) {
		return 0
	}
	first, last := dayOf(from), dayOf(to)
	if first == last {
		return onDay(first, to.Sub(from))
	}
	days = onDay(first, dayAt(first+1).Sub(from)) + onDay(last, to.Sub(dayAt(last)))
	between := last - first - 1
	days += float64(between / 7 * 5)
	for d := last - between%7; d < last; d++ {
		days += onDay(d, oneDay)
	}
	return days
}

// onDay is a part of a day if it is a working day.
func onDay(day int64, part time.Duration) float64 {
	switch dayAt(day).Weekday() {
	case time.Saturday, time.Sunday:
		return 0
	}
	return float64(part) / float64(oneDay)
}

// Unfinished is an item in progress as money sees it.
type Unfinished struct {
	Card    string
	Started time.Time
	// DelayPerDay is what each day without it costs; 0 when nobody said.
	DelayPerDay float64
	// Remaining is how many days of work are expected to be left.
	Remaining float64
}

// TiedUp is the cost of the work in progress, in the currency of the line's
// cost for a working day: each item has tied up its share of the line for as
// many working days as it is in progress, Σ days × (daily cost ÷ items). It is
// what was paid for and serves nobody yet.
func TiedUp(items []Unfinished, dailyCost float64, now time.Time) (sum float64) {
	for _, i := range items {
		sum += WorkingDays(i.Started, now) * dailyCost / float64(len(items))
	}
	return sum
}

// DelayPerDay is what each day costs on which none of the items is there, for
// those whose cost of delay is known, and how many these are.
func DelayPerDay(items []Unfinished) (sum float64, known int) {
	for _, i := range items {
		if i.DelayPerDay > 0 {
			sum += i.DelayPerDay
			known++
		}
	}
	return sum, known
}

// CD3 is cost of delay divided by duration (Reinertsen, The Principles of
// Product Development Flow, B15): what is gained per day of work by doing the
// item first. Nothing left to do with something to gain is infinite.
func (u Unfinished) CD3() float64 {
	switch {
	case u.DelayPerDay <= 0:
		return 0
	case u.Remaining <= 0:
		return math.Inf(1)
	}
	return u.DelayPerDay / u.Remaining
}

// ByCD3 puts items in the order that costs least delay in all, when they are
// done one after the other: the highest CD3 first. Of equal ones the one in
// progress for longer comes first, then by card.
func ByCD3(items []Unfinished) []Unfinished {
	return slices.SortedStableFunc(slices.Values(items), func(a, b Unfinished) int {
		return cmp.Or(cmp.Compare(b.CD3(), a.CD3()), a.Started.Compare(b.Started), cmp.Compare(a.Card, b.Card))
	})
}
