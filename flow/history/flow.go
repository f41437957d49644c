package history

import "time"

// flow are the figures of the way to the branch and to the release.
func (v *view) flow() []Figure {
	return []Figure{v.throughput(), v.toBranch(), v.toRelease(), v.batch(), v.unplanned(), v.reverts()}
}

func (v *view) throughput() Figure {
	return Figure{Name: "throughput", Known: len(v.changes) > 0, Value: float64(len(v.changes)) / v.days() * 7, Unit: "per week", N: len(v.changes),
		How: "changes that reached the branch, a merge with all it brought as one", Missing: "which of them users asked for: cards"}
}

func (v *view) toBranch() Figure {
	var took []float64
	for _, c := range v.changes {
		took = append(took, float64(c.merged-c.started))
	}
	return Figure{Name: "time to the branch", Known: len(took) > 0, Value: percentile(took, 0.5), High: percentile(took, 0.85), Unit: "seconds", N: len(took),
		How:     "median of: first commit of a change authored → reached the branch",
		Missing: "what happened before the first commit, and how much of it was waiting for review: pull requests"}
}

func (v *view) toRelease() Figure {
	f := Figure{Name: "wait for release", Unit: "seconds", How: v.words().wait, Missing: v.words().need}
	first := map[id]int64{}
	for _, r := range v.all {
		for _, at := range r.commits {
			first[at] = r.at
		}
	}
	var took []float64
	for _, c := range v.changes {
		if at, shipped := first[c.node]; shipped && at >= c.merged {
			took = append(took, float64(at-c.merged))
		}
	}
	if len(took) > 0 {
		f.Known, f.N, f.Value, f.High, f.Missing = true, len(took), percentile(took, 0.5), percentile(took, 0.85), "changes not released yet are not counted"
	}
	return f
}

func (v *view) batch() Figure {
	f := Figure{Name: "batch size", Unit: "commits", How: v.words().batch, Missing: v.words().need, N: len(v.releases)}
	var sizes []float64
	for _, r := range v.releases {
		sizes = append(sizes, float64(len(r.commits)))
	}
	if len(sizes) > 0 {
		f.Known, f.Value, f.High, f.Missing = true, percentile(sizes, 0.5), percentile(sizes, 0.85), "lines changed: reading them takes minutes on a large repository"
	}
	return f
}

func (v *view) unplanned() Figure {
	count, all := v.counts()
	return Figure{Name: "unplanned work", Known: all > 0, Value: float64(count[Unplanned]) / float64(max(1, all)), Unit: "share", N: all,
		How: "commits whose subject says fix, revert, hotfix or the like ÷ commits, merges apart", Missing: "cards, which say what the work was for"}
}

func (v *view) reverts() Figure {
	n := 0
	for _, at := range v.commits {
		if v.past.nodes[at].flags.has(wasReverted) {
			n++
		}
	}
	return Figure{Name: "reverted", Known: len(v.commits) > 0, Value: float64(n) / float64(max(1, len(v.commits))), Unit: "share", N: len(v.commits),
		How: "commits that a later one takes back by “This reverts commit …” ÷ commits", Missing: "repairs that do not say so"}
}

func (v *view) kinds() (list []Share) {
	count, all := v.counts()
	for _, k := range Kinds {
		list = append(list, Share{k.String(), count[k], float64(count[k]) / float64(max(1, all))})
	}
	return list
}

// counts are the commits of each kind and of all; those that only join others
// are none of them.
func (v *view) counts() (count [5]int, all int) {
	for _, at := range v.commits {
		if n := v.past.nodes[at]; !n.joins() {
			count[n.kind]++
			all++
		}
	}
	return count, all
}

func (v *view) releaseRows() (list []Release) {
	name := func(i int) string {
		if i < 0 {
			return ""
		}
		return v.all[i].name
	}
	for i, r := range v.releases {
		var took []float64
		for _, at := range r.commits {
			took = append(took, max(0, float64(r.at-v.past.nodes[at].authored)))
		}
		list = append(list, Release{Name: r.name, At: time.Unix(r.at, 0).UTC(), Commits: len(r.commits), Lead: percentile(took, 0.5),
			MendedBy: name(v.outcome[i].mendedBy), Mends: name(v.outcome[i].mends)})
	}
	return list
}

// weeks counts by week, from the Monday on or before the window's start.
func (v *view) weeks() (list []Week) {
	start := v.q.From.UTC().Truncate(24 * time.Hour)
	start = start.AddDate(0, 0, -(int(start.Weekday())+6)%7)
	for at := start; at.Before(v.q.To); at = at.AddDate(0, 0, 7) {
		list = append(list, Week{Start: at})
	}
	week := func(at int64) *Week { return &list[min(len(list)-1, int((at-start.Unix())/(7*24*3600)))] }
	for _, c := range v.changes {
		w := week(c.merged)
		w.Changes++
		for _, at := range c.commits {
			for i, k := range Kinds {
				if n := v.past.nodes[at]; n.kind == k && !n.joins() {
					w.Kinds[i]++
				}
			}
		}
	}
	for _, r := range v.releases {
		week(r.at).Releases++
	}
	return list
}

// leadRows takes leads evenly from all of them.
func (v *view) leadRows() []Lead {
	all := v.leads()
	if len(all) <= MostLeads {
		return all
	}
	list := make([]Lead, 0, MostLeads)
	for i := range MostLeads {
		list = append(list, all[i*len(all)/MostLeads])
	}
	return list
}
