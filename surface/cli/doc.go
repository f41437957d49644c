// Package cli is the andon command: every part of Andon from a terminal.
//
// Commands that speak to a running Andon find it by themselves: through
// ANDON_URL and ANDON_TOKEN, or through the file that `andon up` left in the
// data folder of the repository one stands in. Tables are for people; -o json
// gives what the API answered.
//
// Exit codes: 0 done, 1 failed, 2 wrong usage, 3 refused (a limit, a cord or
// a policy says no and why, or a workflow holds what Andon cannot run as it is
// meant), 130 interrupted.
package cli
