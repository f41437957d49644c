package source

import (
	"regexp"
	"slices"
	"strings"
)

// Words are the texts in which a change may name its cards.
type Words struct {
	Branch string
	// Title is a pull request's title or a commit's whole message.
	Title string
	// Body is prose: only trailers and links in it count.
	Body string
}

var (
	// key is a card's key as people write it.
	key = regexp.MustCompile(`\b[A-Z][A-Z0-9]{0,9}-[1-9][0-9]{0,8}\b`)
	// branchKey is a key in a branch name, where people write lower case and
	// put underscores next to it.
	branchKey = regexp.MustCompile(`(?i)(?:^|[^a-z0-9])([a-z][a-z0-9]{0,9}-[1-9][0-9]{0,8})(?:$|[^a-z0-9])`)
	trailer   = regexp.MustCompile(`(?mi)^[ \t]*cards?:[ \t]*(.+)$`)
	link      = regexp.MustCompile(`/cards/([A-Z][A-Z0-9]{0,9}-[1-9][0-9]{0,8})\b`)
)

// Keys finds the keys of cards that the words may name, sorted, each once:
// in a branch's name whatever their case ("feature/shop-7_cart"), anywhere in
// the title, and in the body in a trailer ("Card: SHOP-7") or a link to a card
// ("https://…/cards/SHOP-7"). Whether there are such cards is for [Cards] to say:
// "fix-2" in a branch name looks like a key, too.
func Keys(w Words) []string {
	var found []string
	for rest := w.Branch; ; {
		at := branchKey.FindStringSubmatchIndex(rest)
		if at == nil {
			break
		}
		found = append(found, strings.ToUpper(rest[at[2]:at[3]]))
		rest = rest[at[3]:] // what follows a key may also precede the next
	}
	found = append(found, key.FindAllString(w.Title, -1)...)
	for _, m := range trailer.FindAllStringSubmatch(w.Body, -1) {
		found = append(found, key.FindAllString(m[1], -1)...)
	}
	for _, m := range link.FindAllStringSubmatch(w.Body, -1) {
		found = append(found, m[1])
	}
	slices.Sort(found)
	return slices.Compact(found)
}
