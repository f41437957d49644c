// Package pipeline turns commits into runs of their workflows, and runs into
// artifacts.
//
// A commit that reaches the branch is looked at by the machine "trigger"
// ([Service.Trigger]): every workflow file it holds that listens to the push
// becomes a run with an id that the same commit cannot get twice. A workflow
// that Andon cannot run faithfully becomes a run that has failed, with each
// key, file and line it does not support: never a false green.
//
// The machine "run" ([Service.Advance]) starts an execution (package execute)
// in this process and looks after it; when Andon was killed, the next start
// goes on with the execution's folder. What the execution tells is written
// into rows and facts in one transaction each.
//
//	queued → running → ended (success, failure, cancelled)
package pipeline
