package web

import (
	"fmt"
	"net/url"
	"slices"
	"strings"

	"andon/flow/floor"
)

// filter is which cards a viewer wants to see, and in which order of rows. It
// lives in the address of the page, so that a view can be shared. Limits are
// counted over all cards, whatever the filter says.
type filter struct {
	Line                           string
	Text, Owner, Kind, Class, Epic string
	Label                          string
	Blocked, Lit, Mine             bool
	Lanes                          string   // what makes the rows: "" or one of groupings
	All                            []string // stations that are shown to their end
	Me                             string
}

// groupings are what the rows of a floor can be made of.
var groupings = []string{"class", "kind", "owner", "epic"}

// filterOf reads a filter from an address.
func filterOf(q url.Values, me string) (filter, error) {
	f := filter{Line: q.Get("line"), Text: strings.TrimSpace(q.Get("q")), Owner: q.Get("owner"), Kind: q.Get("kind"), Class: q.Get("class"),
		Epic: q.Get("epic"), Label: q.Get("label"), Blocked: q.Get("blocked") != "", Lit: q.Get("lit") != "", Mine: q.Get("mine") != "", Lanes: q.Get("lanes"), All: q["all"], Me: me}
	if f.Lanes == "none" {
		f.Lanes = ""
	}
	switch {
	case f.Lanes != "" && !slices.Contains(groupings, f.Lanes):
		return f, &badQuery{"lanes", fmt.Sprintf("%q makes no rows; use none, %s", f.Lanes, strings.Join(groupings, ", "))}
	case f.Kind != "" && !slices.Contains(floor.Kinds, floor.Kind(f.Kind)):
		return f, &badQuery{"kind", fmt.Sprintf("%q is not a kind of work; use one of %v", f.Kind, floor.Kinds)}
	case f.Class != "" && !slices.Contains(floor.Classes, floor.Class(f.Class)):
		return f, &badQuery{"class", fmt.Sprintf("%q is not a class of service; use one of %v", f.Class, floor.Classes)}
	}
	return f, nil
}

// active says whether some cards may be left out.
func (f filter) active() bool {
	return f.Text != "" || f.Owner != "" || f.Kind != "" || f.Class != "" || f.Epic != "" || f.Label != "" || f.Blocked || f.Lit || f.Mine
}

// admits says whether a card is shown.
func (f filter) admits(c floor.Card) bool {
	switch {
	case f.Owner != "" && c.Owner != f.Owner,
		f.Kind != "" && string(c.Kind) != f.Kind,
		f.Class != "" && string(c.Class) != f.Class,
		f.Epic != "" && c.Epic != f.Epic,
		f.Label != "" && !slices.Contains(c.Labels, f.Label),
		f.Blocked && c.Blocked == nil,
		f.Lit && c.Lamp == nil,
		f.Mine && c.Owner != f.Me && !slices.Contains(c.Helpers, f.Me):
		return false
	}
	return says(c, f.Text)
}

// says finds every word of a text somewhere in a card, in any case of letters.
func says(c floor.Card, text string) bool {
	if text == "" {
		return true
	}
	all := spoken(c)
	for _, word := range strings.Fields(strings.ToLower(text)) {
		if !strings.Contains(all, word) {
			return false
		}
	}
	return true
}

// spoken is all that people wrote of a card, in small letters.
func spoken(c floor.Card) string {
	return strings.ToLower(strings.Join([]string{c.Key, c.Title, c.Note, c.Epic, c.Owner, strings.Join(c.Helpers, " "), strings.Join(c.Labels, " ")}, "\n"))
}

// query is the filter as the part of an address after the question mark.
func (f filter) query() url.Values {
	q := url.Values{}
	for name, value := range map[string]string{"line": f.Line, "q": f.Text, "owner": f.Owner, "kind": f.Kind, "class": f.Class, "epic": f.Epic, "label": f.Label, "lanes": f.Lanes} {
		if value != "" {
			q.Set(name, value)
		}
	}
	for name, on := range map[string]bool{"blocked": f.Blocked, "lit": f.Lit, "mine": f.Mine} {
		if on {
			q.Set(name, "1")
		}
	}
	for _, station := range f.All {
		q.Add("all", station)
	}
	return q
}

// whole is the address of the same view with a station shown to its end.
func (f filter) whole(station string) string {
	f.All = append(slices.Clone(f.All), station)
	return f.address()
}

// address is the page of this view.
func (f filter) address() string { return "/floor?" + f.query().Encode() }

// group is the name of the row that a card belongs to.
func (f filter) group(c floor.Card) string {
	switch f.Lanes {
	case "class":
		return string(c.Class)
	case "kind":
		return string(c.Kind)
	case "owner":
		return c.Owner
	case "epic":
		return c.Epic
	}
	return ""
}

// groups are the names of the rows in their order: the known ones of a class
// or kind, otherwise by the alphabet with the nameless at the end.
func (f filter) groups(cards []floor.Card) (names []string) {
	seen := map[string]bool{}
	for _, c := range cards {
		if g := f.group(c); !seen[g] {
			seen[g] = true
			names = append(names, g)
		}
	}
	order := func(name string) int {
		switch {
		case f.Lanes == "class":
			return slices.Index(floor.Classes, floor.Class(name))
		case f.Lanes == "kind":
			return slices.Index(floor.Kinds, floor.Kind(name))
		case name == "":
			return 1
		}
		return 0
	}
	slices.SortFunc(names, func(a, b string) int {
		if x, y := order(a), order(b); x != y {
			return x - y
		}
		return strings.Compare(a, b)
	})
	return names
}

// groupWord is what a row is called.
func (f filter) groupWord(name string) string {
	switch {
	case f.Lanes == "class", f.Lanes == "kind":
		return sentenceCase(name)
	case name != "":
		return name
	case f.Lanes == "owner":
		return "Nobody's"
	case f.Lanes == "epic":
		return "No epic"
	}
	return "All other work"
}

// cleared is the address of the same rows with all cards.
func (f filter) cleared() string {
	return filter{Line: f.Line, Lanes: f.Lanes}.address()
}
