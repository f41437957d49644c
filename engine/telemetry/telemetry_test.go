package telemetry_test

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"math"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/promhttp"

	"andon/engine/telemetry"
)

const quick = 50 * time.Millisecond

func open(t *testing.T, dir string) *telemetry.Telemetry {
	t.Helper()
	tel, err := telemetry.Open(dir, telemetry.Options{ScrapeInterval: quick})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := tel.Close(); err != nil {
			t.Error(err)
		}
	})
	return tel
}

// until polls an instant query until ok likes the answer.
func until(t *testing.T, tel *telemetry.Telemetry, expr string, ok func([]telemetry.Sample) bool) []telemetry.Sample {
	t.Helper()
	var got []telemetry.Sample
	for end := time.Now().Add(40 * time.Second); time.Now().Before(end); time.Sleep(quick / 2) {
		var err error
		if got, err = tel.Query(context.Background(), expr, time.Now()); err != nil {
			t.Fatal(err)
		}
		if ok(got) {
			return got
		}
	}
	t.Fatalf("%s never became right, last %+v", expr, got)
	return nil
}

func is(v float64) func([]telemetry.Sample) bool {
	return func(s []telemetry.Sample) bool { return len(s) == 1 && s[0].Value == v }
}

func none(s []telemetry.Sample) bool { return len(s) == 0 }

// service is a real one: a registry behind HTTP that can be made to fail.
func service(t *testing.T) (*prometheus.Registry, *httptest.Server, *atomic.Bool) {
	t.Helper()
	reg, down := prometheus.NewRegistry(), new(atomic.Bool)
	h := promhttp.HandlerFor(reg, promhttp.HandlerOpts{})
	srv := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if down.Load() {
			http.Error(w, "down", http.StatusInternalServerError)
			return
		}
		h.ServeHTTP(w, r)
	}))
	t.Cleanup(srv.Close)
	return reg, srv, down
}

func TestScrapesAServiceAndNoticesItsEnd(t *testing.T) {
	reg, srv, down := service(t)
	c := prometheus.NewCounter(prometheus.CounterOpts{Name: "orders_total", Help: "Orders taken."})
	reg.MustRegister(c)
	c.Add(3)
	tel := open(t, t.TempDir())
	if err := tel.SetTargets([]telemetry.Target{{Job: "shop", URL: srv.URL + "/metrics", Labels: map[string]string{"revision": "r1"}}}); err != nil {
		t.Fatal(err)
	}
	got := until(t, tel, "orders_total", is(3))
	want := map[string]string{"__name__": "orders_total", "job": "shop", "instance": strings.TrimPrefix(srv.URL, "http://"), "revision": "r1"}
	if !maps.Equal(got[0].Labels, want) {
		t.Errorf("labels %v, want %v", got[0].Labels, want)
	}
	until(t, tel, `up{job="shop"}`, is(1))
	until(t, tel, `scrape_duration_seconds > 0`, func(s []telemetry.Sample) bool { return len(s) == 1 })
	// The three were counted before the first scrape; the counter's birth is
	// known, so they are increase all the same.
	until(t, tel, "increase(orders_total[1m]) >= 3", func(s []telemetry.Sample) bool { return len(s) == 1 })

	down.Store(true)
	until(t, tel, `up{job="shop"}`, is(0))
	until(t, tel, "orders_total", none) // stale at once, not after five minutes
	down.Store(false)
	c.Inc()
	until(t, tel, "orders_total", is(4))

	if err := tel.SetTargets(nil); err != nil {
		t.Fatal(err)
	}
	until(t, tel, "orders_total", none)
	until(t, tel, "up", none)
}

