package judge

import (
	"context"
	"log/slog"
	"maps"
	"slices"
	"sync"
	"time"

	"andon/exposure"
)

// tellWithin bounds how long a sink may take over one verdict.
const tellWithin = 10 * time.Second

// Monitor looks at every watched exposure at a fixed interval, keeps what it
// saw, and tells the sink. It is safe for concurrent use.
type Monitor struct {
	// Log gets the sink's errors. Now is the clock for what no sample dates.
	// Both may be set before the first look.
	Log *slog.Logger
	Now func() time.Time

	source   Source
	sink     Sink
	interval time.Duration

	mu      sync.Mutex
	watched map[string]*watch
	ended   []ended // the newest last
	telling sync.WaitGroup
}

// watch is one exposure under watch; the monitor's lock guards it.
type watch struct {
	trial   *Trial
	latest  Verdict
	judged  bool // latest is a verdict and not only words
	history history
	told    bool // the sink accepted a verdict, the last with toldOf
	toldOf  exposure.Ruling
	busy    bool // the sink is being told
}

// ended is what was seen of an exposure that is over.
type ended struct {
	exposed string
	points  []Point
}

// keep is how many exposures that are over stay to be looked at.
const keep = 16

// NewMonitor makes a monitor that looks every interval; 0 is a second.
func NewMonitor(source Source, sink Sink, interval time.Duration) *Monitor {
	if interval <= 0 {
		interval = time.Second
	}
	return &Monitor{
		Log: slog.Default(), Now: func() time.Time { return time.Now().UTC() },
		source: source, sink: sink, interval: interval, watched: map[string]*watch{},
	}
}

// Watch begins a trial. Watching what is watched already keeps its evidence
// and its configuration.
func (m *Monitor) Watch(exposed string, cfg Config) {
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.watched[exposed] == nil {
		m.watched[exposed] = &watch{trial: NewTrial(cfg), latest: Verdict{
			At: m.Now(), E: 1, EReverse: 1, Unit: "users", Text: "No verdict yet: nobody has looked so far.",
		}}
	}
}

// Forget ends a trial; what was seen of the newest ones stays in [Monitor.History].
// A verdict that the sink is being told at this moment may still arrive.
func (m *Monitor) Forget(exposed string) {
	m.mu.Lock()
	defer m.mu.Unlock()
	w := m.watched[exposed]
	if w == nil {
		return
	}
	delete(m.watched, exposed)
	m.ended = slices.DeleteFunc(m.ended, func(e ended) bool { return e.exposed == exposed })
	m.ended = append(m.ended, ended{exposed, w.history.all()})
	m.ended = slices.Delete(m.ended, 0, max(0, len(m.ended)-keep))
}

// Latest gives the newest verdict, or false for what is not watched.
func (m *Monitor) Latest(exposed string) (Verdict, bool) {
	m.mu.Lock()
	defer m.mu.Unlock()
	w := m.watched[exposed]
	if w == nil {
		return Verdict{}, false
	}
	return w.latest, true
}

// History gives the points of the last quarter of an hour, oldest first, at
// most one a second; of an exposure that is over, those until its end. The
// caller owns them.
func (m *Monitor) History(exposed string) []Point {
	m.mu.Lock()
	defer m.mu.Unlock()
	if w := m.watched[exposed]; w != nil {
		return w.history.all()
	}
	for _, e := range m.ended {
		if e.exposed == exposed {
			return slices.Clone(e.points)
		}
	}
	return nil
}

// Run looks at every interval until ctx ends, and returns when the sink has
// been told what was under way.
func (m *Monitor) Run(ctx context.Context) error {
	defer m.telling.Wait()
	tick := time.NewTicker(m.interval)
	defer tick.Stop()
	for {
		m.Look(ctx)
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-tick.C:
		}
	}
}

// Look looks at all watched exposures once. The sink is told beside it, so
// that a slow one delays neither the next look nor other exposures.
func (m *Monitor) Look(ctx context.Context) {
	m.mu.Lock()
	names := slices.Sorted(maps.Keys(m.watched))
	m.mu.Unlock()
	for _, exposed := range names {
		sample, known := m.source.Observe(exposed)
		m.judge(ctx, exposed, sample, known)
	}
}

func (m *Monitor) judge(ctx context.Context, exposed string, sample Sample, known bool) {
	m.mu.Lock()
	defer m.mu.Unlock()
	w := m.watched[exposed]
	switch {
	case w == nil:
		return // forgotten while the source was asked
	case !known:
		if !w.judged {
			w.latest.At, w.latest.Text = m.Now(), "No verdict: no traffic of this exposure is counted yet."
		}
		return
	}
	w.latest, w.judged = w.trial.Update(sample), true
	w.history.add(Point{sample, w.latest})
	news := !w.told || w.latest.Ruling != w.toldOf || w.latest.Ruling == exposure.Bad
	if news && !w.busy {
		w.busy = true
		m.telling.Add(1)
		go m.tell(ctx, exposed, w, w.latest)
	}
}

// tell hands one verdict to the sink. What the sink refused is told again at
// the next look.
func (m *Monitor) tell(ctx context.Context, exposed string, w *watch, v Verdict) {
	defer m.telling.Done()
	ctx, cancel := context.WithTimeout(ctx, tellWithin)
	defer cancel()
	err := m.sink.Judged(ctx, exposed, v)
	if err != nil {
		m.Log.Warn("A verdict was not taken; it will be told again.", "exposure", exposed, "ruling", v.Ruling.String(), "error", err)
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	w.busy = false
	if err == nil {
		w.told, w.toldOf = true, v.Ruling
	}
}
