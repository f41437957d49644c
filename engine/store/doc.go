// Package store holds Andon's state in SQLite or in PostgreSQL and fits
// [journal.Store] with either.
//
// SQLite has one writer connection. A goroutine gathers the writes that wait
// for it and commits them together, each inside its own savepoint: a failing
// write is undone alone, and one fsync (synchronous FULL) pays for all. Reads
// have a pool of their own and never wait for writers (WAL).
//
// PostgreSQL runs each write in a transaction of its own. One server uses a
// database at a time; a second is told so instead of being let in.
//
// The SQL of the whole product is one text for both: see the rules in
// migrations/README.md.
package store
