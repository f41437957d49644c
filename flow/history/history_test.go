package history_test

import (
	"context"
	"fmt"
	"testing"
	"time"

	"andon/flow/history"
)

// tale is a repository told by hand. Commits are named by small numbers.
type tale struct {
	commits []history.Commit // oldest first
	tags    []history.Tag
	head    string
}

var start = time.Date(2026, 1, 5, 0, 0, 0, 0, time.UTC) // a Monday

func sha(n int) string { return fmt.Sprintf("%08x%032x", n, n) }

func at(hours float64) time.Time { return start.Add(time.Duration(hours * float64(time.Hour))) }

// commit adds a commit that was written and committed at these hours.
func (t *tale) commit(n int, written, committed float64, message string, parents ...int) {
	c := history.Commit{SHA: sha(n), Author: "Ana <a@x>", Authored: at(written), Committed: at(committed), Message: message}
	for _, p := range parents {
		c.Parents = append(c.Parents, sha(p))
	}
	t.commits = append(t.commits, c)
	t.head = c.SHA
}

func (t *tale) tag(name string, n int, hours float64) {
	t.tags = append(t.tags, history.Tag{Name: name, SHA: sha(n), At: at(hours)})
}

func (t *tale) Head(context.Context, string) (string, error) { return t.head, nil }
func (t *tale) Tags(context.Context) ([]history.Tag, error)  { return t.tags, nil }
func (t *tale) Commits(_ context.Context, _ string, each func(history.Commit) error) error {
	for i := range t.commits {
		if err := each(t.commits[len(t.commits)-1-i]); err != nil {
			return err
		}
	}
	return nil
}

func (t *tale) report(test *testing.T, profile history.Profile, days int) history.Report {
	test.Helper()
	past, err := history.Read(test.Context(), t, "main", nil)
	if err != nil {
		test.Fatal(err)
	}
	r, err := past.Report(history.Question{Repository: "shop", Branch: "main", Profile: profile, From: start, To: start.AddDate(0, 0, days)})
	if err != nil {
		test.Fatal(err)
	}
	return r
}

func figure(t *testing.T, list []history.Figure, name string) history.Figure {
	t.Helper()
	for _, f := range list {
		if f.Name == name {
			return f
		}
	}
	t.Fatalf("no figure is called %s", name)
	return history.Figure{}
}

// shop: two commits in v1.0.0, a merged branch and its revert's victim in
// v1.1.0, the revert in v1.1.1.
func shop() *tale {
	t := &tale{}
	t.commit(1, 0, 0, "feat: first")
	t.commit(2, 10, 10, "docs: explain")
	t.tag("v1.0.0", 2, 24)
	t.commit(3, 30, 30, "Work in a branch", 2)
	t.commit(4, 40, 40, "feat: more in a branch", 3)
	t.commit(5, 50, 50, "Merge pull request #7 from ana/branch", 2, 4)
	t.commits[1].Parents = []string{sha(1)}
	t.tag("v1.1.0-rc1", 5, 51)
	t.tag("v1.1.0", 5, 54)
	t.tag("nightly", 5, 54)
	t.commit(6, 60, 60, "Revert \"feat: more in a branch\"\n\nThis reverts commit "+sha(4)+".", 5)
	t.tag("v1.1.1", 6, 64)
	return t
}

