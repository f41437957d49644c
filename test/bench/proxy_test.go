package bench

import (
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"net/http/httputil"
	"net/url"
	"testing"
	"time"

	"andon/engine/traffic/proxy"
	"andon/flow/delivery"
)

// BenchmarkRequestThroughProxy sends small requests to a service directly,
// through the standard library's reverse proxy, and through Andon's, which
// also keeps users on their revision, counts, and measures.
func BenchmarkRequestThroughProxy(b *testing.B) {
	service := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { _, _ = w.Write([]byte("hello")) }))
	defer service.Close()
	address, err := url.Parse(service.URL)
	if err != nil {
		b.Fatal(err)
	}
	b.Run("direct", func(b *testing.B) { send(b, service.URL) })
	b.Run("httputil", func(b *testing.B) {
		peer := httputil.NewSingleHostReverseProxy(address)
		peer.Transport = &http.Transport{MaxIdleConnsPerHost: 256}
		front := httptest.NewServer(peer)
		defer front.Close()
		send(b, front.URL)
	})
	b.Run("andon", func(b *testing.B) {
		p := proxy.New(proxy.Options{})
		defer func() { _ = p.Close(b.Context()) }()
		listen := freeAddress(b)
		target := delivery.Target{Service: "shop", Environment: "production"}
		route := delivery.Route{Target: target, Listen: listen, Stable: delivery.Backend{Revision: "shop-1", Addrs: []string{address.Host}},
			Canary: &delivery.Backend{Revision: "shop-2", Addrs: []string{address.Host}}, Weight: 10, Salt: "bench"}
		if err := p.Route(b.Context(), route); err != nil {
			b.Fatal(err)
		}
		p.Begin("bench", target, "shop-2", "shop-1")
		send(b, "http://"+listen)
	})
}

func send(b *testing.B, to string) {
	client := &http.Client{Transport: &http.Transport{MaxIdleConnsPerHost: 256}, Timeout: time.Minute}
	b.SetParallelism(16)
	b.ResetTimer()
	b.RunParallel(func(pb *testing.PB) {
		for i := 0; pb.Next(); i++ {
			r, err := http.NewRequest(http.MethodGet, to, nil)
			if err != nil {
				b.Error(err)
				return
			}
			r.AddCookie(&http.Cookie{Name: proxy.Cookie, Value: fmt.Sprintf("%032d", i%500)})
			resp, err := client.Do(r)
			if err != nil {
				b.Error(err)
				return
			}
			_, _ = io.Copy(io.Discard, resp.Body)
			resp.Body.Close()
		}
	})
	b.ReportMetric(float64(b.N)/b.Elapsed().Seconds(), "requests/s")
}

func freeAddress(b *testing.B) string {
	b.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		b.Fatal(err)
	}
	defer l.Close()
	return l.Addr().String()
}
