package history

import (
	"regexp"
	"strconv"
	"strings"
)

// version is a release's name, taken apart.
type version struct {
	stream              string // what stands before the number, as in a repository of several modules
	major, minor, patch int
	pre                 string // "rc1"; such a version is no release to users
}

// versions matches names such as v1.2.3, 1.2, pkg/v1.2.3, app-1.2.3-rc1 and
// release-2024.05.
var versions = regexp.MustCompile(`^(.*?)v?(\d+)\.(\d+)(?:\.(\d+))?(?:[.-]?([A-Za-z].*)|[.-](\d.*)|\+.*)?$`)

func versionOf(tag string) (v version, ok bool) {
	m := versions.FindStringSubmatch(tag)
	if m == nil {
		return v, false
	}
	v.stream = strings.TrimRight(m[1], "/_@-")
	for i, to := range []*int{&v.major, &v.minor, &v.patch} {
		if m[i+2] == "" {
			continue
		}
		n, err := strconv.Atoi(m[i+2])
		if err != nil {
			return v, false
		}
		*to = n
	}
	if rest, _, _ := strings.Cut(m[5]+m[6], "+"); rest != "" && !strings.EqualFold(rest, "final") && !strings.EqualFold(rest, "ga") {
		v.pre = rest
	}
	return v, true
}

// repairs says whether v is the next patch of an older version.
func (v version) patches(older version) bool {
	return v.stream == older.stream && v.major == older.major && v.minor == older.minor && v.patch > older.patch
}
