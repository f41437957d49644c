// Package dora computes the five keys of software delivery, each as a named
// source defines it.
//
// Sources disagree: is a change's lead time counted from its first commit or
// from its merge, is a failure an incident or a roll-back? Andon does not
// choose in silence. A [Profile] is one source's set of definitions, and every
// [Figure] says by which it was made, from how many rows, what would be needed
// to know it better, and which rows these were:
//
//	deployments, pull requests, incidents ── Profile ──▶ five figures ──▶ their rows
//
// The profiles are [DORA2025], [DevLake2023] and [GitLab]. Nothing here reads a
// clock, a database or a repository: what happened is an [Evidence], and who
// has it (a journal, a git repository, an import) fills one in.
package dora
