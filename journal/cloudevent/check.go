package cloudevent

import (
	"fmt"
	"regexp"
	"slices"
	"strings"

	"andon/journal"
)

const standardPrefix = "dev.cdevents."

// customType is the form of types that CDEvents leaves to tools:
// dev.cdeventsx.<tool>-<subject>.<predicate>.<version>.
var customType = regexp.MustCompile(`^dev\.cdeventsx\.[A-Za-z0-9]+-[A-Za-z0-9_]+\.[A-Za-z0-9_]+\.[0-9]+\.[0-9]+\.[0-9]+(-[A-Za-z0-9.]+)?$`)

// specVersion is the form of the versions of CDEvents that are read.
var specVersion = regexp.MustCompile(`^0\.[345]\.[0-9]+(-[A-Za-z0-9.]+)?$`)

// Problem is one thing that is wrong with an event.
type Problem struct {
	// Path says where, as in "subject.content.environment.id".
	Path string `json:"path"`
	// Text says what is wrong and what would be right.
	Text string `json:"text"`
}

// check finds what is wrong with a CDEvents document.
func check(doc map[string]any) (found []Problem) {
	report := func(path, format string, args ...any) {
		found = append(found, Problem{path, fmt.Sprintf(format, args...)})
	}
	context, _ := doc["context"].(map[string]any)
	typ, _ := context["type"].(string)
	content, loose := object{open: true}, false
	if name, standard := strings.CutPrefix(typ, standardPrefix); standard {
		known, ok := contents[name]
		if !ok {
			report("context.type", "%s", unknown(typ, name))
			return found
		}
		// The testing types alone leave the form of sources open.
		content, loose = known, strings.HasPrefix(name, "test")
	} else if typ != "" && !customType.MatchString(typ) {
		report("context.type", "is %s; use a type of CDEvents, as in dev.cdevents.service.deployed.0.3.0, "+
			"or one of your own, as in dev.cdeventsx.mytool-thing.done.0.1.0", quote(typ))
	}
	document(typ, content, loose).check("", doc, report)
	if version, ok := context["specversion"].(string); ok && version != "" && !specVersion.MatchString(version) {
		report("context.specversion", "is %s; CDEvents 0.3, 0.4 and 0.5 are read, as in \"0.5.1\"", quote(version))
	}
	return found
}

// unknown says which versions of a type, or which types, are known instead.
func unknown(typ, name string) string {
	subject, _, _ := strings.Cut(name, ".")
	var same, kin, subjects []string
	for known := range contents {
		s, _, _ := strings.Cut(known, ".")
		if short := shortOf(known); short == shortOf(name) {
			same = append(same, known[len(short)+1:])
		} else if s == subject {
			kin = append(kin, short)
		}
		subjects = append(subjects, s)
	}
	slices.Sort(kin)
	slices.Sort(subjects)
	switch {
	case len(same) > 0:
		return fmt.Sprintf("is %s; of %s the version %s is known", quote(typ), shortOf(name), strings.Join(same, " and "))
	case len(kin) > 0:
		return fmt.Sprintf("is %s; of this subject there are %s", quote(typ), strings.Join(kin, ", "))
	}
	return fmt.Sprintf("is %s; CDEvents has the subjects %s", quote(typ), strings.Join(slices.Compact(subjects), ", "))
}

// shortOf gives "subject.predicate" of "subject.predicate.version".
func shortOf(name string) string {
	parts := strings.SplitN(name, ".", 3)
	return strings.Join(parts[:min(2, len(parts))], ".")
}

// document is the rule for a whole CDEvents document of a type.
func document(typ string, content object, loose bool) object {
	contextSource, subjectSource := ref, ref
	if loose {
		contextSource, subjectSource = word, anyText
	}
	subject := fields(need("id", word), may("source", subjectSource), need("content", content))
	switch {
	case strings.HasPrefix(typ, standardPrefix+"ticket.closed."):
		subject = with(subject, may("type", text{of: []string{"ticket"}}))
	case !strings.HasPrefix(typ, standardPrefix):
		subject = with(subject, may("type", word))
	}
	return fields(
		need("context", fields(
			need("specversion", word), need("id", word), need("source", contextSource), need("type", word),
			need("timestamp", text{form: moment}),
			may("schemaUri", text{filled: true, form: absolute}), may("chainId", word), may("links", list{link}),
		)),
		need("subject", subject),
		may("customData", either{[]rule{object{open: true}, anyText}, "an object, or a string in base64"}),
		may("customDataContentType", anyText),
	)
}

// link is one link to another event of the same chain, in the form that is
// embedded in an event.
var link = either{want: "a link of linkType END, PATH (with from.contextId) or RELATION (with linkKind and target)", rules: []rule{
	fields(need("linkType", text{of: []string{"END"}}), may("from", from), may("tags", object{open: true})),
	fields(need("linkType", text{of: []string{"PATH"}}), need("from", from), may("tags", object{open: true})),
	fields(need("linkType", text{of: []string{"RELATION"}}), need("linkKind", word),
		need("target", object{open: true, fields: []field{may("contextId", word)}}), may("tags", object{open: true})),
}}

var from = object{open: true, fields: []field{need("contextId", word)}}

// Types lists the standard types that are known, in order.
func Types() []journal.Type {
	types := make([]journal.Type, 0, len(contents))
	for name := range contents {
		types = append(types, journal.Type(standardPrefix+name))
	}
	slices.Sort(types)
	return types
}
