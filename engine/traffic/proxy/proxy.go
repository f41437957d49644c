package proxy

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log"
	"net"
	"net/http"
	"net/http/httputil"
	"sync"
	"sync/atomic"
	"time"

	"andon/flow/delivery"
)

// Options of a proxy; the zero value is usable.
type Options struct {
	// Now is the clock; nil is the wall clock.
	Now func() time.Time
}

// Proxy routes requests. Safe for concurrent use.
type Proxy struct {
	now     func() time.Time
	reverse *httputil.ReverseProxy
	metrics *metrics

	table atomic.Pointer[table]

	mu        sync.Mutex // guards what follows, and changes of table
	listeners map[string]*http.Server
	revisions map[string]*revision // by target and revision
	exposures map[string]*exposed
	closed    bool
}

// table is who gets what; it is never changed, only replaced.
type table struct {
	routes map[string][]*route // by address to listen on
}

// route is a delivery.Route with its revisions' counters.
type route struct {
	delivery.Route
	stable, canary *arm // canary is nil when there is none
	exposures      []*exposed
}

// arm is one revision's addresses within a route.
type arm struct {
	revision *revision
	addrs    []*address
	next     atomic.Uint32
}

type address struct {
	hostPort string
	busy     atomic.Int64
}

// revision counts what is in flight to one revision of one target, whichever
// route it came by.
type revision struct {
	id       string
	target   delivery.Target
	inFlight atomic.Int64
	ended    chan struct{} // holds a token when a request ended
}

// New makes a proxy that listens nowhere yet.
func New(o Options) *Proxy {
	if o.Now == nil {
		o.Now = time.Now
	}
	p := &Proxy{now: o.Now, metrics: newMetrics(), listeners: map[string]*http.Server{}, revisions: map[string]*revision{}, exposures: map[string]*exposed{}}
	p.table.Store(&table{routes: map[string][]*route{}})
	p.reverse = &httputil.ReverseProxy{Rewrite: rewrite, Transport: newTransport(), FlushInterval: flushAtOnce,
		ErrorLog: log.New(io.Discard, "", 0), ErrorHandler: failed, BufferPool: &buffers{}}
	return p
}

// flushAtOnce passes each piece of an answer on as it comes; net/http only
// does so by itself for event streams and unknown lengths.
const flushAtOnce = -1

// Route fits delivery.Traffic.
func (p *Proxy) Route(_ context.Context, r delivery.Route) error {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.closed {
		return errors.New("the proxy is closed")
	}
	if err := p.listen(r.Listen); err != nil {
		return err
	}
	old := p.table.Load()
	next := &table{routes: map[string][]*route{}}
	for address, routes := range old.routes {
		for _, x := range routes {
			if x.Target != r.Target {
				next.routes[address] = append(next.routes[address], x)
			} else if same(x.Route, r) {
				return nil
			}
		}
	}
	for _, x := range next.routes[r.Listen] {
		if x.Host == r.Host {
			return fmt.Errorf("%s (host %q) belongs to %s already; give one of them another address or host", r.Listen, r.Host, x.Target)
		}
	}
	next.routes[r.Listen] = append(next.routes[r.Listen], p.newRoute(r))
	p.table.Store(next)
	return nil
}

func same(a, b delivery.Route) bool {
	return a.Listen == b.Listen && a.Host == b.Host && a.Weight == b.Weight && a.Salt == b.Salt && sameBackend(&a.Stable, &b.Stable) && sameBackend(a.Canary, b.Canary)
}

func sameBackend(a, b *delivery.Backend) bool {
	if a == nil || b == nil {
		return a == b
	}
	if a.Revision != b.Revision || len(a.Addrs) != len(b.Addrs) {
		return false
	}
	for i := range a.Addrs {
		if a.Addrs[i] != b.Addrs[i] {
			return false
		}
	}
	return true
}

func (p *Proxy) newRoute(r delivery.Route) *route {
	x := &route{Route: r, stable: p.newArm(r.Target, r.Stable)}
	if r.Canary != nil && r.Weight > 0 {
		x.canary = p.newArm(r.Target, *r.Canary)
	}
	for _, e := range p.exposures {
		if e.target == r.Target {
			x.exposures = append(x.exposures, e)
			weight := 0
			if x.canary != nil && r.Canary.Revision == e.canary {
				weight = r.Weight
			}
			e.setWeight(p.now(), float64(weight)/100)
		}
	}
	return x
}

func (p *Proxy) newArm(t delivery.Target, b delivery.Backend) *arm {
	a := &arm{revision: p.revision(t, b.Revision)}
	for _, addr := range b.Addrs {
		a.addrs = append(a.addrs, &address{hostPort: addr})
	}
	return a
}

func key(t delivery.Target, revision string) string { return t.String() + "\x00" + revision }

func (p *Proxy) revision(t delivery.Target, id string) *revision {
	k := key(t, id)
	r := p.revisions[k]
	if r == nil {
		r = &revision{id: id, target: t, ended: make(chan struct{}, 1)}
		p.revisions[k] = r
	}
	return r
}

// Drain fits delivery.Traffic.
func (p *Proxy) Drain(ctx context.Context, t delivery.Target, id string) error {
	p.mu.Lock()
	r := p.revisions[key(t, id)]
	p.mu.Unlock()
	if r == nil {
		return nil
	}
	tick := time.NewTicker(50 * time.Millisecond) // an end may be missed when two drain at once
	defer tick.Stop()
	for r.inFlight.Load() > 0 {
		select {
		case <-ctx.Done():
			return fmt.Errorf("%d requests to %s of %s are still in flight: %w", r.inFlight.Load(), id, t, ctx.Err())
		case <-r.ended:
		case <-tick.C:
		}
	}
	p.forget(t, id)
	return nil
}

// forget drops the counters of a revision that no route names any more.
func (p *Proxy) forget(t delivery.Target, id string) {
	p.mu.Lock()
	defer p.mu.Unlock()
	for _, routes := range p.table.Load().routes {
		for _, x := range routes {
			if x.Target == t && (x.Stable.Revision == id || x.Canary != nil && x.Canary.Revision == id) {
				return
			}
		}
	}
	delete(p.revisions, key(t, id))
}

// headerWithin bounds how long a client may take to send a request's head.
const headerWithin = 30 * time.Second

// listen opens an address once.
func (p *Proxy) listen(addr string) error {
	if p.listeners[addr] != nil {
		return nil
	}
	l, err := net.Listen("tcp", addr)
	if err != nil {
		return fmt.Errorf("listen for users on %s: %w", addr, err)
	}
	protocols := new(http.Protocols)
	protocols.SetHTTP1(true)
	protocols.SetUnencryptedHTTP2(true)
	s := &http.Server{Handler: http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { p.serve(addr, w, r) }),
		ReadHeaderTimeout: headerWithin, IdleTimeout: 2 * time.Minute, Protocols: protocols, ErrorLog: log.New(io.Discard, "", 0)}
	p.listeners[addr] = s
	go func() { _ = s.Serve(l) }()
	return nil
}

// Close stops listening and lets requests in flight end until ctx does.
func (p *Proxy) Close(ctx context.Context) error {
	p.mu.Lock()
	p.closed = true
	servers := p.listeners
	p.listeners = map[string]*http.Server{}
	p.mu.Unlock()
	var faults []error
	for _, s := range servers {
		if err := s.Shutdown(ctx); err != nil {
			faults = append(faults, err, s.Close())
		}
	}
	return errors.Join(faults...)
}
