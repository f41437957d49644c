package proxy

import (
	"math"
	"sync"
	"time"

	"andon/feedback/judge"
	"andon/flow/delivery"
)

// Begin counts what users of two revisions meet from now on. Beginning what
// has begun changes nothing.
func (p *Proxy) Begin(id string, t delivery.Target, canary, stable string) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.exposures[id] != nil {
		return
	}
	p.exposures[id] = newExposed(t, canary, p.now())
	p.rebuild(t)
}

// End forgets the counts.
func (p *Proxy) End(id string) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if e := p.exposures[id]; e != nil {
		delete(p.exposures, id)
		p.rebuild(e.target)
	}
}

// rebuild makes the target's route know its exposures.
func (p *Proxy) rebuild(t delivery.Target) {
	old := p.table.Load()
	next := &table{routes: map[string][]*route{}}
	for address, routes := range old.routes {
		for _, x := range routes {
			if x.Target == t {
				x = p.newRoute(x.Route)
			}
			next.routes[address] = append(next.routes[address], x)
		}
	}
	p.table.Store(next)
}

// Observe fits judge.Source.
func (p *Proxy) Observe(id string) (judge.Sample, bool) {
	p.mu.Lock()
	e := p.exposures[id]
	p.mu.Unlock()
	if e == nil {
		return judge.Sample{}, false
	}
	return e.sample(p.now()), true
}

// maxUsers bounds how many users an exposure tells apart. Later ones are
// counted in requests only: by then the judge has long spoken.
const maxUsers = 1_000_000

// exposed counts one exposure.
type exposed struct {
	target delivery.Target
	canary string

	mu      sync.Mutex
	users   map[uint64]byte // which arms a user was seen on, and hurt
	arms    [2]armCount     // stable, canary
	weight  float64
	since   time.Time // of the present weight
	asked   time.Time // when sample was last taken
	carried float64   // weight × seconds since asked
}

// Bits of a user: seen on stable, seen on canary, hurt.
const hurt = 1 << 2

type armCount struct {
	judge.Arm
	recent recent
}

func newExposed(t delivery.Target, canary string, now time.Time) *exposed {
	return &exposed{target: t, canary: canary, users: map[uint64]byte{}, since: now, asked: now}
}

func (e *exposed) setWeight(now time.Time, w float64) {
	e.mu.Lock()
	defer e.mu.Unlock()
	e.carried += e.weight * now.Sub(e.since).Seconds()
	e.weight, e.since = w, now
}

func (e *exposed) count(isCanary bool, user uint64, bad bool, took time.Duration, at time.Time) {
	e.mu.Lock()
	defer e.mu.Unlock()
	i, bit := 0, byte(1)
	if isCanary {
		i, bit = 1, 2
	}
	a := &e.arms[i]
	a.Requests++
	a.Latency += took
	a.recent.add(at, took)
	if bad {
		a.Errors++
	}
	seen, known := e.users[user]
	if !known && len(e.users) >= maxUsers {
		return
	}
	if seen&bit == 0 {
		a.Users++
		seen |= bit
	}
	if bad && seen&hurt == 0 {
		a.Hurt++
		seen |= hurt
	}
	e.users[user] = seen
}

func (e *exposed) sample(now time.Time) judge.Sample {
	e.mu.Lock()
	defer e.mu.Unlock()
	weight := e.weight
	if span := now.Sub(e.asked).Seconds(); span > 0 {
		weight = (e.carried + e.weight*now.Sub(e.since).Seconds()) / span
	}
	e.carried, e.since, e.asked = 0, now, now
	s := judge.Sample{At: now, Weight: min(1, max(0, weight)), Stable: e.arms[0].Arm, Canary: e.arms[1].Arm}
	s.Stable.Quantiles, s.Canary.Quantiles = e.arms[0].recent.quantiles(now), e.arms[1].recent.quantiles(now)
	return s
}

// recent is a histogram of the last ten seconds: one slot a second, buckets
// that grow by a tenth, from a tenth of a millisecond to some minutes.
type recent struct {
	slots [slots]struct {
		second int64
		counts [buckets]uint32
	}
}

const (
	slots    = 10
	buckets  = 160
	smallest = 100e-6
	growth   = 1.1
)

func bucketOf(d time.Duration) int {
	b := int(math.Ceil(math.Log(d.Seconds()/smallest) / math.Log(growth)))
	return min(max(b, 0), buckets-1)
}

func (r *recent) add(at time.Time, d time.Duration) {
	second := at.Unix()
	s := &r.slots[second%slots]
	if s.second != second {
		s.second, s.counts = second, [buckets]uint32{}
	}
	s.counts[bucketOf(d)]++
}

// quantiles gives p50, p95 and p99; zero without requests.
func (r *recent) quantiles(now time.Time) (q [3]time.Duration) {
	var sum [buckets]uint64
	var total uint64
	for i := range r.slots {
		if now.Unix()-r.slots[i].second >= slots {
			continue
		}
		for b, n := range r.slots[i].counts {
			sum[b] += uint64(n)
			total += uint64(n)
		}
	}
	if total == 0 {
		return q
	}
	for i, share := range [3]float64{0.5, 0.95, 0.99} {
		rank := uint64(math.Ceil(share * float64(total)))
		var below uint64
		for b, n := range sum {
			if below += n; below >= rank {
				q[i] = time.Duration(smallest * math.Pow(growth, float64(b)) * float64(time.Second))
				break
			}
		}
	}
	return q
}
