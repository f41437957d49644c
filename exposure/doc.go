// Package exposure is the small machine behind everything that is shown to
// some users before all: a plan of steps, a state, and the next state.
//
//	progressing ⇄ paused ─► healthy
//	     └──────────┴─────► aborted
//
// It is pure: time and the judge's ruling are given. Its words are those of
// Argo Rollouts (setWeight, pause, analysis). A ruling of [Bad] aborts from
// every state that is not final; nothing else makes the weight smaller.
package exposure