func TestNativeHistogramsOverHTTPAndInProcess(t *testing.T) {
	tel := open(t, t.TempDir())
	observe := func(reg *prometheus.Registry) {
		h := prometheus.NewHistogram(prometheus.HistogramOpts{Name: "took_seconds", NativeHistogramBucketFactor: 1.1, Buckets: []float64{0.5}})
		reg.MustRegister(h)
		for i := 1; i <= 1000; i++ {
			h.Observe(float64(i) / 1000)
		}
	}
	reg, srv, _ := service(t)
	observe(reg)
	if err := tel.SetTargets([]telemetry.Target{{Job: "http", URL: srv.URL}}); err != nil {
		t.Fatal(err)
	}
	inside := prometheus.NewRegistry()
	observe(inside)
	if err := tel.Gather("inside", inside, map[string]string{"place": "proxy"}); err != nil {
		t.Fatal(err)
	}
	for _, job := range []string{"http", "inside"} {
		got := until(t, tel, `histogram_quantile(0.9, took_seconds{job="`+job+`"})`, func(s []telemetry.Sample) bool { return len(s) == 1 })
		if math.Abs(got[0].Value-0.9) > 0.05 {
			t.Errorf("%s: p90 is %v, want 0.9", job, got[0].Value)
		}
		until(t, tel, `took_seconds_bucket{job="`+job+`",le="0.5"}`, is(500))
	}
	until(t, tel, `up{job="inside",instance="andon",place="proxy"}`, is(1))
	if _, err := tel.Query(context.Background(), "took_seconds", time.Now()); err == nil || !strings.Contains(err.Error(), "histogram_quantile") {
		t.Errorf("a histogram was taken for a number: %v", err)
	}

	again := prometheus.NewRegistry()
	again.MustRegister(prometheus.NewGaugeFunc(prometheus.GaugeOpts{Name: "fresh"}, func() float64 { return 7 }))
	if err := tel.Gather("inside", again, map[string]string{"place": "proxy"}); err != nil {
		t.Fatal(err)
	}
	until(t, tel, "fresh", is(7))
	until(t, tel, `took_seconds_count{job="inside"}`, none)
}

func TestTextServiceOfAnyContentType(t *testing.T) {
	srv := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Type", "application/octet-stream")
		fmt.Fprintf(w, "plain{path=%q,q=%q} 2\n", r.URL.Path, r.URL.Query().Get("x"))
	}))
	defer srv.Close()
	tel := open(t, t.TempDir())
	if err := tel.SetTargets([]telemetry.Target{{Job: "text", URL: srv.URL + "/stats?x=1", Labels: map[string]string{"instance": "mine"}}}); err != nil {
		t.Fatal(err)
	}
	until(t, tel, `plain{path="/stats",q="1",instance="mine"}`, is(2))
}

func TestAnEndlessBodyFailsTheScrapeOnly(t *testing.T) {
	line := strings.Repeat("x", 1000) + " 1\n"
	srv := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		for range 12_000 {
			if _, err := w.Write([]byte(line)); err != nil {
				return
			}
		}
	}))
	defer srv.Close()
	_, fine, _ := service(t)
	tel := open(t, t.TempDir())
	if err := tel.SetTargets([]telemetry.Target{{Job: "big", URL: srv.URL}, {Job: "fine", URL: fine.URL}}); err != nil {
		t.Fatal(err)
	}
	until(t, tel, `up{job="big"}`, is(0))
	until(t, tel, `up{job="fine"}`, is(1))
}

func TestTargetsThatCannotBeUsed(t *testing.T) {
	_, srv, _ := service(t)
	tel := open(t, t.TempDir())
	err := tel.SetTargets([]telemetry.Target{
		{Job: "a", URL: "127.0.0.1:80"}, {Job: "", URL: srv.URL}, {Job: "b", URL: srv.URL, Labels: map[string]string{"__name__": "x"}},
		{Job: "ok", URL: srv.URL},
	})
	if err == nil || strings.Count(err.Error(), "\n") != 2 {
		t.Errorf("want three refusals, got %v", err)
	}
	until(t, tel, `up{job="ok"}`, is(1))
	if err := tel.Gather("x", prometheus.NewRegistry(), map[string]string{"a-b": "c"}); err == nil {
		t.Error("a bad label was accepted")
	}
}

func TestAppendAndQuery(t *testing.T) {
	tel := open(t, t.TempDir())
	ctx := context.Background()
	now := time.Now().UTC().Truncate(time.Second)
	var samples []telemetry.Sample
	for i := range 61 {
		samples = append(samples, telemetry.Sample{Labels: map[string]string{"__name__": "x_total", "a": "b"}, Value: float64(10 * i), At: now.Add(time.Duration(i-60) * 10 * time.Second)})
	}
	if err := tel.Append(ctx, samples); err != nil {
		t.Fatal(err)
	}
	if v, found, err := tel.Value(ctx, "sum(rate(x_total[5m]))", now); err != nil || !found || math.Abs(v-1) > 1e-9 {
		t.Errorf("rate %v %v %v, want 1", v, found, err)
	}
	if s, err := tel.Query(ctx, "1 + 1", now); err != nil || len(s) != 1 || s[0].Value != 2 || s[0].Labels != nil || !s[0].At.Equal(now) {
		t.Errorf("scalar: %+v %v", s, err)
	}
	if _, found, err := tel.Value(ctx, "nothing", now); found || err != nil {
		t.Errorf("nothing: %v %v", found, err)
	}
	line, err := tel.QueryRange(ctx, "x_total", now.Add(-time.Minute), now, 30*time.Second)
	if err != nil || len(line) != 1 || line[0].Labels["a"] != "b" || len(line[0].Points) != 3 || line[0].Points[0] != (telemetry.Point{At: now.Add(-time.Minute), Value: 540}) {
		t.Errorf("range: %+v %v", line, err)
	}
	for _, bad := range []string{"x_total{", "x_total[5m]", `"text"`} {
		if _, err := tel.Query(ctx, bad, now); err == nil || !strings.Contains(err.Error(), "telemetry: query") {
			t.Errorf("%s: %v", bad, err)
		}
	}
	if _, err := tel.QueryRange(ctx, "x_total", now, now.Add(-time.Second), time.Second); err == nil {
		t.Error("a range that ends before it starts was walked")
	}
}

