package dora_test

import (
	"cmp"
	"encoding/csv"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"

	"andon/flow/measure/dora"
)

// corpus finds Apache DevLake's fixture of the change lead time, or skips.
func corpus(t *testing.T) string {
	t.Helper()
	dir := os.Getenv("ANDON_CORPORA")
	if dir == "" {
		root, err := os.Getwd()
		for err == nil {
			if _, missing := os.Stat(filepath.Join(root, "go.mod")); missing == nil {
				break
			}
			if root == filepath.Dir(root) {
				t.Fatal("no go.mod above the test")
			}
			root = filepath.Dir(root)
		}
		dir = filepath.Join(root, "..", "shared", "corpora")
	}
	dir = filepath.Join(dir, "devlake-change-lead-time")
	if _, err := os.Stat(dir); err != nil {
		t.Skipf("the corpus is not here: %v", err)
	}
	return dir
}

// table reads a CSV file as rows by column name.
func table(t *testing.T, dir, name string) (rows []map[string]string) {
	t.Helper()
	file, err := os.Open(filepath.Join(dir, name+".csv"))
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	records, err := csv.NewReader(file).ReadAll()
	if err != nil || len(records) < 2 {
		t.Fatalf("%s: %d records, %v", name, len(records), err)
	}
	for _, record := range records[1:] {
		row := map[string]string{}
		for i, column := range records[0] {
			row[column] = record[i]
		}
		rows = append(rows, row)
	}
	return rows
}

func when(t *testing.T, s string) time.Time {
	t.Helper()
	if s == "" {
		return time.Time{}
	}
	for _, layout := range []string{"2006-01-02T15:04:05.000-07:00", "2006-1-2 15:04:05"} {
		if at, err := time.Parse(layout, s); err == nil {
			return at.UTC()
		}
	}
	t.Fatalf("%q is no time", s)
	return time.Time{}
}

// project reads the evidence of project1: its scopes' deployments and its
// repositories' pull requests.
func project(t *testing.T, dir string) dora.Evidence {
	t.Helper()
	ours := map[string]bool{}
	for _, row := range table(t, dir, "project_mapping") {
		if row["project_name"] == "project1" {
			ours[row["table"]+" "+row["row_id"]] = true
		}
	}
	var e dora.Evidence
	sha := map[string]string{}
	for _, row := range table(t, dir, "cicd_deployment_commits") {
		sha[row["id"]] = row["commit_sha"]
		e.Deployments = append(e.Deployments, dora.Deployment{
			ID: row["id"], Run: row["cicd_deployment_id"], Service: row["cicd_scope_id"], Repository: row["repo_url"],
			Environment: strings.ToLower(row["environment"]), Succeeded: row["result"] == "SUCCESS",
			Started: when(t, row["started_date"]), Finished: when(t, row["finished_date"]),
		})
	}
	dora.Link(e.Deployments)
	for n, row := range table(t, dir, "cicd_deployment_commits") {
		if got, want := e.Deployments[n].Previous, row["prev_success_deployment_commit_id"]; got != want {
			t.Errorf("deployment %s follows %q, want %q", row["id"], got, want)
		}
	}
	mine := e.Deployments[:0]
	for _, d := range e.Deployments {
		if !ours["cicd_scopes "+d.Service] {
			continue
		}
		for _, row := range table(t, dir, "commits_diffs") {
			if row["new_commit_sha"] == sha[d.ID] && row["old_commit_sha"] == sha[d.Previous] {
				d.Commits = append(d.Commits, dora.Commit{SHA: row["commit_sha"]})
			}
		}
		d.Repository = "" // the fixture names repositories apart in deployments and pull requests
		mine = append(mine, d)
	}
	e.Deployments = mine
	for _, row := range table(t, dir, "pull_requests") {
		if !ours["repos "+row["base_repo_id"]] {
			continue
		}
		pr := dora.PullRequest{ID: row["id"], Author: row["author_id"], MergeCommit: row["merge_commit_sha"],
			Opened: when(t, row["created_date"]), Merged: when(t, row["merged_date"])}
		for _, c := range table(t, dir, "pull_request_commits") {
			if c["pull_request_id"] == pr.ID {
				pr.Commits = append(pr.Commits, dora.Commit{SHA: c["commit_sha"], Authored: when(t, c["commit_authored_date"])})
			}
		}
		for _, c := range table(t, dir, "pull_request_comments") {
			if c["pull_request_id"] == pr.ID {
				pr.Comments = append(pr.Comments, dora.Comment{ID: c["id"], Author: c["account_id"], At: when(t, c["created_date"])})
			}
		}
		e.PullRequests = append(e.PullRequests, pr)
	}
	return e
}

