package catalog

import (
	"fmt"
	"math"
	"net"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"

	"go.yaml.in/yaml/v3"
)

// value is one YAML node that knows where it stands. Reading a missing value
// gives the zero value and says nothing, so only need reports what is missing.
type value struct {
	file string
	path string
	node *yaml.Node // nil when missing
	out  *report
}

func (v value) present() bool { return v.node != nil }

func (v value) place() Place {
	if v.node == nil {
		return Place{File: v.file}
	}
	return Place{v.file, v.node.Line}
}

func (v value) wrong(right, what string, args ...any) {
	v.out.wrong(Problem{v.place(), v.path, fmt.Sprintf(what, args...), right})
}

func (v value) note(right, what string, args ...any) {
	v.out.note(Problem{v.place(), v.path, fmt.Sprintf(what, args...), right})
}

func (v value) child(path string, n *yaml.Node) value {
	if n.Kind == yaml.AliasNode {
		n = n.Alias
	}
	return value{v.file, path, n, v.out}
}

// object is a mapping.
type object struct {
	value
	keys   []string
	fields map[string]value
}

// open reads a mapping with any keys.
func (v value) open() object {
	o := object{v, nil, map[string]value{}}
	if v.node == nil {
		return o
	}
	if v.node.Kind != yaml.MappingNode {
		v.wrong("write keys and values", "is %s", kindOf(v.node))
		return o
	}
	for i := 0; i+1 < len(v.node.Content); i += 2 {
		k, n := v.node.Content[i], v.node.Content[i+1]
		path := strings.TrimPrefix(v.path+"."+k.Value, ".")
		if _, twice := o.fields[k.Value]; twice {
			v.child(path, k).wrong("remove one of them", "is written twice")
			continue
		}
		if n.Kind == yaml.ScalarNode && n.Tag == "!!null" {
			continue
		}
		o.keys = append(o.keys, k.Value)
		o.fields[k.Value] = v.child(path, n)
	}
	return o
}

// object reads a mapping and refuses keys that are not known.
func (v value) object(known ...string) object { return v.open().only(known...) }

// only refuses keys that are not known.
func (o object) only(known ...string) object {
	if o.node == nil || o.node.Kind != yaml.MappingNode {
		return o
	}
	for i := 0; i < len(o.node.Content); i += 2 {
		k := o.node.Content[i]
		path := strings.TrimPrefix(o.path+"."+k.Value, ".")
		switch {
		case k.Tag == "!!merge":
			o.child(path, k).wrong("write its keys out here", "is a merge key, which Andon does not read")
		case !slices.Contains(known, k.Value):
			o.child(path, k).wrong(oneOf(k.Value, known...), "is not a key that Andon knows here")
		}
	}
	return o
}

// at gives a value that may be missing.
func (o object) at(key string) value {
	if v, ok := o.fields[key]; ok {
		return v
	}
	return value{o.file, strings.TrimPrefix(o.path+"."+key, "."), nil, o.out}
}

// need gives a value and reports it when it is missing.
func (o object) need(key, right string) value {
	v := o.at(key)
	if !v.present() && o.node != nil && o.node.Kind == yaml.MappingNode {
		o.out.wrong(Problem{o.place(), v.path, "is missing", right})
	}
	return v
}

// list reads a sequence.
func (v value) list() (items []value) {
	if v.node == nil {
		return nil
	}
	if v.node.Kind != yaml.SequenceNode {
		v.wrong("write a list", "is %s", kindOf(v.node))
		return nil
	}
	for i, n := range v.node.Content {
		items = append(items, v.child(fmt.Sprintf("%s[%d]", v.path, i), n))
	}
	return items
}

// text reads a scalar as it is written.
func (v value) text() string {
	if v.node == nil {
		return ""
	}
	if v.node.Kind != yaml.ScalarNode || v.node.Tag == "!!null" {
		v.wrong("write a text", "is %s", kindOf(v.node))
		return ""
	}
	return v.node.Value
}

// filled reads a text that must say something.
func (v value) filled(right string) string {
	got := v.text()
	if v.present() && v.node.Kind == yaml.ScalarNode && strings.TrimSpace(got) == "" {
		v.wrong(right, "is empty")
	}
	return got
}

