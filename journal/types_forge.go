package journal

// Standard types that tell of a forge: GitHub, GitLab, Gitea.
const (
	ChangeCreated     Type = "dev.cdevents.change.created.0.4.0"
	ChangeUpdated     Type = "dev.cdevents.change.updated.0.3.0"
	ChangeReviewed    Type = "dev.cdevents.change.reviewed.0.3.0"
	ChangeAbandoned   Type = "dev.cdevents.change.abandoned.0.3.0"
	BranchCreated     Type = "dev.cdevents.branch.created.0.3.0"
	BranchDeleted     Type = "dev.cdevents.branch.deleted.0.3.0"
	ArtifactPublished Type = "dev.cdevents.artifact.published.0.3.0"
)

// Andon's own types for what a forge tells and CDEvents has no word for.
const (
	BranchPushed Type = "dev.cdeventsx.andon-branch.pushed.0.1.0"
	TagPushed    Type = "dev.cdeventsx.andon-tag.pushed.0.1.0"
	// DeployReported is a deployment by another tool that is under way, failed
	// or was taken down; one that succeeded is a service.deployed.
	DeployReported Type = "dev.cdeventsx.andon-deploy.reported.0.1.0"
)

// The kinds of things of a forge; an id is "owner/repository#number".
const (
	PullRequest RefKind = "pullrequest"
	Ticket      RefKind = "ticket"
)
