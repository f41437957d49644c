package telemetry

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"sync"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/prometheus/discovery/targetgroup"
	"github.com/prometheus/prometheus/promql"
	"github.com/prometheus/prometheus/promql/parser"
	"github.com/prometheus/prometheus/scrape"
	"github.com/prometheus/prometheus/tsdb"
	"github.com/prometheus/prometheus/util/compression"
)

// ErrClosed is returned by everything asked of a closed Telemetry.
var ErrClosed = errors.New("telemetry is closed")

// Options of Open. Zero values take the defaults named here.
type Options struct {
	// Retention is how long samples are kept: 15 days. An objective cannot look
	// back further.
	Retention time.Duration
	// MaxBytes bounds the blocks on disk; the oldest go first: 1 GB. The log of
	// the last two to three hours comes on top.
	MaxBytes int64
	// ScrapeInterval is how often every target is read, and the longest a
	// target may take to answer: 1 s.
	ScrapeInterval time.Duration
	// QueryTimeout ends a query: 30 s.
	QueryTimeout time.Duration
	// Logger hears warnings of the parts within: none.
	Logger *slog.Logger
	// Now is the clock of the future guard and of the API's default time:
	// time.Now.
	Now func() time.Time
}

func (o Options) defaults() Options {
	if o.Retention <= 0 {
		o.Retention = 15 * 24 * time.Hour
	}
	if o.MaxBytes <= 0 {
		o.MaxBytes = 1 << 30
	}
	if o.ScrapeInterval <= 0 {
		o.ScrapeInterval = time.Second
	}
	if o.QueryTimeout <= 0 {
		o.QueryTimeout = 30 * time.Second
	}
	if o.Logger == nil {
		o.Logger = slog.New(slog.DiscardHandler)
	}
	if o.Now == nil {
		o.Now = time.Now
	}
	return o
}

const (
	// A native histogram of a service is merged down to this many buckets.
	maxBuckets = 160
	// A query may hold this many samples at once: 160 MB, and four times what
	// 28 days of one series at one sample a second need.
	maxSamples = 10_000_000
	// Prometheus' own default; a series without a newer sample is gone.
	lookback = 5 * time.Minute
	// Pushed samples may come this late.
	lateness = time.Hour
)

// Telemetry is an open directory of samples with its scraper and its query
// engine. All methods are safe for concurrent use.
type Telemetry struct {
	o      Options
	db     *tsdb.DB
	engine *promql.Engine

	scraper *scrape.Manager
	groups  chan map[string][]*targetgroup.Group // holds at most the latest list
	inside  *inside
	wait    sync.WaitGroup

	ctx   context.Context // ends when Close begins, and every query with it
	stop  context.CancelFunc
	inUse sync.RWMutex // held for reading while the database is used

	mu       sync.Mutex // guards what is scraped
	targets  []*targetgroup.Group
	gathered map[string]*targetgroup.Group
}

// Open opens dir, or makes it, and starts scraping. It fails when another
// process has dir open; a lock left by a killed process is taken over.
func Open(dir string, o Options) (*Telemetry, error) {
	o = o.defaults()
	to := tsdb.DefaultOptions()
	to.RetentionDuration = o.Retention.Milliseconds()
	to.MaxBytes = o.MaxBytes
	to.MaxBlockDuration = (24 * time.Hour).Milliseconds()
	to.WALCompression = compression.Snappy
	to.OutOfOrderTimeWindow = lateness.Milliseconds()
	to.EnableSTAsZeroSample = true

	// A registry of its own for each open: a shared one panics the second time.
	registry := prometheus.NewRegistry()
	db, err := tsdb.Open(dir, o.Logger, registry, to, nil)
	if err != nil {
		return nil, fmt.Errorf("telemetry: open %s (only one process may have it open): %w", dir, err)
	}
	t := &Telemetry{o: o, db: db, inside: newInside(), gathered: map[string]*targetgroup.Group{},
		groups: make(chan map[string][]*targetgroup.Group, 1)}
	t.ctx, t.stop = context.WithCancel(context.Background())
	// Left at zero, Timeout and MaxSamples would fail every query.
	t.engine = promql.NewEngine(promql.EngineOpts{
		Logger: o.Logger, MaxSamples: maxSamples, Timeout: o.QueryTimeout, LookbackDelta: lookback,
		ActiveQueryTracker:       newSlots(16),
		NoStepSubqueryIntervalFn: func(int64) int64 { return (15 * time.Second).Milliseconds() },
		EnableAtModifier:         true, EnableNegativeOffset: true,
		Parser: parser.NewParser(parser.Options{}),
	})
	if err := t.startScraping(registry); err != nil {
		t.stop()
		t.inside.close()
		return nil, errors.Join(fmt.Errorf("telemetry: start scraping: %w", err), t.engine.Close(), db.Close())
	}
	return t, nil
}

// Close stops scraping, ends running queries and closes the directory.
// Closing twice is fine.
func (t *Telemetry) Close() error {
	t.mu.Lock()
	closed := t.ctx.Err() != nil
	t.stop()
	t.mu.Unlock()
	if closed {
		t.wait.Wait()
		return nil
	}
	t.wait.Wait()
	t.inside.close()
	t.inUse.Lock() // queries have been told to end; wait until they have
	defer t.inUse.Unlock()
	return errors.Join(t.engine.Close(), t.db.Close())
}

// use keeps the database open until done is called, and gives a context that
// also ends when Close begins.
func (t *Telemetry) use(ctx context.Context) (_ context.Context, done func(), _ error) {
	t.inUse.RLock()
	if t.ctx.Err() != nil {
		t.inUse.RUnlock()
		return nil, nil, ErrClosed
	}
	ctx, cancel := context.WithCancel(ctx)
	unhook := context.AfterFunc(t.ctx, cancel)
	return ctx, func() { unhook(); cancel(); t.inUse.RUnlock() }, nil
}

// Handler serves Prometheus' HTTP API under /api/v1/, as far as Grafana asks
// it: query, query_range, labels, label/<name>/values, series, metadata and
// status/buildinfo. It does not authenticate; whoever mounts it does.
func (t *Telemetry) Handler() http.Handler { return newAPI(t) }
