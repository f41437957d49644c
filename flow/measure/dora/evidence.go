package dora

import (
	"cmp"
	"slices"
	"time"
)

// Production is the environment that counts. Deployments to any other are kept
// in an Evidence only so that it can be said that they do not count.
const Production = "production"

// Evidence is what happened to one team, service or repository. Deployments and
// incidents from outside the window may be given, and should be where they
// explain those within it: the profiles pick.
type Evidence struct {
	From, To     time.Time // the window, [From, To)
	Deployments  []Deployment
	PullRequests []PullRequest
	Incidents    []Incident
}

// Deployment is one artifact of one repository brought to one environment.
type Deployment struct {
	ID string
	// Run names what made it, where one run deploys several repositories: they
	// count as one deployment, finished when the last of them is. Empty means
	// that it stands alone.
	Run         string
	Service     string // what was deployed
	Repository  string // where its source is
	Environment string // [Production] or another name

	Started   time.Time
	Finished  time.Time // zero while it runs
	Succeeded bool      // it reached users as intended

	// Failed says that it reached users and needed immediate intervention: a
	// roll-back, a hotfix, a patch.
	Failed bool
	// Impact is when its failure began to be felt; zero means when it finished.
	Impact time.Time
	// Restored is when users were well again; zero while they are not, or when
	// only an incident tells.
	Restored time.Time
	// Unplanned says that it was made because of an incident in production.
	Unplanned bool

	// Previous is the successful deployment before it of the same service,
	// repository and environment; empty for the very first. [Link] finds it.
	Previous string
	// Commits are those that it was the first to ship: all since Previous.
	Commits []Commit
}

// Commit is one commit. SHA may be any name that is unique in the evidence.
type Commit struct {
	SHA      string
	Authored time.Time
}

// PullRequest is a change that was reviewed, or could have been.
type PullRequest struct {
	ID          string
	Repository  string
	Author      string // may be empty; then nobody's comment is the author's own
	Opened      time.Time
	Merged      time.Time // zero while it is open, and when it was refused
	MergeCommit string    // the SHA under which it reached the branch
	Commits     []Commit
	Comments    []Comment
}

// Comment is a remark on a pull request.
type Comment struct {
	ID     string
	Author string
	At     time.Time
}

// Incident is a time in which users had less than they should.
type Incident struct {
	ID       string
	Started  time.Time // began to be felt, or was noticed where that is all that is known
	Resolved time.Time // zero while it lasts
	// Deployment is the one that is held to have caused it; empty when none is.
	// Only the profiles that trust an attribution read it.
	Deployment string
}

// run is the name under which a deployment counts.
func (d Deployment) run() string { return cmp.Or(d.Run, d.ID) }

// reached tells whether users met the deployment, well or ill.
func (d Deployment) reached() bool {
	return d.Environment == Production && !d.Finished.IsZero() && (d.Succeeded || d.Failed)
}

// shipped tells whether it was a success in production.
func (d Deployment) shipped() bool {
	return d.Environment == Production && !d.Finished.IsZero() && d.Succeeded
}

func (e Evidence) holds(at time.Time) bool { return !at.Before(e.From) && at.Before(e.To) }

// Link fills in Previous for each successful deployment: the last one that
// succeeded and started before it, of the same service, repository and
// environment. A deployment without an environment is linked to none. The order
// of the list does not matter and is kept.
func Link(deployments []Deployment) {
	type place struct{ service, repository, environment string }
	last := map[place]string{}
	for _, i := range order(deployments) {
		d := &deployments[i]
		d.Previous = ""
		if !d.Succeeded || d.Environment == "" {
			continue
		}
		at := place{d.Service, d.Repository, d.Environment}
		d.Previous = last[at]
		last[at] = d.ID
	}
}

// order gives the places of deployments by when they started; those of one
// instant go by their ids.
func order(deployments []Deployment) []int {
	places := make([]int, len(deployments))
	for i := range places {
		places[i] = i
	}
	slices.SortFunc(places, func(a, b int) int {
		return cmp.Or(deployments[a].Started.Compare(deployments[b].Started), cmp.Compare(deployments[a].ID, deployments[b].ID))
	})
	return places
}
