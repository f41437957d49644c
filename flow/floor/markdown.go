package floor

import (
	"fmt"
	"strings"
	"time"
)

// Markdown is the stand-up as a text to paste.
func (u StandUp) Markdown() string {
	var b strings.Builder
	fmt.Fprintf(&b, "# Stand-up of %s, %s\n", plain(u.Line.Title), u.At.Format(time.DateOnly))
	if len(u.Stops) == 0 {
		b.WriteString("\nNothing is in progress.\n")
	}
	for _, stop := range u.Stops {
		fmt.Fprintf(&b, "\n## %s (%s)\n\n", stop.Station.Name, load(u.counted(stop), stop.Station.WIP))
		for _, t := range stop.Talks {
			fmt.Fprintf(&b, "- **%s** %s: %s%s\n", t.Card.Key, plain(t.Card.Title), plain(t.Why), hands(t.Card))
		}
	}
	b.WriteString("\n## Hands\n\n")
	if len(u.Free) == 0 {
		b.WriteString("Everybody has work in hand.\n")
	} else {
		fmt.Fprintf(&b, "Free: %s.\n", plain(list(u.Free, "and")))
	}
	if len(u.Next) > 0 {
		b.WriteString("\n## Next to start\n\n")
		for _, c := range u.Next {
			fmt.Fprintf(&b, "- **%s** %s\n", c.Key, plain(c.Title))
		}
	}
	if u.Unready > 0 {
		fmt.Fprintf(&b, "\n%d more wait to be analysed, estimated or scheduled.\n", u.Unready)
	}
	return b.String()
}

// counted is how many of a stop's cards count against its limit: those of the
// expedite lane have their own.
func (u StandUp) counted(stop Stop) (n int) {
	for _, t := range stop.Talks {
		if !u.Line.Rules.expedited(t.Card) {
			n++
		}
	}
	return n
}

// Markdown is the demonstration as a text to paste.
func (d Demo) Markdown() string {
	var b strings.Builder
	fmt.Fprintf(&b, "# Finished on %s since %s\n", plain(d.Line.Title), d.Since.Format(time.DateOnly))
	if len(d.Cards) == 0 {
		b.WriteString("\nNothing was finished.\n")
	}
	for _, kind := range Kinds {
		title := true
		for _, c := range d.Cards {
			if c.Kind != kind {
				continue
			}
			if title {
				fmt.Fprintf(&b, "\n## %s work\n\n", strings.ToUpper(string(kind[:1]))+string(kind[1:]))
				title = false
			}
			fmt.Fprintf(&b, "- **%s** %s (%s, after %s)%s\n", c.Key, plain(c.Title), c.DoneAt.Format(time.DateOnly), Span(c.Age(d.At)), hands(c))
		}
	}
	if d.More > 0 {
		fmt.Fprintf(&b, "\nand %d more.\n", d.More)
	}
	return b.String()
}

// plain keeps people's words from being read as Markdown.
var plain = strings.NewReplacer("\\", "\\\\", "*", "\\*", "_", "\\_", "`", "\\`", "[", "\\[", "<", "&lt;", "\n", " ").Replace

func hands(c Card) string {
	names := c.Helpers
	if c.Owner != "" {
		names = append([]string{c.Owner}, names...)
	}
	if len(names) == 0 {
		return ""
	}
	return " (" + plain(list(names, "and")) + ")"
}

func load(holds, limit int) string {
	if limit == 0 {
		return fmt.Sprintf("%d cards", holds)
	}
	return fmt.Sprintf("%d of %d cards", holds, limit)
}
