package proxy_test

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/prometheus/client_golang/prometheus"

	"andon/engine/traffic/proxy"
	"andon/feedback/judge"
	"andon/flow/delivery"
)

var target = delivery.Target{Service: "shop", Environment: "production"}

func service(t *testing.T, h http.HandlerFunc) string {
	t.Helper()
	s := httptest.NewUnstartedServer(h)
	s.Config.Protocols = new(http.Protocols)
	s.Config.Protocols.SetHTTP1(true)
	s.Config.Protocols.SetUnencryptedHTTP2(true)
	s.Start()
	t.Cleanup(s.Close)
	return strings.TrimPrefix(s.URL, "http://")
}

func says(text string) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) { fmt.Fprint(w, text) }
}

func freeAddr(t *testing.T) string {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	return l.Addr().String()
}

type fixture struct {
	*proxy.Proxy
	t    *testing.T
	addr string
}

func open(t *testing.T) fixture {
	t.Helper()
	p := proxy.New(proxy.Options{})
	t.Cleanup(func() {
		ctx, cancel := context.WithTimeout(context.Background(), time.Second)
		defer cancel()
		_ = p.Close(ctx)
	})
	return fixture{p, t, freeAddr(t)}
}

func (f fixture) route(stable delivery.Backend, canary *delivery.Backend, weight int) {
	f.t.Helper()
	err := f.Route(f.t.Context(), delivery.Route{Target: target, Listen: f.addr, Stable: stable, Canary: canary, Weight: weight, Salt: "s"})
	if err != nil {
		f.t.Fatal(err)
	}
}

func (f fixture) get(visitor string) (int, string) {
	r, err := http.NewRequestWithContext(context.Background(), http.MethodGet, "http://"+f.addr+"/", nil)
	if err != nil {
		return 0, err.Error()
	}
	if visitor != "" {
		r.AddCookie(&http.Cookie{Name: proxy.Cookie, Value: visitor})
	}
	resp, err := http.DefaultClient.Do(r)
	if err != nil {
		return 0, err.Error()
	}
	defer resp.Body.Close()
	b, err := io.ReadAll(resp.Body)
	if err != nil {
		return 0, err.Error()
	}
	return resp.StatusCode, string(b)
}

func one(revision string, addrs ...string) delivery.Backend {
	return delivery.Backend{Revision: revision, Addrs: addrs}
}

func TestVisitorsStayAndLargerWeightsOnlyAdd(t *testing.T) {
	f := open(t)
	old, canary := one("1", service(t, says("old"))), one("2", service(t, says("new")))
	on := map[string]bool{}
	for _, weight := range []int{0, 10, 50, 100} {
		f.route(old, &canary, weight)
		got := 0
		for i := range 400 {
			visitor := fmt.Sprint("visitor", i)
			_, text := f.get(visitor)
			if _, again := f.get(visitor); again != text {
				t.Fatalf("%s met %s and then %s", visitor, text, again)
			}
			if on[visitor] && text != "new" {
				t.Fatalf("%s lost the canary at %d %%", visitor, weight)
			}
			if text == "new" {
				on[visitor] = true
				got++
			}
		}
		if want := 4 * weight; got < want-30 || got > want+30 {
			t.Errorf("at %d %%: %d of 400 visitors met the canary", weight, got)
		}
	}
}

func TestCookieIsGivenOnceAndHiddenFromTheService(t *testing.T) {
	f := open(t)
	f.route(one("1", service(t, func(w http.ResponseWriter, r *http.Request) { fmt.Fprint(w, r.Header.Get("Cookie")) })), nil, 0)
	r, _ := http.NewRequestWithContext(t.Context(), http.MethodGet, "http://"+f.addr+"/", nil)
	r.Header.Set("Cookie", "a=1; andon_visitor=xyz; b=2")
	resp, err := http.DefaultClient.Do(r)
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	b, _ := io.ReadAll(resp.Body)
	if string(b) != "a=1; b=2" || len(resp.Cookies()) != 0 {
		t.Fatalf("%q, %v", b, resp.Cookies())
	}
	resp, err = http.Get("http://" + f.addr + "/")
	if err != nil {
		t.Fatal(err)
	}
	resp.Body.Close()
	if c := resp.Cookies(); len(c) != 1 || c[0].Name != proxy.Cookie || !c[0].HttpOnly {
		t.Fatalf("%v", c)
	}
}

