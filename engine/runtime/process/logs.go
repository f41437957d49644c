package process

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"time"

	"andon/flow/delivery"
)

// Log is the file that an instance writes to; older output is in the file of
// the same name with ".1" added. The file may not exist.
func (r *Runtime) Log(t delivery.Target, revision, instance string) string {
	return r.folder(key{t, revision}).log(filepath.Base(instance))
}

// Logs writes what the instances of a revision wrote, those that are gone
// included, each line after the instance's id and a blank. With follow it
// goes on until ctx ends, which is then no error.
func (r *Runtime) Logs(ctx context.Context, t delivery.Target, revision string, w io.Writer, follow bool) error {
	f := r.folder(key{t, revision})
	readers := map[string]*lineReader{}
	for {
		paths, err := filepath.Glob(globEscape(string(f)) + "/logs/*.log")
		if err != nil {
			return err
		}
		for _, path := range paths {
			lr := readers[path]
			if lr == nil {
				id := strings.TrimSuffix(filepath.Base(path), ".log")
				lr = &lineReader{prefix: id + " "}
				readers[path] = lr
				old := lineReader{prefix: lr.prefix}
				if err := old.copy(w, path+".1", true); err != nil {
					return err
				}
			}
			if err := lr.copy(w, path, !follow); err != nil {
				return err
			}
		}
		if !follow {
			return nil
		}
		select {
		case <-ctx.Done():
			return nil
		case <-time.After(pollEvery):
		}
	}
}

// lineReader copies a growing file line by line.
type lineReader struct {
	prefix string
	offset int64
}

// copy writes the lines after offset; a last line without its end only if
// last is set.
func (l *lineReader) copy(w io.Writer, path string, last bool) error {
	f, err := os.Open(path)
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	if err != nil {
		return err
	}
	defer f.Close()
	info, err := f.Stat()
	if err != nil {
		return err
	}
	if info.Size() < l.offset {
		l.offset = 0 // rotated
	}
	buf := make([]byte, 64<<10)
	for {
		n, err := f.ReadAt(buf, l.offset)
		end := bytes.LastIndexByte(buf[:n], '\n') + 1
		if end == 0 && (n == len(buf) || last) {
			end = n // a very long line goes in pieces
		}
		if end == 0 {
			return nil
		}
		for line := range bytes.SplitSeq(bytes.TrimSuffix(buf[:end], []byte{'\n'}), []byte{'\n'}) {
			if _, err := fmt.Fprintf(w, "%s%s\n", l.prefix, line); err != nil {
				return err
			}
		}
		l.offset += int64(end)
		if err != nil && end == n {
			return nil // the end of the file
		}
	}
}

// tendLogs rotates logs that are too long and removes those of the past.
func (r *Runtime) tendLogs() {
	defer r.running.Done()
	var purged time.Time
	tick := time.NewTicker(r.opts.LogCheck)
	defer tick.Stop()
	for {
		r.rotateLogs()
		if now := time.Now().UTC(); now.Sub(purged) >= time.Hour {
			r.purgeLogs(now.Add(-r.opts.KeepLogs))
			purged = now
		}
		select {
		case <-r.ctx.Done():
			return
		case <-tick.C:
		}
	}
}

func (r *Runtime) rotateLogs() {
	paths, _ := filepath.Glob(globEscape(r.dir) + "/*/*/*/logs/*.log") // escaped, so well formed
	for _, path := range paths {
		info, err := os.Stat(path)
		if err != nil || info.Size() <= r.opts.MaxLogBytes {
			continue
		}
		if err := rotate(path); err != nil {
			r.log.Warn("a log cannot be rotated", "path", path, "error", err)
		}
	}
}

// rotate copies a log to its older file and empties it. The process goes on
// writing to the same file, so it cannot just be renamed; a line written
// between the end of the copy and the truncation, a matter of microseconds,
// is lost.
func rotate(path string) error {
	from, err := os.OpenFile(path, os.O_RDWR, 0)
	if err != nil {
		return err
	}
	defer from.Close()
	to, err := os.OpenFile(path+".1.new", os.O_CREATE|os.O_WRONLY|os.O_TRUNC, 0o600)
	if err != nil {
		return err
	}
	_, err = io.Copy(to, from)
	if err = errors.Join(err, to.Close()); err != nil {
		return err
	}
	if err := os.Rename(path+".1.new", path+".1"); err != nil {
		return err
	}
	return from.Truncate(0)
}

// purgeLogs removes logs of instances that are gone and wrote nothing since.
func (r *Runtime) purgeLogs(since time.Time) {
	r.wishes.Lock() // nobody may begin to use a folder meanwhile
	defer r.wishes.Unlock()
	paths, _ := filepath.Glob(globEscape(r.dir) + "/*/*/*/logs/*.log*") // escaped, so well formed
	for _, path := range paths {
		id, _, _ := strings.Cut(filepath.Base(path), ".log")
		f := folder(filepath.Dir(filepath.Dir(path)))
		info, err := os.Stat(path)
		if err != nil || info.ModTime().After(since) {
			continue
		}
		if _, err := os.Stat(f.record(id)); !errors.Is(err, fs.ErrNotExist) {
			continue // its instance may still write
		}
		if err := os.Remove(path); err != nil {
			r.log.Warn("an old log cannot be removed", "path", path, "error", err)
		}
	}
	folders, _ := filepath.Glob(globEscape(r.dir) + "/*/*/*") // escaped, so well formed
	for _, path := range folders {
		f := folder(path)
		_, noWish := os.Stat(f.wish())
		_, noTombstone := os.Stat(f.tombstone())
		if errors.Is(noWish, fs.ErrNotExist) && errors.Is(noTombstone, fs.ErrNotExist) {
			f.removeEmpty()
		}
	}
}

// clear removes what a withdrawn revision leaves behind, except its logs.
// The tombstone goes last: until then Open takes up the work again. It needs
// wishes.
func (r *Runtime) clear(f folder) {
	for _, path := range []string{"instances", "home", "tmp", "removing.json"} {
		if err := os.RemoveAll(filepath.Join(string(f), path)); err != nil {
			r.log.Warn("a withdrawn revision's folder cannot be cleared", "path", string(f), "error", err)
		}
	}
	f.removeEmpty()
}

// removeEmpty removes the folder and those above it as far as they are empty.
func (f folder) removeEmpty() {
	for _, part := range []string{"instances", "home", "tmp", "logs", ".", "..", filepath.Join("..", "..")} {
		os.Remove(filepath.Join(string(f), part)) // fails, rightly, if anything is in it
	}
}
