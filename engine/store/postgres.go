package store

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"
	"github.com/jackc/pgx/v5/stdlib"
	"github.com/pressly/goose/v3/database"

	"andon/journal"
)

// serverLock is the advisory lock that one Andon server holds on its database.
const serverLock = 0x616e646f6e // "andon"

func openPostgres(ctx context.Context, url string) (*Store, error) {
	cfg, err := pgxpool.ParseConfig(url)
	if err != nil {
		return nil, fmt.Errorf("database URL: %w", err)
	}
	cfg.MaxConns = max(cfg.MaxConns, 16)
	pool, err := pgxpool.NewWithConfig(ctx, cfg)
	if err != nil {
		return nil, err
	}
	unlock, err := lockDatabase(ctx, url)
	if err != nil {
		pool.Close()
		return nil, err
	}
	db := stdlib.OpenDBFromPool(pool)
	if err := migrate(ctx, database.DialectPostgres, db); err != nil {
		db.Close()
		pool.Close()
		unlock()
		return nil, err
	}
	return &Store{dialect: Postgres, write: db, read: db, pool: pool, unlock: unlock}, nil
}

// lockDatabase takes the lock on a connection of its own. The lock of a
// server that was just killed goes with its connection, which the database
// may notice a moment later, so a held lock is tried again for a while.
func lockDatabase(ctx context.Context, url string) (unlock func(), err error) {
	conn, err := pgx.Connect(ctx, url)
	if err != nil {
		return nil, fmt.Errorf("connect to the database: %w", err)
	}
	for try := 0; ; try++ {
		var got bool
		if err := conn.QueryRow(ctx, "SELECT pg_try_advisory_lock($1)", int64(serverLock)).Scan(&got); err != nil {
			conn.Close(ctx)
			return nil, fmt.Errorf("lock the database: %w", err)
		}
		if got {
			return func() { conn.Close(context.Background()) }, nil
		}
		if try == 20 {
			conn.Close(ctx)
			return nil, ErrInUse
		}
		time.Sleep(100 * time.Millisecond)
	}
}

func (s *Store) writePostgres(ctx context.Context, fn func(journal.SQL) error) error {
	conn, err := s.write.Conn(ctx)
	if err != nil {
		return fmt.Errorf("begin write: %w", err)
	}
	defer conn.Close()
	// A transaction that ctx could end would be rolled back by database/sql
	// on a goroutine of its own, while the queue still speaks on the borrowed
	// connection. Its statements end with ctx, and then so does the transaction.
	tx, err := conn.BeginTx(context.WithoutCancel(ctx), nil)
	if err != nil {
		return fmt.Errorf("begin write: %w", err)
	}
	defer tx.Rollback()
	t := &Tx{tx: tx}
	err = conn.Raw(func(raw any) error {
		c, ok := raw.(*stdlib.Conn)
		if !ok {
			return fmt.Errorf("unexpected driver connection %T", raw)
		}
		t.pgx = borrowed{c.Conn()}
		return nil
	})
	if err != nil {
		return err
	}
	if err := call(fn, t); err != nil {
		return err
	}
	if err := tx.Commit(); err != nil {
		return fmt.Errorf("commit: %w", err)
	}
	return nil
}

// borrowed shows database/sql's open transaction to pgx. It cannot be ended
// through this door: only the one who began it may do that.
type borrowed struct{ pgxConn }

// pgxConn lets borrowed embed the connection under a name that its own
// method Conn does not shadow.
type pgxConn = *pgx.Conn

var _ pgx.Tx = borrowed{}

var errBorrowed = errors.New("store: a borrowed transaction is ended by its owner")

func (b borrowed) Conn() *pgx.Conn                { return b.pgxConn }
func (b borrowed) Commit(context.Context) error   { return errBorrowed }
func (b borrowed) Rollback(context.Context) error { return errBorrowed }

func (b borrowed) LargeObjects() pgx.LargeObjects {
	panic("store: large objects are not used")
}

// Begin opens a savepoint, which is what a nested transaction is.
func (b borrowed) Begin(ctx context.Context) (pgx.Tx, error) {
	if _, err := b.Exec(ctx, "SAVEPOINT nested"); err != nil {
		return nil, err
	}
	return &nested{borrowed: b}, nil
}

// nested is a savepoint inside a borrowed transaction.
type nested struct {
	borrowed
	ended bool
}

func (n *nested) Commit(ctx context.Context) error {
	return n.end(ctx, "RELEASE SAVEPOINT nested")
}

func (n *nested) Rollback(ctx context.Context) error {
	return n.end(ctx, "ROLLBACK TO SAVEPOINT nested")
}

func (n *nested) end(ctx context.Context, statement string) error {
	if n.ended {
		return pgx.ErrTxClosed
	}
	n.ended = true
	_, err := n.Exec(ctx, statement)
	return err
}
