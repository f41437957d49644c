package dora

import "fmt"

// Profile is one source's definitions of the five keys. Its methods are pure:
// they keep nothing, change nothing in the evidence and may be called at the
// same time. A figure that the evidence cannot tell, or that the source does
// not define, comes back with Known false and says what is missing.
type Profile interface {
	// Name is how the profile is chosen, such as "dora-2025".
	Name() string
	// Source says who defines it and where that can be read.
	Source() string
	// LeadTime is from the work on a change to users having it, in seconds.
	LeadTime(Evidence) Figure
	// Frequency is how often there are deployments.
	Frequency(Evidence) Figure
	// FailRate is the share of deployments that failed their users.
	FailRate(Evidence) Figure
	// Recovery is from a failed deployment to users being well, in seconds.
	Recovery(Evidence) Figure
	// Rework is the share of deployments that nobody had planned.
	Rework(Evidence) Figure
}

// Profiles are all of them, the default first.
var Profiles = []Profile{DORA2025{}, DevLake2023{}, GitLab{}}

// ByName finds a profile.
func ByName(name string) (Profile, error) {
	names := make([]string, len(Profiles))
	for i, p := range Profiles {
		if p.Name() == name {
			return p, nil
		}
		names[i] = p.Name()
	}
	return nil, fmt.Errorf("profile %q is not known; use one of %v", name, names)
}

// Keys are the five figures of a profile, in the order of the keys.
func Keys(p Profile, e Evidence) []Figure {
	return []Figure{p.LeadTime(e), p.Frequency(e), p.FailRate(e), p.Recovery(e), p.Rework(e)}
}

// What is missing when there is nothing to count.
const (
	needDeployments  = "deployments to production that finished within the window"
	needCommits      = "deployments to production that say which commits they were the first to ship"
	needPullRequests = "pull requests whose merge commit was first shipped by a deployment to production within the window"
	needIncidents    = "incidents, with when they began and when they were resolved"
	needFailures     = "a deployment that failed within the window and was restored"
)
