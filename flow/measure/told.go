package measure

import (
	"cmp"
	"context"
	"slices"
	"strings"
	"time"

	"andon/flow/measure/dora"
	"andon/flow/source"
	"andon/journal"
)

// report is a deployment to production of which another system told. Its Service
// is the place: what is deployed there follows one another.
type report struct {
	dora.Deployment
	by  string // who told it: "GitHub", or the source of an event
	sha string // empty when it was not told
}

// mostTold bounds how many deployments of forges, and how many of their pull
// requests and pushes, are read for one window: the newest.
const mostTold = 5000

// forges are the names of the sources that have one.
var forges = map[string]string{"github": "GitHub", "gitlab": "GitLab", "gitea": "Gitea"}

// toldByForges are the deployments to production of which webhooks told. One
// that was told to have failed counts as failed: whether users met it before it
// did is told nowhere.
func toldByForges(ctx context.Context, r journal.Reader, production string, from, to time.Time) (list []report, full bool, err error) {
	rows, err := source.DeployedIn(ctx, r, meansProduction, []string{production}, from, to, mostTold)
	if err != nil {
		return nil, false, err
	}
	for _, d := range rows {
		if !inProduction(d.Environment, production) {
			continue
		}
		started := d.CreatedAt
		if started.IsZero() || started.After(d.EndedAt) {
			started = d.EndedAt
		}
		failed := d.State == source.DeployFailed
		list = append(list, report{dora.Deployment{ID: d.Source + "/" + d.Repo + "/deployments/" + d.ID, Service: d.Source + "/" + d.Repo + " " + d.Environment,
			Environment: dora.Production, Started: started, Finished: d.EndedAt, Succeeded: !failed, Failed: failed},
			cmp.Or(forges[d.Source], d.Source), strings.ToLower(d.SHA)})
	}
	return list, len(rows) == mostTold, nil
}

// unheard leaves out of a list what was heard of from who is trusted more:
// deployments of the same commit. Who rolled one back may be the only one to
// know; that is passed on.
func unheard(list []report, heard []report) []report {
	by := map[string][]*report{}
	for i := range heard {
		if sha := heard[i].sha; sha != "" {
			by[sha] = append(by[sha], &heard[i])
		}
	}
	return slices.DeleteFunc(list, func(t report) bool {
		same := by[t.sha]
		if len(same) == 0 {
			return false
		}
		if t.Failed && !t.Restored.IsZero() {
			near := slices.MinFunc(same, func(a, b *report) int {
				return cmp.Compare(a.Finished.Sub(t.Finished).Abs(), b.Finished.Sub(t.Finished).Abs())
			})
			if near.Succeeded {
				near.Succeeded, near.Failed, near.Impact, near.Restored = false, true, t.Impact, t.Restored
			}
		}
		return true
	})
}

// fill says which commits each deployment was the first to bring: those on the
// branch since the last success in its place. Where the branch does not hold
// both, it is the deployed commit alone, if anybody told when it was written.
// What failed was over when the next one in its place succeeded. The first in a
// place brings all of history, which is nobody's lead time. It gives the ids of
// those whose commits nobody knows.
func fill(list []report, b branch, authored map[string]time.Time) (silent map[string]bool) {
	slices.SortFunc(list, func(x, y report) int { return cmp.Or(x.Started.Compare(y.Started), cmp.Compare(x.ID, y.ID)) })
	silent = map[string]bool{}
	last := map[string]string{}       // the commit of the last success
	failing := map[string][]*report{} // what failed since, of unknown end
	for i := range list {
		d := &list[i]
		before, following := last[d.Service]
		if following {
			var known bool
			d.Commits, d.Unplanned, known = b.since(before, d.sha)
			if at := authored[d.sha]; !known && !at.IsZero() && before != d.sha {
				d.Commits, known = []dora.Commit{{SHA: d.sha, Authored: at}}, true
			}
			silent[d.ID] = !known && d.Succeeded && (before != d.sha || d.sha == "")
		}
		switch {
		case d.Succeeded:
			last[d.Service] = d.sha
			for _, f := range failing[d.Service] {
				f.Restored = d.Finished
			}
			delete(failing, d.Service)
		case d.Restored.IsZero():
			failing[d.Service] = append(failing[d.Service], d)
		}
	}
	return silent
}
