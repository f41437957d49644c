package measure

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
	"time"

	"andon/flow/measure/dora"
	"andon/flow/source"
)

// lane is a branch of a repository on a forge.
type lane struct{ source, repo, branch string }

// pushesTo gives the pushes to each branch, in order of time.
func pushesTo(pushes []source.Pushed) map[lane][]source.Pushed {
	to := map[lane][]source.Pushed{}
	for _, p := range pushes {
		at := lane{p.Source, p.Repo, p.Branch}
		to[at] = append(to[at], p)
	}
	for _, list := range to {
		slices.SortStableFunc(list, func(a, b source.Pushed) int { return a.At.Compare(b.At) })
	}
	return to
}

// writtenAt adds when commits were written, as forges told it; what the branch
// itself says goes before. A merge is written when it is made.
func writtenAt(authored map[string]time.Time, pushes []source.Pushed, pulls []source.Pull) {
	add := func(sha string, at time.Time) {
		if sha = strings.ToLower(sha); sha != "" && authored[sha].IsZero() && !at.IsZero() {
			authored[sha] = at
		}
	}
	for _, p := range pushes {
		for _, c := range p.Commits {
			add(c.SHA, c.At)
		}
	}
	for _, p := range pulls {
		add(p.MergeSHA, p.MergedAt)
	}
}

// pullRequests gives what is known of merged pull requests. Each is tied to
// the commits that deployments brought by its merge, or else by its newest
// commit (it was merged without one), or else by the newest of its others.
func pullRequests(pulls []source.Pull, pushes []source.Pushed, shipped map[string]bool) (list []dora.PullRequest) {
	slices.SortFunc(pulls, func(a, b source.Pull) int {
		return cmp.Or(a.MergedAt.Compare(b.MergedAt), cmp.Compare(a.Source, b.Source), cmp.Compare(a.Repo, b.Repo), cmp.Compare(a.Number, b.Number))
	})
	to, before := pushesTo(pushes), map[lane]time.Time{}
	for _, p := range pulls {
		pr := dora.PullRequest{ID: fmt.Sprintf("%s/%s#%d", p.Source, p.Repo, p.Number), Author: p.Author,
			Opened: cmp.Or(p.OpenedAt, p.ReadyAt), Merged: p.MergedAt, MergeCommit: strings.ToLower(p.MergeSHA)}
		if !p.FirstReviewAt.IsZero() {
			pr.Comments = []dora.Comment{{ID: "first review", At: p.FirstReviewAt}}
		}
		at := lane{p.Source, p.Repo, p.Branch}
		pr.Commits = commitsOf(to[at], before[at], p)
		before[at] = p.MergedAt
		if head := strings.ToLower(p.Head); !shipped[pr.MergeCommit] && shipped[head] {
			pr.MergeCommit = head
		}
		for _, c := range slices.Backward(pr.Commits) {
			if !shipped[pr.MergeCommit] && shipped[c.SHA] {
				pr.MergeCommit = c.SHA
			}
		}
		list = append(list, pr)
	}
	return list
}

// commitsOf gives a pull request's own commits: those pushed to its branch
// after the one before it of that name was merged. When they were written must
// be told, for the first of them begins the work.
func commitsOf(pushes []source.Pushed, after time.Time, p source.Pull) (list []dora.Commit) {
	if p.Branch == "" || p.Branch == p.Base {
		return nil
	}
	for _, push := range pushes {
		if !push.At.After(after) || push.At.After(p.MergedAt) {
			continue
		}
		for _, c := range push.Commits {
			if !c.At.IsZero() {
				list = append(list, dora.Commit{SHA: strings.ToLower(c.SHA), Authored: c.At})
			}
		}
	}
	return list
}
