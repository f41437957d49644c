package vcs

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"time"
)

// Repo is one git repository on this host, with or without a working tree.
type Repo struct {
	dir    string // as given, absolute
	gitDir string
	bare   bool
}

// ErrNotGit says that a folder is not inside a git repository.
var ErrNotGit = errors.New("not a git repository")

// Open finds the repository that dir belongs to.
func Open(ctx context.Context, dir string) (*Repo, error) {
	if _, err := exec.LookPath("git"); err != nil {
		return nil, fmt.Errorf("git is not installed or not in PATH: %w", err)
	}
	r := &Repo{dir: dir}
	out, err := r.git(ctx, "rev-parse", "--absolute-git-dir", "--is-inside-work-tree")
	if err != nil {
		if strings.Contains(err.Error(), "not a git repository") {
			return nil, fmt.Errorf("%s: %w; make it one with: git init", dir, ErrNotGit)
		}
		return nil, err
	}
	gitDir, tree, _ := strings.Cut(strings.TrimSpace(out), "\n")
	r.gitDir, r.bare = gitDir, tree == "false" // the .git of a working tree is as good as a bare one
	if !r.bare {
		top, err := r.git(ctx, "rev-parse", "--show-toplevel")
		if err != nil {
			return nil, err
		}
		r.dir = strings.TrimSpace(top)
	} else {
		r.dir = gitDir
	}
	return r, nil
}

// Name is what people call the repository: its folder's name, without the
// ending of a bare one.
func (r *Repo) Name() string {
	return strings.TrimSuffix(filepath.Base(strings.TrimSuffix(r.dir, string(filepath.Separator)+".git")), ".git")
}

// Dir is the root of the working tree, or the repository itself when bare.
func (r *Repo) Dir() string { return r.dir }

// timeout bounds one git command: all of them work on local files.
const timeout = 2 * time.Minute

// git runs one command and gives its standard output.
func (r *Repo) git(ctx context.Context, args ...string) (string, error) {
	return run(ctx, r.dir, nil, args...)
}

func run(ctx context.Context, dir string, env []string, args ...string) (string, error) {
	ctx, cancel := context.WithTimeout(ctx, timeout)
	defer cancel()
	cmd := exec.CommandContext(ctx, "git", args...)
	cmd.Dir = dir
	cmd.Env = append(environ(), env...)
	cmd.WaitDelay = time.Second
	var out, complaint bytes.Buffer
	cmd.Stdout, cmd.Stderr = &out, &complaint
	if err := cmd.Run(); err != nil {
		if ctx.Err() != nil {
			return "", fmt.Errorf("git %s: %w", args[0], ctx.Err())
		}
		return "", fmt.Errorf("git %s: %w: %s", args[0], err, strings.TrimSpace(complaint.String()))
	}
	return out.String(), nil
}

// environ is this process's environment without what would point git at
// another repository, and without questions to a terminal.
func environ() []string {
	env := []string{"LC_ALL=C", "GIT_TERMINAL_PROMPT=0", "GIT_OPTIONAL_LOCKS=0"}
	for _, v := range os.Environ() {
		if !strings.HasPrefix(v, "GIT_") && !strings.HasPrefix(v, "LC_ALL=") {
			env = append(env, v)
		}
	}
	return env
}
