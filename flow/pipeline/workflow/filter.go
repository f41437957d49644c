package workflow

import (
	"fmt"
	"regexp"
	"strings"
)

// Matches says whether a push to a ref with these changed files starts the
// workflow (GitHub: on.push.<branches|tags|paths>). Tags have no paths.
func (p *Push) Matches(ref string, changed []string) bool {
	if tag, ok := strings.CutPrefix(ref, "refs/tags/"); ok {
		if p.Tags == nil && p.TagsIgnore == nil {
			// Filters for branches alone leave tags out.
			return p.Branches == nil && p.BranchesIgnore == nil
		}
		return allowed(tag, p.Tags, p.TagsIgnore)
	}
	branch := strings.TrimPrefix(ref, "refs/heads/")
	onlyTags := p.Branches == nil && p.BranchesIgnore == nil && (p.Tags != nil || p.TagsIgnore != nil)
	if onlyTags || !allowed(branch, p.Branches, p.BranchesIgnore) {
		return false
	}
	if p.Paths == nil && p.PathsIgnore == nil {
		return true
	}
	for _, file := range changed {
		if allowed(file, p.Paths, p.PathsIgnore) {
			return true
		}
	}
	return false
}

func allowed(name string, take, ignore []string) bool {
	if ignore != nil {
		return !matches(name, ignore)
	}
	return take == nil || matches(name, take)
}

// matches applies patterns in order; a later one with ! takes away what an
// earlier one let in.
func matches(name string, patterns []string) (in bool) {
	for _, p := range patterns {
		bare, negative := strings.CutPrefix(p, "!")
		if re, err := compile(bare); err == nil && re.MatchString(name) {
			in = !negative
		}
	}
	return in
}

// compile turns a filter pattern into a regular expression: * is anything but
// a slash, ** anything, ? and + repeat the character before, [] is a class
// (GitHub: "Filter pattern cheat sheet").
func compile(pattern string) (*regexp.Regexp, error) {
	var b strings.Builder
	b.WriteString("^")
	for i := 0; i < len(pattern); i++ {
		switch c := pattern[i]; c {
		case '*':
			if strings.HasPrefix(pattern[i:], "**/") {
				b.WriteString("(?:.*/)?")
				i += 2
			} else if strings.HasPrefix(pattern[i:], "**") {
				b.WriteString(".*")
				i++
			} else {
				b.WriteString("[^/]*")
			}
		case '?', '+':
			if i == 0 {
				return nil, fmt.Errorf("%c has nothing before it", c)
			}
			b.WriteByte(c)
		case '[':
			length := strings.IndexByte(pattern[i:], ']')
			if length < 2 {
				return nil, fmt.Errorf("[ is never closed")
			}
			b.WriteString(pattern[i : i+length+1])
			i += length
		case '\\':
			if i++; i >= len(pattern) {
				return nil, fmt.Errorf("\\ has nothing after it")
			}
			b.WriteString(regexp.QuoteMeta(pattern[i : i+1]))
		default:
			b.WriteString(regexp.QuoteMeta(string(c)))
		}
	}
	b.WriteString("$")
	return regexp.Compile(b.String())
}

// Resolve checks what was given for the inputs and fills in the defaults.
func (d *Dispatch) Resolve(given map[string]string) (map[string]string, error) {
	out := map[string]string{}
	known := map[string]bool{}
	for _, in := range d.Inputs {
		known[in.Name] = true
		v, ok := given[in.Name]
		if !ok {
			v = in.Default
		}
		switch {
		case in.Required && v == "":
			return nil, fmt.Errorf("the input %s is required", in.Name)
		case in.Type == "boolean" && v != "" && v != "true" && v != "false":
			return nil, fmt.Errorf("the input %s is %q; use true or false", in.Name, v)
		case in.Type == "choice" && v != "" && !contains(in.Options, v):
			return nil, fmt.Errorf("the input %s is %q; use one of %s", in.Name, v, strings.Join(in.Options, ", "))
		}
		out[in.Name] = v
	}
	for name := range given {
		if !known[name] {
			return nil, fmt.Errorf("the workflow has no input %q", name)
		}
	}
	return out, nil
}

func contains(list []string, s string) bool {
	for _, x := range list {
		if x == s {
			return true
		}
	}
	return false
}

// Levels gives the jobs in columns: each stands right of all that it needs.
func (w *Workflow) Levels() (columns [][]*Job) {
	level := map[string]int{}
	byID := map[string]*Job{}
	for _, j := range w.Jobs {
		byID[j.ID] = j
	}
	var depth func(id string) int
	depth = func(id string) int {
		if d, ok := level[id]; ok {
			return d
		}
		d := 0
		for _, need := range byID[id].Needs {
			d = max(d, depth(need)+1)
		}
		level[id] = d
		return d
	}
	for _, j := range w.Jobs {
		d := depth(j.ID)
		for len(columns) <= d {
			columns = append(columns, nil)
		}
		columns[d] = append(columns[d], j)
	}
	return columns
}
