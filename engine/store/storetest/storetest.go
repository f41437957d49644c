// Package storetest runs a test on SQLite and on a real PostgreSQL that it
// starts itself, so that one suite proves both.
package storetest

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"sync/atomic"
	"testing"

	"github.com/jackc/pgx/v5"

	"andon/engine/store"
	"andon/journal"
)

// Each runs the test once on every database, each time on an empty one.
func Each(t *testing.T, test func(t *testing.T, s *store.Store)) {
	t.Run("sqlite", func(t *testing.T) { test(t, SQLite(t)) })
	t.Run("postgres", func(t *testing.T) { test(t, Postgres(t)) })
}

// SQLite opens an empty SQLite store that is closed when the test ends.
func SQLite(t testing.TB) *store.Store {
	t.Helper()
	return Open(t, filepath.Join(t.TempDir(), "andon.db"))
}

// Postgres opens an empty PostgreSQL store that is closed when the test ends.
func Postgres(t testing.TB) *store.Store {
	t.Helper()
	return Open(t, PostgresURL(t))
}

// Open opens a store that is closed when the test ends.
func Open(t testing.TB, where string) *store.Store {
	t.Helper()
	s, err := store.Open(t.Context(), where)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { s.Close() })
	return s
}

// Ledger is a ledger on a new SQLite store, without a queue.
func Ledger(t testing.TB) *journal.Ledger {
	t.Helper()
	return journal.NewLedger(SQLite(t), nil, nil)
}

var databases atomic.Int64

// PostgresURL gives an empty database of its own on a server that this test
// process shares. The test fails when no server can be started: a suite that
// says it covers PostgreSQL must.
func PostgresURL(t testing.TB) string {
	t.Helper()
	server, err := shared()
	if err != nil {
		t.Fatalf("start PostgreSQL for tests (Debian: apt-get install postgresql): %v", err)
	}
	name := fmt.Sprintf("andon_%d_%d", os.Getpid(), databases.Add(1))
	ctx := context.Background()
	conn, err := pgx.Connect(ctx, server+"/postgres")
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close(ctx)
	if _, err := conn.Exec(ctx, "CREATE DATABASE "+name); err != nil {
		t.Fatal(err)
	}
	return server + "/" + name
}
