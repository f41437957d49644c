package history_test

import (
	"testing"

	"andon/flow/history"
)

// A team that deploys each change as it reaches the branch has no tags: the
// changes are its deployments, and a revert says which of them failed.
func TestABranchWhoseEveryChangeIsDeployed(t *testing.T) {
	const hour = 3600.0
	shop := shop()
	shop.tags = nil
	past, err := history.Read(t.Context(), shop, "main", nil)
	if err != nil {
		t.Fatal(err)
	}
	ask := history.Question{Repository: "shop", Branch: "main", Profile: history.DORA2025, From: start, To: start.AddDate(0, 0, 7)}
	without, err := past.Report(ask)
	if err != nil {
		t.Fatal(err)
	}
	if f := figure(t, without.DORA, "deployment frequency"); f.Known || len(without.Notes) != 1 {
		t.Errorf("without tags frequency is %+v, notes are %q", f, without.Notes)
	}
	ask.Deployments = history.Arrivals
	r, err := past.Report(ask)
	if err != nil {
		t.Fatal(err)
	}
	// Four arrivals: 1, 2, the merge 5 with 3 and 4, and 6, which takes back 4.
	if f := figure(t, r.DORA, "deployment frequency"); f.N != 4 || f.Value != 4.0/7 {
		t.Errorf("frequency is %+v", f)
	}
	// From authored to the branch: 0, 0, 20, 10, 0, 0 hours.
	if f := figure(t, r.DORA, "change lead time"); f.N != 6 || f.Value != 0 || f.High != 20*hour {
		t.Errorf("lead time is %+v", f)
	}
	if f := figure(t, r.DORA, "change fail rate"); f.Value != 1.0/4 {
		t.Errorf("fail rate is %+v", f)
	}
	if f := figure(t, r.DORA, "failed deployment recovery time"); f.N != 1 || f.Value != 10*hour {
		t.Errorf("recovery is %+v", f)
	}
	if f := figure(t, r.DORA, "deployment rework rate"); f.Value != 1.0/4 {
		t.Errorf("rework is %+v", f)
	}
	if len(r.Releases) != 4 || r.Releases[2].Name != "00000005" || r.Releases[2].Commits != 3 || r.Releases[3].Mends != r.Releases[2].Name {
		t.Errorf("releases are %+v", r.Releases)
	}
	ask.Deployments = "moon"
	if _, err := past.Report(ask); err == nil {
		t.Error("deployments by the moon are counted")
	}
}

func TestMergesAreNoWorkOfTheirOwn(t *testing.T) {
	r := shop().report(t, history.DORA2025, 7)
	all := 0
	for _, k := range r.Kinds {
		all += k.Commits
	}
	if all != 5 || r.Commits != 6 {
		t.Errorf("%d of %d commits have a kind; the merge is not to be counted", all, r.Commits)
	}
}
