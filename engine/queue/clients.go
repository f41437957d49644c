package queue

import (
	"context"
	"database/sql"
	"fmt"

	"github.com/jackc/pgx/v5"
	"github.com/riverqueue/river"
	"github.com/riverqueue/river/riverdriver"
	"github.com/riverqueue/river/riverdriver/riverpgxv5"
	"github.com/riverqueue/river/riverdriver/riversqlite"
	"github.com/riverqueue/river/rivermigrate"

	"andon/engine/store"
)

type sqliteClient struct{ *river.Client[*sql.Tx] }

func newSQLiteClient(ctx context.Context, s *store.Store, cfg *river.Config) (client, error) {
	driver := riversqlite.New(s.Writer())
	if err := migrate(ctx, driver); err != nil {
		return nil, err
	}
	if err := forgetLastProcess(ctx, s.Writer()); err != nil {
		return nil, err
	}
	c, err := river.NewClient(driver, cfg)
	return sqliteClient{c}, err
}

func (c sqliteClient) insert(ctx context.Context, tx *store.Tx, args advance) error {
	_, err := c.InsertTx(context.WithoutCancel(ctx), tx.SQLite(), args, nil)
	return err
}

// forgetLastProcess makes a killed server's jobs available at once instead of
// after River's own rescue interval. The file lock says that we are alone.
func forgetLastProcess(ctx context.Context, db *sql.DB) error {
	_, err := db.ExecContext(ctx, `UPDATE river_job SET state = 'available', scheduled_at = CURRENT_TIMESTAMP WHERE state = 'running'`)
	if err == nil {
		_, err = db.ExecContext(ctx, `DELETE FROM river_leader`)
	}
	return err
}

type postgresClient struct{ *river.Client[pgx.Tx] }

func newPostgresClient(ctx context.Context, s *store.Store, cfg *river.Config) (client, error) {
	driver := riverpgxv5.New(s.Pool())
	if err := migrate(ctx, driver); err != nil {
		return nil, err
	}
	c, err := river.NewClient(driver, cfg)
	return postgresClient{c}, err
}

func (c postgresClient) insert(ctx context.Context, tx *store.Tx, args advance) error {
	_, err := c.InsertTx(ctx, tx.Pgx(), args, nil)
	return err
}

func migrate[T any](ctx context.Context, driver riverdriver.Driver[T]) error {
	m, err := rivermigrate.New(driver, nil)
	if err != nil {
		return err
	}
	if _, err := m.Migrate(ctx, rivermigrate.DirectionUp, nil); err != nil {
		return fmt.Errorf("bring the queue's tables up to date: %w", err)
	}
	return nil
}
