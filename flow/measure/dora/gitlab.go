package dora

// GitLab is what GitLab's DORA metrics count (docs.gitlab.com,
// user/analytics/dora_metrics).
//
//   - change lead time: the median of merge request merged → deployed
//   - deployment frequency: successful deployments per day
//   - change fail rate: incidents ÷ deployments. An incident counts on its own,
//     not by the deployment that caused it, so that the rate may pass 1
//   - time to restore: the median time for which an incident was open
//
// The bands are those of its DORA performers score, which knows no elite: high
// from 30 deployments a month, lead time within 7 days, restored within 1 day,
// fail rate up to 15 %; low under 1 a month, over 30 days, over 7 days, over
// 45 %.
type GitLab struct{}

var _ Profile = GitLab{}

// Name is "gitlab".
func (GitLab) Name() string { return "gitlab" }

// Source is where the definitions can be read.
func (GitLab) Source() string { return "GitLab, DORA metrics, and its performers score of 2022" }

func (p GitLab) figure(k Key, how string) Figure {
	return Figure{Key: k, Profile: p.Name(), Unit: Seconds, How: how}
}

// LeadTime has one row for each pull request whose first deployment finished
// within the window.
func (p GitLab) LeadTime(e Evidence) Figure {
	f := p.figure(LeadTime, "median of: merged → deployed to production")
	ships := e.ships(func(Deployment) bool { return true })
	for _, pr := range e.PullRequests {
		d, found := ships[shipped{pr.Repository, pr.MergeCommit}]
		if !found || pr.Merged.IsZero() || !e.holds(d.Finished) || d.Finished.Before(pr.Merged) {
			continue
		}
		f.Rows = append(f.Rows, Row{pr.ID, d.ID, d.Finished, d.Finished.Sub(pr.Merged).Seconds()})
	}
	sortRows(f.Rows)
	if f = f.median(nearestMedian, needPullRequests); f.Known {
		f.Band = upTo(f.Value, (7 * day).Seconds(), (30 * day).Seconds())
	}
	return f
}

// upTo grades what is better when it is less: high up to the first limit, low
// over the second.
func upTo(value, high, medium float64) Band {
	switch {
	case value <= high:
		return High
	case value <= medium:
		return Medium
	}
	return Low
}

// Frequency has one row for each run that deployed.
func (p GitLab) Frequency(e Evidence) Figure {
	f := e.perDay(p.figure(Frequency, ""))
	if !f.Known {
		return f
	}
	switch month := f.Value * 30; {
	case month >= 30:
		f.Band = High
	case month >= 1:
		f.Band = Medium
	default:
		f.Band = Low
	}
	return f
}

// FailRate has one row for each incident that began within the window; N is
// how many deployments they are held against.
func (p GitLab) FailRate(e Evidence) Figure {
	f := p.figure(FailRate, "incidents ÷ successful deployments to production")
	f.Unit, f.N = Share, len(e.runs(Deployment.shipped))
	if f.N == 0 {
		f.Missing = needDeployments
		return f
	}
	for _, i := range e.Incidents {
		if e.holds(i.Started) {
			f.Rows = append(f.Rows, Row{i.ID, i.Deployment, i.Started, 1})
		}
	}
	sortRows(f.Rows)
	f.Known, f.Value = true, float64(len(f.Rows))/float64(f.N)
	f.Band = upTo(f.Value, 0.15, 0.45)
	if len(e.Incidents) == 0 {
		f.Missing = needIncidents
	}
	return f
}

// Recovery has one row for each incident that was resolved within the window.
func (p GitLab) Recovery(e Evidence) Figure {
	f := p.figure(Recovery, "median of: incident began → resolved")
	for _, i := range e.Incidents {
		if i.Resolved.IsZero() || !e.holds(i.Resolved) || i.Resolved.Before(i.Started) {
			continue
		}
		f.Rows = append(f.Rows, Row{i.ID, i.Deployment, i.Resolved, i.Resolved.Sub(i.Started).Seconds()})
	}
	sortRows(f.Rows)
	if f = f.median(nearestMedian, needIncidents); f.Known {
		f.Band = upTo(f.Value, day.Seconds(), (7 * day).Seconds())
	}
	return f
}

// Rework is not defined by GitLab.
func (p GitLab) Rework(Evidence) Figure {
	f := p.figure(Rework, "not defined by this profile")
	f.Unit, f.Missing = Share, "a definition: GitLab has no rework rate; use the profile dora-2025"
	return f
}
