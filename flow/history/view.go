package history

import (
	"time"

	"andon/flow/measure/dora"
)

// view is a past within a window.
type view struct {
	past     *Past
	q        Question
	profile  dora.Profile
	told     *dora.Evidence // once it was asked for
	from, to int64
	commits  []id // of the branch and its merges, within the window
	authors  int
	changes  []change  // that reached the branch within the window
	all      []release // of the past, whatever stands for a release
	outcomes []outcome // of each of all
	releases []release // within the window, oldest first
	outcome  []outcome // of each release
}

// outcome is what became of a release.
type outcome struct {
	mendedBy int // index into all releases; -1 when none
	mends    int
}

func (p *Past) look(q Question, profile dora.Profile) *view {
	v := &view{past: p, q: q, profile: profile, from: q.From.Unix(), to: q.To.Unix()}
	people := map[int32]bool{}
	for _, c := range p.changes {
		if !v.holds(c.merged) {
			continue
		}
		v.changes = append(v.changes, c)
		for _, at := range c.commits {
			v.commits = append(v.commits, at)
			people[p.nodes[at].author] = true
		}
	}
	v.authors = len(people)
	v.all, v.outcomes = p.releases, p.outcomes()
	if q.Deployments == Arrivals {
		v.all = p.arrivals()
		v.outcomes = p.undoings(v.all)
	}
	for i, r := range v.all {
		if v.holds(r.at) {
			v.releases = append(v.releases, r)
			v.outcome = append(v.outcome, v.outcomes[i])
		}
	}
	return v
}

func (v *view) holds(at int64) bool { return at >= v.from && at < v.to }

func (v *view) days() float64 { return v.q.To.Sub(v.q.From).Hours() / 24 }

const (
	// soon is how long after a release a patch of it still counts as made
	// because of it.
	soon = 7 * 24 * time.Hour
	// later is how long after a release a revert of what it shipped counts.
	later = 30 * 24 * time.Hour
)

// outcomes finds, for each release, the one that repaired it: the next of its
// stream, when it takes back a commit that the release shipped, or is a patch of
// it within a week that holds a repair.
func (p *Past) outcomes() []outcome {
	list := make([]outcome, len(p.releases))
	for i := range list {
		list[i] = outcome{-1, -1}
	}
	newest := map[string]int{} // by stream
	for j, r := range p.releases {
		i, before := newest[r.version.stream]
		newest[r.version.stream] = j
		if !before {
			continue
		}
		old := p.releases[i]
		took := time.Duration(r.at-old.at) * time.Second
		takesBack, repairs := false, false
		for _, at := range r.commits {
			takesBack = takesBack || p.nodes[at].flags.has(isRevert)
			repairs = repairs || p.nodes[at].flags.has(isRepair)
		}
		shippedBad := false
		for _, at := range old.commits {
			shippedBad = shippedBad || p.nodes[at].flags.has(wasReverted)
		}
		if takesBack && shippedBad && took <= later || repairs && r.version.patches(old.version) && took <= soon {
			list[i].mendedBy, list[j].mends = j, i
		}
	}
	return list
}