func TestWhatAShortPastSays(t *testing.T) {
	r := shop().report(t, history.DORA2025, 7)
	const hour = 3600.0
	// Leads: 24, 14 (v1.0.0); 54−30, 54−40, 54−50 (v1.1.0); 64−60 (v1.1.1), in
	// hours: 4 4 14 14 24 24; the nearest ranks at 50 and 85 percent are 14 and 24.
	lead := figure(t, r.DORA, "change lead time")
	if !lead.Known || lead.N != 6 || lead.Value != 14*hour || lead.High != 24*hour {
		t.Errorf("lead time is %+v", lead)
	}
	if f := figure(t, r.DORA, "deployment frequency"); f.N != 3 || f.Value != 3.0/7 {
		t.Errorf("frequency is %+v", f)
	}
	if f := figure(t, r.DORA, "change fail rate"); f.Value != 1.0/3 {
		t.Errorf("fail rate is %+v", f)
	}
	if f := figure(t, r.DORA, "failed deployment recovery time"); f.Value != 10*hour || f.N != 1 {
		t.Errorf("recovery is %+v", f)
	}
	if f := figure(t, r.DORA, "deployment rework rate"); f.Value != 1.0/3 {
		t.Errorf("rework is %+v", f)
	}
	// Changes: 1, 2, the merge with its branch, the revert.
	if f := figure(t, r.Flow, "throughput"); f.N != 4 || f.Value != 4 {
		t.Errorf("throughput is %+v", f)
	}
	if f := figure(t, r.Flow, "time to the branch"); f.Value != 0 || f.High != 20*hour {
		t.Errorf("time to the branch is %+v", f)
	}
	if f := figure(t, r.Flow, "batch size"); f.Value != 2 || f.High != 3 {
		t.Errorf("batch size is %+v", f)
	}
	if f := figure(t, r.Flow, "reverted"); f.Value != 1.0/6 {
		t.Errorf("reverted is %+v", f)
	}
	if len(r.Releases) != 3 || r.Releases[1].MendedBy != "v1.1.1" || r.Releases[2].Mends != "v1.1.0" {
		t.Errorf("releases are %+v", r.Releases)
	}
	if len(r.Notes) != 1 || r.Notes[0] != "2 of the tags are pre-releases or name no version and were left out: v1.1.0-rc1, nightly." {
		t.Errorf("notes are %q", r.Notes)
	}
	if len(r.Weeks) != 1 || r.Weeks[0].Changes != 4 || r.Weeks[0].Releases != 3 {
		t.Errorf("weeks are %+v", r.Weeks)
	}
}

func TestProfilesDefineLeadTimeApart(t *testing.T) {
	const hour = 3600.0
	// GitLab: reached the branch → release: 24, 14, 4, 4 hours; the lower of the
	// middle ones by nearest rank is 4.
	if f := figure(t, shop().report(t, history.GitLab, 7).DORA, "change lead time"); f.N != 4 || f.Value != 4*hour {
		t.Errorf("gitlab: %+v", f)
	}
	// DevLake leaves the very first release out: first authored → release: 24 and 4.
	if f := figure(t, shop().report(t, history.DevLake2023, 7).DORA, "change lead time"); f.N != 2 || f.Value != 4*hour {
		t.Errorf("devlake: %+v", f)
	}
	past, err := history.Read(t.Context(), shop(), "main", nil)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := past.Report(history.Question{Profile: "mine", From: start, To: at(1)}); err == nil {
		t.Error("an unknown profile is answered")
	}
}

func TestAPastWithoutReleasesSaysSo(t *testing.T) {
	one := &tale{}
	one.commit(1, 0, 0, "First")
	r := one.report(t, history.DORA2025, 7)
	for _, f := range r.DORA {
		if f.Known || f.Missing == "" {
			t.Errorf("%s is known without a release: %+v", f.Name, f)
		}
	}
	if len(r.Notes) != 1 {
		t.Errorf("notes are %q", r.Notes)
	}
	empty := &tale{}
	if r := empty.report(t, history.DORA2025, 7); len(r.Notes) != 1 || r.Commits != 0 {
		t.Errorf("an empty repository gives %+v", r)
	}
}

// What a profile does not define it does not show, and the words are those of a
// repository: there are tags, and no pipeline.
func TestAProfileSaysOnlyWhatItDefines(t *testing.T) {
	for _, p := range []history.Profile{history.DevLake2023, history.GitLab} {
		r := shop().report(t, p, 7)
		if f := figure(t, r.DORA, "deployment rework rate"); f.Known || f.Missing == "" {
			t.Errorf("%s: rework is %+v", p, f)
		}
		// v1.1.0 failed and was mended after 10 hours; 3 releases.
		if f := figure(t, r.DORA, "change fail rate"); !f.Known || f.Value != 1.0/3 || f.N != 3 {
			t.Errorf("%s: fail rate is %+v", p, f)
		}
		if f := figure(t, r.DORA, "failed deployment recovery time"); f.Value != 36000 {
			t.Errorf("%s: recovery is %+v", p, f)
		}
	}
	// The releases are on Tuesday and twice on Wednesday: two days of the week.
	if f := figure(t, shop().report(t, history.DevLake2023, 7).DORA, "deployment frequency"); f.Value != 2 || f.Unit != "days a week" || f.N != 1 || f.Band != "high" {
		t.Errorf("frequency is %+v", f)
	}
}
