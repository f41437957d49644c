package catalog

import (
	"fmt"
	"net"
	"slices"
	"strings"
)

// The checks here compare what one file says with what another says.

// workflow checks that a file of .github/workflows is there.
func (l *loading) workflow(v value, every bool) {
	name := v.text()
	switch {
	case v.node.Kind != scalar || every && name == "*" && l.workflows == nil:
	case name == "" || strings.ContainsAny(name, `/\`):
		v.wrong("write the name of a file of "+workflows+" alone, as in ci.yml", "is %s", shown(v.node))
	case every && name == "*" && len(l.workflows) > 0, l.workflows == nil, slices.Contains(l.workflows, name):
	case len(l.workflows) == 0:
		v.wrong("add a workflow", "is %s, but %s is empty", shown(v.node), workflows)
	default:
		v.wrong(oneOf(name, l.workflows...), "%s is not a file of %s", shown(v.node), workflows)
	}
}

// environment checks that a Delivery has an environment of that name.
func (l *loading) environment(v value, name string) {
	if v.node.Kind != scalar {
		return
	}
	var known []string
	for _, d := range l.catalog.Deliveries {
		for _, e := range d.Environments {
			if e.Name == name {
				return
			}
			if !slices.Contains(known, e.Name) && e.Name != "" {
				known = append(known, e.Name)
			}
		}
	}
	if len(known) == 0 {
		v.wrong("declare a Delivery with an environment of that name", "%s is not an environment of a Delivery", shown(v.node))
		return
	}
	v.wrong(oneOf(name, known...), "%s is not an environment of a Delivery", shown(v.node))
}

// reached notes an environment that no station of the line deploys to.
func (l *loading) reached(v value, name string) {
	if name == "" || len(l.catalog.Lines) == 0 {
		return
	}
	for _, s := range l.catalog.Lines[0].Stations {
		if s.Deploy == name {
			return
		}
	}
	v.note(fmt.Sprintf("add {name: %s, deploy: %s} to the line's stations", name, name), "is an environment that no station deploys to")
}

// order checks that stations deploy in the order in which each Delivery lists
// its environments.
func (l *loading) order(line Line, at []value) {
	for _, d := range l.catalog.Deliveries {
		reached, before := -1, ""
		for i, s := range line.Stations {
			here := slices.IndexFunc(d.Environments, func(e Environment) bool { return e.Name == s.Deploy })
			if s.Deploy == "" || here < 0 {
				continue
			}
			if here < reached {
				at[i].wrong("use one order in both", "deploys to %s after %s, but the Delivery %s lists %s before %s",
					s.Deploy, before, d.Name, s.Deploy, before)
			}
			if here > reached {
				reached, before = here, s.Deploy
			}
		}
	}
}

// owner reads the group that owns a line.
func (l *loading) owner(v value) string {
	if !v.present() {
		return ""
	}
	r := refOf(v.text())
	if r.kind != "" && r.kind != "group" {
		v.wrong("name a Group", "is %s", shown(v.node))
		return r.name
	}
	l.report.later(func(l *loading) {
		if len(l.catalog.Groups) > 0 && v.node.Kind == scalar && !l.catalog.hasGroup(r.name) {
			v.wrong(oneOf(r.name, l.catalog.groupNames()...), "%s is not a Group", shown(v.node))
		}
	})
	return r.name
}

// knownOwner notes the owner of a component that is no group and no user here:
// Backstage may know it from another repository.
func (l *loading) knownOwner(v value, r ref) {
	known := l.catalog.groupNames()
	if r.kind == "user" {
		known = nil
		for _, u := range l.catalog.Users {
			known = append(known, u.Name)
		}
	}
	same := func(name string) bool { return strings.EqualFold(name, r.name) }
	if len(known) > 0 && !slices.ContainsFunc(known, same) {
		v.note(oneOf(r.name, known...), "%s is declared nowhere here", shown(v.node))
	}
}

func (c *Catalog) groupNames() []string {
	var all []string
	for _, g := range c.Groups {
		all = append(all, g.Name)
	}
	return all
}

func (c *Catalog) hasGroup(name string) bool {
	return slices.ContainsFunc(c.Groups, func(g Group) bool { return strings.EqualFold(g.Name, name) })
}

// knownService notes a service that is declared nowhere. A Delivery declares
// one, which is enough for an objective.
func (l *loading) knownService(v value, name string, delivered bool) {
	var known []string
	for _, c := range l.catalog.Components {
		known = append(known, c.Name)
	}
	if delivered {
		for _, d := range l.catalog.Deliveries {
			if !slices.Contains(known, d.Service) {
				known = append(known, d.Service)
			}
		}
	}
	if v.present() && len(known) > 0 && !slices.Contains(known, name) {
		v.note(oneOf(name, known...), "%s is a service that nothing else here names", shown(v.node))
	}
}

// listener is one address that an environment listens on.
type listener struct {
	ip, port, host string
	name           string
	at             Place
}

// listens refuses an address that another environment has, unless they are
// told apart by the host that users ask for.
func (l *loading) listens(v value, e Environment) {
	ip, port, err := net.SplitHostPort(e.Listen)
	if err != nil {
		return // refused when it was read
	}
	switch ip {
	case "localhost":
		ip = "127.0.0.1"
	case "", "::":
		ip = "0.0.0.0"
	}
	mine := listener{ip, port, strings.ToLower(e.Host), e.Name, v.place()}
	for _, other := range l.listeners {
		if other.port != port {
			continue
		}
		where := fmt.Sprintf("%s at %s", other.name, other.at)
		switch {
		case other.ip == ip && other.host == mine.host:
			v.wrong("use another port, or give each its own host", "%s is taken by %s", shown(v.node), where)
		case other.ip != ip && (ip == "0.0.0.0" || other.ip == "0.0.0.0"):
			v.wrong("use another port, or the same address and different hosts", "%s overlaps with the address of %s", shown(v.node), where)
		}
	}
	l.listeners = append(l.listeners, mine)
}

func counted(n int, noun string) string {
	switch n {
	case 0:
		return "no " + noun
	case 1:
		return "one " + noun
	}
	return fmt.Sprintf("%d %ss", n, noun)
}
