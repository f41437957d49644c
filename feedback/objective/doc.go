// Package objective keeps what customers may expect of a service and how much
// of the allowance for failure is left.
//
// An objective is declared as an OpenSLO v1 document: of all events in a
// rolling window, a target share must be good. The rest is the error budget.
// Parse reads one document and refuses, with file and line, everything that
// Andon would not measure faithfully. Compute asks a Prometheus-compatible
// server for the counts and gives a Status: how many events were bad, how much
// of the budget is left, how fast it burns, when it will be gone. A Book keeps
// the latest Status of every objective for the gate that steers the flow and
// for the pages that show it.
//
// # How events are counted
//
// A query names a counter. Its events in a window are
// sum(increase(counter[window])), so a counter that starts again at zero when
// its process restarts is not counted twice and never counts backwards.
// increase extends what it saw by at most about one scrape interval at each
// end of the window; good and total are extended alike, so ratios hold.
// A counter's value at the very first scrape is not an event of the window
// unless the server knows when the counter was born (Andon's own telemetry
// does for everything scraped as protobuf): a total that is a million when
// first seen says nothing about the last hour.
//
// Good and total are summed apart and divided once; ratios are never averaged.
// No events is no data, never 100 %. What is left is never clamped below zero:
// a budget overspent three times says so.
package objective
