package app

import (
	"context"
	"fmt"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
)

// putUnderGit copies a folder into a repository of its own below the data
// folder: a bare one that Andon looks after, and a clone of it to work in.
// When they are there already nothing is done.
func putUnderGit(ctx context.Context, from, data string) (bare, work string, err error) {
	from, err = filepath.Abs(from)
	if err != nil {
		return "", "", err
	}
	if info, err := os.Stat(from); err != nil || !info.IsDir() {
		return "", "", fmt.Errorf("--copy: there is no folder %s", from)
	}
	name := filepath.Base(from)
	bare, work = filepath.Join(data, "repos", name+".git"), filepath.Join(data, "work", name)
	if _, err := os.Stat(filepath.Join(work, ".git")); err == nil {
		return bare, work, nil
	}
	for _, dir := range []string{bare, work} { // what a kill left half done
		if err := os.RemoveAll(dir); err != nil {
			return "", "", err
		}
		if err := os.MkdirAll(filepath.Dir(dir), 0o700); err != nil {
			return "", "", err
		}
	}
	draft := work + ".draft"
	if err := os.RemoveAll(draft); err != nil {
		return "", "", err
	}
	if err := os.CopyFS(draft, withoutGit{os.DirFS(from)}); err != nil {
		return "", "", fmt.Errorf("copy %s: %w", from, err)
	}
	identity := []string{"-c", "user.name=Andon", "-c", "user.email=andon@localhost"}
	for _, step := range []struct {
		dir  string
		args []string
	}{
		{filepath.Dir(bare), []string{"init", "--quiet", "--bare", "--initial-branch=main", bare}},
		{draft, []string{"init", "--quiet", "--initial-branch=main"}},
		{draft, []string{"add", "--all"}},
		{draft, append(identity, "commit", "--quiet", "--message", "Put "+name+" under git")},
		{draft, []string{"remote", "add", "origin", bare}},
		{draft, []string{"push", "--quiet", "--set-upstream", "origin", "main"}},
	} {
		cmd := exec.CommandContext(ctx, "git", step.args...)
		cmd.Dir = step.dir
		if out, err := cmd.CombinedOutput(); err != nil {
			return "", "", fmt.Errorf("put %s under git: %w: %s", name, err, strings.TrimSpace(string(out)))
		}
	}
	return bare, work, os.Rename(draft, work)
}

// withoutGit hides .git and Andon's own data from a copy.
type withoutGit struct{ fs.FS }

func (w withoutGit) ReadDir(name string) ([]fs.DirEntry, error) {
	entries, err := fs.ReadDir(w.FS, name)
	kept := entries[:0]
	for _, e := range entries {
		if e.Name() != ".git" && e.Name() != DataFolder {
			kept = append(kept, e)
		}
	}
	return kept, err
}
