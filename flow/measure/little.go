package measure

import (
	"fmt"
	"math"
	"time"
)

// Condition is one of those under which Little's law lets averages be read
// together (Little 1961; as Vacanti lists them for knowledge work).
type Condition struct {
	Name  string `json:"name"`
	Holds bool   `json:"holds"`
	Text  string `json:"text"` // with both numbers
}

// Little says whether average throughput, cycle time and work in progress of a
// window can be trusted to describe one process.
type Little struct {
	Conditions []Condition `json:"conditions"`
	// Predicted is throughput × mean cycle time; WIP is what was there on
	// average. In a steady window they agree.
	Predicted float64 `json:"predicted"`
	WIP       float64 `json:"wip"`
}

// steady is by how much two numbers may differ, as a share of the larger or
// as a single card, and still count as equal.
const steady = 0.1

// LittleOf checks a flow. age is the mean age of what was in progress at the
// beginning of the window, and at its end; zero where nothing was.
func LittleOf(f Flow, ageFrom, ageTo time.Duration) (l Little) {
	var started, left, done int64
	wip := 0.0
	for _, d := range f.Days {
		started += d.Started
		done += d.Done
		left += d.Done + d.Discarded
		wip += float64(d.WIP)
	}
	days := float64(max(1, len(f.Days)))
	l.WIP = wip / days
	l.Predicted = float64(done) / days * f.Cycle.Mean.Hours() / 24
	from, to := float64(f.Before.WIP), 0.0
	discarded := left - done
	if len(f.Days) > 0 {
		to = float64(f.Days[len(f.Days)-1].WIP)
	}
	add := func(name string, holds bool, format string, args ...any) {
		l.Conditions = append(l.Conditions, Condition{name, holds, fmt.Sprintf(format, args...)})
	}
	add("Arrivals equal departures", near(float64(started), float64(left), 1), "%d were started and %d left", started, left)
	add("What is started is finished", discarded == 0, "%d of %d that left were given up", discarded, left)
	add("As much is in progress at the end as at the beginning", near(from, to, 1), "%.0f at the beginning, %.0f at the end", from, to)
	add("Work in progress does not grow older", ageTo <= ageFrom || near(ageFrom.Hours(), ageTo.Hours(), 12),
		"the mean age was %.1f days at the beginning and is %.1f days at the end", ageFrom.Hours()/24, ageTo.Hours()/24)
	add("One unit throughout", true, "all are counted in cards and days")
	return l
}

func near(a, b, least float64) bool {
	return math.Abs(a-b) <= max(least, steady*max(math.Abs(a), math.Abs(b)))
}

// FlowDebt is how much of the present pace is borrowed (Vacanti, Actionable
// Agile Metrics): the approximate average cycle time that the cumulative flow
// shows, less the mean cycle time of what was finished. Above zero, what is
// finished is faster than what is left behind, which will be slow later.
//
//	(today − the day when cumulative starts equalled today's departures) − mean cycle time
//
// It is not known when what left was started before the window.
func FlowDebt(f Flow) (debt time.Duration, known bool) {
	if len(f.Days) == 0 || f.Cycle.N == 0 {
		return 0, false
	}
	departed := float64(f.Before.Done + f.Before.Discarded)
	for _, d := range f.Days {
		departed += float64(d.Done + d.Discarded)
	}
	started := float64(f.Before.Started)
	if started >= departed {
		return 0, false
	}
	for _, d := range f.Days {
		next := started + float64(d.Started)
		if next >= departed {
			// Within a day starts are taken to be spread evenly.
			share := (departed - started) / float64(d.Started)
			at := d.Day.Add(time.Duration(share * float64(oneDay)))
			return f.Days[len(f.Days)-1].Day.Add(oneDay).Sub(at) - f.Cycle.Mean, true
		}
		started = next
	}
	return 0, false
}
