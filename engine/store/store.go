package store

import (
	"context"
	"database/sql"
	"embed"
	"errors"
	"fmt"
	"io/fs"
	"strings"
	"unicode/utf8"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"
	"github.com/pressly/goose/v3"
	"github.com/pressly/goose/v3/database"

	"andon/journal"
)

//go:embed migrations/*.sql
var migrations embed.FS

// Dialect is which database a store runs on.
type Dialect string

// The databases.
const (
	SQLite   Dialect = "sqlite"
	Postgres Dialect = "postgres"
)

// Store is an open database. Safe for concurrent use.
type Store struct {
	dialect Dialect
	write   *sql.DB // SQLite: the one writer connection
	read    *sql.DB
	pool    *pgxpool.Pool // PostgreSQL only
	writer  *writer       // SQLite only
	unlock  func()
}

var _ journal.Store = (*Store)(nil)

// Open opens the database at a PostgreSQL URL ("postgres://…"), or at a file
// path for SQLite, takes it for this process alone and brings its tables up
// to date. It fails with [ErrInUse] when another server has it.
func Open(ctx context.Context, where string) (*Store, error) {
	if strings.HasPrefix(where, "postgres://") || strings.HasPrefix(where, "postgresql://") {
		return openPostgres(ctx, where)
	}
	return openSQLite(ctx, where)
}

// ErrInUse says that another Andon server has the database open.
var ErrInUse = errors.New("another andon server is using this database")

// Dialect says which database this is.
func (s *Store) Dialect() Dialect { return s.dialect }

// Writer is the pool that the queue shares with writes.
func (s *Store) Writer() *sql.DB { return s.write }

// Pool is PostgreSQL's connection pool; nil on SQLite.
func (s *Store) Pool() *pgxpool.Pool { return s.pool }

// Close waits for the writes that were accepted and closes the database.
func (s *Store) Close() error {
	if s.writer != nil {
		s.writer.close()
	}
	var err error
	if s.read != s.write {
		err = s.read.Close()
	}
	err = errors.Join(err, s.write.Close())
	if s.pool != nil {
		s.pool.Close()
	}
	if s.unlock != nil {
		s.unlock()
	}
	return err
}

// Write fits [journal.Store].
func (s *Store) Write(ctx context.Context, fn func(journal.SQL) error) error {
	if s.writer != nil {
		return s.writer.do(ctx, fn)
	}
	return s.writePostgres(ctx, fn)
}

// Read fits [journal.Store].
func (s *Store) Read(ctx context.Context, fn func(journal.Reader) error) error {
	opts := &sql.TxOptions{ReadOnly: true}
	if s.dialect == Postgres {
		opts.Isolation = sql.LevelRepeatableRead
	}
	tx, err := s.read.BeginTx(ctx, opts)
	if err != nil {
		return fmt.Errorf("begin read: %w", err)
	}
	defer tx.Rollback()
	return fn(&Tx{tx: tx})
}

// Tx is one open transaction.
type Tx struct {
	tx  *sql.Tx
	pgx pgx.Tx
	// sticky transactions ignore cancellation: SQLite answers an interrupted
	// statement by undoing the whole transaction, other callers' work too.
	sticky bool
}

var _ journal.SQL = (*Tx)(nil)

// SQLite is the transaction for the queue's SQLite driver.
func (t *Tx) SQLite() *sql.Tx { return t.tx }

// Pgx is the transaction for the queue's PostgreSQL driver; nil on SQLite.
func (t *Tx) Pgx() pgx.Tx { return t.pgx }

func (t *Tx) context(ctx context.Context) context.Context {
	if t.sticky {
		return context.WithoutCancel(ctx)
	}
	return ctx
}

// Exec fits [journal.SQL].
func (t *Tx) Exec(ctx context.Context, query string, args ...any) (int64, error) {
	if err := checkText(args); err != nil {
		return 0, err
	}
	res, err := t.tx.ExecContext(t.context(ctx), query, args...)
	if err != nil {
		return 0, err
	}
	return res.RowsAffected()
}

// Query fits [journal.Reader].
func (t *Tx) Query(ctx context.Context, query string, args ...any) (*sql.Rows, error) {
	return t.tx.QueryContext(t.context(ctx), query, args...)
}

// QueryRow fits [journal.Reader].
func (t *Tx) QueryRow(ctx context.Context, query string, args ...any) *sql.Row {
	return t.tx.QueryRowContext(t.context(ctx), query, args...)
}

// ErrText says that a text cannot be kept on both databases.
var ErrText = errors.New("text holds a NUL byte or is not valid UTF-8")

// checkText refuses what SQLite would take and PostgreSQL would not, so that
// a database can be moved.
func checkText(args []any) error {
	for _, a := range args {
		if s, ok := a.(string); ok && (strings.IndexByte(s, 0) >= 0 || !utf8.ValidString(s)) {
			return fmt.Errorf("%w: %.40q", ErrText, s)
		}
	}
	return nil
}

func migrate(ctx context.Context, dialect database.Dialect, db *sql.DB) error {
	files, err := fs.Sub(migrations, "migrations")
	if err != nil {
		return err
	}
	p, err := goose.NewProvider(dialect, db, files)
	if err != nil {
		return fmt.Errorf("read migrations: %w", err)
	}
	if _, err := p.Up(ctx); err != nil {
		return fmt.Errorf("bring the database up to date: %w", err)
	}
	return nil
}
