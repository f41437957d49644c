package vcs_test

import (
	"context"
	"errors"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"andon/engine/vcs"
)

func git(t *testing.T, dir string, args ...string) string {
	t.Helper()
	cmd := exec.Command("git", append([]string{"-c", "user.name=Ana", "-c", "user.email=ana@example.org"}, args...)...)
	cmd.Dir = dir
	out, err := cmd.CombinedOutput()
	if err != nil {
		t.Fatalf("git %v: %v\n%s", args, err, out)
	}
	return strings.TrimSpace(string(out))
}

func write(t *testing.T, path, text string) {
	t.Helper()
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path, []byte(text), 0o644); err != nil {
		t.Fatal(err)
	}
}

func commit(t *testing.T, dir, file, message string) string {
	t.Helper()
	write(t, filepath.Join(dir, file), message)
	git(t, dir, "add", ".")
	git(t, dir, "commit", "-qm", message)
	return git(t, dir, "rev-parse", "HEAD")
}

func repo(t *testing.T) (string, *vcs.Repo) {
	t.Helper()
	dir := filepath.Join(t.TempDir(), "a repo")
	if err := os.MkdirAll(dir, 0o755); err != nil {
		t.Fatal(err)
	}
	git(t, dir, "init", "-q", "-b", "trunk")
	r, err := vcs.Open(t.Context(), dir)
	if err != nil {
		t.Fatal(err)
	}
	return dir, r
}

func TestLogAndChangedFiles(t *testing.T) {
	ctx := t.Context()
	dir, r := repo(t)
	one := commit(t, dir, "a/x.txt", "first")
	two := commit(t, dir, "b.txt", "second\n\nwith a body\nSHOP-7")
	three := commit(t, dir, "c.txt", "third")
	if b, err := r.DefaultBranch(ctx); b != "trunk" || err != nil {
		t.Fatal(b, err)
	}
	log, err := r.Log(ctx, one, three)
	if err != nil || len(log) != 2 || log[0].SHA != two || log[1].SHA != three {
		t.Fatalf("%+v %v", log, err)
	}
	if log[0].Title() != "second" || log[0].Author != "Ana" || !strings.HasSuffix(log[0].Message, "SHOP-7") {
		t.Fatalf("%+v", log[0])
	}
	if log, err := r.Log(ctx, strings.Repeat("0", 40), three); err != nil || len(log) != 1 {
		t.Fatalf("unknown before: %+v %v", log, err)
	}
	changed, err := r.Changed(ctx, one, two)
	if err != nil || !slices.Equal(changed, []string{"b.txt"}) {
		t.Fatal(changed, err)
	}
	files, err := r.Files(ctx, two, "a", "b.txt", "nowhere")
	if err != nil {
		t.Fatal(err)
	}
	if text, err := fs.ReadFile(files, "a/x.txt"); err != nil || string(text) != "first" {
		t.Fatal(string(text), err)
	}
	if _, err := fs.ReadFile(files, "c.txt"); !errors.Is(err, fs.ErrNotExist) {
		t.Fatal(err)
	}
}

func TestCheckoutIsFreshAndSeparate(t *testing.T) {
	ctx := t.Context()
	dir, r := repo(t)
	one := commit(t, dir, "a.txt", "first")
	commit(t, dir, "a.txt", "second")
	work := filepath.Join(t.TempDir(), "work")
	for range 2 {
		write(t, filepath.Join(work, "left-over"), "x")
		if err := r.Checkout(ctx, one, "trunk", work, 1); err != nil {
			t.Fatal(err)
		}
		if text, _ := os.ReadFile(filepath.Join(work, "a.txt")); string(text) != "first" {
			t.Fatal(string(text))
		}
		if _, err := os.Stat(filepath.Join(work, "left-over")); err == nil {
			t.Fatal("the workspace was not fresh")
		}
	}
	if got := git(t, work, "branch", "--show-current"); got != "trunk" {
		t.Fatal(got)
	}
	write(t, filepath.Join(dir, "new.txt"), "new")
	if err := os.Remove(filepath.Join(dir, "a.txt")); err != nil {
		t.Fatal(err)
	}
	if err := r.Overlay(ctx, work); err != nil {
		t.Fatal(err)
	}
	if _, err := os.Stat(filepath.Join(work, "a.txt")); err == nil {
		t.Fatal("a deleted file is still there")
	}
	if text, _ := os.ReadFile(filepath.Join(work, "new.txt")); string(text) != "new" {
		t.Fatal(string(text))
	}
}

func TestWatchSeesEveryMoveAndRetries(t *testing.T) {
	dir, r := repo(t)
	ctx, stop := context.WithTimeout(t.Context(), 30*time.Second)
	defer stop()
	seen := make(chan string, 10)
	failed := false
	ended := make(chan error, 1)
	go func() {
		ended <- r.Watch(ctx, "trunk", func(_ context.Context, sha string) error {
			if !failed {
				failed = true
				return errors.New("not yet")
			}
			seen <- sha
			return nil
		})
	}()
	for _, message := range []string{"first", "second", "third"} {
		want := commit(t, dir, "a.txt", message)
		select {
		case got := <-seen:
			if got != want {
				t.Fatalf("saw %s, want %s", got, want)
			}
		case <-ctx.Done():
			t.Fatal("a commit was not seen")
		}
	}
	stop()
	<-ended
}

// A repository is one from its working tree, from its .git, and bare.
func TestOpenTakesEachShapeOfARepository(t *testing.T) {
	dir, _ := repo(t)
	want := commit(t, dir, "a.txt", "first")
	bare := filepath.Join(t.TempDir(), "bare.git")
	git(t, dir, "clone", "-q", "--bare", ".", bare)
	for from, name := range map[string]string{dir: "a repo", filepath.Join(dir, ".git"): "a repo", bare: "bare"} {
		r, err := vcs.Open(t.Context(), from)
		if err != nil {
			t.Fatal(err)
		}
		if got, err := r.Head(t.Context(), "trunk"); err != nil || got != want {
			t.Errorf("%s has head %s, %v; want %s", from, got, err, want)
		}
		if r.Name() != name {
			t.Errorf("%s is called %q", from, r.Name())
		}
	}
}

func TestOutsideGitIsSaid(t *testing.T) {
	_, err := vcs.Open(t.Context(), t.TempDir())
	if !errors.Is(err, vcs.ErrNotGit) {
		t.Fatal(err)
	}
}
