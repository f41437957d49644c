package proxy

import (
	"context"
	"crypto/rand"
	"errors"
	"net"
	"net/http"
	"net/http/httputil"
	"strings"
	"sync"
	"time"

	"github.com/cespare/xxhash/v2"
)

// Cookie names the visitor. It holds a random number and nothing else.
const Cookie = "andon_visitor"

const cookieLife = 365 * 24 * time.Hour

// statusGone is noted when the user left before the answer (nginx' 499).
const statusGone = 499

// trip is one request on its way.
type trip struct {
	addr  *address
	again bool // it failed before anything was sent, and may be tried elsewhere
}

type tripKey struct{}

func (p *Proxy) serve(listen string, w http.ResponseWriter, r *http.Request) {
	x := p.find(listen, r.Host)
	if x == nil {
		http.Error(w, "No service answers here under this name.", http.StatusMisdirectedRequest)
		return
	}
	visitor, known := visitorOf(r)
	if !known {
		http.SetCookie(w, &http.Cookie{Name: Cookie, Value: visitor, Path: "/", HttpOnly: true, SameSite: http.SameSiteLaxMode,
			MaxAge: int(cookieLife.Seconds()), Secure: r.Header.Get("X-Forwarded-Proto") == "https"})
	}
	id := xxhash.Sum64String(visitor)
	a, isCanary := x.stable, false
	if x.canary != nil && Share(x.Salt, visitor) < float64(x.Weight)/100 {
		a, isCanary = x.canary, true
	}
	rev := a.revision
	rev.inFlight.Add(1)
	start := p.now()
	seen := &answer{ResponseWriter: w}
	defer func() {
		crashed := recover() // net/http's way to break a half-sent answer off
		took := p.now().Sub(start)
		rev.inFlight.Add(-1)
		select {
		case rev.ended <- struct{}{}:
		default:
		}
		gone := r.Context().Err() != nil && seen.status == 0
		if gone {
			seen.status = statusGone
		}
		p.metrics.ended(rev, seen.status, took)
		if seen.status == http.StatusSwitchingProtocols {
			took = 0 // how long a conversation lasted says nothing of speed
		}
		if !gone {
			bad := seen.status >= 500 || seen.status == 0 || crashed != nil && r.Context().Err() == nil
			for _, e := range x.exposures {
				e.count(isCanary, id, bad, took, start.Add(took))
			}
		}
		if crashed != nil {
			panic(crashed)
		}
	}()
	p.metrics.began(rev)
	p.forward(seen, r, a)
}

// forward sends the request to the least busy address. One that could not be
// reached at all is tried once on another address of the same revision.
func (p *Proxy) forward(w *answer, r *http.Request, a *arm) {
	first := a.pick(nil)
	if first == nil {
		w.Header().Set("Retry-After", "1")
		http.Error(w, "No instance of this service is ready.", http.StatusServiceUnavailable)
		return
	}
	t := &trip{addr: first}
	ctx, sent := traced(context.WithValue(r.Context(), tripKey{}, t))
	body := r.Body
	if body != nil && body != http.NoBody {
		r.Body = &watched{ReadCloser: body, read: sent}
	}
	if other := a.pick(first); other != nil {
		t.again = true
		p.send(w, r.WithContext(ctx), t)
		if w.status != 0 || !t.again || sent.Load() || r.Context().Err() != nil {
			w.unreachable(r.Context())
			return
		}
		t.addr, t.again = other, false
	}
	p.send(w, r.WithContext(ctx), t)
	w.unreachable(r.Context())
}

func (p *Proxy) send(w *answer, r *http.Request, t *trip) {
	t.addr.busy.Add(1)
	defer t.addr.busy.Add(-1)
	p.reverse.ServeHTTP(w, r)
}

func rewrite(r *httputil.ProxyRequest) {
	t := r.In.Context().Value(tripKey{}).(*trip)
	r.Out.URL.Scheme, r.Out.URL.Host = "http", t.addr.hostPort
	r.Out.Host = r.In.Host
	r.Out.Header["X-Forwarded-For"] = r.In.Header["X-Forwarded-For"]
	r.SetXForwarded()
	hideCookie(r.Out)
}