// choice reads one of a few words; missing means otherwise.
func (v value) choice(otherwise string, choices ...string) string {
	got := v.text()
	if got == "" {
		return otherwise
	}
	if !slices.Contains(choices, got) {
		v.wrong(oneOf(got, choices...), "%s is not known", shown(v.node))
		return otherwise
	}
	return got
}

var plainName = regexp.MustCompile(`^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$`)

// name reads the name of one of Andon's own things.
func (v value) name() string {
	got := v.text()
	if v.present() && !plainName.MatchString(got) {
		v.wrong("use 1 to 63 lower-case letters, digits and hyphens, as in pre-production", "%s is not a name", shown(v.node))
	}
	return got
}

// whole reads a whole number within bounds; missing means otherwise.
func (v value) whole(otherwise, least, most int) int {
	if v.node == nil {
		return otherwise
	}
	n, err := strconv.Atoi(v.text())
	if err != nil || n < least || n > most {
		v.wrong(fmt.Sprintf("use a whole number from %d to %d", least, most), "is %s", shown(v.node))
		return otherwise
	}
	return n
}

// number reads a decimal number that is not negative.
func (v value) number(most float64) float64 {
	if v.node == nil {
		return 0
	}
	n, err := strconv.ParseFloat(v.text(), 64)
	if err != nil || math.IsNaN(n) || n < 0 || n > most {
		v.wrong(fmt.Sprintf("use a number from 0 to %g", most), "is %s", shown(v.node))
		return 0
	}
	return n
}

// yes reads true or false; missing means false.
func (v value) yes() bool {
	if v.node == nil {
		return false
	}
	b, err := strconv.ParseBool(v.text())
	if err != nil || v.node.Tag != "!!bool" {
		v.wrong("use true or false", "is %s", shown(v.node))
	}
	return b
}

// date reads a day; missing means none.
func (v value) date() time.Time {
	if v.node == nil {
		return time.Time{}
	}
	d, err := time.Parse(time.DateOnly, v.text())
	if err != nil {
		v.wrong("write a day as year-month-day, as in 2030-01-31", "is %s", shown(v.node))
	}
	return d
}

// duration reads a positive span of time; missing means otherwise.
func (v value) duration(otherwise time.Duration) time.Duration {
	if v.node == nil {
		return otherwise
	}
	d, err := time.ParseDuration(v.text())
	if err != nil || d <= 0 {
		v.wrong("use a positive duration with its unit, as in 10s or 1m30s", "is %s", shown(v.node))
		return otherwise
	}
	return d
}

// urlPath reads an absolute path of a URL.
func (v value) urlPath(otherwise string) string {
	if v.node == nil {
		return otherwise
	}
	p := v.text()
	if !strings.HasPrefix(p, "/") || strings.ContainsAny(p, " \t\n#") {
		v.wrong("begin with a slash, as in /healthz", "is %s", shown(v.node))
	}
	return p
}

// listen reads the address that users connect to. One that other hosts can
// reach is noted: whether it is allowed is decided when Andon starts.
func (v value) listen() string {
	a := v.text()
	if !v.present() {
		return ""
	}
	host, port, err := net.SplitHostPort(a)
	n, notNumber := strconv.Atoi(port)
	ip := net.ParseIP(host)
	switch {
	case err != nil || notNumber != nil || n < 1 || n > 65535:
		v.wrong("write an address and a port, as in 127.0.0.1:7430", "is %s", shown(v.node))
	case host != "" && host != "localhost" && ip == nil:
		v.wrong("listen on an IP address of this host, as in 127.0.0.1; host names to match go to host", "is %s, which is not an IP address", shown(v.node))
	case host != "localhost" && (ip == nil || !ip.IsLoopback()):
		v.note("use 127.0.0.1 unless that is meant", "%s can be reached from other hosts", a)
	}
	return a
}

func kindOf(n *yaml.Node) string {
	switch {
	case n.Kind == yaml.MappingNode:
		return "a mapping"
	case n.Kind == yaml.SequenceNode:
		return "a list"
	case n.Tag == "!!null":
		return "empty"
	default:
		return shown(n)
	}
}

// shown quotes what was written, short enough for a sentence.
func shown(n *yaml.Node) string {
	if n.Kind != yaml.ScalarNode {
		return kindOf(n)
	}
	const most = 60
	if len(n.Value) > most {
		return strconv.Quote(n.Value[:most]) + "…"
	}
	return strconv.Quote(n.Value)
}