// Routes, weights and revisions change under load; every request is answered.
func TestNothingIsDroppedWhileRoutesChange(t *testing.T) {
	f := open(t)
	slow := func(text string) http.HandlerFunc {
		return func(w http.ResponseWriter, r *http.Request) {
			time.Sleep(2 * time.Millisecond)
			fmt.Fprint(w, text)
		}
	}
	a, b, c := one("1", service(t, slow("1")), service(t, slow("1"))), one("2", service(t, slow("2"))), one("3", service(t, slow("3")))
	f.route(a, nil, 0)
	stop := make(chan struct{})
	var wg sync.WaitGroup
	var sent, failed atomic.Int64
	for i := range 16 {
		wg.Go(func() {
			for n := 0; ; n++ {
				select {
				case <-stop:
					return
				default:
				}
				sent.Add(1)
				if code, text := f.get(fmt.Sprint(i, n%7)); code != 200 {
					failed.Add(1)
					t.Errorf("%d %s", code, text)
				}
			}
		})
	}
	for i := 0; sent.Load() < 2000 && !t.Failed(); i++ {
		f.route(a, &b, i%100)
		f.route(b, &c, 30)
		f.route(c, nil, 0)
		ctx, cancel := context.WithTimeout(t.Context(), 10*time.Second)
		if err := f.Drain(ctx, target, "1"); err != nil {
			t.Fatal(err)
		}
		cancel()
		f.route(a, nil, 0)
	}
	close(stop)
	wg.Wait()
	if failed.Load() > 0 {
		t.Fatalf("%d of %d requests failed", failed.Load(), sent.Load())
	}
}

func TestRequestEndsWhereItBeganAndDrainWaits(t *testing.T) {
	f := open(t)
	release, began := make(chan struct{}), make(chan struct{})
	old := one("1", service(t, func(w http.ResponseWriter, r *http.Request) { close(began); <-release; fmt.Fprint(w, "old") }))
	f.route(old, nil, 0)
	answered := make(chan string, 1)
	go func() { _, text := f.get("v"); answered <- text }()
	<-began
	f.route(one("2", service(t, says("new"))), nil, 0)
	ctx, cancel := context.WithTimeout(t.Context(), 50*time.Millisecond)
	defer cancel()
	if err := f.Drain(ctx, target, "1"); !errors.Is(err, context.DeadlineExceeded) {
		t.Fatal(err)
	}
	close(release)
	if text := <-answered; text != "old" {
		t.Fatal(text)
	}
	if err := f.Drain(t.Context(), target, "1"); err != nil {
		t.Fatal(err)
	}
}

func TestDeadInstanceIsPassedOver(t *testing.T) {
	f := open(t)
	f.route(one("1", freeAddr(t), service(t, says("alive"))), nil, 0)
	for range 20 {
		if code, text := f.get("v"); code != 200 || text != "alive" {
			t.Fatal(code, text)
		}
	}
	f.route(one("1", freeAddr(t)), nil, 0)
	if code, _ := f.get("v"); code != http.StatusBadGateway {
		t.Fatal(code)
	}
	f.route(one("1"), nil, 0)
	if code, _ := f.get("v"); code != http.StatusServiceUnavailable {
		t.Fatal(code)
	}
}

func TestStreamsUpgradesAndHTTP2PassThrough(t *testing.T) {
	f := open(t)
	more := make(chan struct{})
	f.route(one("1", service(t, func(w http.ResponseWriter, r *http.Request) {
		switch r.URL.Path {
		case "/events":
			w.Header().Set("Content-Type", "text/event-stream")
			fmt.Fprint(w, "data: one\n\n")
			_ = http.NewResponseController(w).Flush()
			<-more
		case "/socket":
			w.Header().Set("Connection", "Upgrade")
			w.Header().Set("Upgrade", "echo")
			w.WriteHeader(http.StatusSwitchingProtocols)
			c, rw, err := http.NewResponseController(w).Hijack()
			if err != nil {
				return
			}
			defer c.Close()
			line, _ := rw.ReadString('\n')
			fmt.Fprint(c, "echo "+line)
		default:
			fmt.Fprintf(w, "HTTP/%d", r.ProtoMajor)
		}
	})), nil, 0)
	resp, err := http.Get("http://" + f.addr + "/events")
	if err != nil {
		t.Fatal(err)
	}
	if line, err := bufio.NewReader(resp.Body).ReadString('\n'); line != "data: one\n" { // before the stream ends
		t.Fatal(line, err)
	}
	close(more)
	resp.Body.Close()

	c, err := net.Dial("tcp", f.addr)
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close()
	fmt.Fprintf(c, "GET /socket HTTP/1.1\r\nHost: x\r\nConnection: Upgrade\r\nUpgrade: echo\r\n\r\n")
	in := bufio.NewReader(c)
	up, err := http.ReadResponse(in, nil)
	if err != nil || up.StatusCode != http.StatusSwitchingProtocols {
		t.Fatal(up, err)
	}
	fmt.Fprint(c, "hello\n")
	if line, err := in.ReadString('\n'); line != "echo hello\n" {
		t.Fatal(line, err)
	}

	h2 := &http.Transport{Protocols: new(http.Protocols)}
	h2.Protocols.SetUnencryptedHTTP2(true)
	defer h2.CloseIdleConnections()
	for kind, want := range map[string]string{"application/grpc": "HTTP/2", "text/plain": "HTTP/1"} {
		r, _ := http.NewRequestWithContext(t.Context(), http.MethodPost, "http://"+f.addr+"/", strings.NewReader("x"))
		r.Header.Set("Content-Type", kind)
		resp, err := (&http.Client{Transport: h2}).Do(r)
		if err != nil {
			t.Fatal(err)
		}
		b, _ := io.ReadAll(resp.Body)
		resp.Body.Close()
		if resp.ProtoMajor != 2 || string(b) != want {
			t.Errorf("%s: client spoke HTTP/%d, service saw %s, want %s", kind, resp.ProtoMajor, b, want)
		}
	}
}

