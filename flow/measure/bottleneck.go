package measure

import (
	"cmp"
	"container/heap"
	"slices"
	"time"
)

// Interval is a time [From, To).
type Interval struct {
	From time.Time `json:"from"`
	To   time.Time `json:"to"`
}

func (i Interval) length() time.Duration { return i.To.Sub(i.From) }

// Activity is what a station did. Intervals may touch and overlap: those that
// do are one. Nothing after the end of the window is looked at, so that an
// answer as of then does not know what came later; what began before the window
// is known to have.
type Activity struct {
	Station string
	Busy    []Interval
	Starved []Interval // idle because nothing came
	Blocked []Interval // idle because nothing could be passed on
}

// Shares are parts of a window, 0…1.
type Shares struct {
	Station string `json:"station"`
	// Sole is for how much of the window the station alone held up the line,
	// Shifting for how much it did together with the one before or after it.
	Sole     float64 `json:"sole"`
	Shifting float64 `json:"shifting"`
	Busy     float64 `json:"busy"`
	Starved  float64 `json:"starved"`
	Blocked  float64 `json:"blocked"`
}

// Stretch is a part of a window with one bottleneck, or with several while it
// shifts from one to the next; in the order of time.
type Stretch struct {
	From     time.Time `json:"from"`
	To       time.Time `json:"to"`
	Stations []string  `json:"stations"`
}

// Shifting says that the bottleneck was moving on.
func (s Stretch) Shifting() bool { return len(s.Stations) > 1 }

// Bottlenecks is where a line was held up.
type Bottlenecks struct {
	Shares []Shares  `json:"shares"` // in the order of the stations
	Trace  []Stretch `json:"trace"`  // times with no active station are left out
	// Now is the bottleneck at the end of the window: the station that has been
	// active longest without a pause. Empty when none is active.
	Now string `json:"now,omitempty"`
}

// FindBottlenecks is the active-period method (Roser, Nakano and Tanaka, A
// practical bottleneck detection method, 2001, and Shifting bottleneck
// detection, 2002). At each instant the station with the longest uninterrupted
// active period is the bottleneck: it is the one that waits least for others.
// Where the periods of one bottleneck and the next overlap, both are shifting
// bottlenecks; elsewhere the one is the sole bottleneck.
//
// Of periods of one length the earlier to begin is taken, and then the station
// that is given first. It takes O(n log n) for n intervals.
func FindBottlenecks(window Interval, activities []Activity) Bottlenecks {
	b := Bottlenecks{Shares: make([]Shares, len(activities))}
	total := window.length()
	if total <= 0 {
		return b
	}
	var periods []period
	for n, a := range activities {
		busy := until(a.Busy, window.To)
		for _, i := range busy {
			periods = append(periods, period{i, n})
		}
		b.Shares[n] = Shares{Station: a.Station, Busy: share(busy, window),
			Starved: share(until(a.Starved, window.To), window), Blocked: share(until(a.Blocked, window.To), window)}
	}
	chain := follow(periods, window.From)
	for _, s := range stretches(chain, window) {
		names := make([]string, len(s.stations))
		for k, n := range s.stations {
			names[k] = activities[n].Station
			part := float64(s.length()) / float64(total)
			if len(s.stations) > 1 {
				b.Shares[n].Shifting += part
			} else {
				b.Shares[n].Sole += part
			}
		}
		b.Trace = append(b.Trace, Stretch{s.From, s.To, names})
	}
	if len(chain) > 0 && chain[len(chain)-1].To.Equal(window.To) {
		b.Now = activities[chain[len(chain)-1].station].Station
	}
	return b
}

// until joins intervals that touch or overlap, in order, and ends them with the
// window.
func until(intervals []Interval, end time.Time) (joined []Interval) {
	sorted := slices.Clone(intervals)
	slices.SortFunc(sorted, func(a, b Interval) int { return a.From.Compare(b.From) })
	for _, i := range sorted {
		if i.To.After(end) {
			i.To = end
		}
		if !i.From.Before(i.To) {
			continue
		}
		if last := len(joined) - 1; last >= 0 && !i.From.After(joined[last].To) {
			if i.To.After(joined[last].To) {
				joined[last].To = i.To
			}
			continue
		}
		joined = append(joined, i)
	}
	return joined
}

// share is the part of a window that intervals, none of which overlap, cover.
func share(intervals []Interval, window Interval) float64 {
	var sum time.Duration
	for _, i := range intervals {
		if i.From.Before(window.From) {
			i.From = window.From
		}
		sum += max(0, i.length())
	}
	return float64(sum) / float64(window.length())
}

// period is an uninterrupted active period of a station.
type period struct {
	Interval
	station int
}

// follow lists the periods that are the longest active one at some instant from
// a time on, in order. None of them lies within another, so both their
// beginnings and their ends rise.
func follow(periods []period, from time.Time) (chain []period) {
	slices.SortFunc(periods, func(a, b period) int { return a.From.Compare(b.From) })
	var active longest
	next := 0
	for at := from; ; {
		for ; next < len(periods) && !periods[next].From.After(at); next++ {
			heap.Push(&active, periods[next])
		}
		for len(active) > 0 && !active[0].To.After(at) {
			heap.Pop(&active)
		}
		if len(active) > 0 {
			top := active[0]
			if n := len(chain); n == 0 || chain[n-1] != top {
				chain = append(chain, top)
			}
			at = top.To
			if next < len(periods) && periods[next].From.Before(at) {
				at = periods[next].From
			}
			continue
		}
		if next == len(periods) {
			return chain
		}
		at = periods[next].From
	}
}

// longest is a heap with the longest period on top. What has ended is taken
// away only once it comes to the top.
type longest []period

func (l longest) Len() int { return len(l) }
func (l longest) Less(i, j int) bool {
	return cmp.Or(cmp.Compare(l[j].length(), l[i].length()), l[i].From.Compare(l[j].From), cmp.Compare(l[i].station, l[j].station)) < 0
}
func (l longest) Swap(i, j int) { l[i], l[j] = l[j], l[i] }
func (l *longest) Push(p any)   { *l = append(*l, p.(period)) }
func (l *longest) Pop() any {
	last := (*l)[len(*l)-1]
	*l = (*l)[:len(*l)-1]
	return last
}

// stretch is a part of the window with the places of its bottlenecks.
type stretch struct {
	Interval
	stations []int
}

// stretches cuts the window where a period of the chain begins or ends. As both
// rise along the chain, the periods that cover a piece follow one another.
func stretches(chain []period, window Interval) (list []stretch) {
	var cuts []time.Time
	for i := range chain {
		if chain[i].From.Before(window.From) {
			chain[i].From = window.From
		}
		cuts = append(cuts, chain[i].From, chain[i].To)
	}
	slices.SortFunc(cuts, time.Time.Compare)
	cuts = slices.CompactFunc(cuts, time.Time.Equal)
	first := 0
	for n := 0; n+1 < len(cuts); n++ {
		s := stretch{Interval: Interval{cuts[n], cuts[n+1]}}
		for first < len(chain) && !chain[first].To.After(s.From) {
			first++
		}
		for k := first; k < len(chain) && !chain[k].From.After(s.From); k++ {
			s.stations = append(s.stations, chain[k].station)
		}
		if len(s.stations) > 0 {
			list = append(list, s)
		}
	}
	return list
}
