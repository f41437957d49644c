package dora_test

import (
	"math/rand/v2"
	"reflect"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"andon/flow/measure/dora"
)

var start = time.Date(2026, 1, 5, 0, 0, 0, 0, time.UTC) // a Monday

func at(hours float64) time.Time { return start.Add(time.Duration(hours * float64(time.Hour))) }

const hour = 3600.0

// shop is two weeks of a small service. Deployments finish at hours 24 (a, the
// first), 54 (b, which fails and is mended by c), 64 (c) and 200 (d); e never
// reached users, f went to staging.
func shop() dora.Evidence {
	deployed := func(id string, hours float64, shas ...dora.Commit) dora.Deployment {
		return dora.Deployment{ID: id, Service: "shop", Environment: dora.Production, Started: at(hours - 1), Finished: at(hours), Succeeded: true, Commits: shas}
	}
	wrote := func(sha string, hours float64) dora.Commit { return dora.Commit{SHA: sha, Authored: at(hours)} }
	e := dora.Evidence{From: start, To: start.AddDate(0, 0, 14)}
	e.Deployments = []dora.Deployment{
		deployed("a", 24, wrote("a1", 0), wrote("a2", 10)),
		deployed("b", 54, wrote("b1", 30), wrote("b2", 40), wrote("b3", 50)),
		deployed("c", 64, wrote("c1", 60)),
		deployed("d", 200, wrote("d1", 210)), // by a wrong clock
		deployed("e", 210, wrote("e1", 205)),
		deployed("f", 220, wrote("f1", 205)),
	}
	b, c := &e.Deployments[1], &e.Deployments[2]
	b.Failed, b.Impact, b.Restored = true, at(55), at(65)
	c.Unplanned = true
	e.Deployments[4].Succeeded = false
	e.Deployments[5].Environment = "staging"
	dora.Link(e.Deployments)
	e.PullRequests = []dora.PullRequest{
		{ID: "1", Opened: at(1), Merged: at(12), MergeCommit: "a2", Commits: []dora.Commit{wrote("a1", 0)}},
		{ID: "2", Opened: at(30), Merged: at(50), MergeCommit: "b3", Commits: []dora.Commit{wrote("b1", 30)}},
		{ID: "3", Opened: at(60), Merged: at(61), MergeCommit: "c1", Commits: []dora.Commit{wrote("c1", 60)}},
		{ID: "4", Opened: at(60), MergeCommit: ""},
	}
	e.Incidents = []dora.Incident{
		{ID: "i1", Started: at(55), Resolved: at(65), Deployment: "b"},
		{ID: "i2", Started: at(70), Resolved: at(71)},
		{ID: "i3", Started: at(201), Deployment: "d"}, // lasts
	}
	return e
}

func TestDORA2025(t *testing.T) {
	e, p := shop(), dora.DORA2025{}
	// Hours: a 24 14, b 24 14 4, c 4; d's commit is younger than d. Sorted 4 4 14
	// 14 24 24: nearest ranks ceil(.5·6)=3 and ceil(.85·6)=6.
	f := p.LeadTime(e)
	if f.N != 6 || f.Value != 14*hour || f.P85 != 24*hour || !strings.HasPrefix(f.Missing, "1 commit authored later") {
		t.Errorf("lead time is %+v", f)
	}
	// Four successes on the days 1, 2, 2 and 8 (from 0), of 14 days.
	if f = p.Frequency(e); f.N != 4 || f.Value != 4.0/14 || f.DaysWith != 3.0/14 || f.Band != "" {
		t.Errorf("frequency is %+v", f)
	}
	// b by itself, d by its incident; e was met by nobody.
	if f = p.FailRate(e); f.N != 4 || f.Value != 2.0/4 {
		t.Errorf("fail rate is %+v", f)
	}
	// b: 55 → 65. d is not over.
	if f = p.Recovery(e); f.N != 1 || f.Value != 10*hour || !strings.Contains(f.Missing, "1 failure") {
		t.Errorf("recovery is %+v", f)
	}
	if f = p.Rework(e); f.N != 4 || f.Value != 1.0/4 {
		t.Errorf("rework is %+v", f)
	}
	if f.Rows[2].ID != "c" || f.Rows[2].Value != 1 {
		t.Errorf("the rows of rework are %+v", f.Rows)
	}
}

