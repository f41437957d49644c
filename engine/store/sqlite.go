package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"net/url"
	"os"
	"path/filepath"

	"github.com/pressly/goose/v3/database"
	"golang.org/x/sys/unix"
	_ "modernc.org/sqlite" // registers the "sqlite" driver

	"andon/journal"
)

const readers = 6

func openSQLite(ctx context.Context, path string) (*Store, error) {
	if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
		return nil, err
	}
	unlock, err := lockFile(path + ".lock")
	if err != nil {
		return nil, err
	}
	write, err := sql.Open("sqlite", dsn(path, "synchronous(FULL)", "journal_mode(WAL)")+"&_txlock=immediate")
	if err != nil {
		unlock()
		return nil, err
	}
	write.SetMaxOpenConns(1)
	if err := migrate(ctx, database.DialectSQLite3, write); err != nil {
		unlock()
		return nil, errors.Join(err, write.Close())
	}
	read, err := sql.Open("sqlite", dsn(path, "query_only(1)"))
	if err != nil {
		unlock()
		return nil, errors.Join(err, write.Close())
	}
	read.SetMaxOpenConns(readers)
	read.SetMaxIdleConns(readers)
	return &Store{dialect: SQLite, write: write, read: read, writer: newWriter(write), unlock: unlock}, nil
}

func dsn(path string, pragmas ...string) string {
	q := url.Values{}
	for _, p := range append([]string{"busy_timeout(10000)", "foreign_keys(1)"}, pragmas...) {
		q.Add("_pragma", p)
	}
	return "file:" + (&url.URL{Path: path}).EscapedPath() + "?" + q.Encode()
}

// lockFile takes the file for this process until unlock or the process's end,
// however it ends.
func lockFile(path string) (unlock func(), err error) {
	f, err := os.OpenFile(path, os.O_CREATE|os.O_RDWR, 0o600)
	if err != nil {
		return nil, err
	}
	if err := unix.Flock(int(f.Fd()), unix.LOCK_EX|unix.LOCK_NB); err != nil {
		f.Close()
		if errors.Is(err, unix.EWOULDBLOCK) {
			return nil, fmt.Errorf("%w (%s)", ErrInUse, path)
		}
		return nil, fmt.Errorf("lock %s: %w", path, err)
	}
	return func() { f.Close() }, nil
}

// maxBatch bounds how many writes share one commit, and so how long the
// first of them waits for the others.
const maxBatch = 64

// writer commits the waiting writes together.
type writer struct {
	db     *sql.DB
	orders chan *order
	closed chan struct{}
	ended  chan struct{}
}

// order is one write that waits for its commit.
type order struct {
	ctx  context.Context
	fn   func(journal.SQL) error
	err  error
	done chan struct{}
}

func newWriter(db *sql.DB) *writer {
	w := &writer{db: db, orders: make(chan *order, maxBatch), closed: make(chan struct{}), ended: make(chan struct{})}
	go w.run()
	return w
}

func (w *writer) do(ctx context.Context, fn func(journal.SQL) error) error {
	o := &order{ctx: ctx, fn: fn, done: make(chan struct{})}
	select {
	case w.orders <- o:
	case <-ctx.Done():
		return ctx.Err()
	case <-w.closed:
		return sql.ErrConnDone
	}
	// From here on the write may commit, so its outcome is awaited even when
	// ctx ends: an answer that says "cancelled" must mean "not done".
	select {
	case <-o.done:
		return o.err
	case <-w.ended:
		select {
		case <-o.done:
			return o.err
		default:
			return sql.ErrConnDone
		}
	}
}

func (w *writer) close() {
	close(w.closed)
	<-w.ended
}

func (w *writer) run() {
	defer close(w.ended)
	for {
		select {
		case first := <-w.orders:
			w.commit(w.gather(first))
		case <-w.closed:
			for {
				select {
				case first := <-w.orders:
					w.commit(w.gather(first))
				default:
					return
				}
			}
		}
	}
}

func (w *writer) gather(first *order) []*order {
	batch := []*order{first}
	for len(batch) < maxBatch {
		select {
		case o := <-w.orders:
			batch = append(batch, o)
		default:
			return batch
		}
	}
	return batch
}

func (w *writer) commit(batch []*order) {
	err := w.try(batch)
	for _, o := range batch {
		if err != nil && o.err == nil {
			o.err = err
		}
		close(o.done)
	}
}

// try runs the batch in one transaction. An order's own failure is kept in
// the order; a returned error means that nothing of the batch was done.
func (w *writer) try(batch []*order) error {
	ctx := context.Background()
	tx, err := w.db.BeginTx(ctx, nil)
	if err != nil {
		return fmt.Errorf("begin write: %w", err)
	}
	defer tx.Rollback()
	for _, o := range batch {
		if o.err = o.ctx.Err(); o.err != nil {
			continue
		}
		if _, err := tx.ExecContext(ctx, "SAVEPOINT one"); err != nil {
			return fmt.Errorf("savepoint: %w", err)
		}
		if o.err = call(o.fn, &Tx{tx: tx, sticky: true}); o.err != nil {
			if _, err := tx.ExecContext(ctx, "ROLLBACK TO one"); err != nil {
				return fmt.Errorf("undo one write: %w", err)
			}
		}
		if _, err := tx.ExecContext(ctx, "RELEASE one"); err != nil {
			return fmt.Errorf("release savepoint: %w", err)
		}
	}
	if err := tx.Commit(); err != nil {
		return fmt.Errorf("commit: %w", err)
	}
	return nil
}

// call turns a panic into an error so that it fails one write, not all.
func call(fn func(journal.SQL) error, tx journal.SQL) (err error) {
	defer func() {
		if p := recover(); p != nil {
			err = fmt.Errorf("write panicked: %v", p)
		}
	}()
	return fn(tx)
}
