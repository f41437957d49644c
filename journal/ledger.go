package journal

import (
	"context"
	"crypto/rand"
	"database/sql"
	"errors"
	"fmt"
	"sync"
	"time"
)

// Reader asks questions in SQL. Placeholders are $1, $2, …; the same text
// must hold on SQLite and on PostgreSQL.
type Reader interface {
	Query(ctx context.Context, query string, args ...any) (*sql.Rows, error)
	QueryRow(ctx context.Context, query string, args ...any) *sql.Row
}

// SQL is one open transaction of a [Store].
type SQL interface {
	Reader
	// Exec runs one statement and gives the number of rows it changed.
	Exec(ctx context.Context, query string, args ...any) (int64, error)
}

// Store runs functions in transactions. Write may run several functions in
// one commit, each isolated by a savepoint, so a function must not assume
// that it is alone; it must not keep or use the SQL after it returned, and
// must not call Write or Read itself. An error or panic from the function
// undoes all that it did and is returned. Safe for concurrent use.
type Store interface {
	Write(ctx context.Context, fn func(SQL) error) error
	Read(ctx context.Context, fn func(Reader) error) error
}

// Scheduler adds a job to the durable queue in the caller's transaction.
type Scheduler interface {
	Schedule(ctx context.Context, tx SQL, machine, id string) error
}

// Tx is one transaction that changes state and says so.
type Tx interface {
	SQL
	// Now is the one time of the whole transaction, UTC, in microseconds.
	Now() time.Time
	// Append adds a fact; it gets its position when the transaction ends.
	// ID, At and Actor are filled in when empty.
	Append(f Fact)
	// Advance asks that the state machine of that name looks at id soon
	// after commit, again after a crash, and until it says it is finished.
	Advance(ctx context.Context, machine, id string) error
}

// Ledger is the journal and the state beside it. Safe for concurrent use.
type Ledger struct {
	store Store
	jobs  Scheduler
	now   func() time.Time

	projections []Projection

	mu   sync.Mutex
	head int64
	wake chan struct{}
}

// NewLedger joins a store and a queue. now is the clock of every transaction;
// nil means the wall clock. jobs may be nil where nothing is ever advanced.
func NewLedger(store Store, jobs Scheduler, now func() time.Time) *Ledger {
	if now == nil {
		now = time.Now
	}
	return &Ledger{store: store, jobs: jobs, now: now, wake: make(chan struct{})}
}

// Projection keeps rows that are made from facts in step with them: it is
// given the facts of each transaction inside that transaction, before they
// have a position. An error undoes the transaction.
type Projection func(ctx context.Context, tx SQL, facts []Fact) error

// Project adds a projection. Call it before the ledger is used.
func (l *Ledger) Project(p Projection) { l.projections = append(l.projections, p) }

// Now is the ledger's clock.
func (l *Ledger) Now() time.Time { return l.now().UTC().Truncate(time.Microsecond) }

// Read runs fn in a transaction that sees one moment and changes nothing.
func (l *Ledger) Read(ctx context.Context, fn func(Reader) error) error {
	return l.store.Read(ctx, fn)
}

// Write runs fn in one transaction and commits its state, its facts and its
// jobs together. fn may be run again only by the caller; it is never retried.
func (l *Ledger) Write(ctx context.Context, fn func(Tx) error) error {
	var last int64
	key := keyOf(ctx)
	err := l.store.Write(ctx, func(s SQL) error {
		t := &tx{SQL: s, ledger: l, now: l.Now(), actor: ActorOf(ctx)}
		if err := key.claim(ctx, t); err != nil {
			return err
		}
		if err := fn(t); err != nil {
			return err
		}
		if len(t.facts) == 0 {
			return nil
		}
		for _, project := range l.projections {
			if err := project(ctx, s, t.facts); err != nil {
				return err
			}
		}
		var err error
		last, err = t.flush(ctx)
		return err
	})
	if err != nil {
		return err
	}
	if key != nil {
		key.spent = true
	}
	l.advanceHead(last)
	return nil
}

func (l *Ledger) advanceHead(seq int64) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if seq > l.head {
		l.head = seq
		close(l.wake)
		l.wake = make(chan struct{})
	}
}

// remoteLag bounds how late a fact that another process committed is seen.
const remoteLag = 250 * time.Millisecond

// Wait returns when the journal holds a fact after the given position, or
// with ctx's error. Facts of this process wake it at once; facts committed
// by another process are seen within a quarter of a second.
func (l *Ledger) Wait(ctx context.Context, after int64) error {
	for {
		l.mu.Lock()
		head, wake := l.head, l.wake
		l.mu.Unlock()
		if head > after {
			return nil
		}
		timer := time.NewTimer(remoteLag)
		select {
		case <-wake:
		case <-timer.C:
			if stored, err := l.Head(ctx); err == nil {
				l.advanceHead(stored)
			}
		case <-ctx.Done():
			timer.Stop()
			return ctx.Err()
		}
		timer.Stop()
	}
}

type tx struct {
	SQL
	ledger *Ledger
	now    time.Time
	actor  string
	facts  []Fact
}

func (t *tx) Now() time.Time { return t.now }

func (t *tx) Append(f Fact) {
	if f.ID == "" {
		f.ID = rand.Text()
	}
	if f.At.IsZero() {
		f.At = t.now
	}
	if f.Actor == "" {
		f.Actor = t.actor
	}
	t.facts = append(t.facts, f)
}

func (t *tx) Advance(ctx context.Context, machine, id string) error {
	if t.ledger.jobs == nil {
		return errors.New("journal: this ledger has no queue")
	}
	if err := t.ledger.jobs.Schedule(ctx, t.SQL, machine, id); err != nil {
		return fmt.Errorf("schedule %s %s: %w", machine, id, err)
	}
	return nil
}
