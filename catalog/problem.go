package catalog

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
)

// Place is where something is declared.
type Place struct {
	File string `json:"file"`
	Line int    `json:"line"` // from 1; 0 when the whole file is meant
}

// String gives "file:line".
func (p Place) String() string {
	if p.Line == 0 {
		return p.File
	}
	return fmt.Sprintf("%s:%d", p.File, p.Line)
}

// Problem is one thing that is wrong in a file.
type Problem struct {
	Place
	Field string `json:"field"` // "spec.stations[2].wip"; empty for the whole document
	What  string `json:"what"`  // what is wrong
	Right string `json:"right"` // what would be right
}

// Error gives "file:line: field: what; right".
func (p Problem) Error() string {
	var b strings.Builder
	b.WriteString(p.Place.String() + ": ")
	if p.Field != "" {
		b.WriteString(p.Field + ": ")
	}
	b.WriteString(p.What)
	if p.Right != "" {
		b.WriteString("; " + p.Right)
	}
	return b.String()
}

// Problems are all things wrong, by file and line. It is the error of [Load].
type Problems []Problem

// Error lists the problems, one a line.
func (ps Problems) Error() string {
	lines := make([]string, len(ps))
	for i, p := range ps {
		lines[i] = p.Error()
	}
	return strings.Join(lines, "\n")
}

func (ps Problems) sort() {
	slices.SortStableFunc(ps, func(a, b Problem) int {
		return cmp.Or(cmp.Compare(a.File, b.File), cmp.Compare(a.Line, b.Line), cmp.Compare(a.Field, b.Field))
	})
}

// report collects what is wrong (problems) and what is only worth saying
// (notes). What can be judged only when every file has been read waits in
// checks.
type report struct {
	problems, notes Problems
	checks          []func(*loading)
}

// mostTold is how many problems, and how many notes, one pass tells. Whoever
// has more to correct begins with these, and a hostile file does not fill the
// memory with complaints about it.
const mostTold = 1000

func (r *report) wrong(p Problem) {
	if !r.full() {
		r.problems = append(r.problems, p)
	}
}

func (r *report) note(ps ...Problem) {
	r.notes = append(r.notes, ps[:min(len(ps), mostTold-len(r.notes))]...)
}

// noted tells that further notes are not kept.
func (r *report) noted() bool { return len(r.notes) >= mostTold }

// full tells that further problems are not kept.
func (r *report) full() bool { return len(r.problems) >= mostTold }

// later keeps a check until every file has been read.
func (r *report) later(check func(*loading)) { r.checks = append(r.checks, check) }

// oneOf says what would be right: the nearest of the choices when the writer
// seems to have meant it, and all of them.
func oneOf(got string, choices ...string) string {
	if len(choices) == 0 {
		return "remove it"
	}
	const mostShown = 12
	all := "use one of " + strings.Join(choices[:min(len(choices), mostShown)], ", ")
	if more := len(choices) - mostShown; more > 0 {
		all += fmt.Sprintf(" and %d more", more)
	}
	if len(choices) == 1 {
		all = "use " + choices[0]
	}
	if near := nearest(got, choices); near != "" {
		return fmt.Sprintf("did you mean %q? %s%s", near, strings.ToUpper(all[:1]), all[1:])
	}
	return all
}

// nearest gives the choice that got is a misspelling of, or "".
func nearest(got string, choices []string) (best string) {
	const longest, most = 100, 500 // comparing costs the product of all three
	if len(got) > longest {
		return ""
	}
	limit := max(1, len(got)/3) + 1
	for _, c := range choices[:min(len(choices), most)] {
		if far := len(c) - len(got); far >= limit || -far >= limit {
			continue
		}
		if d := distance(strings.ToLower(got), strings.ToLower(c)); d < limit {
			best, limit = c, d
		}
	}
	return best
}

// distance is how many letters must be put in, left out, changed or swapped
// with the next to make b of a (optimal string alignment), in bytes.
func distance(a, b string) int {
	before, above, row := make([]int, len(b)+1), make([]int, len(b)+1), make([]int, len(b)+1)
	for j := range above {
		above[j] = j
	}
	for i := range len(a) {
		row[0] = i + 1
		for j := range len(b) {
			cost := above[j]
			if a[i] != b[j] {
				cost++
			}
			row[j+1] = min(cost, row[j]+1, above[j+1]+1)
			if i > 0 && j > 0 && a[i] == b[j-1] && a[i-1] == b[j] {
				row[j+1] = min(row[j+1], before[j-1]+1)
			}
		}
		before, above, row = above, row, before
	}
	return above[len(b)]
}
