package history

import "testing"

func TestKindsAreInferredFromSubjects(t *testing.T) {
	for subject, want := range map[string]Kind{
		"feat(cart): add gift wrapping":      Business,
		"Add gift wrapping":                  Business,
		"fix: basket stays empty":            Unplanned,
		"Fixed a crash on the first request": Unplanned,
		"Revert \"Add gift wrapping\"":       Unplanned,
		"chore(deps): bump x from 1 to 2":    Changes,
		"Bump golang.org/x/net":              Changes,
		"docs: explain the basket":           Internal,
		"Refactor the basket":                Internal,
		"[shop] test: cover the basket":      Internal,
		"ci: run on pull requests":           Changes,
		"net/http: add a timeout":            Business,
		"Provide a wake-up hook":             Business,
		"Pull in latest buildrump.sh":        Changes,
		"v0.2.1":                             Changes,
		"Update .gitignore":                  Changes,
		"Don't set CXX in make":              Unplanned,
		"Avoid failing apt-get call":         Unplanned,
		"Removed redundant attribute":        Internal,
		"Move files into platform/xen":       Internal,
		"Letter to the editor":               Unknown,
		"Newton's method":                    Unknown,
		"Tidal waves":                        Unknown,
		"Whatever":                           Unknown,
		"":                                   Unknown,
		"Prefix the keys":                    Unknown,
	} {
		if got := kindOf(subject); got != want {
			t.Errorf("%q is %s, want %s", subject, got, want)
		}
	}
}

func TestVersionsAreReadFromTags(t *testing.T) {
	for tag, want := range map[string]version{
		"v1.2.3":              {"", 1, 2, 3, ""},
		"1.2":                 {"", 1, 2, 0, ""},
		"v1.2.3-rc1":          {"", 1, 2, 3, "rc1"},
		"v1.2.3-rc.1":         {"", 1, 2, 3, "rc.1"},
		"sub/pkg/v0.4.0":      {"sub/pkg", 0, 4, 0, ""},
		"app-1.2.3":           {"app", 1, 2, 3, ""},
		"release-2024.05":     {"release", 2024, 5, 0, ""},
		"go1.22rc1":           {"go", 1, 22, 0, "rc1"},
		"v2.0.0+build.5":      {"", 2, 0, 0, ""},
		"hibernate-5.1.Final": {"hibernate", 5, 1, 0, ""},
	} {
		if got, ok := versionOf(tag); !ok || got != want {
			t.Errorf("%s is %+v, %v; want %+v", tag, got, ok, want)
		}
	}
	for _, tag := range []string{"nightly", "latest", "v1", "release", ""} {
		if got, ok := versionOf(tag); ok {
			t.Errorf("%q is taken for %+v", tag, got)
		}
	}
}
