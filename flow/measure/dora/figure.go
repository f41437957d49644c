package dora

import (
	"cmp"
	"fmt"
	"slices"
	"time"

	"andon/flow/measure/rank"
)

// Key names one of the five.
type Key string

// The five keys, in the order in which they are shown.
const (
	LeadTime  Key = "change lead time"
	Frequency Key = "deployment frequency"
	FailRate  Key = "change fail rate"
	Recovery  Key = "failed deployment recovery time"
	Rework    Key = "deployment rework rate"
)

// Unit is what a figure's value is counted in.
type Unit string

// The units.
const (
	Seconds     Unit = "seconds"
	PerDay      Unit = "per day"
	DaysPerWeek Unit = "days a week"
	Share       Unit = "share" // 0…1
)

// Band is how a source grades a figure; empty when it does not.
type Band string

// The bands.
const (
	Elite  Band = "elite"
	High   Band = "high"
	Medium Band = "medium"
	Low    Band = "low"
)

// Figure is one key of one profile.
type Figure struct {
	Key     Key     `json:"key"`
	Profile string  `json:"profile"`
	Known   bool    `json:"known"`
	Value   float64 `json:"value"`
	Unit    Unit    `json:"unit"`
	// P85 is the 85th percentile where Value is a median; 0 otherwise.
	P85 float64 `json:"p85,omitempty"`
	// DaysWith is the share of the window's days that had a deployment, where
	// the figure is a frequency per day.
	DaysWith float64 `json:"days_with,omitempty"`
	Band     Band    `json:"band,omitempty"`
	N        int     `json:"n"` // rows it was counted over
	// How says how the value came about, Missing what would be needed to know
	// it, or to know it better.
	How     string `json:"how"`
	Missing string `json:"missing,omitempty"`
	Rows    []Row  `json:"rows,omitempty"`
}

// Row is one thing that a figure was counted over.
type Row struct {
	ID string `json:"id"` // of a commit, pull request, deployment, incident, or a day or week
	// Deployment is the one that the row is about; empty for weeks.
	Deployment string    `json:"deployment,omitempty"`
	At         time.Time `json:"at"` // when it came to count
	// Value is in the unit of the figure; in a share it is 1 for what counts
	// against the team and 0 for what does not.
	Value float64 `json:"value"`
}

// sortRows puts rows in order of time, so that the same evidence in another
// order gives the same answer.
func sortRows(rows []Row) []Row {
	slices.SortFunc(rows, func(a, b Row) int {
		return cmp.Or(a.At.Compare(b.At), cmp.Compare(a.Deployment, b.Deployment), cmp.Compare(a.ID, b.ID))
	})
	return rows
}

func (f Figure) sortedValues() []float64 {
	values := make([]float64, len(f.Rows))
	for i, r := range f.Rows {
		values[i] = r.Value
	}
	slices.Sort(values)
	return values
}

// median completes a figure whose rows are durations. need is what is missing
// when there is no row.
func (f Figure) median(of func([]float64) (float64, bool), need string) Figure {
	f.N = len(f.Rows)
	sorted := f.sortedValues()
	if f.Value, f.Known = of(sorted); !f.Known {
		f.Missing = need
		return f
	}
	f.P85, _ = rank.Percentile(sorted, 0.85)
	return f
}

// share completes a figure whose rows count 1 or 0.
func (f Figure) share(need string) Figure {
	f.Unit, f.N = Share, len(f.Rows)
	if f.N == 0 {
		f.Missing = need
		return f
	}
	sum := 0.0
	for _, r := range f.Rows {
		sum += r.Value
	}
	f.Known, f.Value = true, sum/float64(f.N)
	return f
}

func nearestMedian(sorted []float64) (float64, bool) { return rank.Percentile(sorted, 0.5) }

// things counts in words: "1 deployment", "3 deployments".
func things(n int, one string) string {
	if n == 1 {
		return "1 " + one
	}
	return fmt.Sprintf("%d %ss", n, one)
}