func TestDevLake2023(t *testing.T) {
	e, p := shop(), dora.DevLake2023{}
	// The first deployment is left out. 2: coding 0 + 20 h + 4 h; 3: 0 + 1 + 3.
	// Sorted 4, 24: the lower median is 4.
	f := p.LeadTime(e)
	if f.N != 2 || f.Value != 4*hour || f.Band != dora.Elite {
		t.Errorf("lead time is %+v", f)
	}
	// Weeks with 2 and 1 days; the lower is 1.
	if f = p.Frequency(e); f.N != 2 || f.Value != 1 || f.Band != dora.High {
		t.Errorf("frequency is %+v", f)
	}
	// i1 (55 h) is put down to b (54 h), i2 (70 h) to c (64 h), i3 (201 h) to d,
	// whatever anybody holds.
	if f = p.FailRate(e); f.Value != 3.0/4 || f.Band != dora.Low {
		t.Errorf("fail rate is %+v", f)
	}
	// i1: 54 → 65, i2: 64 → 71; the lower median is 7 hours.
	if f = p.Recovery(e); f.N != 2 || f.Value != 7*hour || f.Band != dora.High {
		t.Errorf("recovery is %+v", f)
	}
	if f = p.Rework(e); f.Known || f.Missing == "" {
		t.Errorf("rework is %+v", f)
	}
}

func TestGitLab(t *testing.T) {
	e, p := shop(), dora.GitLab{}
	// 24−12, 54−50, 64−61; the middle one is 4.
	if f := p.LeadTime(e); f.N != 3 || f.Value != 4*hour || f.Band != dora.High {
		t.Errorf("lead time is %+v", f)
	}
	if f := p.Frequency(e); f.N != 4 || f.Band != dora.Medium { // 8.6 a month
		t.Errorf("frequency is %+v", f)
	}
	if f := p.FailRate(e); f.N != 4 || f.Value != 3.0/4 || f.Band != dora.Low || len(f.Rows) != 3 {
		t.Errorf("fail rate is %+v", f)
	}
	// 10 and 1 hours; ceil(.5·2) = 1, the smaller.
	if f := p.Recovery(e); f.N != 2 || f.Value != hour || f.Band != dora.High {
		t.Errorf("recovery is %+v", f)
	}
}

// One run that deploys three repositories is one deployment, which finishes
// with the last of them and fails with any of them.
func TestARunCountsOnce(t *testing.T) {
	e := dora.Evidence{From: start, To: at(24)}
	for i, id := range []string{"x", "y", "z"} {
		e.Deployments = append(e.Deployments, dora.Deployment{ID: id, Run: "r", Environment: dora.Production, Succeeded: true, Finished: at(float64(i + 1)), Failed: id == "x"})
	}
	f := dora.DORA2025{}.FailRate(e)
	if f.N != 1 || f.Value != 1 || f.Rows[0].At != at(3) {
		t.Errorf("fail rate is %+v", f)
	}
	e.To = at(2.5) // the run is not over within the window
	if f := (dora.DORA2025{}).Frequency(e); f.Known {
		t.Errorf("frequency is %+v", f)
	}
}

func TestNothingIsNotKnown(t *testing.T) {
	for _, p := range dora.Profiles {
		for _, f := range dora.Keys(p, dora.Evidence{From: start, To: at(48)}) {
			if f.Known || f.Missing == "" || f.How == "" || f.Profile != p.Name() || f.Value != 0 {
				t.Errorf("%s of nothing is %+v", f.Key, f)
			}
		}
		if again, err := dora.ByName(p.Name()); err != nil || again != p || p.Source() == "" {
			t.Errorf("%s is %v, %v", p.Name(), again, err)
		}
	}
	if _, err := dora.ByName("mine"); err == nil || err.Error() != `profile "mine" is not known; use one of [dora-2025 devlake-2023 gitlab]` {
		t.Errorf("an unknown profile says %v", err)
	}
}

