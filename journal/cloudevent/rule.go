package cloudevent

import (
	"encoding/json"
	"fmt"
	"net/url"
	"slices"
	"strings"
	"time"
	"unicode"
)

// rule says what one value of a document must be.
type rule interface {
	// check reports what is wrong with the value at a path such as
	// "subject.content.uri".
	check(path string, value any, report report)
}

// report takes one problem with the value at path.
type report func(path, format string, args ...any)

// text is a string.
type text struct {
	filled bool     // must not be empty
	form   form     // what the string must look like
	of     []string // the only values, when not empty
}

// form is what a string must look like, in the words of JSON Schema.
type form string

const (
	plain     form = ""
	reference form = "uri-reference"
	absolute  form = "uri"
	moment    form = "date-time"
)

func (t text) check(path string, value any, report report) {
	s, ok := value.(string)
	switch {
	case !ok:
		report(path, "is %s; it must be a string", kindOf(value))
	case t.filled && s == "":
		report(path, "is empty; it must say something")
	case len(t.of) > 0 && !slices.Contains(t.of, s):
		report(path, "is %s; it must be one of %s", quote(s), strings.Join(t.of, ", "))
	case !t.form.fits(s):
		report(path, "is %s; it must be %s", quote(s), t.form.sentence())
	}
}

func (f form) fits(s string) bool {
	switch f {
	case reference:
		_, err := url.Parse(s)
		return err == nil && !strings.Contains(s, `\`)
	case absolute:
		u, err := url.Parse(s)
		return err == nil && u.IsAbs()
	case moment:
		_, err := time.Parse(time.RFC3339Nano, strings.ToUpper(s))
		return err == nil
	}
	return true
}

func (f form) sentence() string {
	switch f {
	case reference:
		return `a URI reference, as in "/ci/storefront"`
	case absolute:
		return `a whole URI, as in "https://ci.example/runs/7"`
	}
	return `a time as RFC 3339 writes it, as in "2026-03-20T14:27:05Z"`
}

// list is an array of one kind of value.
type list struct{ each rule }

func (l list) check(path string, value any, report report) {
	items, ok := value.([]any)
	if !ok {
		report(path, "is %s; it must be an array", kindOf(value))
		return
	}
	for i, item := range items {
		l.each.check(fmt.Sprintf("%s[%d]", path, i), item, report)
	}
}

// object has fields; what is not named in it is refused unless it is open.
type object struct {
	fields []field
	open   bool
}

type field struct {
	name string
	need bool
	rule rule
}

func need(name string, r rule) field { return field{name, true, r} }
func may(name string, r rule) field  { return field{name, false, r} }

func fields(f ...field) object { return object{fields: f} }

func (o object) check(path string, value any, report report) {
	values, ok := value.(map[string]any)
	if !ok {
		report(path, "is %s; it must be an object", kindOf(value))
		return
	}
	var known []string
	for _, f := range o.fields {
		known = append(known, f.name)
		if v, there := values[f.name]; there {
			f.rule.check(join(path, f.name), v, report)
		} else if f.need {
			report(join(path, f.name), "is missing")
		}
	}
	if o.open {
		return
	}
	for _, name := range sorted(values) {
		if !slices.Contains(known, name) {
			report(join(path, clip(name)), "is not known here; %s", offer(known))
		}
	}
}

func offer(known []string) string {
	if len(known) == 0 {
		return "nothing is, for this type"
	}
	return "there are " + strings.Join(known, ", ")
}

// either accepts what any of the rules accepts.
type either struct {
	rules []rule
	want  string // in words, what is accepted
}

func (e either) check(path string, value any, report report) {
	for _, r := range e.rules {
		wrong := false
		r.check(path, value, func(string, string, ...any) { wrong = true })
		if !wrong {
			return
		}
	}
	report(path, "must be %s", e.want)
}

func join(path, name string) string {
	if path == "" {
		return name
	}
	return path + "." + name
}

func sorted(values map[string]any) []string {
	names := make([]string, 0, len(values))
	for name := range values {
		names = append(names, name)
	}
	slices.Sort(names)
	return names
}

func kindOf(value any) string {
	switch value.(type) {
	case nil:
		return "null"
	case bool:
		return "a truth value"
	case json.Number:
		return "a number"
	case string:
		return "a string"
	case []any:
		return "an array"
	}
	return "an object"
}

func quote(s string) string { return fmt.Sprintf("%q", clip(s)) }

// clip keeps what is repeated from a document short and on one line.
func clip(s string) string {
	const most = 80
	s = strings.Map(func(r rune) rune {
		if unicode.IsControl(r) || r == unicode.ReplacementChar {
			return ' '
		}
		return r
	}, s)
	if runes := []rune(s); len(runes) > most {
		return string(runes[:most-1]) + "…"
	}
	return s
}
