package journal

import "strings"

// Type is a CDEvents event type: "dev.cdevents.<subject>.<predicate>.<version>"
// for the standard ones, "dev.cdeventsx.andon-<subject>.<predicate>.<version>"
// for Andon's own.
type Type string

// Standard types, CDEvents 0.5.1.
const (
	ChangeMerged       Type = "dev.cdevents.change.merged.0.3.0"
	PipelineRunQueued  Type = "dev.cdevents.pipelinerun.queued.0.3.0"
	PipelineRunStarted Type = "dev.cdevents.pipelinerun.started.0.3.0"
	PipelineRunEnded   Type = "dev.cdevents.pipelinerun.finished.0.3.0"
	TaskRunStarted     Type = "dev.cdevents.taskrun.started.0.3.0"
	TaskRunEnded       Type = "dev.cdevents.taskrun.finished.0.3.0"
	ArtifactPackaged   Type = "dev.cdevents.artifact.packaged.0.3.0"
	ServiceDeployed    Type = "dev.cdevents.service.deployed.0.3.0"
	ServiceUpgraded    Type = "dev.cdevents.service.upgraded.0.3.0"
	ServiceRolledBack  Type = "dev.cdevents.service.rolledback.0.3.0"
	IncidentDetected   Type = "dev.cdevents.incident.detected.0.3.0"
	IncidentResolved   Type = "dev.cdevents.incident.resolved.0.3.0"
	TicketCreated      Type = "dev.cdevents.ticket.created.0.2.0"
	TicketUpdated      Type = "dev.cdevents.ticket.updated.0.2.0"
	TicketClosed       Type = "dev.cdevents.ticket.closed.0.2.0"
)

// Andon's own types, for what CDEvents has no word for.
const (
	CardMoved       Type = "dev.cdeventsx.andon-card.moved.0.1.0"
	CardBlocked     Type = "dev.cdeventsx.andon-card.blocked.0.1.0"
	CardUnblocked   Type = "dev.cdeventsx.andon-card.unblocked.0.1.0"
	CardFinished    Type = "dev.cdeventsx.andon-card.finished.0.1.0"
	CardResumed     Type = "dev.cdeventsx.andon-card.resumed.0.1.0"
	CardLit         Type = "dev.cdeventsx.andon-card.lit.0.1.0"
	CardUnlit       Type = "dev.cdeventsx.andon-card.unlit.0.1.0"
	CardAnswered    Type = "dev.cdeventsx.andon-card.answered.0.1.0"
	CardWaiting     Type = "dev.cdeventsx.andon-card.waiting.0.1.0"
	CardConcerned   Type = "dev.cdeventsx.andon-card.concerned.0.1.0"
	CardCommented   Type = "dev.cdeventsx.andon-card.commented.0.1.0"
	CardUndone      Type = "dev.cdeventsx.andon-card.undone.0.1.0"
	CardImported    Type = "dev.cdeventsx.andon-card.imported.0.1.0"
	CardLinked      Type = "dev.cdeventsx.andon-card.linked.0.1.0"
	PullRefused     Type = "dev.cdeventsx.andon-card.refused.0.1.0"
	CordPulled      Type = "dev.cdeventsx.andon-cord.pulled.0.1.0"
	CordReleased    Type = "dev.cdeventsx.andon-cord.released.0.1.0"
	LineChanged     Type = "dev.cdeventsx.andon-line.changed.0.1.0"
	RunRefused      Type = "dev.cdeventsx.andon-run.refused.0.1.0"
	ReleaseCreated  Type = "dev.cdeventsx.andon-release.created.0.1.0"
	ReleaseRejected Type = "dev.cdeventsx.andon-release.rejected.0.1.0"

	DeploymentQueued     Type = "dev.cdeventsx.andon-deployment.queued.0.1.0"
	DeploymentHeld       Type = "dev.cdeventsx.andon-deployment.held.0.1.0"
	DeploymentStarted    Type = "dev.cdeventsx.andon-deployment.started.0.1.0"
	DeploymentStepped    Type = "dev.cdeventsx.andon-deployment.stepped.0.1.0"
	DeploymentPaused     Type = "dev.cdeventsx.andon-deployment.paused.0.1.0"
	DeploymentPromoted   Type = "dev.cdeventsx.andon-deployment.promoted.0.1.0"
	DeploymentAborted    Type = "dev.cdeventsx.andon-deployment.aborted.0.1.0"
	DeploymentEnded      Type = "dev.cdeventsx.andon-deployment.finished.0.1.0"
	DeploymentSuperseded Type = "dev.cdeventsx.andon-deployment.superseded.0.1.0"

	ForecastMade Type = "dev.cdeventsx.andon-forecast.made.0.1.0"

	IncidentAcknowledged Type = "dev.cdeventsx.andon-incident.acknowledged.0.1.0"
	IncidentNoted        Type = "dev.cdeventsx.andon-incident.noted.0.1.0"
	PostmortemDrafted    Type = "dev.cdeventsx.andon-postmortem.drafted.0.1.0"
	PostmortemEdited     Type = "dev.cdeventsx.andon-postmortem.edited.0.1.0"
	ActionAdded          Type = "dev.cdeventsx.andon-postmortem.actionadded.0.1.0"
)

// Standard says whether t is one of CDEvents' own types.
func (t Type) Standard() bool { return strings.HasPrefix(string(t), "dev.cdevents.") }

// Short gives "subject.predicate", as in "card.moved" or "change.merged".
func (t Type) Short() string {
	s := strings.TrimPrefix(strings.TrimPrefix(string(t), "dev.cdevents."), "dev.cdeventsx.andon-")
	parts := strings.SplitN(s, ".", 3)
	if len(parts) < 2 {
		return s
	}
	return parts[0] + "." + parts[1]
}
