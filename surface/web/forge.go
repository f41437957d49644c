package web

import (
	"fmt"
	"net/http"
	"slices"
	"strconv"
	"time"

	"andon/flow/measure"
	"andon/flow/source"
)

// untrackedView is work that the floor never saw.
type untrackedView struct {
	Line    string // where a card is made
	Days    int
	Commits measure.Untracked
	Told    source.Tied
	Now     time.Time
}

// untrackedDays are the windows to choose from.
var untrackedDays = []int{7, 30, 90}

func (s *site) untrackedPage(r *http.Request) (page, error) {
	v := untrackedView{Line: s.Status().Line, Days: 30, Now: s.Ledger.Now()}
	if text := r.URL.Query().Get("days"); text != "" {
		days, err := strconv.Atoi(text)
		if err != nil || !slices.Contains(untrackedDays, days) {
			return page{}, &badQuery{"days", fmt.Sprintf("use one of %v", untrackedDays)}
		}
		v.Days = days
	}
	w := measure.Window{From: v.Now.AddDate(0, 0, -v.Days), To: v.Now}
	var err error
	if v.Commits, err = s.Measure.Untracked(r.Context(), w); err != nil {
		return page{}, err
	}
	v.Told, err = s.Sources.All(r.Context(), source.Look{Untracked: true, From: w.From, To: w.To})
	return page{Title: "Work without a card", Place: "/untracked", Head: untrackedHead(v), Body: untrackedBody(v)}, err
}

// allTracked is what to say when nothing bypassed the floor.
func (v untrackedView) allTracked() string {
	if v.Commits.Commits == 0 {
		return fmt.Sprintf("Nothing reached the branch in the last %d days, and no forge told of anything.", v.Days)
	}
	return fmt.Sprintf("All work of the last %d days has a card.", v.Days)
}

// toldRow is one thing of a forge.
type toldRow struct {
	Name, URL, Title, Who string
	Mark                  mark
	At                    time.Time
	Adopt                 bool // it may become a card
}

func toldRows(t source.Tied) (rows []toldRow) {
	for _, p := range t.Pulls {
		rows = append(rows, toldRow{p.Name(), p.URL, p.Title, p.Author, pullMark(p), p.UpdatedAt, true})
	}
	for _, i := range t.Issues {
		rows = append(rows, toldRow{i.Name(), i.URL, i.Title, i.Author, issueMark(i), i.UpdatedAt, true})
	}
	for _, r := range t.Runs {
		rows = append(rows, toldRow{r.Workflow, r.URL, short(r.SHA), r.Repo, forgeRunMark(r), r.UpdatedAt, false})
	}
	for _, d := range t.Deployments {
		rows = append(rows, toldRow{"to " + d.Environment, d.URL, short(d.SHA), d.Repo, forgeDeploymentMark(d), d.UpdatedAt, false})
	}
	return rows
}

func pullMark(p source.Pull) mark {
	switch {
	case p.State == source.Merged:
		return mark{"ok", "Merged", ""}
	case p.State == source.Closed:
		return mark{"idle", "Closed", ""}
	case p.Draft:
		return mark{"idle", "Draft", ""}
	case p.Review == source.PullApproved:
		return mark{"ok", "Approved", ""}
	case p.Review == source.PullChangesRequested:
		return mark{"warn", "Changes wanted", ""}
	}
	return mark{"info", "Waits for review", ""}
}

func issueMark(i source.Issue) mark {
	if i.State == source.Closed {
		return mark{"idle", "Closed", ""}
	}
	return mark{"info", "Open", ""}
}

func forgeRunMark(r source.ForgeRun) mark {
	switch {
	case r.Status == source.RunQueued:
		return mark{"idle", "Queued", ""}
	case r.Status == source.RunRunning:
		return mark{"info", "Running", ""}
	}
	switch r.Conclusion {
	case source.RunSucceeded:
		return mark{"ok", "Succeeded", ""}
	case source.RunFailed, source.RunBroken:
		return mark{"bad", "Failed", ""}
	case source.RunCancelled:
		return mark{"idle", "Cancelled", ""}
	}
	return mark{"idle", "Skipped", ""}
}

func forgeDeploymentMark(d source.ForgeDeployment) mark {
	switch d.State {
	case source.DeploySucceeded:
		return mark{"ok", "Deployed", ""}
	case source.DeployFailed:
		return mark{"bad", "Failed", ""}
	case source.DeployInactive:
		return mark{"idle", "Replaced", ""}
	case source.DeployRunning:
		return mark{"info", "Deploying", ""}
	}
	return mark{"idle", "Pending", ""}
}
