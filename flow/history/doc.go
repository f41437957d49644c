// Package history reads what a repository's past says about how a team
// delivers, before anything was set up: commits become changes with the time
// they were written and the time they reached the branch, version tags become
// releases, and reverts and quick repairs become rework.
//
// Everything here is inference, and says so: each figure comes with how it was
// derived and with what is missing to know it better. The past is read once, as
// a stream; what is kept of a commit is a few dozen bytes, so that a hundred
// thousand of them take seconds and some megabytes.
package history