// Bands begin where the sources say, to the second.
func TestBands(t *testing.T) {
	for _, c := range []struct {
		p     dora.Profile
		hours float64
		want  dora.Band
	}{
		{dora.DevLake2023{}, 24 - 1.0/60, dora.Elite}, {dora.DevLake2023{}, 24, dora.High},
		{dora.DevLake2023{}, 7 * 24, dora.Medium}, {dora.DevLake2023{}, 30 * 24, dora.Low},
		{dora.GitLab{}, 7 * 24, dora.High}, {dora.GitLab{}, 7*24 + 1, dora.Medium},
		{dora.GitLab{}, 30 * 24, dora.Medium}, {dora.GitLab{}, 30*24 + 1, dora.Low},
	} {
		end := start.AddDate(0, 2, 0)
		merged := end.Add(-time.Duration(c.hours * float64(time.Hour)))
		e := dora.Evidence{From: start, To: end.Add(time.Hour),
			Deployments:  []dora.Deployment{{ID: "d", Previous: "c", Environment: dora.Production, Succeeded: true, Finished: end, Commits: []dora.Commit{{SHA: "m"}}}},
			PullRequests: []dora.PullRequest{{ID: "1", Opened: merged, Merged: merged, MergeCommit: "m"}}}
		if f := c.p.LeadTime(e); f.Band != c.want {
			t.Errorf("%s: %v hours is %s, want %s", c.p.Name(), c.hours, f.Band, c.want)
		}
	}
}

var someEvidence = rapid.Custom(func(t *rapid.T) dora.Evidence {
	hours := rapid.Float64Range(-100, 500)
	e := dora.Evidence{From: start, To: at(rapid.Float64Range(1, 400).Draw(t, "to"))}
	ids := []string{"", "0", "1", "2", "3", "4", "5"}
	for i := range rapid.IntRange(0, 6).Draw(t, "deployments") {
		d := dora.Deployment{ID: ids[i+1], Environment: rapid.SampledFrom([]string{dora.Production, "staging"}).Draw(t, "environment"),
			Service: rapid.SampledFrom([]string{"a", "b"}).Draw(t, "service"), Run: rapid.SampledFrom(ids[:3]).Draw(t, "run"),
			Started: at(hours.Draw(t, "started")), Succeeded: rapid.Bool().Draw(t, "ok"), Failed: rapid.Bool().Draw(t, "failed"), Unplanned: rapid.Bool().Draw(t, "unplanned")}
		d.Finished = d.Started.Add(time.Hour)
		d.Commits = []dora.Commit{{ids[i+1], at(hours.Draw(t, "authored"))}}
		e.Deployments = append(e.Deployments, d)
	}
	for i := range rapid.IntRange(0, 6).Draw(t, "pulls") {
		e.PullRequests = append(e.PullRequests, dora.PullRequest{ID: ids[i+1], MergeCommit: ids[i+1], Opened: at(hours.Draw(t, "opened")), Merged: at(hours.Draw(t, "merged"))})
	}
	for i := range rapid.IntRange(0, 6).Draw(t, "incidents") {
		e.Incidents = append(e.Incidents, dora.Incident{ID: ids[i+1], Started: at(hours.Draw(t, "began")), Resolved: at(hours.Draw(t, "resolved")), Deployment: rapid.SampledFrom(ids).Draw(t, "cause")})
	}
	dora.Link(e.Deployments)
	return e
})

// Whatever happened: what is known has rows or a count, shares keep within
// their range, durations are not negative, and the order in which the evidence
// is told changes nothing.
func TestFiguresOfAnyEvidence(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		e := someEvidence.Draw(t, "evidence")
		shuffle := rand.New(rand.NewPCG(rapid.Uint64().Draw(t, "seed"), 0))
		other := e
		other.Deployments = append([]dora.Deployment(nil), e.Deployments...)
		other.PullRequests = append([]dora.PullRequest(nil), e.PullRequests...)
		other.Incidents = append([]dora.Incident(nil), e.Incidents...)
		shuffle.Shuffle(len(other.Deployments), func(i, j int) {
			other.Deployments[i], other.Deployments[j] = other.Deployments[j], other.Deployments[i]
		})
		shuffle.Shuffle(len(other.PullRequests), func(i, j int) {
			other.PullRequests[i], other.PullRequests[j] = other.PullRequests[j], other.PullRequests[i]
		})
		shuffle.Shuffle(len(other.Incidents), func(i, j int) {
			other.Incidents[i], other.Incidents[j] = other.Incidents[j], other.Incidents[i]
		})
		for _, p := range dora.Profiles {
			again := dora.Keys(p, other)
			for n, f := range dora.Keys(p, e) {
				if f.Known && f.N == 0 || !f.Known && f.Missing == "" || f.Value < 0 {
					t.Fatalf("%s %s is %+v", p.Name(), f.Key, f)
				}
				if f.Unit == dora.Share && f.Value > 1 && p != (dora.GitLab{}) {
					t.Fatalf("%s %s is over 1: %+v", p.Name(), f.Key, f)
				}
				if f.P85 != 0 && f.P85 < f.Value {
					t.Fatalf("%s %s: 85 %% within %v, less than the median %v", p.Name(), f.Key, f.P85, f.Value)
				}
				if !reflect.DeepEqual(f, again[n]) {
					t.Fatalf("%s %s depends on the order:\n%+v\n%+v", p.Name(), f.Key, f, again[n])
				}
			}
		}
	})
}

