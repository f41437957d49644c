package history

import (
	"strconv"
	"time"

	"andon/flow/measure/dora"
)

const (
	needReleases  = "tags that name versions (v1.2.3), or deployments told by CDEvents or webhooks"
	needIncidents = "incidents: what failed without a later version that mends it leaves no trace in git"
)

// dora are the five figures under the profile that was asked for. The profile
// computes; what git can and cannot tell is said here.
func (v *view) dora() []Figure {
	e := v.evidence()
	var list []Figure
	for _, f := range dora.Keys(v.profile, e) {
		list = append(list, v.tell(f))
	}
	return list
}

// leads are the times from writing to release, by the profile's definition.
func (v *view) leads() (all []Lead) {
	for _, r := range v.profile.LeadTime(v.evidence()).Rows {
		all = append(all, Lead{r.At, r.Value})
	}
	return all
}

// evidence takes a release for a deployment, a change that reached the branch
// for a pull request that was opened with its first commit, and a release that
// needed mending for an incident that began with it and ended with the mend.
func (v *view) evidence() dora.Evidence {
	if v.told != nil {
		return *v.told
	}
	e := dora.Evidence{From: v.q.From.UTC(), To: v.q.To.UTC()}
	at := func(seconds int64) time.Time { return time.Unix(seconds, 0).UTC() }
	reached := map[id]change{}
	for _, c := range v.past.changes {
		reached[c.node] = c
	}
	outcomes := v.past.outcomes()
	for i, r := range v.past.releases {
		d := dora.Deployment{ID: r.name, Environment: dora.Production, Started: at(r.at), Finished: at(r.at), Succeeded: true,
			Unplanned: outcomes[i].mends >= 0}
		if i > 0 {
			d.Previous = v.past.releases[i-1].name
		}
		if by := outcomes[i].mendedBy; by >= 0 {
			d.Failed, d.Restored = true, at(v.past.releases[by].at)
			e.Incidents = append(e.Incidents, dora.Incident{ID: r.name, Deployment: r.name, Started: d.Finished, Resolved: d.Restored})
		}
		if v.holds(r.at) {
			for _, n := range r.commits {
				sha := strconv.Itoa(int(n)) // the place is as good a name, and no hash is kept
				written := dora.Commit{SHA: sha, Authored: at(v.past.nodes[n].authored)}
				d.Commits = append(d.Commits, written)
				if c, ok := reached[n]; ok {
					first := at(c.started)
					e.PullRequests = append(e.PullRequests, dora.PullRequest{ID: sha, MergeCommit: sha, Opened: first, Merged: at(c.merged),
						Commits: []dora.Commit{{SHA: sha, Authored: first}}})
				}
			}
		}
		e.Deployments = append(e.Deployments, d)
	}
	v.told = &e
	return e
}

// tell puts a figure into the words of a repository: its deployments are tags.
func (v *view) tell(f dora.Figure) Figure {
	g := Figure{Name: string(f.Key), Known: f.Known, Value: f.Value, Unit: string(f.Unit), High: f.P85, Band: string(f.Band), N: f.N, How: f.How, Missing: f.Missing}
	switch {
	case f.Known:
		g.Missing = unsaid[f.Key]
	case len(v.releases) == 0:
		g.Missing = needReleases
	case f.Key == dora.LeadTime:
		g.Missing = needReleases
	case f.Key == dora.Recovery:
		g.Missing = "a release that failed and was mended, within the window"
	default:
		return g // the profile does not define it, and says so
	}
	if how, ok := byTags[f.Key][v.q.Profile]; ok {
		g.How = how
	} else if how, ok := byTags[f.Key][""]; ok {
		g.How = how
	}
	return g
}

// unsaid is what a repository cannot tell of a figure that it does tell.
var unsaid = map[dora.Key]string{
	dora.LeadTime:  "when the version ran for users: a tag is when it was made",
	dora.Frequency: "deployments that no tag tells of",
	dora.FailRate:  needIncidents,
	dora.Recovery:  "when users were well again: a roll-back leaves no tag",
	dora.Rework:    needIncidents,
}

// byTags says how a figure comes about from tags, where a profile does it in
// its own way, and otherwise.
var byTags = map[dora.Key]map[Profile]string{
	dora.LeadTime: {
		"":          "median of: commit authored → first version tag that holds it",
		GitLab:      "median of: change reached the branch → first version tag that holds it",
		DevLake2023: "lower median of: first commit of a change authored → first version tag that holds it, the very first release left out",
	},
	dora.Frequency: {
		"":          "version tags per day of the window",
		DevLake2023: "lower median over the weeks of the window of the days with a version tag",
	},
	dora.FailRate: {
		"": "releases whose successor takes back what they shipped, or is a patch within a week that holds a hotfix, regression or revert ÷ releases",
	},
	dora.Recovery: {"": "median of: release that failed → release that mends it"},
	dora.Rework:   {"": "releases that mend the one before ÷ releases"},
}
