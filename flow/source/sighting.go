package source

import "time"

// Sighting is one thing that a forge tells.
type Sighting struct {
	// Repo is the repository's full name: "acme/shop".
	Repo string
	// At is when the forge says that it happened, UTC; zero when it does not say.
	At time.Time
	// Actor is the login of who did it, empty when nobody is named.
	Actor string
	Body  Body
}

// Body is what was seen: one of [Push], [PullRequest], [Ticket], [Run],
// [Deployed] and [Released]; the set is closed.
type Body interface{ body() }

func (Push) body()        {}
func (PullRequest) body() {}
func (Ticket) body()      {}
func (Run) body()         {}
func (Deployed) body()    {}
func (Released) body()    {}

// Push is commits that came to a branch or tag, or a branch or tag that was
// made or deleted. Exactly one of Branch and Tag is set.
type Push struct {
	Branch, Tag string
	// Before and After are hashes; empty Before: made, empty After: deleted.
	Before, After string
	Commits       []Commit // oldest first
}

// Commit is one commit of a push.
type Commit struct {
	SHA     string    `json:"sha"`
	Message string    `json:"message"`
	Author  string    `json:"author,omitempty"`
	At      time.Time `json:"at,omitzero"`
}

// PullAct is what happened to a pull request.
type PullAct string

// What happens to pull requests.
const (
	PullOpened           PullAct = "opened"
	PullUpdated          PullAct = "updated"
	PullReady            PullAct = "ready"
	PullApproved         PullAct = "approved"
	PullChangesRequested PullAct = "changes-requested"
	PullCommented        PullAct = "commented" // a review that neither approves nor refuses
	PullMerged           PullAct = "merged"
	PullClosed           PullAct = "closed"
	PullReopened         PullAct = "reopened"
)

// Standing is the state of a pull request or ticket after what happened.
type Standing string

// The states of pull requests; tickets are never merged.
const (
	Open   Standing = "open"
	Merged Standing = "merged"
	Closed Standing = "closed"
)

// PullRequest is a pull request (GitHub, Gitea) or merge request (GitLab) that
// something happened to.
type PullRequest struct {
	Number      int64
	Act         PullAct
	Standing    Standing
	Draft       bool
	Title, Body string
	// Branch is where the change is, Base where it is to go.
	Branch, Base string
	Author       string // empty when the forge does not say
	Head         string // hash of the newest commit
	MergeSHA     string // the commit on Base, when merged
	URL          string
	OpenedAt     time.Time
	MergedAt     time.Time // zero when not merged
	ClosedAt     time.Time // zero when not closed
}

// TicketAct is what happened to a ticket.
type TicketAct string

// What happens to tickets.
const (
	TicketOpened   TicketAct = "opened"
	TicketEdited   TicketAct = "edited"
	TicketLabelled TicketAct = "labelled"
	TicketClosed   TicketAct = "closed"
	TicketReopened TicketAct = "reopened"
)

// Ticket is an issue that something happened to.
type Ticket struct {
	Number      int64
	Act         TicketAct
	Standing    Standing // Open or Closed
	Title, Body string
	Author      string
	Labels      []string
	URL         string
	// Resolution is why it was closed: "completed", "not_planned", ….
	Resolution string
	OpenedAt   time.Time
	ClosedAt   time.Time
}

// RunStatus is how far a run is.
type RunStatus string

// How far runs are.
const (
	RunQueued  RunStatus = "queued"
	RunRunning RunStatus = "running"
	RunEnded   RunStatus = "ended"
)

// Conclusion is how a run ended, in CDEvents' words.
type Conclusion string

// How runs end. Skipped runs did nothing, which is no failure and no success;
// CDEvents has no word for it, so facts about them name no outcome.
const (
	RunSucceeded Conclusion = "success"
	RunFailed    Conclusion = "failure"
	RunCancelled Conclusion = "cancel"
	RunBroken    Conclusion = "error" // never got to run, or ran out of time
	RunSkipped   Conclusion = "skipped"
)

// Run is a pipeline run on the forge.
type Run struct {
	ID string
	// Attempt counts from 1; 0 where the forge does not count.
	Attempt     int64
	Workflow    string
	SHA, Branch string
	Status      RunStatus
	Conclusion  Conclusion // empty before the end
	URL         string
	Queued      time.Time
	Started     time.Time
	Ended       time.Time
}

// DeployState is how far a deployment of another tool is.
type DeployState string

// How far deployments are.
const (
	DeployPending   DeployState = "pending"
	DeployRunning   DeployState = "running"
	DeploySucceeded DeployState = "succeeded"
	DeployFailed    DeployState = "failed"
	DeployInactive  DeployState = "inactive" // taken down, or another took its place
)

// Deployed is a deployment by another tool.
type Deployed struct {
	ID          string
	Environment string
	SHA         string
	State       DeployState
	URL         string
	Created     time.Time
}

// Released is a published release.
type Released struct {
	Tag, Name  string
	SHA        string // empty when the forge names only the tag
	Prerelease bool
	URL        string
}
