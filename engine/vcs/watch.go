package vcs

import (
	"context"
	"io/fs"
	"log/slog"
	"path/filepath"
	"time"

	"github.com/fsnotify/fsnotify"
)

// look is how often the branch is looked at even when nothing was noticed.
const look = time.Second

// Watch calls moved with the branch's newest commit at the start and after
// every move, until ctx ends. When moved fails it is called again later.
func (r *Repo) Watch(ctx context.Context, branch string, moved func(ctx context.Context, sha string) error) error {
	notices, stop := r.notices()
	defer stop()
	tick := time.NewTicker(look)
	defer tick.Stop()
	told, failing := "", ""
	for {
		sha, err := r.Head(ctx, branch)
		if err == nil && sha != "" && sha != told {
			if err = moved(ctx, sha); err == nil {
				told = sha
			}
		}
		if ctx.Err() != nil {
			return ctx.Err()
		}
		if err == nil {
			failing = ""
		} else if err.Error() != failing {
			failing = err.Error()
			slog.Warn("vcs: cannot follow the branch, trying again", "branch", branch, "error", err)
		}
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-notices:
			time.Sleep(time.Millisecond) // git renames several files for one push
		case <-tick.C:
		}
	}
}

// notices tells of changes in the folders where git keeps branches. Without
// support from the system it says nothing, and the ticker alone is left.
func (r *Repo) notices() (<-chan struct{}, func()) {
	out := make(chan struct{}, 1)
	w, err := fsnotify.NewWatcher()
	if err != nil {
		return out, func() {}
	}
	heads := filepath.Join(r.gitDir, "refs", "heads")
	_ = w.Add(r.gitDir) // packed-refs
	_ = filepath.WalkDir(heads, func(path string, d fs.DirEntry, err error) error {
		if err == nil && d.IsDir() {
			_ = w.Add(path)
		}
		return nil
	})
	go func() {
		for {
			select {
			case _, open := <-w.Events:
				if !open {
					return
				}
				select {
				case out <- struct{}{}:
				default:
				}
			case _, open := <-w.Errors:
				if !open {
					return
				}
			}
		}
	}()
	return out, func() { w.Close() }
}
