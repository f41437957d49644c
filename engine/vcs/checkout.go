package vcs

import (
	"context"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strconv"
	"strings"
)

// Checkout makes dir a repository of its own that holds the commit, with so
// many commits of history (0: all), as branch when that is not empty.
// What dir held before is removed, so repeating it gives the same.
func (r *Repo) Checkout(ctx context.Context, sha, branch, dir string, depth int) error {
	if err := empty(dir); err != nil {
		return err
	}
	fetch := []string{"fetch", "--quiet", "--no-tags", "--no-recurse-submodules"}
	if depth > 0 {
		fetch = append(fetch, "--depth", strconv.Itoa(depth))
	} else {
		fetch[2] = "--tags"
	}
	checkout := []string{"checkout", "--quiet", "--force", "--detach", sha}
	if branch != "" {
		checkout = []string{"checkout", "--quiet", "--force", "-B", branch, sha}
	}
	for _, args := range [][]string{
		{"init", "--quiet", "--initial-branch=main"},
		{"config", "gc.auto", "0"},
		{"remote", "add", "origin", "file://" + r.gitDir},
		append(fetch, "origin", sha),
		checkout,
	} {
		// Any commit may be asked for, also one that a branch has left behind.
		allow := []string{"GIT_CONFIG_COUNT=2", "GIT_CONFIG_KEY_0=uploadpack.allowAnySHA1InWant", "GIT_CONFIG_VALUE_0=true",
			"GIT_CONFIG_KEY_1=safe.directory", "GIT_CONFIG_VALUE_1=*"}
		if _, err := run(ctx, dir, allow, args...); err != nil {
			return fmt.Errorf("check out %.7s: %w", sha, err)
		}
	}
	return nil
}

// Overlay copies the working tree as it is on disk (tracked and new files,
// not the ignored ones) over a checkout of the same commit.
func (r *Repo) Overlay(ctx context.Context, dir string) error {
	if r.bare {
		return nil
	}
	deleted, err := r.names(ctx, "ls-files", "--deleted", "-z")
	if err != nil {
		return err
	}
	for _, name := range deleted {
		if err := os.RemoveAll(filepath.Join(dir, name)); err != nil {
			return err
		}
	}
	names, err := r.names(ctx, "ls-files", "--modified", "--others", "--exclude-standard", "-z")
	if err != nil {
		return err
	}
	for _, name := range names {
		if err := copyFile(filepath.Join(r.dir, name), filepath.Join(dir, name)); err != nil && !os.IsNotExist(err) {
			return err
		}
	}
	return nil
}

// Dirty says whether the working tree differs from its commit.
func (r *Repo) Dirty(ctx context.Context) (bool, error) {
	if r.bare {
		return false, nil
	}
	out, err := r.git(ctx, "status", "--porcelain")
	return strings.TrimSpace(out) != "", err
}

func empty(dir string) error {
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return err
	}
	entries, err := os.ReadDir(dir)
	if err != nil {
		return err
	}
	for _, e := range entries {
		if err := os.RemoveAll(filepath.Join(dir, e.Name())); err != nil {
			return err
		}
	}
	return nil
}

func copyFile(from, to string) error {
	info, err := os.Lstat(from)
	if err != nil {
		return err
	}
	if err := os.MkdirAll(filepath.Dir(to), 0o755); err != nil {
		return err
	}
	if info.IsDir() {
		return os.MkdirAll(to, 0o755) // a nested repository: its files are not ours
	}
	if err := os.RemoveAll(to); err != nil {
		return err
	}
	if info.Mode()&os.ModeSymlink != 0 {
		target, err := os.Readlink(from)
		if err != nil {
			return err
		}
		return os.Symlink(target, to)
	}
	in, err := os.Open(from)
	if err != nil {
		return err
	}
	defer in.Close()
	out, err := os.OpenFile(to, os.O_CREATE|os.O_WRONLY|os.O_TRUNC, info.Mode().Perm())
	if err != nil {
		return err
	}
	if _, err := io.Copy(out, in); err != nil {
		out.Close()
		return err
	}
	return out.Close()
}
