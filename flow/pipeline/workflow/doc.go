// Package workflow reads GitHub's workflow files (.github/workflows/*.yml).
//
// [Parse] accepts what Andon runs faithfully and refuses everything else with
// the key, the file and the line, all at once and before anything runs: a
// workflow that is only half understood would be a false green.
//
// Triggers that Andon does not serve (pull_request, schedule, …) are no
// reason to refuse: they concern other moments than a push. They are listed
// in [Workflow.Other], so that nobody thinks they run.
package workflow
