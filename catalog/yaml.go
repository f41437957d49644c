package catalog

import (
	"bytes"
	"errors"
	"io"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"go.yaml.in/yaml/v3"
)

const (
	mapping  = yaml.MappingNode
	sequence = yaml.SequenceNode
	scalar   = yaml.ScalarNode

	// mostWritten is how large a document may become when its aliases are
	// written out, in nodes and bytes: a few short lines of aliases to aliases
	// would otherwise fill the memory.
	mostWritten = 4 * mostBytes
	// deepest is how many levels a document may have. It ends aliases that
	// hold themselves.
	deepest = 100
)

// documents parses the YAML documents of a file, up to the first that is not
// YAML. Empty documents are left out.
func documents(file string, text []byte, out *report) []*yaml.Node {
	var all []*yaml.Node
	for d := yaml.NewDecoder(bytes.NewReader(text)); ; {
		var doc yaml.Node
		err := d.Decode(&doc)
		if errors.Is(err, io.EOF) {
			return all
		}
		if err != nil {
			out.wrong(syntax(file, text, err))
			return all
		}
		if len(doc.Content) != 1 || doc.Content[0].Tag == "!!null" {
			continue
		}
		root := doc.Content[0]
		left := mostWritten
		if right := bounded(root, 1, &left); right != "" {
			out.wrong(Problem{Place{file, root.Line}, "", "is too large when its aliases are written out, or too deep", right})
			continue
		}
		all = append(all, root)
	}
}

// bounded says what to do about a document that is too deep or too large.
func bounded(n *yaml.Node, depth int, left *int) (right string) {
	if *left -= 1 + len(n.Value); *left < 0 {
		return "write the values out instead of using aliases of aliases"
	}
	if depth > deepest {
		return "use at most " + strconv.Itoa(deepest) + " levels, and no alias within its own anchor"
	}
	if n.Kind == yaml.AliasNode {
		return bounded(n.Alias, depth+1, left)
	}
	for _, child := range n.Content {
		if right := bounded(child, depth+1, left); right != "" {
			return right
		}
	}
	return ""
}

var (
	syntaxLine    = regexp.MustCompile(`^yaml: (?:line (\d+): )?(.*)$`)
	unknownAnchor = regexp.MustCompile(`^unknown anchor '(.*)' referenced$`)
)

// ofParser are complaints of the YAML parser, whose lines begin with 0; those
// of its scanner begin with 1.
var ofParser = []string{"<document start>", "key", "',' or ']'", "',' or '}'", "'-' indicator", "node content"}

// advice is what would be right where the complaint alone does not say.
var advice = []struct{ complaint, right string }{
	{"found character that cannot start any token", "indent with spaces, not tabs, and quote texts that begin with @, ` or %"},
	{"mapping values are not allowed", "quote texts that hold a colon and a space, and indent keys alike"},
	{"could not find expected ':'", "write key: value"},
	{"found unexpected end of stream", "close the quotation marks"},
	{"',' or ']'", "close the list with ]"},
	{"',' or '}'", "close the mapping with }"},
	{"'-' indicator", "indent the items of a list alike"},
	{"control characters are not allowed", "save the file as text in UTF-8"},
	{"UTF-", "save the file as text in UTF-8"},
	{"unknown anchor", "write the value out, or quote a text that begins with *"},
}

// syntax makes a sentence with the right line of what the parser says.
func syntax(file string, text []byte, err error) Problem {
	said := syntaxLine.FindStringSubmatch(err.Error())
	if said == nil {
		return Problem{Place{file, 0}, "", "is not YAML: " + err.Error(), "correct it"}
	}
	complaint := said[2]
	line, _ := strconv.Atoi(said[1])
	if rest, ok := strings.CutPrefix(complaint, "did not find expected "); ok && slices.Contains(ofParser, rest) {
		line++
	}
	if m := unknownAnchor.FindStringSubmatch(complaint); m != nil {
		line = lineOf(text, func(l []byte) bool { return bytes.Contains(l, []byte("*"+m[1])) })
	}
	if strings.HasPrefix(complaint, "control characters") {
		line = lineOf(text, func(l []byte) bool { return bytes.ContainsFunc(l, isControl) })
	}
	// What is missing at the end is missing in the last line, not after it.
	last := 1 + bytes.Count(bytes.TrimSuffix(text, []byte("\n")), []byte("\n"))
	p := Problem{Place{file, min(max(line, 1), last)}, "", "is not YAML: " + complaint, "indent keys alike, and quote texts with special characters"}
	for _, a := range advice {
		if strings.Contains(complaint, a.complaint) {
			p.Right = a.right
			break
		}
	}
	return p
}

// lineOf gives the first line, from 1, that is meant; 1 when none is.
func lineOf(text []byte, meant func([]byte) bool) int {
	for i, l := range bytes.Split(text, []byte("\n")) {
		if meant(l) {
			return i + 1
		}
	}
	return 1
}

func isControl(r rune) bool { return r < ' ' && r != '\t' && r != '\r' || r == 0x7f }
