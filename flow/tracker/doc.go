// Package tracker reads what other trackers export as cards with their way
// along a line: a plain table of moves, Jira's search with its changelog or its
// table, Linear's table.
//
// A reader gives one card after the other and keeps no more than one in memory
// where the export allows it, so that a history of a million cards can be
// taken over. What cannot be read is an error that says where, what is wrong
// and what would be right; nothing is guessed silently. How statuses map to
// stations is in [Mapping].
package tracker