// Four weeks, in which deployments finish on so many days of each; one incident
// for each of the first so many deployments.
func TestBandsOfRates(t *testing.T) {
	for _, c := range []struct {
		days            [4]int
		incidents       int
		devlake, gitlab dora.Band // of the frequency
		fails           dora.Band // of the fail rate, by DevLake
	}{
		{[4]int{5, 5, 7, 5}, 1, dora.Elite, dora.Medium, dora.Elite}, // 1 of 22 is 4.5 %
		{[4]int{7, 7, 7, 7}, 0, dora.Elite, dora.High, dora.Elite},   // one a day
		{[4]int{5, 4, 7, 1}, 2, dora.High, dora.Medium, dora.Medium}, // 2 of 17 are 11.8 %
		{[4]int{0, 0, 0, 2}, 1, dora.Medium, dora.Medium, dora.Low},  // no week, but the month
		{[4]int{4, 4, 4, 6}, 1, dora.High, dora.Medium, dora.High},
	} {
		// The window ends with 31 January, a Saturday: with the Sunday it would touch
		// a second month.
		e := dora.Evidence{From: start, To: start.AddDate(0, 0, 27)}
		n := 0
		for week, days := range c.days {
			for d := range days {
				finished := start.AddDate(0, 0, 7*week+d).Add(time.Hour)
				e.Deployments = append(e.Deployments, dora.Deployment{ID: finished.String(), Environment: dora.Production, Succeeded: true, Finished: finished})
				if n++; n <= c.incidents {
					e.Incidents = append(e.Incidents, dora.Incident{ID: finished.String(), Started: finished.Add(time.Minute)})
				}
			}
		}
		devlake, gitlab, fails := dora.DevLake2023{}.Frequency(e), dora.GitLab{}.Frequency(e), dora.DevLake2023{}.FailRate(e)
		if devlake.Band != c.devlake || gitlab.Band != c.gitlab || fails.Band != c.fails {
			t.Errorf("%v: frequency %s and %s, fail rate %s (%v)", c.days, devlake.Band, gitlab.Band, fails.Band, fails.Value)
		}
	}
	// One deployment in two months, and one in three.
	for months, want := range map[int]dora.Band{2: dora.Low, 1: dora.Medium} {
		e := dora.Evidence{From: time.Date(2026, 3, 1, 0, 0, 0, 0, time.UTC), To: time.Date(2026, 3+time.Month(months), 1, 0, 0, 0, 0, time.UTC)}
		e.Deployments = []dora.Deployment{{ID: "d", Environment: dora.Production, Succeeded: true, Finished: e.From.AddDate(0, 0, 3)}}
		if f := (dora.DevLake2023{}).Frequency(e); f.Band != want {
			t.Errorf("one deployment in %d months is %s, want %s", months, f.Band, want)
		}
	}
	rare := dora.Evidence{From: start, To: start.AddDate(0, 0, 40), Deployments: []dora.Deployment{{ID: "d", Environment: dora.Production, Succeeded: true, Finished: at(1)}}}
	if f := (dora.GitLab{}).Frequency(rare); f.Band != dora.Low {
		t.Errorf("one deployment in 40 days is %s", f.Band)
	}
}
