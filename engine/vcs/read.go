package vcs

import (
	"archive/zip"
	"context"
	"fmt"
	"io/fs"
	"strconv"
	"strings"
	"time"

	"andon/flow/change"
)

// DefaultBranch is the branch that the line delivers from when none is
// declared: what origin calls its head, else main or master when they exist,
// else the branch that is checked out.
func (r *Repo) DefaultBranch(ctx context.Context) (string, error) {
	if out, err := r.git(ctx, "symbolic-ref", "--short", "refs/remotes/origin/HEAD"); err == nil {
		name := strings.TrimPrefix(strings.TrimSpace(out), "origin/")
		if _, err := r.Head(ctx, name); err == nil {
			return name, nil
		}
	}
	for _, name := range []string{"main", "master"} {
		if sha, err := r.Head(ctx, name); err == nil && sha != "" {
			return name, nil
		}
	}
	out, err := r.git(ctx, "symbolic-ref", "--short", "HEAD")
	if err != nil {
		return "", fmt.Errorf("%s: no branch is checked out; check out the branch to deliver from: %w", r.dir, err)
	}
	return strings.TrimSpace(out), nil
}

// Head is the branch's newest commit, or "" when the branch has none.
func (r *Repo) Head(ctx context.Context, branch string) (sha string, err error) {
	out, err := r.git(ctx, "for-each-ref", "--format=%(objectname)", "refs/heads/"+branch)
	return strings.TrimSpace(out), err
}

// Resolve gives the commit that a revision names.
func (r *Repo) Resolve(ctx context.Context, revision string) (sha string, err error) {
	out, err := r.git(ctx, "rev-parse", "--verify", "--quiet", "--end-of-options", revision+"^{commit}")
	if err != nil {
		return "", fmt.Errorf("%s has no commit %q", r.dir, revision)
	}
	return strings.TrimSpace(out), nil
}

// maxLog bounds what one push may add; more than that is history, not news.
const maxLog = 10_000

// Log lists the commits that after holds and before does not, oldest first.
// An empty or unknown before gives the newest commit alone.
func (r *Repo) Log(ctx context.Context, before, after string) ([]change.Change, error) {
	span := []string{"-n", "1", after}
	if before != "" {
		if _, err := r.Resolve(ctx, before); err == nil {
			span = []string{"-n", strconv.Itoa(maxLog), before + ".." + after}
		}
	}
	args := append([]string{"log", "-z", "--topo-order", "--reverse", "--encoding=UTF-8", "--format=%H%x00%an%x00%ae%x00%at%x00%B"}, span...)
	out, err := r.git(ctx, args...)
	if err != nil {
		return nil, err
	}
	return parseLog(out)
}

const logFields = 5

func parseLog(out string) ([]change.Change, error) {
	if out == "" {
		return nil, nil
	}
	fields := strings.Split(strings.TrimSuffix(out, "\x00"), "\x00")
	if len(fields)%logFields != 0 {
		return nil, fmt.Errorf("git log gave %d fields, not a multiple of %d", len(fields), logFields)
	}
	var changes []change.Change
	for ; len(fields) > 0; fields = fields[logFields:] {
		seconds, err := strconv.ParseInt(fields[3], 10, 64)
		if err != nil {
			return nil, fmt.Errorf("git log: author date of %s: %w", fields[0], err)
		}
		changes = append(changes, change.Change{SHA: fields[0], Author: fields[1], Email: fields[2],
			AuthoredAt: time.Unix(seconds, 0).UTC(), Message: strings.TrimSpace(fields[4])})
	}
	return changes, nil
}

// Changed lists the files that differ between two commits; all files of after
// when before is empty or unknown.
func (r *Repo) Changed(ctx context.Context, before, after string) ([]string, error) {
	if before != "" {
		if _, err := r.Resolve(ctx, before); err == nil {
			return r.names(ctx, "diff", "--name-only", "-z", "--no-renames", before, after)
		}
	}
	return r.names(ctx, "ls-tree", "-r", "-z", "--name-only", "--full-tree", after)
}

func (r *Repo) names(ctx context.Context, args ...string) ([]string, error) {
	out, err := r.git(ctx, args...)
	if err != nil || out == "" {
		return nil, err
	}
	return strings.Split(strings.TrimSuffix(out, "\x00"), "\x00"), nil
}

// Files gives the files of a commit under the given paths as a file system.
// Paths that the commit lacks are left out.
func (r *Repo) Files(ctx context.Context, sha string, paths ...string) (fs.FS, error) {
	names, err := r.names(ctx, append([]string{"ls-tree", "-z", "--name-only", "--full-tree", sha, "--"}, paths...)...)
	if err != nil {
		return nil, err
	}
	if len(names) == 0 {
		return emptyFS{}, nil
	}
	out, err := r.git(ctx, append([]string{"archive", "--format=zip", "-0", sha, "--"}, names...)...)
	if err != nil {
		return nil, err
	}
	return zip.NewReader(strings.NewReader(out), int64(len(out)))
}

type emptyFS struct{}

func (emptyFS) Open(name string) (fs.File, error) {
	return nil, &fs.PathError{Op: "open", Path: name, Err: fs.ErrNotExist}
}

// CurrentBranch is the branch that is checked out, or HEAD when none is.
func (r *Repo) CurrentBranch(ctx context.Context) (string, error) {
	out, err := r.git(ctx, "rev-parse", "--abbrev-ref", "HEAD")
	return strings.TrimSpace(out), err
}
