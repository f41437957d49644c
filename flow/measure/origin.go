package measure

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"andon/flow/measure/dora"
)

// Origin says where the evidence of a window came from.
type Origin struct {
	// Deployments to production that ended within the window, well or ill.
	Deployments int      `json:"deployments"`
	By          []Teller `json:"by,omitempty"` // the one who told most first
	// Commits counts those deployments that say which commits they brought or
	// need not: the first in a place, and one that brought nothing new.
	Commits int `json:"with_commits"`
	// Pulls counts those that brought a merged pull request.
	Pulls int `json:"with_pull_requests"`
	// Cut says that there was more than is read for one window, and that the
	// oldest was left out.
	Cut bool `json:"cut,omitempty"`
}

// Teller is who told of deployments: "Andon" itself, a forge, or the source of
// other systems' events.
type Teller struct {
	Name        string `json:"name"`
	Deployments int    `json:"deployments"`
}

// andon is the teller of its own deliveries.
const andon = "Andon"

func originOf(e dora.Evidence, all []report, silent map[string]bool) (o Origin) {
	pulled := map[string]bool{}
	for _, p := range e.PullRequests {
		if p.MergeCommit != "" {
			pulled[p.MergeCommit] = true
		}
	}
	by := map[string]int{}
	for _, d := range all {
		if d.Finished.Before(e.From) || !d.Finished.Before(e.To) {
			continue
		}
		o.Deployments++
		by[d.by]++
		if !silent[d.ID] {
			o.Commits++
		}
		if slices.ContainsFunc(d.Commits, func(c dora.Commit) bool { return pulled[c.SHA] }) {
			o.Pulls++
		}
	}
	for name, n := range by {
		o.By = append(o.By, Teller{name, n})
	}
	slices.SortFunc(o.By, func(a, b Teller) int {
		return cmp.Or(cmp.Compare(b.Deployments, a.Deployments), cmp.Compare(a.Name, b.Name))
	})
	return o
}

// explain adds to a figure who told what it was counted from, and what is
// missing to know it better.
func (o Origin) explain(f *dora.Figure) {
	if o.Deployments == 0 || strings.HasPrefix(f.How, "not defined") {
		return
	}
	var parts []string
	for _, t := range o.By {
		by := " told by "
		if t.Name == andon {
			by = " made by "
		}
		parts = append(parts, fmt.Sprintf("%d of %d deployments%s%s", t.Deployments, o.Deployments, by, t.Name))
	}
	if f.Key == dora.LeadTime {
		parts = append(parts, fmt.Sprintf("%d of %d have pull requests", o.Pulls, o.Deployments))
	}
	f.How += "; " + strings.Join(parts, "; ")
	missing := func(text string) {
		if f.Missing != "" {
			text = f.Missing + "; " + text
		}
		f.Missing = text
	}
	if n := o.Deployments - o.Commits; n > 0 && f.Key == dora.LeadTime {
		missing(fmt.Sprintf("the commits of %d of %d deployments: the branch does not hold them, and nobody told when they were written", n, o.Deployments))
	}
	if o.Cut {
		missing("what is older than the newest that are read for one window")
	}
}
