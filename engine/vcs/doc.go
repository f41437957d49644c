// Package vcs reads git repositories through the git program: what a branch
// holds, the files of a commit, and a fresh checkout of it.
//
// A [Repo] never changes the repository it reads. [Repo.Watch] notices that
// the branch moved, by the file system's own notices and by looking once a
// second, so that a push is seen in milliseconds and never missed.
package vcs
