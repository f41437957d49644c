package source

import (
	"regexp"
	"slices"
	"strings"
)

var (
	// closing is what people write in a pull request or a commit to have an
	// issue closed by it: the keywords of GitHub and Gitea (close, fix, resolve)
	// and of GitLab (also implement), and one or more issues.
	closing = regexp.MustCompile(`(?i)\b(?:clos(?:e[sd]?|ing)|fix(?:e[sd]|ing)?|resolv(?:e[sd]?|ing)|implement(?:s|ed|ing)?):?\s+((?:issues?\s+)?` +
		`(?:` + reference + `)(?:(?:\s*,\s*|,?\s+and\s+)(?:` + reference + `))*)`)
	referred = regexp.MustCompile(reference)
	parts    = regexp.MustCompile(`^(?:https?://[^/\s]+/)?([\w.-]+(?:/[\w.-]+)+?)?(?:/(?:-/)?issues/|#)([1-9]\d*)$`)
)

// reference is an issue: #12, acme/shop#12 or its address.
const reference = `(?:[\w.-]+(?:/[\w.-]+)+)?#[1-9]\d{0,8}\b|https?://[^/\s]+/[\w.-]+(?:/[\w.-]+)+?/(?:-/)?issues/[1-9]\d{0,8}\b`

// Closing finds the issues that a text closes, as in "acme/shop#12", sorted,
// each once. A number alone is an issue of repo.
func Closing(text, repo string) (issues []string) {
	for _, m := range closing.FindAllStringSubmatch(text, -1) {
		for _, ref := range referred.FindAllString(m[1], -1) {
			p := parts.FindStringSubmatch(ref)
			if p == nil {
				continue
			}
			in := p[1]
			if in == "" {
				in = repo
			}
			issues = append(issues, in+"#"+p[2])
		}
	}
	slices.Sort(issues)
	return slices.Compact(issues)
}

// origins are issues as cards that were taken over from them name them.
func (w *scribe) origins(issues []string) (names []string) {
	for _, issue := range issues {
		names = append(names, w.delivery.Source+":"+strings.ToLower(issue))
	}
	return names
}
