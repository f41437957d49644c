package cloudevent

// The kinds of values that the standard uses.
var (
	anyText = text{}
	word    = text{filled: true}
	ref     = text{filled: true, form: reference}
	uri     = text{form: absolute}

	// thing names something else by its id, and perhaps its system.
	thing = fields(need("id", word), may("source", ref))
	// looseThing is a thing of the testing types, whose source is any string.
	looseThing = fields(need("id", word), may("source", anyText))

	outcome  = text{of: []string{"success", "failure", "cancel", "error"}}
	severity = text{of: []string{"low", "medium", "high", "critical"}}
	trigger  = object{open: true, fields: []field{
		may("type", text{of: []string{"manual", "pipeline", "event", "schedule", "other"}}), may("uri", uri)}}
	testCase = fields(need("id", word), may("version", anyText), may("name", anyText), may("uri", uri),
		may("type", text{of: []string{"performance", "functional", "unit", "security", "compliance", "integration", "e2e", "other"}}))
	testSuite = fields(need("id", word), may("version", anyText), may("name", anyText), may("uri", uri))
)

var (
	inRepository = fields(may("repository", thing))
	madeByUser   = fields(may("user", word))
	nothing      = fields()
	deployed     = fields(need("environment", thing), need("artifactId", word))
	incident     = fields(need("environment", thing), may("description", anyText), may("service", thing), may("artifactId", word))
	place        = fields(may("name", anyText), may("uri", uri))
	repository   = fields(may("name", anyText), may("owner", anyText), may("uri", uri), may("viewUrl", uri))
	caseBegins   = fields(need("environment", thing), may("trigger", trigger), may("testSuiteRun", looseThing), may("testCase", testCase))
	suiteBegins  = fields(need("environment", thing), may("trigger", trigger), may("testSuite", testSuite))
)

// contents is what CDEvents 0.5 says of the subject content of each of its
// types: "subject.predicate.version", without the prefix that all share.
var contents = map[string]object{
	"artifact.deleted.0.2.0":    madeByUser,
	"artifact.downloaded.0.2.0": madeByUser,
	"artifact.packaged.0.3.0":   fields(need("change", thing), may("sbom", fields(need("uri", ref)))),
	"artifact.published.0.3.0":  fields(may("sbom", fields(need("uri", ref))), may("user", word)),
	"artifact.signed.0.3.0":     fields(need("signature", word)),

	"branch.created.0.3.0": inRepository,
	"branch.deleted.0.3.0": inRepository,

	"build.finished.0.3.0": fields(may("artifactId", anyText)),
	"build.queued.0.3.0":   nothing,
	"build.started.0.3.0":  nothing,

	"change.abandoned.0.3.0": inRepository,
	"change.created.0.4.0":   fields(may("description", word), may("repository", thing)),
	"change.merged.0.3.0":    inRepository,
	"change.reviewed.0.3.0":  inRepository,
	"change.updated.0.3.0":   inRepository,

	"environment.created.0.3.0":  place,
	"environment.deleted.0.3.0":  fields(may("name", anyText)),
	"environment.modified.0.3.0": place,

	"incident.detected.0.3.0": incident,
	"incident.reported.0.3.0": with(incident, need("ticketURI", text{filled: true, form: absolute})),
	"incident.resolved.0.3.0": incident,

	"pipelinerun.finished.0.3.0": fields(may("pipelineName", anyText), may("uri", uri), may("outcome", outcome), may("errors", anyText)),
	"pipelinerun.queued.0.3.0":   fields(may("pipelineName", anyText), may("uri", uri)),
	"pipelinerun.started.0.3.0":  fields(need("pipelineName", anyText), need("uri", uri)),

	"repository.created.0.3.0":  fields(need("name", word), may("owner", anyText), need("uri", uri), may("viewUrl", uri)),
	"repository.deleted.0.3.0":  repository,
	"repository.modified.0.3.0": repository,

	"service.deployed.0.3.0":   deployed,
	"service.published.0.3.0":  fields(may("environment", thing)),
	"service.removed.0.3.0":    fields(may("environment", thing)),
	"service.rolledback.0.3.0": deployed,
	"service.upgraded.0.3.0":   deployed,

	"taskrun.finished.0.3.0": fields(may("taskName", anyText), may("uri", uri), may("pipelineRun", thing), may("outcome", anyText), may("errors", anyText)),
	"taskrun.started.0.3.0":  fields(may("taskName", anyText), may("uri", uri), may("pipelineRun", thing)),

	"testcaserun.finished.0.3.0": fields(need("outcome", outcome), need("environment", thing), may("severity", severity),
		may("reason", anyText), may("testSuiteRun", looseThing), may("testCase", testCase)),
	"testcaserun.queued.0.3.0": caseBegins,
	"testcaserun.skipped.0.2.0": fields(may("reason", anyText), may("environment", thing), may("testSuiteRun", looseThing),
		may("testCase", testCase)),
	"testcaserun.started.0.3.0": caseBegins,
	"testoutput.published.0.3.0": fields(need("outputType", text{of: []string{"report", "video", "image", "log", "other"}}),
		need("format", anyText), may("uri", uri), may("testCaseRun", looseThing)),
	"testsuiterun.finished.0.3.0": fields(need("environment", thing), need("outcome", outcome), may("testSuite", testSuite),
		may("severity", severity), may("reason", anyText)),
	"testsuiterun.queued.0.3.0":  suiteBegins,
	"testsuiterun.started.0.3.0": suiteBegins,

	"ticket.closed.0.2.0":  ticket(may("summary", anyText), may("creator", word), need("resolution", word), may("updatedBy", anyText)),
	"ticket.created.0.2.0": ticket(need("summary", anyText), need("creator", word)),
	"ticket.updated.0.2.0": ticket(may("summary", anyText), may("creator", word), may("updatedBy", anyText)),
}

// ticket is what the three ticket types share, and the fields in which they
// differ.
func ticket(own ...field) object {
	return with(fields(may("ticketType", anyText), may("group", anyText), may("assignees", list{anyText}), may("priority", anyText),
		may("labels", list{anyText}), may("milestone", anyText), need("uri", ref)), own...)
}

func with(o object, more ...field) object {
	return object{fields: append(append([]field{}, o.fields...), more...), open: o.open}
}
