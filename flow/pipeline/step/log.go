package step

import (
	"bytes"
	"io"
	"os"
	"path/filepath"
	"sort"
	"strings"
	"sync"
	"time"
)

// maxLine bounds one line of a log; a longer one is cut into several.
const maxLine = 64 << 10

// maxLog bounds the log of one step.
const maxLog = 64 << 20

const mask = "***"

// Log is the log of a step that Andon does itself.
type Log struct {
	*lines
	file *os.File
}

// OpenLog starts the log of the step in dir anew.
func OpenLog(dir string, masks []string) (*Log, error) {
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return nil, err
	}
	file, err := os.OpenFile(filepath.Join(dir, LogFile), os.O_CREATE|os.O_WRONLY|os.O_TRUNC, 0o600)
	if err != nil {
		return nil, err
	}
	return &Log{newLines(file, time.Now, masks), file}, nil
}

// Close writes what is left without a line end and closes the file.
func (l *Log) Close() error {
	l.end()
	return l.file.Close()
}

// lines turns a stream of bytes into timestamped, masked lines.
type lines struct {
	mu      sync.Mutex
	out     io.Writer
	now     func() time.Time
	masks   []string
	pending []byte
	written int
	stopped string // the token that ends ::stop-commands::
}

func newLines(out io.Writer, now func() time.Time, masks []string) *lines {
	l := &lines{out: out, now: now}
	for _, m := range masks {
		l.hide(m)
	}
	return l
}

// hide adds a secret; each line of one that has several is hidden by itself.
func (l *lines) hide(secret string) {
	for part := range strings.SplitSeq(secret, "\n") {
		if part = strings.TrimSpace(part); part != "" {
			l.masks = append(l.masks, part)
		}
	}
	// The longest first, so that no secret is half shown by a shorter one.
	sort.Slice(l.masks, func(i, j int) bool { return len(l.masks[i]) > len(l.masks[j]) })
}

func (l *lines) Write(p []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.pending = append(l.pending, p...)
	for {
		i := bytes.IndexByte(l.pending, '\n')
		if i < 0 && len(l.pending) < maxLine {
			return len(p), nil
		}
		if i < 0 || i > maxLine {
			i = maxLine - 1
			l.line(string(l.pending[:i]))
			l.pending = l.pending[i:]
			continue
		}
		l.line(string(l.pending[:i]))
		l.pending = l.pending[i+1:]
	}
}

// end writes what is left without a line end.
func (l *lines) end() {
	l.mu.Lock()
	defer l.mu.Unlock()
	if len(l.pending) > 0 {
		l.line(string(l.pending))
		l.pending = nil
	}
}

func (l *lines) line(text string) {
	text = strings.TrimSuffix(text, "\r")
	if l.command(text) {
		return
	}
	for _, m := range l.masks {
		text = strings.ReplaceAll(text, m, mask)
	}
	if l.written > maxLog {
		return
	}
	row := l.now().UTC().Format("2006-01-02T15:04:05.000000000Z") + " " + strings.ToValidUTF8(text, "\uFFFD") + "\n"
	if l.written += len(row); l.written > maxLog {
		row = l.now().UTC().Format("2006-01-02T15:04:05.000000000Z") + " ::error::the log is longer than 64 MB; the rest is not kept\n"
	}
	_, _ = io.WriteString(l.out, row) // a full disk must not end the step's command
}

// command obeys the workflow commands that act on the log itself.
func (l *lines) command(text string) bool {
	name, value, ok := strings.Cut(strings.TrimPrefix(strings.TrimSpace(text), "::"), "::")
	if !ok || !strings.HasPrefix(strings.TrimSpace(text), "::") {
		return false
	}
	if l.stopped != "" {
		if name == l.stopped {
			l.stopped = ""
		}
		return false
	}
	switch name {
	case "add-mask":
		l.hide(unescape(value))
		return true
	case "stop-commands":
		l.stopped = value
	}
	return false
}

// unescape undoes the escapes of workflow commands' values.
func unescape(s string) string {
	return strings.NewReplacer("%25", "%", "%0D", "\r", "%0A", "\n").Replace(s)
}
