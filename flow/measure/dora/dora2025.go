package dora

import "time"

// DORA2025 is what dora.dev defines in its guide "DORA's software delivery
// performance metrics", in the edition of 2026-01-05. It is the default.
//
//   - change lead time: commit authored → running in production
//   - deployment frequency: successful deployments to production per day, and
//     the share of days with one
//   - change fail rate: deployments that needed immediate intervention (a
//     roll-back, a hotfix, an incident) ÷ deployments
//   - failed deployment recovery time: a failed deployment begins to be felt →
//     service restored
//   - deployment rework rate: unplanned deployments made because of an incident
//     ÷ deployments
//
// Since 2025 the reports grade teams by archetype and no longer each key by
// itself, so no figure has a band.
type DORA2025 struct{}

var _ Profile = DORA2025{}

// Name is "dora-2025".
func (DORA2025) Name() string { return "dora-2025" }

// Source is where the definitions can be read.
func (DORA2025) Source() string { return "dora.dev, guide to the metrics, 2026-01-05" }

func (p DORA2025) figure(k Key, how string) Figure {
	return Figure{Key: k, Profile: p.Name(), Unit: Seconds, How: how}
}

// LeadTime has one row for each commit that a successful deployment of the
// window was the first to ship. A commit that claims to be younger than its
// deployment was written on a wrong clock and is left out.
func (p DORA2025) LeadTime(e Evidence) Figure {
	f := p.figure(LeadTime, "median of: commit authored → running in production")
	wrong := 0
	for _, d := range e.Deployments {
		if !d.shipped() || !e.holds(d.Finished) {
			continue
		}
		for _, c := range d.Commits {
			took := d.Finished.Sub(c.Authored)
			if took < 0 {
				wrong++
				continue
			}
			f.Rows = append(f.Rows, Row{c.SHA, d.ID, d.Finished, took.Seconds()})
		}
	}
	sortRows(f.Rows)
	if f = f.median(nearestMedian, needCommits); f.Known && wrong > 0 {
		f.Missing = things(wrong, "commit") + " authored later than deployed, by a wrong clock, left out"
	}
	return f
}

// Frequency has one row for each run that deployed.
func (p DORA2025) Frequency(e Evidence) Figure { return e.perDay(p.figure(Frequency, "")) }

// FailRate has one row for each deployment that users met.
func (p DORA2025) FailRate(e Evidence) Figure {
	f := p.figure(FailRate, "deployments that needed immediate intervention ÷ deployments to production")
	blamed := e.blamed()
	failed := map[string]bool{}
	for _, d := range e.Deployments {
		if d.reached() && (d.Failed || len(blamed[d.ID]) > 0) {
			failed[d.run()] = true
		}
	}
	f.Rows = e.runs(Deployment.reached)
	for i := range f.Rows {
		if failed[f.Rows[i].ID] {
			f.Rows[i].Value = 1
		}
	}
	return f.share(needDeployments)
}

// Recovery has one row for each deployment that failed within the window and
// was restored. What still fails cannot be counted, and is said.
func (p DORA2025) Recovery(e Evidence) Figure {
	f := p.figure(Recovery, "median of: a failed deployment begins to be felt → service restored")
	blamed := e.blamed()
	lasting := 0
	for _, d := range e.Deployments {
		if !d.reached() || !e.holds(d.Finished) || !d.Failed && len(blamed[d.ID]) == 0 {
			continue
		}
		impact, restored := d.felt(blamed[d.ID])
		switch {
		case restored.IsZero():
			lasting++
		case !restored.Before(impact):
			f.Rows = append(f.Rows, Row{d.ID, d.ID, restored, restored.Sub(impact).Seconds()})
		}
	}
	sortRows(f.Rows)
	if f = f.median(nearestMedian, needFailures); lasting > 0 {
		f.Missing = things(lasting, "failure") + " not known to be over, left out"
	}
	return f
}

// Rework has one row for each deployment that users met.
func (p DORA2025) Rework(e Evidence) Figure {
	f := p.figure(Rework, "unplanned deployments made because of an incident ÷ deployments to production")
	unplanned := map[string]bool{}
	for _, d := range e.Deployments {
		if d.reached() && d.Unplanned {
			unplanned[d.run()] = true
		}
	}
	f.Rows = e.runs(Deployment.reached)
	for i := range f.Rows {
		if unplanned[f.Rows[i].ID] {
			f.Rows[i].Value = 1
		}
	}
	return f.share(needDeployments)
}

// blamed lists the incidents that each deployment is held to have caused.
func (e Evidence) blamed() map[string][]Incident {
	by := map[string][]Incident{}
	for _, i := range e.Incidents {
		if i.Deployment != "" {
			by[i.Deployment] = append(by[i.Deployment], i)
		}
	}
	return by
}

// felt tells from when to when a failed deployment was felt. What is recorded
// on the deployment itself goes before what its incidents say. restored is zero
// while any of them lasts.
func (d Deployment) felt(incidents []Incident) (impact, restored time.Time) {
	impact, restored = d.Impact, d.Restored
	if impact.IsZero() && len(incidents) > 0 {
		impact = incidents[0].Started
		for _, i := range incidents {
			if i.Started.Before(impact) {
				impact = i.Started
			}
		}
	}
	if impact.IsZero() {
		impact = d.Finished
	}
	if !restored.IsZero() {
		return impact, restored
	}
	for _, i := range incidents {
		if i.Resolved.IsZero() {
			return impact, time.Time{}
		}
		if i.Resolved.After(restored) {
			restored = i.Resolved
		}
	}
	return impact, restored
}
