package measure

import (
	"slices"
	"testing"
	"time"

	"andon/flow/measure/dora"
	"andon/flow/source"
)

// Two pull requests of one branch, one after the other. Of the second the
// newest commit was squashed away, but one before it was deployed.
func TestPullRequestsHaveTheirOwnCommits(t *testing.T) {
	at := func(hour int) time.Time { return monday.Add(time.Duration(hour) * time.Hour) }
	push := func(hour int, branch string, shas ...string) source.Pushed {
		p := source.Pushed{Source: "github", Repo: "acme/shop", Branch: branch, At: at(hour)}
		for _, sha := range shas {
			p.Commits = append(p.Commits, source.Commit{SHA: sha, At: at(hour - 1)})
		}
		return p
	}
	pull := func(n int64, head string, merged int) source.Pull {
		return source.Pull{Source: "github", Repo: "acme/shop", Number: n, Branch: "cart", Base: "main", Head: head, MergeSHA: "m" + head, MergedAt: at(merged)}
	}
	pushes := []source.Pushed{push(9, "cart", "e5"), push(7, "cart", "d4"), push(6, "cart", "B2", "c3"), push(2, "cart", "a1"), push(6, "other", "f6")}
	slices.Reverse(pushes)
	got := pullRequests([]source.Pull{pull(2, "d4", 8), pull(1, "a1", 4)}, pushes, map[string]bool{"ma1": true, "b2": true})
	for i, want := range []struct {
		id, merge string
		commits   []string
		first     time.Time
	}{{"github/acme/shop#1", "ma1", []string{"a1"}, at(1)}, {"github/acme/shop#2", "b2", []string{"b2", "c3", "d4"}, at(5)}} {
		var shas []string
		for _, c := range got[i].Commits {
			shas = append(shas, c.SHA)
		}
		if got[i].ID != want.id || got[i].MergeCommit != want.merge || !slices.Equal(shas, want.commits) {
			t.Errorf("%+v, want %+v", got[i], want)
		}
		first := slices.MinFunc(got[i].Commits, func(a, b dora.Commit) int { return a.Authored.Compare(b.Authored) })
		if !first.Authored.Equal(want.first) {
			t.Errorf("%s began %s", want.id, first.Authored)
		}
	}
	// From main to main there are no commits of its own.
	if list := commitsOf(pushes, time.Time{}, source.Pull{Branch: "cart", Base: "cart", MergedAt: at(9)}); len(list) != 0 {
		t.Errorf("%+v", list)
	}
}