func TestTheFutureCannotBlockThePresent(t *testing.T) {
	tel := open(t, t.TempDir())
	ctx := context.Background()
	now := time.Now()
	sample := func(name string, at time.Time) telemetry.Sample {
		return telemetry.Sample{Labels: map[string]string{"__name__": name}, Value: 1, At: at}
	}
	err := tel.Append(ctx, []telemetry.Sample{sample("far", now.Add(3*time.Hour)), {Value: 1, At: now}, sample("near", now)})
	if err == nil || strings.Count(err.Error(), "\n") != 1 || !strings.Contains(err.Error(), "ahead") || !strings.Contains(err.Error(), "no metric name") {
		t.Errorf("want two refusals, got %v", err)
	}
	if err := tel.Append(ctx, []telemetry.Sample{sample("near", now.Add(time.Second)), sample("near", now.Add(-59*time.Minute))}); err != nil {
		t.Errorf("after a refused future, and late: %v", err)
	}
	if _, found, _ := tel.Value(ctx, "near", now); !found {
		t.Error("a good sample beside refused ones was lost")
	}
}

func TestCloseKeepsDataAndEndsEverything(t *testing.T) {
	dir := t.TempDir()
	ctx := context.Background()
	now := time.Now()
	tel := open(t, dir)
	if _, err := telemetry.Open(dir, telemetry.Options{}); err == nil {
		t.Fatal("a directory was opened twice")
	}
	if err := tel.Append(ctx, []telemetry.Sample{{Labels: map[string]string{"__name__": "kept"}, Value: 42, At: now}}); err != nil {
		t.Fatal(err)
	}
	var asking sync.WaitGroup
	for range 8 {
		asking.Go(func() {
			for {
				if _, err := tel.Query(ctx, "sum(kept) + rate(kept[1m])", now); errors.Is(err, telemetry.ErrClosed) {
					return
				}
			}
		})
	}
	for range 2 {
		if err := tel.Close(); err != nil {
			t.Fatal(err)
		}
	}
	asking.Wait()
	for _, err := range []error{tel.SetTargets(nil), tel.Append(ctx, nil), tel.Gather("x", prometheus.NewRegistry(), nil)} {
		if !errors.Is(err, telemetry.ErrClosed) {
			t.Errorf("after Close: %v", err)
		}
	}
	until(t, open(t, dir), "kept", is(42))
}

func TestQueriesOfManyAtOnce(t *testing.T) {
	reg := prometheus.NewRegistry()
	c := prometheus.NewCounterVec(prometheus.CounterOpts{Name: "hits_total"}, []string{"n"})
	reg.MustRegister(c)
	tel := open(t, t.TempDir())
	if err := tel.Gather("g", reg, nil); err != nil {
		t.Fatal(err)
	}
	var all sync.WaitGroup
	failed := make(chan error, 40)
	for i := range 40 {
		all.Go(func() {
			for range 20 {
				c.WithLabelValues(fmt.Sprint(i)).Inc()
				if _, err := tel.QueryRange(context.Background(), "sum by (n) (rate(hits_total[1m]))", time.Now().Add(-time.Minute), time.Now(), time.Second); err != nil {
					failed <- err
					return
				}
			}
		})
	}
	all.Wait()
	close(failed)
	for _, err := range slices.Collect(func(yield func(error) bool) {
		for e := range failed {
			if !yield(e) {
				return
			}
		}
	}) {
		t.Error(err)
	}
	until(t, tel, "sum(hits_total)", is(800))
}
