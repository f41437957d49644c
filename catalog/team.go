package catalog

import (
	"regexp"
	"strings"
)

// Component is a piece of software that somebody owns (Backstage).
type Component struct {
	Name, Title, Description string
	Tags                     []string
	Type, Lifecycle          string
	// Owner is the name of a group, or of a user where OwnedByUser says so.
	Owner       string
	OwnedByUser bool
	System      string
	Place
}

// Group is a team (Backstage).
type Group struct {
	Name, Title, Type, Email string
	Parent                   string
	Children                 []string
	// Members are the users that the group names; [Catalog.Members] knows
	// those that name the group as well.
	Members []string
	Place
}

// User is a person (Backstage).
type User struct {
	Name, Title, Email string
	MemberOf           []string
	Place
}

// System is several components that belong together (Backstage).
type System struct {
	Name, Title, Description string
	Owner                    string
	Place
}

// entityName is what Backstage accepts as metadata.name.
var entityName = regexp.MustCompile(`^[A-Za-z0-9]([A-Za-z0-9_.-]{0,61}[A-Za-z0-9])?$`)

// backstageKinds are all kinds of Backstage; those that are not read are noted.
var backstageKinds = []string{"Component", "System", "Group", "User", "API", "Resource", "Domain", "Location", "Template"}

// entity reads one of Backstage's documents. Only a name that is missing or is
// none is a problem: the file belongs to Backstage, and what Andon does not
// understand in it must not stop the line.
func (l *loading) entity(d value, kind string) {
	strict := l.report
	generous := &report{}
	d.out = generous
	doc := d.open()
	metadata := doc.at("metadata").open()
	name := metadata.at("name")
	spec := doc.at("spec").open()
	profile := spec.at("profile").open()
	title := first(metadata.at("title").text(), profile.at("displayName").text(), name.text())
	owner := refOf(spec.at("owner").text())

	switch kind {
	case "Component":
		l.catalog.Components = append(l.catalog.Components, Component{
			Name: name.text(), Title: title, Description: metadata.at("description").text(), Tags: texts(metadata.at("tags")),
			Type: spec.at("type").text(), Lifecycle: spec.at("lifecycle").text(),
			Owner: owner.name, OwnedByUser: owner.kind == "user", System: refOf(spec.at("system").text()).name, Place: d.place(),
		})
	case "System":
		l.catalog.Systems = append(l.catalog.Systems, System{
			Name: name.text(), Title: title, Description: metadata.at("description").text(), Owner: owner.name, Place: d.place(),
		})
	case "Group":
		l.catalog.Groups = append(l.catalog.Groups, Group{
			Name: name.text(), Title: title, Type: spec.at("type").text(), Email: profile.at("email").text(),
			Parent: refOf(spec.at("parent").text()).name, Children: names(spec.at("children")), Members: names(spec.at("members")), Place: d.place(),
		})
	case "User":
		l.catalog.Users = append(l.catalog.Users, User{
			Name: name.text(), Title: title, Email: profile.at("email").text(), MemberOf: names(spec.at("memberOf")), Place: d.place(),
		})
	default:
		d.note("", "is of Backstage's kind %s, which Andon does not use", kind)
		strict.note(generous.notes...)
		return
	}

	strict.note(generous.notes...)
	strict.note(generous.problems...)
	d.out, metadata.out, name.out = strict, strict, strict
	switch {
	case !name.present():
		strict.wrong(Problem{d.place(), "metadata.name", "is missing", "name the " + kind})
	case !entityName.MatchString(name.node.Value):
		name.wrong("use 1 to 63 letters, digits, hyphens, underscores and dots", "%s is not a name", shown(name.node))
	default:
		l.only(name, kind, name.node.Value)
	}
	if kind == "Component" || kind == "System" {
		at := spec.at("owner")
		if at.out = strict; at.present() {
			strict.later(func(l *loading) { l.knownOwner(at, owner) })
		} else {
			strict.note(Problem{d.place(), "spec.owner", "is missing", "name the Group that owns it"})
		}
	}
}

// ref is an entity reference: [kind:][namespace/]name.
type ref struct{ kind, name string }

// refOf takes a reference apart. Namespaces are not told apart in this version.
func refOf(text string) ref {
	kind, rest, ok := strings.Cut(text, ":")
	if !ok {
		kind, rest = "", text
	}
	return ref{strings.ToLower(kind), rest[strings.LastIndexByte(rest, '/')+1:]}
}

func names(v value) []string {
	all := texts(v)
	for i := range all {
		all[i] = refOf(all[i]).name
	}
	return all
}

func texts(v value) []string {
	var all []string
	for _, item := range v.list() {
		if t := item.text(); t != "" {
			all = append(all, t)
		}
	}
	return all
}

func first(candidates ...string) string {
	for _, c := range candidates {
		if c != "" {
			return c
		}
	}
	return ""
}
