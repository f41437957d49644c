package history

import (
	"math"
	"time"
)

const needReleases = "tags that name versions (v1.2.3), or deployments told by CDEvents or webhooks"

// dora are the five figures under the profile that was asked for.
func (v *view) dora() []Figure {
	return []Figure{v.leadTime(), v.frequency(), v.failRate(), v.recovery(), v.rework()}
}

// leads are the times from writing to release, by the profile's definition, in
// seconds, with the release of each.
func (v *view) leads() (all []Lead) {
	add := func(r release, from int64) {
		if took := float64(r.at - from); took >= 0 {
			all = append(all, Lead{time.Unix(r.at, 0).UTC(), took})
		}
	}
	if v.q.Profile == DORA2025 {
		for _, r := range v.releases {
			for _, at := range r.commits {
				add(r, v.past.nodes[at].authored)
			}
		}
		return all
	}
	changes := map[id]change{}
	for _, c := range v.past.changes {
		changes[c.node] = c
	}
	for i, r := range v.releases {
		if i == 0 && v.q.Profile == DevLake2023 && len(v.past.releases) > 0 && v.past.releases[0].name == r.name {
			continue // the very first has no predecessor to be compared with
		}
		for _, at := range r.commits {
			c, reached := changes[at]
			switch {
			case !reached:
			case v.q.Profile == GitLab:
				add(r, c.merged)
			default:
				add(r, c.started)
			}
		}
	}
	return all
}

func seconds(leads []Lead) (list []float64) {
	for _, l := range leads {
		list = append(list, l.Seconds)
	}
	return list
}

func (v *view) leadTime() Figure {
	f := Figure{Name: "change lead time", Unit: "seconds", Missing: needReleases}
	all := seconds(v.leads())
	switch v.q.Profile {
	case GitLab:
		f.How = "median of: change reached the branch → first version tag that holds it"
	case DevLake2023:
		f.How = "median of: first commit of a change authored → first version tag that holds it, the very first release left out"
	default:
		f.How = "median of: commit authored → first version tag that holds it"
	}
	if len(all) == 0 {
		return f
	}
	f.Known, f.N, f.High = true, len(all), percentile(all, 0.85)
	f.Missing = "when the version ran for users: a tag is when it was made"
	if v.q.Profile == DevLake2023 {
		f.Value = lowerMedian(minutes(all))
		return f
	}
	f.Value = percentile(all, 0.5)
	return f
}

// minutes rounds spans up to whole minutes, as DevLake does.
func minutes(list []float64) (rounded []float64) {
	for _, s := range list {
		rounded = append(rounded, math.Ceil(s/60)*60)
	}
	return rounded
}

func (v *view) frequency() Figure {
	f := Figure{Name: "deployment frequency", Unit: "per day", N: len(v.releases), Missing: needReleases,
		How: "version tags per day of the window"}
	if len(v.releases) == 0 {
		return f
	}
	f.Known, f.Missing = true, "deployments that no tag tells of"
	if v.q.Profile == DevLake2023 {
		f.Unit, f.How = "days a week", "median over the weeks of the window of the days with a version tag"
		f.Value = lowerMedian(v.deploymentDays())
		return f
	}
	f.Value = float64(len(v.releases)) / v.days()
	return f
}

// deploymentDays counts for each week of the window the days with a release.
func (v *view) deploymentDays() []float64 {
	const day, week = 24 * 3600, 7 * 24 * 3600
	days := map[int64]bool{}
	for _, r := range v.releases {
		days[r.at/day] = true
	}
	weeks := make([]float64, max(1, int((v.to-v.from+week-1)/week)))
	for d := range days {
		if i := int((d*day - v.from) / week); i >= 0 && i < len(weeks) {
			weeks[i]++
		}
	}
	return weeks
}

const needIncidents = "incidents: what failed without a later version that mends it leaves no trace in git"

func (v *view) failRate() Figure {
	f := Figure{Name: "change fail rate", Unit: "share", N: len(v.releases), Missing: needReleases,
		How: "releases whose successor takes back what they shipped, or is a patch within a week that holds a hotfix, regression or revert ÷ releases"}
	if len(v.releases) == 0 {
		return f
	}
	failed := 0
	for _, o := range v.outcome {
		if o.mendedBy >= 0 {
			failed++
		}
	}
	f.Known, f.Value, f.Missing = true, float64(failed)/float64(len(v.releases)), needIncidents
	return f
}

func (v *view) recovery() Figure {
	f := Figure{Name: "failed deployment recovery time", Unit: "seconds", Missing: needReleases,
		How: "median of: release that failed → release that mends it"}
	var took []float64
	for i, o := range v.outcome {
		if o.mendedBy >= 0 {
			took = append(took, float64(v.past.releases[o.mendedBy].at-v.releases[i].at))
		}
	}
	if len(v.releases) > 0 {
		f.Missing = "a release that failed and was mended, within the window"
	}
	if len(took) == 0 {
		return f
	}
	f.Known, f.N, f.High, f.Missing = true, len(took), percentile(took, 0.85), "when users were well again: a roll-back leaves no tag"
	if f.Value = percentile(took, 0.5); v.q.Profile == DevLake2023 {
		f.Value = lowerMedian(took)
	}
	return f
}

func (v *view) rework() Figure {
	f := Figure{Name: "deployment rework rate", Unit: "share", N: len(v.releases), Missing: needReleases,
		How: "releases that mend the one before ÷ releases"}
	if len(v.releases) == 0 {
		return f
	}
	mending := 0
	for _, o := range v.outcome {
		if o.mends >= 0 {
			mending++
		}
	}
	f.Known, f.Value, f.Missing = true, float64(mending)/float64(len(v.releases)), needIncidents
	return f
}
