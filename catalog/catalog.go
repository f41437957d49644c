package catalog

import (
	"strings"

	"go.yaml.in/yaml/v3"
)

// Catalog is everything that the files of one repository declare.
type Catalog struct {
	// Lines holds one line at most in this version; see [Catalog.Complete].
	Lines      []Line
	Deliveries []Delivery
	Policies   []Policy
	Components []Component
	Groups     []Group
	Users      []User
	Systems    []System
	// SLOs are the objectives as they are written; reading them is the work
	// of whoever judges them.
	SLOs []Document
	// Notes are worth saying, and nothing is refused because of them.
	Notes Problems
}

// Document is a YAML document whose content is read elsewhere.
type Document struct {
	File    string
	Line    int // of its first key
	Name    string
	Service string
	// Node is the document's mapping. Its aliases never form a circle.
	Node *yaml.Node
}

// Place is where the document begins.
func (d Document) Place() Place { return Place{d.File, d.Line} }

// Delivery gives the delivery of a service.
func (c *Catalog) Delivery(service string) (Delivery, bool) {
	for _, d := range c.Deliveries {
		if d.Service == service {
			return d, true
		}
	}
	return Delivery{}, false
}

// Members gives the names of everybody in a group, without repetition: those
// that the group names and those that name the group. Members of its children
// are not among them, as Backstage has it.
func (c *Catalog) Members(group string) []string {
	var names []string
	seen := map[string]bool{}
	add := func(name string) {
		if key := strings.ToLower(name); !seen[key] {
			seen[key] = true
			names = append(names, name)
		}
	}
	for _, g := range c.Groups {
		if strings.EqualFold(g.Name, group) {
			for _, m := range g.Members {
				add(m)
			}
		}
	}
	for _, u := range c.Users {
		for _, g := range u.MemberOf {
			if strings.EqualFold(g, group) {
				add(u.Name)
			}
		}
	}
	return names
}
