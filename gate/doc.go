// Package gate decides by policy whether work may enter a place: a card a
// station (pull), a release an environment (deploy).
//
// Policies are written in CEL (https://cel.dev) beside the code they protect.
// A rule applies when its "when" holds and passes when its "require" holds.
// [Gate.Ask] puts a [Question] to every policy for that action, with the
// facts of the moment (budget, cord, open incidents) that the [Facts] port
// fetched. A [Decision] that refuses names each rule, its place in the file,
// the numbers it looked at and what would pass.
//
// Data that is missing is not silently good or bad: each policy says with
// onNoData whether its rules then stand open or closed, and the decision
// says that it was so.
package gate
