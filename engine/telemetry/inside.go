package telemetry

import (
	"context"
	"fmt"
	"io"
	"log"
	"maps"
	"net"
	"net/http"
	"slices"
	"strings"
	"sync"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/promhttp"
)

// insideHost is where the scraper finds in-process registries. The top-level
// domain invalid is reserved (RFC 2606), so no network is ever asked for it.
const insideHost = "inside.andon.invalid"

// inside serves in-process registries over in-memory connections. The scraper
// treats them as it treats every other target, so up, staleness, native
// histograms and birth times need no second way of doing them.
type inside struct {
	server *http.Server
	conns  chan net.Conn
	closed chan struct{}
	once   sync.Once

	mu         sync.RWMutex
	registries map[string]http.Handler // by path
}

func newInside() *inside {
	in := &inside{conns: make(chan net.Conn), closed: make(chan struct{}), registries: map[string]http.Handler{}}
	in.server = &http.Server{Handler: in, ErrorLog: log.New(io.Discard, "", 0)}
	go in.server.Serve(in) //nolint:errcheck // ends with ErrServerClosed
	return in
}

func (in *inside) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	in.mu.RLock()
	h := in.registries[r.URL.Path]
	in.mu.RUnlock()
	if h == nil {
		http.NotFound(w, r)
		return
	}
	h.ServeHTTP(w, r)
}

func (in *inside) dial(ctx context.Context) (net.Conn, error) {
	ours, theirs := net.Pipe()
	select {
	case in.conns <- theirs:
		return ours, nil
	case <-in.closed:
		return nil, net.ErrClosed
	case <-ctx.Done():
		return nil, ctx.Err()
	}
}

// Accept, Close and Addr make inside the server's listener.
func (in *inside) Accept() (net.Conn, error) {
	select {
	case c := <-in.conns:
		return c, nil
	case <-in.closed:
		return nil, net.ErrClosed
	}
}

func (in *inside) Close() error {
	in.once.Do(func() { close(in.closed) })
	return nil
}

func (in *inside) Addr() net.Addr { return &net.UnixAddr{Name: insideHost, Net: "pipe"} }

func (in *inside) close() {
	_ = in.Close()
	_ = in.server.Close()
}

// Gather scrapes an in-process registry each interval, without a port. Giving
// the same job and labels again replaces the registry. instance is "andon"
// unless labels say otherwise.
func (t *Telemetry) Gather(job string, g prometheus.Gatherer, labels map[string]string) error {
	key := []string{job}
	for _, name := range slices.Sorted(maps.Keys(labels)) {
		key = append(key, name, labels[name])
	}
	all := map[string]string{"instance": "andon"}
	maps.Copy(all, labels)

	t.mu.Lock()
	defer t.mu.Unlock()
	if t.ctx.Err() != nil {
		return ErrClosed
	}
	id := strings.Join(key, "\xff")
	path := fmt.Sprintf("/%d", len(t.gathered))
	if old := t.gathered[id]; old != nil {
		path = old.Source
	}
	group, err := Target{Job: job, URL: "http://" + insideHost + path, Labels: all}.group(path)
	if err != nil {
		return err
	}
	// A collector that fails costs its own metrics, not all the others.
	h := promhttp.HandlerFor(g, promhttp.HandlerOpts{ErrorHandling: promhttp.ContinueOnError, DisableCompression: true})
	t.inside.mu.Lock()
	t.inside.registries[path] = h
	t.inside.mu.Unlock()
	t.gathered[id] = group
	t.tell()
	return nil
}
