package floor

import (
	"fmt"
	"strings"
	"time"
)

// text says what an edit changed, and to what.
func (e Edited) text() string {
	var parts []string
	add := func(changed bool, name, was, is string) {
		switch {
		case !changed:
		case is == "":
			parts = append(parts, "no "+name+" any more")
		case was == "":
			parts = append(parts, name+" "+is)
		default:
			parts = append(parts, fmt.Sprintf("%s %s instead of %s", name, is, was))
		}
	}
	was, is := e.Was, e.Is
	add(was.Title != is.Title, "title", quote(was.Title), quote(is.Title))
	if was.Note != is.Note {
		parts = append(parts, "note")
	}
	add(was.Kind != is.Kind, "kind", string(was.Kind), string(is.Kind))
	add(was.Class != is.Class, "class", string(was.Class), string(is.Class))
	add(was.Estimate != is.Estimate, "estimate", days(was.Estimate), days(is.Estimate))
	add(was.Owner != is.Owner, "owner", was.Owner, is.Owner)
	add(was.Epic != is.Epic, "epic", was.Epic, is.Epic)
	before, now := strings.Join(was.Labels, ", "), strings.Join(is.Labels, ", ")
	add(before != now, "labels", before, now)
	add(!was.DueAt.Equal(is.DueAt), "due day", date(was.DueAt), date(is.DueAt))
	add(was.CostOfDelay != is.CostOfDelay, "cost of delay", amount(was.CostOfDelay), amount(is.CostOfDelay))
	return fmt.Sprintf("%s was edited: %s", is.Key, strings.Join(parts, "; "))
}

func quote(title string) string { return "“" + brief(title) + "”" }

func days(n float64) string {
	switch n {
	case 0:
		return ""
	case 1:
		return "1 day"
	}
	return fmt.Sprintf("%g days", n)
}

func amount(a float64) string {
	if a == 0 {
		return ""
	}
	return fmt.Sprintf("%g a day", a)
}

func date(t time.Time) string {
	if t.IsZero() {
		return ""
	}
	return t.Format(time.DateOnly)
}
