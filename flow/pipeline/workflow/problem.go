package workflow

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
)

// Problem is one thing that Andon does not run, or that is wrong.
type Problem struct {
	File  string `json:"file"`
	Line  int    `json:"line"`
	Field string `json:"field"` // jobs.build.steps[1].uses
	What  string `json:"what"`
	Right string `json:"right"`
}

// Error gives "file:line: field: what; right".
func (p Problem) Error() string {
	text := fmt.Sprintf("%s:%d: ", p.File, p.Line)
	if p.Field != "" {
		text += p.Field + ": "
	}
	text += p.What
	if p.Right != "" {
		text += "; " + p.Right
	}
	return text
}

// Problems are all of them, by line. It is the error of [Parse].
type Problems []Problem

func (ps Problems) Error() string {
	lines := make([]string, len(ps))
	for i, p := range ps {
		lines[i] = p.Error()
	}
	return strings.Join(lines, "\n")
}

func (ps Problems) sorted() Problems {
	slices.SortStableFunc(ps, func(a, b Problem) int { return cmp.Compare(a.Line, b.Line) })
	return ps
}
