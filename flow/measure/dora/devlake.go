package dora

import (
	"cmp"
	"slices"
	"time"

	"andon/flow/measure/rank"
)

// DevLake2023 is what Apache DevLake's dora plugin and its dashboards compute
// (backend/plugins/dora/tasks, and the SQL of the DORA dashboard with the
// benchmarks of the 2023 report), so that a team that comes from DevLake finds
// its numbers again.
//
//   - change lead time: the lower median of the cycle times of pull requests,
//     see [Cycles]
//   - deployment frequency: the lower median of the deployment days per week,
//     over the calendar weeks that the window touches
//   - change fail rate: successful deployments with at least one incident ÷
//     successful deployments, where an incident belongs to the last successful
//     deployment that had finished when it began, whatever caused it
//   - failed deployment recovery time: that deployment finished → incident
//     resolved, in whole minutes
//
// The bands are DevLake's: a frequency of 5 days a week is elite, as every
// working day (its documents up to v0.21 asked for 7).
type DevLake2023 struct{}

var _ Profile = DevLake2023{}

// Name is "devlake-2023".
func (DevLake2023) Name() string { return "devlake-2023" }

// Source is where the definitions can be read.
func (DevLake2023) Source() string { return "Apache DevLake, dora plugin, benchmarks of 2023" }

func (p DevLake2023) figure(k Key, how string) Figure {
	return Figure{Key: k, Profile: p.Name(), Unit: Seconds, How: how}
}

// LeadTime has one row for each pull request whose deployment finished within
// the window.
func (p DevLake2023) LeadTime(e Evidence) Figure {
	f := p.figure(LeadTime, "lower median of: coding + opened to merged + merged to deployed, in minutes rounded up, the very first deployment left out")
	for _, c := range Cycles(e) {
		if c.Deployment != "" && e.holds(c.Deployed) {
			f.Rows = append(f.Rows, Row{c.PullRequest, c.Deployment, c.Deployed, float64(c.Cycle.Minutes) * 60})
		}
	}
	sortRows(f.Rows)
	if f = f.median(rank.LowerMedian[float64], needPullRequests); f.Known {
		f.Band = below(f.Value, day, 7*day, 30*day)
	}
	return f
}

// below grades a duration in seconds: elite under the first limit, high under
// the second, medium under the third.
func below(seconds float64, elite, high, medium time.Duration) Band {
	switch d := time.Duration(seconds * float64(time.Second)); {
	case d < elite:
		return Elite
	case d < high:
		return High
	case d < medium:
		return Medium
	}
	return Low
}

// Frequency has one row for each calendar week (Monday to Sunday, UTC) that the
// window touches. The band of a team that deploys in fewer than half of the
// weeks is decided by its months.
func (p DevLake2023) Frequency(e Evidence) Figure {
	f := p.figure(Frequency, "lower median, over the weeks of the window, of the days with a successful deployment to production")
	f.Unit = DaysPerWeek
	runs := e.runs(Deployment.shipped)
	if len(runs) == 0 {
		f.Missing = needDeployments
		return f
	}
	f.Rows = daysWith(runs, e.From, e.To, monday)
	f.N = len(f.Rows)
	f.Value, f.Known = lowerMedianOf(f.Rows)
	month, _ := lowerMedianOf(daysWith(runs, e.From, e.To, monthStart))
	switch {
	case f.Value >= 5:
		f.Band = Elite
	case f.Value >= 1:
		f.Band = High
	case month >= 1:
		f.Band = Medium
	default:
		f.Band = Low
	}
	return f
}

// FailRate has one row for each run that deployed.
func (p DevLake2023) FailRate(e Evidence) Figure {
	f := p.figure(FailRate, "deployments with an incident between them and the next ÷ successful deployments to production")
	hit := map[string]bool{}
	for _, at := range e.before() {
		if at.found {
			hit[at.deployment.run()] = true
		}
	}
	f.Rows = e.runs(Deployment.shipped)
	for i := range f.Rows {
		if hit[f.Rows[i].ID] {
			f.Rows[i].Value = 1
		}
	}
	if f = f.share(needDeployments); !f.Known {
		return f
	}
	switch {
	case f.Value <= 0.05:
		f.Band = Elite
	case f.Value <= 0.10:
		f.Band = High
	case f.Value <= 0.15:
		f.Band = Medium
	default:
		f.Band = Low
	}
	if len(e.Incidents) == 0 {
		f.Missing = needIncidents
	}
	return f
}

// Recovery has one row for each incident that was resolved within the window.
func (p DevLake2023) Recovery(e Evidence) Figure {
	f := p.figure(Recovery, "lower median of: the last deployment before an incident finished → incident resolved")
	for n, at := range e.before() {
		i := e.Incidents[n]
		if !at.found || i.Resolved.IsZero() || !e.holds(i.Resolved) {
			continue
		}
		took := i.Resolved.Sub(at.deployment.Finished).Truncate(time.Minute)
		if took < 0 {
			continue // resolved before it began: the record is wrong
		}
		f.Rows = append(f.Rows, Row{i.ID, at.deployment.ID, i.Resolved, took.Seconds()})
	}
	sortRows(f.Rows)
	if f = f.median(rank.LowerMedian[float64], needIncidents); f.Known {
		f.Band = below(f.Value, time.Hour, day, 7*day)
	}
	return f
}

// Rework is not defined by DevLake.
func (p DevLake2023) Rework(Evidence) Figure {
	f := p.figure(Rework, "not defined by this profile")
	f.Unit, f.Missing = Share, "a definition: the rework rate is of 2025; use the profile dora-2025"
	return f
}

// cause is the deployment that an incident is put down to.
type cause struct {
	deployment Deployment
	found      bool
}

// before finds for each incident the last successful deployment to production
// that had finished when it began.
func (e Evidence) before() []cause {
	var shipped []Deployment
	for _, d := range e.Deployments {
		if d.shipped() {
			shipped = append(shipped, d)
		}
	}
	slices.SortFunc(shipped, func(a, b Deployment) int {
		return cmp.Or(a.Finished.Compare(b.Finished), cmp.Compare(a.ID, b.ID))
	})
	causes := make([]cause, len(e.Incidents))
	for n, i := range e.Incidents {
		after, _ := slices.BinarySearchFunc(shipped, i.Started, func(d Deployment, t time.Time) int {
			if d.Finished.After(t) {
				return 1
			}
			return -1
		})
		if after > 0 {
			causes[n] = cause{shipped[after-1], true}
		}
	}
	return causes
}
