package history

import (
	"fmt"
	"strings"
	"time"

	"andon/flow/measure/dora"
)

// Profile names a set of definitions where sources disagree; package dora has
// them.
type Profile string

// The profiles.
const (
	DORA2025    Profile = "dora-2025"    // dora.dev, guide of 2026-01-05
	DevLake2023 Profile = "devlake-2023" // Apache DevLake's dora plugin
	GitLab      Profile = "gitlab"       // GitLab Value Stream Analytics
)

// Profiles lists all of them, the default first.
var Profiles = []Profile{DORA2025, DevLake2023, GitLab}

// Deployments is what stands for a deployment in a repository.
type Deployments string

// What may stand for a deployment.
const (
	Tags     Deployments = "tags"   // a version tag
	Arrivals Deployments = "branch" // each change that reaches the branch
)

// Question is what a report is asked for.
type Question struct {
	Repository string
	Branch     string
	Profile    Profile
	// Deployments are the version tags when it is empty.
	Deployments Deployments
	From, To    time.Time // commits and releases within [From, To)
}

// Figure is one number, how it came about, and what is missing to know it
// better.
type Figure struct {
	Name  string  `json:"name"`
	Known bool    `json:"known"`
	Value float64 `json:"value"`
	Unit  string  `json:"unit"` // seconds, per day, share, commits, changes, days
	// High is the 85th percentile where Value is a median; 0 otherwise.
	High float64 `json:"p85,omitempty"`
	// Band is how the profile grades the value: elite, high, medium or low;
	// empty where it does not.
	Band    string `json:"band,omitempty"`
	N       int    `json:"n"` // what it was counted over
	How     string `json:"how"`
	Missing string `json:"missing,omitempty"`
}

// Share is a kind of work and its part.
type Share struct {
	Kind    string  `json:"kind"`
	Commits int     `json:"commits"`
	Share   float64 `json:"share"` // 0…1
}

// Release is one version in a report.
type Release struct {
	Name    string    `json:"name"`
	At      time.Time `json:"at"`
	Commits int       `json:"commits"`
	// Lead is the median time from writing to release, in seconds.
	Lead float64 `json:"lead"`
	// MendedBy is the release that repaired it, empty when none did.
	MendedBy string `json:"mended_by,omitempty"`
	// Mends is the release that this one was made to repair.
	Mends string `json:"mends,omitempty"`
}

// Week is what one week held.
type Week struct {
	Start    time.Time `json:"start"` // Monday, UTC
	Changes  int       `json:"changes"`
	Releases int       `json:"releases"`
	// Kinds counts commits by kind, in the order of [Kinds].
	Kinds [5]int `json:"kinds"`
}

// Lead is the time from writing to release of one change.
type Lead struct {
	Released time.Time `json:"released"`
	Seconds  float64   `json:"seconds"`
}

// Report is what a past says within a window.
type Report struct {
	Repository string  `json:"repository"`
	Branch     string  `json:"branch"`
	Profile    Profile `json:"profile"`
	// Deployments says what was taken for one.
	Deployments Deployments `json:"deployments"`
	From        time.Time   `json:"from"`
	To          time.Time   `json:"to"`
	Commits     int         `json:"commits"` // within the window
	Authors     int         `json:"authors"`
	All         int         `json:"all_commits"` // that were read
	DORA        []Figure    `json:"dora"`
	Flow        []Figure    `json:"flow"`
	Kinds       []Share     `json:"kinds"`
	KindsHow    string      `json:"kinds_how"`
	Releases    []Release   `json:"releases"` // the newest last
	Weeks       []Week      `json:"weeks"`
	Leads       []Lead      `json:"leads"` // at most [MostLeads], evenly taken
	Notes       []string    `json:"notes,omitempty"`
}

// MostLeads bounds the leads that a report lists; figures use all.
const MostLeads = 2000

// Report answers a question about the past.
func (p *Past) Report(q Question) (Report, error) {
	switch q.Deployments {
	case "":
		q.Deployments = Tags
	case Tags, Arrivals:
	default:
		return Report{}, fmt.Errorf("deployments cannot be read from %q; choose %s or %s", q.Deployments, Tags, Arrivals)
	}
	r := Report{Deployments: q.Deployments, Repository: q.Repository, Branch: q.Branch, Profile: q.Profile, From: q.From.UTC(), To: q.To.UTC(), All: len(p.nodes)}
	profile, err := dora.ByName(string(q.Profile))
	if err != nil {
		return r, err
	}
	if !q.From.Before(q.To) {
		return r, fmt.Errorf("the window from %s to %s holds no time", q.From.Format(time.DateOnly), q.To.Format(time.DateOnly))
	}
	v := p.look(q, profile)
	r.Commits, r.Authors = len(v.commits), v.authors
	r.DORA, r.Flow = v.dora(), v.flow()
	r.Kinds, r.KindsHow = v.kinds(), "from subjects: Conventional Commits first, then words such as fix, bump or refactor; what says neither is unknown, and merges are not counted"
	r.Releases, r.Weeks, r.Leads = v.releaseRows(), v.weeks(), v.leadRows()
	r.Notes = v.notes()
	return r, nil
}

func (v *view) notes() (list []string) {
	if len(v.past.nodes) == 0 {
		return []string{"The repository has no commit yet."}
	}
	if v.q.Deployments == Arrivals {
		return append(list, fmt.Sprintf("Each change that reached %s is taken for deployed at once, as you said.", v.q.Branch))
	}
	if len(v.past.releases) == 0 {
		list = append(list, fmt.Sprintf("No tag names a version (v1.2.3), so nothing is known of releases. If each change that reaches %s is deployed, ask again with --deployments branch.", v.q.Branch))
	}
	if n := len(v.past.skipped); n > 0 {
		some := v.past.skipped
		more := ""
		if n > 3 {
			some, more = some[:3], ", …"
		}
		list = append(list, fmt.Sprintf("%d of the tags are pre-releases or name no version and were left out: %s%s.", n, strings.Join(some, ", "), more))
	}
	return list
}
