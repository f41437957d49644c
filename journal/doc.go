// Package journal is what happened: an append-only list of facts, each
// written in the transaction that changed the state it speaks of.
//
// State and fact commit together or neither does. [Ledger.Write] runs a
// function in one transaction; the function changes rows, says what it did
// with [Tx.Append] and asks for follow-up work with [Tx.Advance]. When it
// returns nil all three are durable; otherwise none of them ever happened.
//
// Every fact has a position (Seq) without gaps that readers can miss: a fact
// with a lower position is never committed after one with a higher position,
// on SQLite and on PostgreSQL. A reader therefore needs one number, its
// cursor. [Follower] keeps such a cursor in the database and moves it in the
// same transaction as its reaction, so that a reaction happens exactly once.
//
// Facts speak CDEvents 0.5 where a type exists, and CDEvents' own form for
// custom events ("dev.cdeventsx.andon-…") where none does; see [Type].
package journal
