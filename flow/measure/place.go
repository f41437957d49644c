package measure

import (
	"slices"
	"strings"
	"unicode"
)

// meansProduction are the words with which the name of an environment begins
// that users meet.
var meansProduction = []string{"production", "prod", "live"}

// rehearses are the words after them that say the contrary.
var rehearses = []string{"test", "tests", "testing", "staging", "stage", "preview", "like", "copy", "clone", "mirror", "shadow", "sandbox", "dev", "qa"}

// inProduction says whether an environment of another tool is where users are:
// it has the name of the line's own, or begins with a word that means it, as in
// "Production – web" (Vercel), "production - web", "prod/eu" and "live".
// "production-like" and "prod-test" are not.
func inProduction(environment, line string) bool {
	words := strings.FieldsFunc(strings.ToLower(environment), func(r rune) bool { return !unicode.IsLetter(r) && !unicode.IsDigit(r) })
	if strings.EqualFold(strings.TrimSpace(environment), line) && line != "" {
		return true
	}
	return len(words) > 0 && slices.Contains(meansProduction, words[0]) &&
		!slices.ContainsFunc(words[1:], func(w string) bool { return slices.Contains(rehearses, w) })
}