func minutes(s dora.Span) string {
	if !s.Known {
		return ""
	}
	return strconv.FormatInt(s.Minutes, 10)
}

func stamp(at time.Time) string {
	if at.IsZero() {
		return ""
	}
	return at.Format("2006-01-02T15:04:05.000-07:00")
}

// Every column of every row that DevLake's own test expects.
func TestCyclesAreThoseOfDevLake(t *testing.T) {
	dir := corpus(t)
	cycles := map[string]dora.Cycle{}
	all := dora.Cycles(project(t, dir))
	for _, c := range all {
		cycles[c.PullRequest] = c
	}
	expected := table(t, dir, "project_pr_metrics")
	if len(all) != len(expected) {
		t.Errorf("%d pull requests have a cycle, want %d", len(all), len(expected))
	}
	for _, want := range expected {
		c, found := cycles[want["id"]]
		if !found {
			t.Errorf("%s has no cycle", want["id"])
			continue
		}
		for column, got := range map[string]string{
			"first_commit_sha": c.FirstCommit.SHA, "first_commit_authored_date": stamp(c.FirstCommit.Authored),
			"first_review_id": c.FirstReview.ID, "first_comment_date": stamp(c.FirstReview.At),
			"deployment_commit_id": c.Deployment, "pr_deployed_date": stamp(c.Deployed),
			"pr_coding_time": minutes(c.Coding), "pr_pickup_time": minutes(c.Pickup), "pr_review_time": minutes(c.Review),
			"pr_deploy_time": minutes(c.Deploy), "pr_cycle_time": minutes(c.Cycle),
		} {
			if got != strings.Replace(want[column], "+0000", "+00:00", 1) {
				t.Errorf("%s: %s is %q, want %q", want["id"], column, got, want[column])
			}
		}
	}
}

// Worked by hand from the fixture, over April 2023. Deployed are pr1 (4478
// minutes), pr2 (1598) and pr3 (10203): the lower median is 4478 minutes.
// Successful runs of project1 to production finish on the 10th and the 13th:
// the weeks of 27 March, 3, 10, 17 and 24 April have 0 0 2 0 0 such days.
func TestTheKeysOfTheFixture(t *testing.T) {
	e := project(t, corpus(t))
	e.From, e.To = time.Date(2023, 4, 1, 0, 0, 0, 0, time.UTC), time.Date(2023, 5, 1, 0, 0, 0, 0, time.UTC)
	lead := dora.DevLake2023{}.LeadTime(e)
	if lead.Value != 4478*60 || lead.N != 3 || lead.Band != dora.High || lead.P85 != 10203*60 {
		t.Errorf("lead time is %+v", lead)
	}
	f := dora.DevLake2023{}.Frequency(e)
	if !f.Known || f.Value != 0 || f.N != 5 || f.Rows[2].Value != 2 || f.Band != dora.Medium {
		t.Errorf("frequency is %+v", f)
	}
	// Runs: pipeline1, 2, 4, 6, 7. Pipeline7 failed in one repository and
	// succeeded in two others.
	perDay := dora.DORA2025{}.Frequency(e)
	if perDay.N != 5 || perDay.Value != 5.0/30 || perDay.DaysWith != 2.0/30 {
		t.Errorf("frequency per day is %+v", perDay)
	}
	ids := ""
	for _, r := range lead.Rows {
		ids = cmp.Or(ids, "rows:") + " " + r.ID + "@" + r.Deployment
	}
	if ids != "rows: pr1@5 pr2@5 pr3@6" {
		t.Error(ids)
	}
}
