package vcs_test

import (
	"errors"
	"os/exec"
	"slices"
	"strings"
	"testing"

	"andon/engine/vcs"
	"andon/flow/history"
)

func TestHistoryIsToldAsGitKnowsIt(t *testing.T) {
	dir, r := repo(t)
	first := commit(t, dir, "a.txt", "First\n\nwith a body \x1f and a separator")
	git(t, dir, "checkout", "-q", "-b", "topic")
	topic := commit(t, dir, "b.txt", "On a branch")
	git(t, dir, "checkout", "-q", "trunk")
	second := commit(t, dir, "c.txt", "Second")
	git(t, dir, "merge", "-q", "--no-ff", "-m", "Merge branch 'topic'", "topic")
	merge := git(t, dir, "rev-parse", "HEAD")
	git(t, dir, "tag", "light", first)
	git(t, dir, "tag", "-a", "-m", "a release", "v1.0.0", second)
	git(t, dir, "checkout", "-q", "-b", "aside", first)
	aside := commit(t, dir, "d.txt", "Only a tag reaches this")
	git(t, dir, "tag", "v0.9.1", aside)
	git(t, dir, "checkout", "-q", "trunk")

	told := map[string]history.Commit{}
	err := r.Commits(t.Context(), "trunk", func(c history.Commit) error {
		if _, twice := told[c.SHA]; twice {
			t.Errorf("%s is told twice", c.SHA)
		}
		told[c.SHA] = c
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	for _, sha := range []string{first, topic, second, merge, aside} {
		if told[sha].SHA == "" {
			t.Errorf("%s is not told", sha)
		}
	}
	if m := told[merge]; !slices.Equal(m.Parents, []string{second, topic}) || m.Authored.IsZero() {
		t.Errorf("the merge is %+v", m)
	}
	if m := told[first]; !strings.HasPrefix(m.Message, "First\n\nwith a body") || len(m.Parents) != len(strings.Fields(git(t, dir, "log", "-1", "--format=%P", first))) {
		t.Errorf("the first is %+v", m)
	}
	tags, err := r.Tags(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	names := map[string]string{}
	for _, tag := range tags {
		names[tag.Name] = tag.SHA
		if tag.At.IsZero() {
			t.Errorf("%s has no time", tag.Name)
		}
	}
	if names["light"] != first || names["v1.0.0"] != second || names["v0.9.1"] != aside {
		t.Errorf("tags are %v", names)
	}
	enough := errors.New("enough")
	if err := r.Commits(t.Context(), "trunk", func(history.Commit) error { return enough }); !errors.Is(err, enough) {
		t.Errorf("what the listener says is lost: %v", err)
	}
}

// BenchmarkHistory reads twenty thousand commits, beside git itself printing
// them.
func BenchmarkHistory(b *testing.B) {
	dir := b.TempDir()
	feed := exec.Command("git", "fast-import", "--quiet")
	feed.Dir = dir
	if out, err := exec.Command("git", "init", "-q", "-b", "main", dir).CombinedOutput(); err != nil {
		b.Fatalf("%v\n%s", err, out)
	}
	var stream strings.Builder
	stream.WriteString("reset refs/heads/main\n")
	for range 20000 {
		stream.WriteString("commit refs/heads/main\ncommitter A <a@x> 1700000000 +0000\ndata 22\nfeat: add one thing m\n\n")
	}
	feed.Stdin = strings.NewReader(stream.String())
	if out, err := feed.CombinedOutput(); err != nil {
		b.Fatalf("%v\n%s", err, out)
	}
	b.Run("git", func(b *testing.B) {
		for b.Loop() {
			cmd := exec.Command("git", "log", "--format=%H%x1f%P%x1f%aN <%aE>%x1f%at%x1f%ct%x1f%B", "main")
			cmd.Dir = dir
			if err := cmd.Run(); err != nil {
				b.Fatal(err)
			}
		}
	})
	b.Run("andon", func(b *testing.B) {
		r, err := vcs.Open(b.Context(), dir)
		if err != nil {
			b.Fatal(err)
		}
		b.ReportAllocs()
		for b.Loop() {
			past, err := history.Read(b.Context(), r, "main", nil)
			if err != nil || past.Commits() != 20000 {
				b.Fatalf("%d commits, %v", past.Commits(), err)
			}
		}
	})
}
