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

// words are names that may be meant, in the order of the files.
type words struct {
	all   []string
	exact map[string]bool
	lower map[string]bool
}

func (w *words) add(word string) {
	if w.exact == nil {
		w.exact, w.lower = map[string]bool{}, map[string]bool{}
	}
	if word != "" && !w.exact[word] {
		w.exact[word], w.lower[strings.ToLower(word)] = true, true
		w.all = append(w.all, word)
	}
}

// has tells whether a word is there as it is written.
func (w *words) has(word string) bool { return w.exact[word] }

// hasAlike disregards case, as Backstage does.
func (w *words) hasAlike(word string) bool { return w.lower[strings.ToLower(word)] }

// known is what the files declare together.
type known struct {
	groups, users words
	components    words
	services      words // components, and what is delivered
	environments  words
	deployed      words // environments that the line's stations name
}

func (l *loading) index() {
	for _, g := range l.catalog.Groups {
		l.known.groups.add(g.Name)
	}
	for _, u := range l.catalog.Users {
		l.known.users.add(u.Name)
	}
	for _, c := range l.catalog.Components {
		l.known.components.add(c.Name)
		l.known.services.add(c.Name)
	}
	for _, d := range l.catalog.Deliveries {
		l.known.services.add(d.Service)
		for _, e := range d.Environments {
			l.known.environments.add(e.Name)
		}
	}
	for _, line := range l.catalog.Lines {
		for _, s := range line.Stations {
			l.known.deployed.add(s.Deploy)
		}
	}
}

// environment checks that a Delivery has an environment of that name.
func (l *loading) environment(v value, name string) {
	switch {
	case v.node.Kind != scalar || l.known.environments.has(name):
	case len(l.known.environments.all) == 0:
		v.wrong("declare a Delivery with an environment of that name", "%s is not an environment of a Delivery", shown(v.node))
	default:
		v.wrong(oneOf(name, l.known.environments.all...), "%s is not an environment of a Delivery", shown(v.node))
	}
}

// reached notes an environment that no station of the line deploys to.
func (l *loading) reached(v value, name string) {
	if name != "" && len(l.catalog.Lines) > 0 && !l.known.deployed.has(name) {
		v.note(fmt.Sprintf("add {name: %s, deploy: %s} to the line's stations", name, name), "is an environment that no station deploys to")
	}
}

// order checks that stations deploy in the order in which each Delivery lists
// its environments.
func (l *loading) order(line Line, at []value) {
	for _, d := range l.catalog.Deliveries {
		place := map[string]int{}
		for i, e := range d.Environments {
			place[e.Name] = i
		}
		reached, before := -1, ""
		for i, s := range line.Stations {
			here, ok := place[s.Deploy]
			if s.Deploy == "" || !ok {
				continue
			}
			if here < reached {
				at[i].wrong("use one order in both", "deploys to %s after %s, but the Delivery %s lists %s before %s",
					s.Deploy, before, d.Name, s.Deploy, before)
			} else {
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
		if groups := &l.known.groups; len(groups.all) > 0 && v.node.Kind == scalar && !groups.hasAlike(r.name) {
			v.wrong(oneOf(r.name, groups.all...), "%s is not a Group", shown(v.node))
		}
	})
	return r.name
}

// knownOwner notes the owner of a component that is no group and no user here:
// Backstage may know it from another repository.
func (l *loading) knownOwner(v value, r ref) {
	owners := l.known.groups
	if r.kind == "user" {
		owners = l.known.users
	}
	if !l.report.noted() && len(owners.all) > 0 && !owners.hasAlike(r.name) {
		v.note(oneOf(r.name, owners.all...), "%s is declared nowhere here", shown(v.node))
	}
}

// knownService notes a service that is not among those given, unless none are.
func (l *loading) knownService(v value, services words) {
	if v.present() && !l.report.noted() && v.node.Kind == scalar && len(services.all) > 0 && !services.has(v.node.Value) {
		v.note(oneOf(v.node.Value, services.all...), "%s is a service that nothing else here names", shown(v.node))
	}
}

// listener is an environment that listens on an address.
type listener struct {
	ip, name string
	at       Place
}

const anyAddress = "0.0.0.0"

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
		ip = anyAddress
	}
	others := l.listeners[port]
	if others == nil {
		others = map[string]listener{}
		l.listeners[port] = others
	}
	mine := ip + " " + strings.ToLower(e.Host)
	if other, taken := others[mine]; taken {
		v.wrong("use another port, or give each its own host", "%s is taken by %s at %s", shown(v.node), other.name, other.at)
		return
	}
	// An address that stands for all of the host's meets every other; the
	// first environment of either sort is told.
	for _, sort := range []string{"one", "any"} {
		if other, there := others[sort]; there && other.ip != ip && (ip == anyAddress || other.ip == anyAddress) {
			v.wrong("use another port, or the same address and different hosts", "%s overlaps with the address of %s at %s", shown(v.node), other.name, other.at)
		}
	}
	me := listener{ip, e.Name, v.place()}
	others[mine] = me
	sort := "one"
	if ip == anyAddress {
		sort = "any"
	}
	if _, there := others[sort]; !there {
		others[sort] = me
	}
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