// failed is called when no answer came. What may be tried again is left to
// forward; the answer is still empty then.
func failed(_ http.ResponseWriter, r *http.Request, err error) {
	t := r.Context().Value(tripKey{}).(*trip)
	var op *net.OpError
	if t.again && errors.As(err, &op) && op.Op == "dial" {
		return
	}
	t.again = false
}

// pick gives the least busy address other than one, in turn where several are.
func (a *arm) pick(not *address) (best *address) {
	n := uint32(len(a.addrs)) //nolint:gosec // a handful
	if n == 0 {
		return nil
	}
	from := a.next.Add(1)
	for i := range n {
		x := a.addrs[(from+i)%n]
		if x != not && (best == nil || x.busy.Load() < best.busy.Load()) {
			best = x
		}
	}
	return best
}

func (p *Proxy) find(listen, host string) *route {
	var any *route
	if h, _, err := net.SplitHostPort(host); err == nil {
		host = h
	}
	for _, x := range p.table.Load().routes[listen] {
		if x.Host == "" {
			any = x
		} else if strings.EqualFold(x.Host, host) {
			return x
		}
	}
	return any
}

func visitorOf(r *http.Request) (id string, known bool) {
	if c, err := r.Cookie(Cookie); err == nil && len(c.Value) > 0 && len(c.Value) <= 64 {
		return c.Value, true
	}
	return rand.Text(), false
}

// Share maps a visitor to a number in [0, 1) that depends on nothing else but
// the salt.
func Share(salt, visitor string) float64 {
	h := xxhash.New()
	_, _ = h.WriteString(salt)
	_, _ = h.Write([]byte{0})
	_, _ = h.WriteString(visitor)
	return float64(h.Sum64()>>11) / (1 << 53)
}

// hideCookie keeps Andon's cookie from the service: it is none of its business.
func hideCookie(r *http.Request) {
	lines := r.Header["Cookie"]
	if len(lines) == 0 {
		return
	}
	var kept []string
	for _, line := range lines {
		for part := range strings.SplitSeq(line, ";") {
			part = strings.TrimSpace(part)
			if part != "" && !strings.HasPrefix(part, Cookie+"=") {
				kept = append(kept, part)
			}
		}
	}
	if len(kept) == 0 {
		delete(r.Header, "Cookie")
		return
	}
	r.Header["Cookie"] = []string{strings.Join(kept, "; ")}
}

// transport speaks HTTP/1.1 to services, and HTTP/2 without TLS where only
// that will do: gRPC.
type transport struct{ plain, grpc *http.Transport }

func newTransport() *transport {
	dialer := &net.Dialer{Timeout: 5 * time.Second, KeepAlive: 30 * time.Second}
	plain := &http.Transport{DialContext: dialer.DialContext, MaxIdleConnsPerHost: 256, MaxIdleConns: 4096,
		IdleConnTimeout: 60 * time.Second, DisableCompression: true}
	grpc := plain.Clone()
	grpc.Protocols = new(http.Protocols)
	grpc.Protocols.SetUnencryptedHTTP2(true)
	return &transport{plain, grpc}
}

func (t *transport) RoundTrip(r *http.Request) (*http.Response, error) {
	if r.ProtoMajor == 2 && strings.HasPrefix(r.Header.Get("Content-Type"), "application/grpc") {
		return t.grpc.RoundTrip(r)
	}
	return t.plain.RoundTrip(r)
}

// buffers lends the memory through which answers are copied.
type buffers struct{ pool sync.Pool }

const bufferSize = 32 << 10

func (b *buffers) Get() []byte {
	if x, ok := b.pool.Get().(*[]byte); ok {
		return *x
	}
	return make([]byte, bufferSize)
}

func (b *buffers) Put(x []byte) { b.pool.Put(&x) }
