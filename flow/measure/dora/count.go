package dora

import (
	"cmp"
	"time"

	"andon/flow/measure/rank"
)

const day = 24 * time.Hour

// runs gives one row for each run within the window that consists of
// deployments that count, at the time when the last of them finished.
func (e Evidence) runs(counts func(Deployment) bool) []Row {
	last := map[string]Row{}
	for _, d := range e.Deployments {
		if !counts(d) {
			continue
		}
		r, seen := last[d.run()]
		if !seen || cmp.Or(d.Finished.Compare(r.At), cmp.Compare(d.ID, r.Deployment)) > 0 {
			last[d.run()] = Row{ID: d.run(), Deployment: d.ID, At: d.Finished}
		}
	}
	rows := make([]Row, 0, len(last))
	for _, r := range last {
		if e.holds(r.At) {
			rows = append(rows, r)
		}
	}
	return sortRows(rows)
}

// perDay is the frequency that counts every successful run.
func (e Evidence) perDay(f Figure) Figure {
	f.Key, f.Unit = Frequency, PerDay
	f.How = "successful deployments to production ÷ days of the window"
	f.Rows = e.runs(Deployment.shipped)
	f.N = len(f.Rows)
	if f.N == 0 {
		f.Missing = needDeployments
		return f
	}
	days := e.To.Sub(e.From).Hours() / 24
	with := map[time.Time]bool{}
	for i := range f.Rows {
		f.Rows[i].Value = 1
		with[midnight(f.Rows[i].At)] = true
	}
	f.Known, f.Value = true, float64(f.N)/days
	f.DaysWith = float64(len(with)) / float64(len(calendar(e.From, e.To, midnight)))
	return f
}

// daysWith counts, for each period that the window touches, the days with a
// run.
func daysWith(rows []Row, from, to time.Time, period func(time.Time) time.Time) []Row {
	days := map[time.Time]map[time.Time]bool{}
	for _, r := range rows {
		p := period(r.At)
		if days[p] == nil {
			days[p] = map[time.Time]bool{}
		}
		days[p][midnight(r.At)] = true
	}
	var counted []Row
	for _, p := range calendar(from, to, period) {
		counted = append(counted, Row{ID: p.Format(time.DateOnly), At: p, Value: float64(len(days[p]))})
	}
	return counted
}

// calendar lists the periods that a window touches.
func calendar(from, to time.Time, period func(time.Time) time.Time) (list []time.Time) {
	for d := midnight(from); d.Before(to); d = d.Add(day) {
		if p := period(d); len(list) == 0 || list[len(list)-1] != p {
			list = append(list, p)
		}
	}
	return list
}

func midnight(t time.Time) time.Time { return t.UTC().Truncate(day) }

// monday is the beginning of a time's week.
func monday(t time.Time) time.Time {
	d := midnight(t)
	return d.AddDate(0, 0, -(int(d.Weekday())+6)%7)
}

// monthStart is the beginning of a time's month.
func monthStart(t time.Time) time.Time {
	y, m, _ := t.UTC().Date()
	return time.Date(y, m, 1, 0, 0, 0, 0, time.UTC)
}

func lowerMedianOf(rows []Row) (float64, bool) {
	return rank.LowerMedian(Figure{Rows: rows}.sortedValues())
}
