package cli

import (
	"fmt"
	"io"
	"os"
	"strings"
	"text/tabwriter"
	"time"
	"unicode"
)

// columns prints a table.
type columns struct {
	out  *tabwriter.Writer
	rows int
}

func newColumns(out io.Writer) *columns {
	return &columns{out: tabwriter.NewWriter(out, 0, 4, 2, ' ', 0)}
}

// row prints one row; control characters of foreign text cannot reach the
// terminal.
func (c *columns) row(cells ...any) {
	texts := make([]string, len(cells))
	for i, cell := range cells {
		texts[i] = plain(fmt.Sprint(cell))
	}
	fmt.Fprintln(c.out, strings.Join(texts, "\t"))
	c.rows++
}

// line prints text outside the columns.
func (c *columns) line(format string, args ...any) {
	c.out.Flush()
	fmt.Fprintln(c.out, plain(fmt.Sprintf(format, args...)))
	c.out.Flush()
}

// empty prints a hint when there was no row.
func (c *columns) empty(format string, args ...any) {
	if c.rows == 0 {
		c.line(format, args...)
	}
}

func (c *columns) flush() error { return c.out.Flush() }

func plain(s string) string {
	return strings.Map(func(r rune) rune {
		if unicode.IsControl(r) {
			return ' '
		}
		return r
	}, s)
}

// ago tells a time as a span until now.
func ago(t time.Time) string {
	if t.IsZero() {
		return "-"
	}
	return span(time.Since(t))
}

func span(d time.Duration) string {
	switch {
	case d < 0:
		return "0s"
	case d < time.Minute:
		return fmt.Sprintf("%ds", int(d.Seconds()))
	case d < time.Hour:
		return fmt.Sprintf("%dm%02ds", int(d.Minutes()), int(d.Seconds())%60)
	case d < 48*time.Hour:
		return fmt.Sprintf("%dh%02dm", int(d.Hours()), int(d.Minutes())%60)
	}
	return fmt.Sprintf("%dd", int(d.Hours()/24))
}

func short(sha string) string { return sha[:min(7, len(sha))] }

func or(s, otherwise string) string {
	if s == "" {
		return otherwise
	}
	return s
}

// count tells a number of things: 1 problem, 2 problems.
func count(n int, thing string) string {
	if n == 1 {
		return "1 " + thing
	}
	return fmt.Sprintf("%d %ss", n, thing)
}

// isTerminal says whether people read what is written, and not a program.
func isTerminal(out io.Writer) bool {
	file, ok := out.(*os.File)
	if !ok {
		return false
	}
	info, err := file.Stat()
	return err == nil && info.Mode()&os.ModeCharDevice != 0
}
