// Package app wires Andon together and decides nothing.
//
// [Open] reads the declarations of a repository, opens the engines and makes
// the Ways; [App.Run] lets them work until it is told to stop. The Ways know
// nothing of each other: what one learns from another is a fact in the
// journal, and the followers here carry it over, each fact exactly once:
//
//	commit reached the branch ─► its cards move, its workflows run
//	run ended                 ─► cards pass or are blocked, a release is made
//	deployment ended          ─► cards pass; or the cord, an incident
//	incident resolved         ─► a postmortem is drafted
//	action decided            ─► a card
package app
