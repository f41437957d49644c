package objective

import (
	"errors"
	"fmt"
	"slices"
	"strings"

	"go.yaml.in/yaml/v3"
)

// reader walks a document and collects every problem, so that an author
// corrects a file in one go.
type reader struct {
	file     string
	problems []error
}

func (r *reader) refuse(line int, field, what, right string) {
	r.problems = append(r.problems, &Problem{File: r.file, Line: line, Field: field, What: what, Right: right})
}

func (r *reader) err() error { return errors.Join(r.problems...) }

// mapping is a YAML mapping with its place in the document.
type mapping struct {
	r      *reader
	path   string
	line   int
	fields map[string]*yaml.Node
}

func join(path, name string) string {
	if path == "" {
		return name
	}
	return path + "." + name
}

func resolve(n *yaml.Node) *yaml.Node {
	for n != nil && (n.Kind == yaml.AliasNode || n.Kind == yaml.DocumentNode) {
		switch {
		case n.Kind == yaml.AliasNode:
			n = n.Alias
		case len(n.Content) > 0:
			n = n.Content[0]
		default:
			return nil
		}
	}
	return n
}

// mapping reads n as a mapping that may hold only the known fields. known maps
// a field to "" when it is read, or to why it is refused and what would be
// right, split by "; ".
func (r *reader) mapping(n *yaml.Node, path string, line int, known map[string]string) mapping {
	m := mapping{r: r, path: path, line: line, fields: map[string]*yaml.Node{}}
	n = resolve(n)
	name := path
	if name == "" {
		name = "document"
	}
	if n == nil || n.Kind != yaml.MappingNode {
		if n != nil && n.Line > 0 {
			m.line = n.Line
		}
		r.refuse(m.line, name, "is not a mapping", "write fields as name: value")
		return m
	}
	if n.Line > 0 {
		m.line = n.Line
	}
	for i := 0; i+1 < len(n.Content); i += 2 {
		key, value := n.Content[i], n.Content[i+1]
		field := join(path, key.Value)
		if _, twice := m.fields[key.Value]; twice {
			r.refuse(key.Line, field, "is given twice", "keep one of them")
			continue
		}
		why, ok := known[key.Value]
		switch {
		case !ok:
			r.refuse(key.Line, field, "is not a field known here", "use one of "+readable(known))
		case why != "":
			if empty(value) {
				continue
			}
			what, right, _ := strings.Cut(why, "; ")
			r.refuse(key.Line, field, what, right)
		}
		m.fields[key.Value] = value
	}
	return m
}

func empty(n *yaml.Node) bool {
	n = resolve(n)
	return n == nil || n.Tag == "!!null" || (n.Kind != yaml.ScalarNode && len(n.Content) == 0)
}

func readable(known map[string]string) string {
	var names []string
	for name, why := range known {
		if why == "" {
			names = append(names, name)
		}
	}
	slices.Sort(names)
	return strings.Join(names, ", ")
}

// where gives a field's line, or the mapping's when the field is absent.
func (m mapping) where(field string) int {
	if n := resolve(m.fields[field]); n != nil && n.Line > 0 {
		return n.Line
	}
	return m.line
}

// text gives a scalar field. A missing required field is refused with right.
func (m mapping) text(field string, required bool, right string) string {
	n := resolve(m.fields[field])
	if n == nil || n.Tag == "!!null" {
		if required {
			m.r.refuse(m.line, join(m.path, field), "is missing", right)
		}
		return ""
	}
	if n.Kind != yaml.ScalarNode {
		m.r.refuse(n.Line, join(m.path, field), "is not a single value", right)
		return ""
	}
	if required && strings.TrimSpace(n.Value) == "" {
		m.r.refuse(n.Line, join(m.path, field), "is empty", right)
	}
	return n.Value
}

// only reads a field as a list of exactly one mapping.
func (m mapping) only(field, right string, known map[string]string) (mapping, bool) {
	n := resolve(m.fields[field])
	path := join(m.path, field)
	switch {
	case n == nil:
		m.r.refuse(m.line, path, "is missing", right)
	case n.Kind != yaml.SequenceNode:
		m.r.refuse(n.Line, path, "is not a list", right)
	case len(n.Content) != 1:
		m.r.refuse(n.Line, path, fmt.Sprintf("has %d entries", len(n.Content)), right)
	default:
		return m.r.mapping(n.Content[0], path+"[0]", n.Line, known), true
	}
	return mapping{}, false
}

// child reads a required field as a mapping.
func (m mapping) child(field, right string, known map[string]string) (mapping, bool) {
	n, ok := m.fields[field]
	if !ok {
		m.r.refuse(m.line, join(m.path, field), "is missing", right)
		return mapping{}, false
	}
	return m.r.mapping(n, join(m.path, field), m.line, known), true
}
