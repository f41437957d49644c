// Package execute runs a workflow: jobs as a graph, steps in order, with the
// environment, files, contexts and status functions that GitHub documents.
//
// Everything it learns is in one folder, so that an execution that was cut
// off at any moment goes on where it was ([Run] is called again with the same
// folder): a job that has ended is not run again, a step that has ended gives
// its recorded outcome, a step that still runs is waited for. Steps live in
// processes of their own (package step) and outlive Andon.
//
//	folder/
//	  artifacts/NAME.json          what was uploaded under that name
//	  jobs/ID/job.json             when it started, how it ended
//	  jobs/ID/work/                the fresh workspace
//	  jobs/ID/steps/03/            claim, log, command files, outcome.json
//
// The server and `andon run` use the same code; only the [Observer] differs.
package execute
