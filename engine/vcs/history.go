package vcs

import (
	"bufio"
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"os/exec"
	"strconv"
	"strings"
	"time"

	"andon/flow/history"
)

// Tags lists all tags that name commits, with the commit each stands for.
func (r *Repo) Tags(ctx context.Context) (tags []history.Tag, err error) {
	const format = "%(refname:strip=2)%00%(objecttype)%00%(objectname)%00%(*objecttype)%00%(*objectname)%00%(creatordate:unix)"
	out, err := r.git(ctx, "for-each-ref", "--format="+format, "refs/tags")
	if err != nil {
		return nil, err
	}
	for line := range strings.Lines(out) {
		f := strings.Split(strings.TrimSuffix(line, "\n"), "\x00")
		if len(f) != 6 {
			continue
		}
		kind, sha := f[1], f[2]
		if kind == "tag" {
			kind, sha = f[3], f[4]
		}
		seconds, err := strconv.ParseInt(f[5], 10, 64)
		if kind != "commit" || err != nil { // a tag may name a tree, or another tag
			continue
		}
		tags = append(tags, history.Tag{Name: f[0], SHA: sha, At: time.Unix(seconds, 0).UTC()})
	}
	return tags, nil
}

// Commits tells every commit that the branch or a tag reaches, newest first,
// from one run of git log.
func (r *Repo) Commits(ctx context.Context, branch string, each func(history.Commit) error) error {
	head, err := r.Head(ctx, branch)
	if err != nil || head == "" {
		return err
	}
	ctx, stop := context.WithCancel(ctx)
	defer stop()
	cmd := exec.CommandContext(ctx, "git", "log", "-z", "--no-show-signature", "--no-color", "--format=%H%x1f%P%x1f%aN <%aE>%x1f%at%x1f%ct%x1f%B", head, "--tags", "--")
	cmd.Dir, cmd.Env = r.dir, environ()
	var stderr bytes.Buffer
	cmd.Stderr = &stderr
	out, err := cmd.StdoutPipe()
	if err != nil {
		return err
	}
	if err := cmd.Start(); err != nil {
		return err
	}
	told := tell(out, each)
	if told != nil {
		stop()
	}
	if err := cmd.Wait(); err != nil && told == nil {
		return fmt.Errorf("git log: %w: %s", err, strings.TrimSpace(stderr.String()))
	}
	return told
}

// longest bounds a commit's message; what is longer is cut.
const longest = 64 << 10

func tell(out io.Reader, each func(history.Commit) error) error {
	in := bufio.NewReaderSize(out, 1<<20)
	var record []byte
	for {
		part, err := in.ReadSlice(0)
		if room := longest - len(record); len(part) > room {
			record = append(record, part[:max(0, room)]...)
		} else {
			record = append(record, part...)
		}
		switch {
		case errors.Is(err, bufio.ErrBufferFull):
			continue
		case err != nil && !errors.Is(err, io.EOF):
			return err
		}
		if text := strings.TrimSuffix(string(record), "\x00"); text != "" {
			c, wrong := commitOf(text)
			if wrong != nil {
				return wrong
			}
			if wrong := each(c); wrong != nil {
				return wrong
			}
		}
		record = record[:0]
		if err != nil {
			return nil //nolint:nilerr // the stream has ended, as it should
		}
	}
}

func commitOf(record string) (c history.Commit, err error) {
	f := strings.SplitN(strings.TrimPrefix(record, "\n"), "\x1f", 6)
	if len(f) != 6 {
		return c, fmt.Errorf("git log said %.80q", record)
	}
	authored, wrong := strconv.ParseInt(f[3], 10, 64)
	committed, alsoWrong := strconv.ParseInt(f[4], 10, 64)
	if err := errors.Join(wrong, alsoWrong); err != nil {
		return c, fmt.Errorf("commit %s: %w", f[0], err)
	}
	return history.Commit{SHA: f[0], Parents: strings.Fields(f[1]), Author: f[2], Authored: time.Unix(authored, 0).UTC(),
		Committed: time.Unix(committed, 0).UTC(), Message: f[5]}, nil
}
