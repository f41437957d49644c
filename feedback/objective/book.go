package objective

import (
	"context"
	"slices"
	"sync"
	"time"
)

// Point is how much of a budget was left at one moment.
type Point struct {
	At        time.Time
	Remaining float64
}

// Book keeps the latest Status of every objective. It is safe for concurrent
// use; reading never waits for a computation.
type Book struct {
	metrics Metrics
	now     func() time.Time

	refresh sync.Mutex // one refresh at a time
	mu      sync.RWMutex
	pages   []*page // in the order given to Set
}

// page is one objective's latest status and its recent past.
type page struct {
	status  Status
	whole   count
	wholeAt time.Time // when whole was counted; zero when it is not
	past    []Point   // oldest first
}

// A point every ten seconds for six hours.
const (
	pointEvery = 10 * time.Second
	pointsKept = int(6 * time.Hour / pointEvery)
)

// NewBook makes an empty book that asks metrics and reads the time from now.
func NewBook(metrics Metrics, now func() time.Time) *Book {
	return &Book{metrics: metrics, now: now}
}

// Set replaces the objectives. One that did not change keeps its status and
// history; a new one is unknown until the next refresh.
func (b *Book) Set(objectives []Objective) {
	b.mu.Lock()
	defer b.mu.Unlock()
	pages := make([]*page, 0, len(objectives))
	for _, o := range objectives {
		i := slices.IndexFunc(b.pages, func(p *page) bool { return same(p.status.Objective, o) })
		if i < 0 {
			pages = append(pages, &page{status: Status{Objective: o, Text: o.Title + ": not counted yet."}})
			continue
		}
		b.pages[i].status.Objective = o
		pages = append(pages, b.pages[i])
	}
	b.pages = pages
}

// same tells whether two objectives promise the same; where they are written
// and how they are described does not matter.
func same(a, b Objective) bool {
	a.File, a.Line, a.Title, a.Description = b.File, b.Line, b.Title, b.Description
	return a == b
}

// Run refreshes the book at once and then each interval until ctx ends.
func (b *Book) Run(ctx context.Context, every time.Duration) {
	tick := time.NewTicker(every)
	defer tick.Stop()
	for {
		b.Refresh(ctx)
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
		}
	}
}

// Refresh computes every objective now. One that cannot be counted becomes
// unknown and its Text says why: a gate must not go on with an old number.
func (b *Book) Refresh(ctx context.Context) {
	b.refresh.Lock()
	defer b.refresh.Unlock()
	b.mu.RLock()
	pages := slices.Clone(b.pages)
	b.mu.RUnlock()
	for _, p := range pages {
		at := b.now().UTC()
		b.mu.RLock()
		o, whole, wholeAt := p.status.Objective, p.whole, p.wholeAt
		b.mu.RUnlock()
		s, err := Status{}, error(nil)
		if due(o, wholeAt, at) {
			if whole, err = measure(ctx, b.metrics, o, o.Window, at); err == nil {
				wholeAt = at
			}
		}
		if err == nil {
			s, err = withBurn(ctx, b.metrics, o, whole, at)
		}
		if ctx.Err() != nil {
			return
		}
		if err != nil {
			s = Status{Objective: o, At: at, Text: o.Title + ": cannot be counted now: " + err.Error() + "."}
			wholeAt = time.Time{}
		}
		b.mu.Lock()
		s.Objective = p.status.Objective // Set may have moved it meanwhile
		p.status, p.whole, p.wholeAt = s, whole, wholeAt
		p.remember(s)
		b.mu.Unlock()
	}
}

// due spares the server: counting 28 days reads millions of samples and the
// answer hardly moves, so a window is counted anew after one five-thousandth
// of it, at most five minutes. Burn rates are always fresh.
func due(o Objective, last, at time.Time) bool {
	return last.IsZero() || at.Sub(last) >= min(o.Window/5000, 5*time.Minute) || at.Before(last)
}

func (p *page) remember(s Status) {
	if !s.Known {
		return
	}
	if n := len(p.past); n > 0 && s.At.Sub(p.past[n-1].At) < pointEvery {
		return
	}
	if len(p.past) >= pointsKept {
		p.past = slices.Delete(p.past, 0, len(p.past)-pointsKept+1)
	}
	p.past = append(p.past, Point{At: s.At, Remaining: s.Remaining})
}

// All gives every objective's latest status in the order they were set.
func (b *Book) All() []Status {
	b.mu.RLock()
	defer b.mu.RUnlock()
	all := make([]Status, len(b.pages))
	for i, p := range b.pages {
		all[i] = p.status
	}
	return all
}

// Of gives the service's known status with the least budget left, or an
// unknown one when nothing is known of any; ok is false when the service has
// no objective.
func (b *Book) Of(service string) (worst Status, ok bool) {
	for _, s := range b.All() {
		if s.Objective.Service != service {
			continue
		}
		if !ok || s.Known && (!worst.Known || s.Remaining < worst.Remaining) {
			worst, ok = s, true
		}
	}
	return worst, ok
}

// History gives what was left of an objective's budget over the last span,
// oldest first, a point every ten seconds or more. It reaches back six hours
// and no further than the book's own start; moments without data have no
// point.
func (b *Book) History(name string, span time.Duration) []Point {
	since := b.now().Add(-span)
	b.mu.RLock()
	defer b.mu.RUnlock()
	for _, p := range b.pages {
		if p.status.Objective.Name == name {
			i, _ := slices.BinarySearchFunc(p.past, since, func(p Point, t time.Time) int { return p.At.Compare(t) })
			return slices.Clone(p.past[i:])
		}
	}
	return nil
}