func TestExposureCountsUsersOnce(t *testing.T) {
	f := open(t)
	stable := one("1", service(t, says("fine")))
	canary := one("2", service(t, func(w http.ResponseWriter, r *http.Request) { w.WriteHeader(http.StatusInternalServerError) }))
	f.Begin("d1", target, "2", "1")
	f.route(stable, &canary, 50)
	onCanary := 0
	for i := range 40 {
		visitor := fmt.Sprint("visitor", i)
		if proxy.Share("s", visitor) < 0.5 {
			onCanary++
		}
		for range 3 {
			f.get(visitor)
		}
	}
	var s judge.Sample
	for deadline := time.Now().Add(10 * time.Second); time.Now().Before(deadline); time.Sleep(5 * time.Millisecond) {
		s, _ = f.Observe("d1") // the last request is counted just after its answer
		if s.Canary.Requests+s.Stable.Requests == 120 {
			break
		}
	}
	c := s.Canary
	if c.Users != int64(onCanary) || c.Hurt != int64(onCanary) || c.Errors != int64(3*onCanary) || c.Requests != c.Errors {
		t.Fatalf("%+v, want %d users", c, onCanary)
	}
	if s.Stable.Users != int64(40-onCanary) || s.Stable.Hurt != 0 || s.Stable.Quantiles[0] == 0 {
		t.Fatalf("%+v", s.Stable)
	}
	f.End("d1")
	if _, known := f.Observe("d1"); known {
		t.Fatal("an exposure that ended is still counted")
	}
}

func TestClientThatGivesUpIsNoError(t *testing.T) {
	f := open(t)
	began := make(chan struct{}, 1)
	f.Begin("d1", target, "2", "1")
	f.route(one("1", service(t, func(w http.ResponseWriter, r *http.Request) { began <- struct{}{}; <-r.Context().Done() })), nil, 0)
	ctx, cancel := context.WithCancel(t.Context())
	r, _ := http.NewRequestWithContext(ctx, http.MethodGet, "http://"+f.addr+"/", nil)
	go func() { <-began; cancel() }()
	if resp, err := http.DefaultClient.Do(r); err == nil {
		resp.Body.Close()
		t.Fatal("it was answered")
	}
	if err := f.Drain(t.Context(), target, "1"); err != nil {
		t.Fatal(err)
	}
	if s, _ := f.Observe("d1"); s.Stable.Errors != 0 {
		t.Fatalf("%+v", s.Stable)
	}
}

func TestAddressesAreSharedByHostOnly(t *testing.T) {
	f := open(t)
	f.route(one("1", service(t, says("any"))), nil, 0)
	other := delivery.Route{Target: delivery.Target{Service: "blog", Environment: "production"}, Listen: f.addr, Stable: one("1", service(t, says("blog")))}
	if err := f.Route(t.Context(), other); err == nil {
		t.Fatal("two services got one address")
	}
	other.Host = "blog.example"
	if err := f.Route(t.Context(), other); err != nil {
		t.Fatal(err)
	}
	r, _ := http.NewRequestWithContext(t.Context(), http.MethodGet, "http://"+f.addr+"/", nil)
	r.Host = "blog.example:80"
	resp, err := http.DefaultClient.Do(r)
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	if b, _ := io.ReadAll(resp.Body); string(b) != "blog" {
		t.Fatal(string(b))
	}
}

func TestMetricsByRevisionAndClass(t *testing.T) {
	f := open(t)
	f.route(one("1", service(t, says("fine"))), nil, 0)
	f.get("v")
	if err := f.Drain(t.Context(), target, "1"); err != nil {
		t.Fatal(err)
	}
	registry := prometheus.NewRegistry()
	if err := registry.Register(f.Proxy); err != nil {
		t.Fatal(err)
	}
	families, err := registry.Gather()
	if err != nil {
		t.Fatal(err)
	}
	for _, family := range families {
		if family.GetName() == "andon_proxy_requests_total" {
			if v := family.GetMetric()[0].GetCounter().GetValue(); v != 1 {
				t.Fatal(v)
			}
			return
		}
	}
	t.Fatal("no requests were counted")
}
