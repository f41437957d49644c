// Package queue is Andon's durable work list, on River: a job commits with
// the state that asked for it, survives kill -9 and is run until it is done.
//
// There is one kind of job, "advance": look at one thing (a deployment, say)
// and take its next step. The step's state and facts commit in the machine's
// own transaction, guarded there, so a job that runs twice finds nothing left
// to do the second time. A job lives as long as its thing does: between steps
// it sleeps in the database. A second job for the same thing (somebody pressed
// Promote) advances it at once and ends; the first keeps the watch.
package queue

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"math"
	"sync"
	"time"

	"github.com/riverqueue/river"
	"github.com/riverqueue/river/rivertype"

	"andon/engine/store"
	"andon/journal"
)

// Machine takes steps. Advance returns how long to wait before it wants to be
// asked again (0: at once), or [Done] when the thing needs no more steps. It
// must be idempotent. An error is retried with back-off, without end.
type Machine interface {
	Advance(ctx context.Context, id string) (again time.Duration, err error)
}

// Done is what a machine returns for a thing that needs no more steps.
const Done time.Duration = -1

// watch bounds how long a job sleeps between looks, so that a step taken by
// another job is noticed in time.
const watch = time.Second

// Queue runs machines. Add them all with Handle before Start.
type Queue struct {
	store    *store.Store
	machines map[string]Machine
	client   client

	mu      sync.Mutex
	busy    map[string]*sync.Mutex
	keepers map[string]int64
}

// client hides which database River runs on.
type client interface {
	insert(ctx context.Context, tx *store.Tx, args advance) error
	Start(ctx context.Context) error
	Stop(ctx context.Context) error
	StopAndCancel(ctx context.Context) error
}

// New prepares the queue's tables. It does not run anything yet.
func New(ctx context.Context, s *store.Store) (*Queue, error) {
	q := &Queue{store: s, machines: map[string]Machine{}, busy: map[string]*sync.Mutex{}, keepers: map[string]int64{}}
	workers := river.NewWorkers()
	river.AddWorker(workers, &worker{queue: q})
	cfg := &river.Config{
		Queues:                      map[string]river.QueueConfig{river.QueueDefault: {MaxWorkers: 16}},
		Workers:                     workers,
		Logger:                      slog.New(slog.DiscardHandler),
		FetchCooldown:               time.Millisecond,
		FetchPollInterval:           250 * time.Millisecond,
		JobTimeout:                  30 * time.Second,
		RescueStuckJobsAfter:        90 * time.Second,
		CompletedJobRetentionPeriod: time.Minute,
		MaxAttempts:                 math.MaxInt16,
		RetryPolicy:                 backOff{},
	}
	var err error
	if s.Dialect() == store.Postgres {
		q.client, err = newPostgresClient(ctx, s, cfg)
	} else {
		q.client, err = newSQLiteClient(ctx, s, cfg)
	}
	if err != nil {
		return nil, fmt.Errorf("open the queue: %w", err)
	}
	return q, nil
}

// Handle gives the machine its name. It must be called before Start.
func (q *Queue) Handle(name string, m Machine) { q.machines[name] = m }

// Schedule fits [journal.Scheduler].
func (q *Queue) Schedule(ctx context.Context, tx journal.SQL, machine, id string) error {
	t, ok := tx.(*store.Tx)
	if !ok {
		return fmt.Errorf("queue: transaction of another store (%T)", tx)
	}
	return q.client.insert(ctx, t, advance{Machine: machine, ID: id})
}

// Start runs jobs until Stop. ctx bounds only the start itself.
func (q *Queue) Start(ctx context.Context) error { return q.client.Start(context.WithoutCancel(ctx)) }

// Stop lets running steps end until ctx does, then cancels them. What was not
// finished is run again by the next Start.
func (q *Queue) Stop(ctx context.Context) error {
	err := q.client.Stop(ctx)
	if errors.Is(err, context.DeadlineExceeded) || errors.Is(err, context.Canceled) {
		cancelCtx, done := context.WithTimeout(context.WithoutCancel(ctx), 5*time.Second)
		defer done()
		return q.client.StopAndCancel(cancelCtx)
	}
	return err
}

// advance is the one kind of job.
type advance struct {
	Machine string `json:"machine"`
	ID      string `json:"id"`
}

func (advance) Kind() string { return "advance" }

type worker struct {
	river.WorkerDefaults[advance]
	queue *Queue
}

// Work takes one step and decides whether this job stays on watch.
func (w *worker) Work(ctx context.Context, job *river.Job[advance]) error {
	q, name := w.queue, job.Args.Machine+" "+job.Args.ID
	m, ok := q.machines[job.Args.Machine]
	if !ok {
		return river.JobCancel(fmt.Errorf("no machine is called %q", job.Args.Machine))
	}
	again, err := q.exclusive(name, func() (time.Duration, error) { return m.Advance(ctx, job.Args.ID) })
	if err != nil {
		slog.Error("queue: step failed, trying again", "machine", job.Args.Machine, "id", job.Args.ID, "error", err)
		return err
	}
	if again < 0 {
		q.release(name)
		return nil
	}
	if !q.keeps(name, job.ID) {
		return nil
	}
	return river.JobSnooze(max(min(again, watch), 5*time.Millisecond))
}

// exclusive lets one step at a time look at a thing.
func (q *Queue) exclusive(name string, step func() (time.Duration, error)) (time.Duration, error) {
	q.mu.Lock()
	lock, ok := q.busy[name]
	if !ok {
		lock = &sync.Mutex{}
		q.busy[name] = lock
	}
	q.mu.Unlock()
	lock.Lock()
	defer lock.Unlock()
	return step()
}

// keeps says whether this job is the one on watch for the thing.
func (q *Queue) keeps(name string, job int64) bool {
	q.mu.Lock()
	defer q.mu.Unlock()
	keeper, ok := q.keepers[name]
	if !ok {
		q.keepers[name] = job
		return true
	}
	return keeper == job
}

func (q *Queue) release(name string) {
	q.mu.Lock()
	defer q.mu.Unlock()
	delete(q.keepers, name)
	delete(q.busy, name)
}

// backOff waits 100 ms after the first failure and doubles up to 30 s.
type backOff struct{}

func (backOff) NextRetry(job *rivertype.JobRow) time.Time {
	n := min(len(job.Errors), 9)
	return time.Now().Add(min(100*time.Millisecond<<n, 30*time.Second))
}
