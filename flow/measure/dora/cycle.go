package dora

import (
	"cmp"
	"math"
	"slices"
	"time"
)

// Span is a time in whole minutes, rounded up. It is not known when one of its
// ends is not, or when it would be negative.
type Span struct {
	Minutes int64
	Known   bool
}

// span is from one time to another.
func span(from, to time.Time) Span {
	if from.IsZero() || to.IsZero() || to.Before(from) {
		return Span{}
	}
	return Span{int64(math.Ceil(to.Sub(from).Minutes())), true}
}

// Cycle is a pull request's way to production as Apache DevLake divides it
// (table project_pr_metrics):
//
//	coding = opened − first commit authored
//	pickup = first comment that is not the author's − opened
//	review = merged − that comment
//	deploy = first successful deployment to production finished − merged
//	cycle  = coding, if known + (merged − opened) + deploy, if known
//
// Pickup and review do not add up to merged − opened where one of them is not
// known, so the cycle is not their sum.
type Cycle struct {
	PullRequest string
	FirstCommit Commit  // zero when the pull request tells no commits
	FirstReview Comment // zero when nobody else said anything
	Deployment  string  // empty while it is not deployed
	Deployed    time.Time

	Coding, Pickup, Review, Deploy, Cycle Span
}

// Cycles gives the cycle of each merged pull request of the evidence, in its
// order, whatever the window.
//
// A pull request belongs to the deployment to production that holds its merge
// commit among those since the deployment before. The very first deployment of
// a service has none before, so that all of history would be its doing; it is
// left out on purpose.
func Cycles(e Evidence) []Cycle {
	ships := e.ships(func(d Deployment) bool { return d.Previous != "" })
	var cycles []Cycle
	for _, pr := range e.PullRequests {
		if pr.Merged.IsZero() {
			continue
		}
		c := Cycle{PullRequest: pr.ID, FirstCommit: pr.firstCommit(), FirstReview: pr.firstReview()}
		c.Coding = span(c.FirstCommit.Authored, pr.Opened)
		c.Pickup = span(pr.Opened, c.FirstReview.At)
		c.Review = span(c.FirstReview.At, pr.Merged)
		if d, found := ships[shipped{pr.Repository, pr.MergeCommit}]; found {
			c.Deployment, c.Deployed = d.ID, d.Finished
			c.Deploy = span(pr.Merged, d.Finished)
		}
		c.Cycle = Span{c.Coding.Minutes + span(pr.Opened, pr.Merged).Minutes + c.Deploy.Minutes, true}
		cycles = append(cycles, c)
	}
	return cycles
}

// shipped is a commit of a repository. A pull request that names no repository
// finds its commit in deployments that name none.
type shipped struct{ repository, sha string }

// ships tells which successful deployment to production was the first to ship
// each commit, among those that count.
func (e Evidence) ships(counts func(Deployment) bool) map[shipped]Deployment {
	first := map[shipped]Deployment{}
	for _, i := range order(e.Deployments) {
		d := e.Deployments[i]
		if !d.shipped() || !counts(d) {
			continue
		}
		for _, c := range d.Commits {
			at := shipped{d.Repository, c.SHA}
			if _, seen := first[at]; !seen {
				first[at] = d
			}
		}
	}
	return first
}

func (pr PullRequest) firstCommit() Commit {
	if len(pr.Commits) == 0 {
		return Commit{}
	}
	return slices.MinFunc(pr.Commits, func(a, b Commit) int {
		return cmp.Or(a.Authored.Compare(b.Authored), cmp.Compare(a.SHA, b.SHA))
	})
}

func (pr PullRequest) firstReview() (first Comment) {
	for _, c := range pr.Comments {
		if pr.Author != "" && c.Author == pr.Author {
			continue
		}
		if first.At.IsZero() || cmp.Or(c.At.Compare(first.At), cmp.Compare(c.ID, first.ID)) < 0 {
			first = c
		}
	}
	return first
}
