package history

import (
	"strconv"
	"time"

	"andon/flow/measure/dora"
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
	for i, r := range v.all {
		d := dora.Deployment{ID: strconv.Itoa(i), // names of arrivals may fall together
			Environment: dora.Production, Started: at(r.at), Finished: at(r.at), Succeeded: true,
			Unplanned: v.outcomes[i].mends >= 0}
		if i > 0 {
			d.Previous = strconv.Itoa(i - 1)
		}
		if by := v.outcomes[i].mendedBy; by >= 0 {
			d.Failed, d.Restored = true, at(v.all[by].at)
			e.Incidents = append(e.Incidents, dora.Incident{ID: d.ID, Deployment: d.ID, Started: d.Finished, Resolved: d.Restored})
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

// tell puts a figure into the words of what stands for its deployments.
func (v *view) tell(f dora.Figure) Figure {
	g := Figure{Name: string(f.Key), Known: f.Known, Value: f.Value, Unit: string(f.Unit), High: f.P85, Band: string(f.Band), N: f.N, How: f.How, Missing: f.Missing}
	switch {
	case f.Known:
		g.Missing = v.words().unsaid[f.Key]
	case len(v.releases) == 0:
		g.Missing = v.words().need
	case f.Key == dora.LeadTime:
		g.Missing = v.words().need
	case f.Key == dora.Recovery:
		g.Missing = v.words().mended
	default:
		return g // the profile does not define it, and says so
	}
	if how, ok := v.words().how[f.Key][v.q.Profile]; ok {
		g.How = how
	} else if how, ok := v.words().how[f.Key][""]; ok {
		g.How = how
	}
	return g
}
