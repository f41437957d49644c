package objective_test

import (
	"context"
	"fmt"
	"math"
	"testing"
	"time"

	"github.com/prometheus/client_golang/prometheus"

	"andon/engine/telemetry"
	"andon/feedback/objective"
)

var _ objective.Metrics = (*telemetry.Telemetry)(nil)

var storefront = objective.Objective{Name: "answers", Title: "The storefront answers", Service: "storefront", Target: 0.99, Window: time.Hour,
	Good: `requests_total{code!="5xx"}`, Total: "requests_total"}

// history is a counter's value at each scrape, one every ten seconds.
type history struct {
	labels map[string]string
	values []float64 // NaN is no sample
}

func counter(code, instance string) map[string]string {
	return map[string]string{"__name__": "requests_total", "code": code, "instance": instance}
}

// steady counts up from zero by each, n scrapes long.
func steady(n int, each float64) []float64 {
	v := make([]float64, n)
	for i := range v {
		v[i] = float64(i) * each
	}
	return v
}

const scrapeEvery = 10 * time.Second

// compute stores the histories, all ending at the same moment, in a real
// Prometheus and computes the objective at that moment.
func compute(t *testing.T, o objective.Objective, histories ...history) objective.Status {
	t.Helper()
	end := time.Now().UTC().Truncate(time.Second)
	tel, err := telemetry.Open(t.TempDir(), telemetry.Options{})
	if err != nil {
		t.Fatal(err)
	}
	defer tel.Close()
	longest := 0
	for _, h := range histories {
		longest = max(longest, len(h.values))
	}
	for i := range longest {
		var batch []telemetry.Sample
		at := end.Add(-time.Duration(longest-1-i) * scrapeEvery)
		for _, h := range histories {
			if j := i - (longest - len(h.values)); j >= 0 && !math.IsNaN(h.values[j]) {
				batch = append(batch, telemetry.Sample{Labels: h.labels, Value: h.values[j], At: at})
			}
		}
		if err := tel.Append(context.Background(), batch); err != nil {
			t.Fatal(err)
		}
	}
	s, err := objective.Compute(context.Background(), tel, o, end)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func about(t *testing.T, what string, got, want, tolerance float64) {
	t.Helper()
	if !(math.Abs(got-want) <= tolerance*math.Abs(want)) {
		t.Errorf("%s is %v, want %v within %v %%", what, got, want, tolerance*100)
	}
}

func TestPrometheusFullWindow(t *testing.T) {
	// Two hours of 199 good and 1 bad each scrape: half a percent, half the budget.
	s := compute(t, storefront, history{counter("2xx", "a"), steady(720, 199)}, history{counter("5xx", "a"), steady(720, 1)})
	if !s.Known {
		t.Fatal(s.Text)
	}
	about(t, "total", s.Total, 360*200, 1e-6)
	about(t, "bad", s.Bad, 360, 1e-6)
	about(t, "remaining", s.Remaining, 0.5, 1e-6)
	about(t, "burn 1h", s.BurnRate1h, 0.5, 1e-6)
	about(t, "burn 5m", s.BurnRate5m, 0.5, 1e-6)
	if s.ExhaustedIn != 0 {
		t.Errorf("a burn of 0.5 exhausts in %v", s.ExhaustedIn)
	}
}

func TestPrometheusRestartsAreNotNegativeEvents(t *testing.T) {
	v := steady(720, 100)
	for i := 500; i < len(v); i++ { // the process begins again at zero
		v[i] = float64(i-500) * 100
	}
	s := compute(t, storefront, history{counter("2xx", "a"), v}, history{counter("2xx", "b"), steady(720, 100)})
	// The hundred of the scrape in which the restart fell are not seen.
	about(t, "total", s.Total, 2*360*100-100, 0.001)
	if s.Bad != 0 || s.Remaining != 1 {
		t.Errorf("a restart spent budget: %+v", s)
	}
}

func TestPrometheusYoungServiceIsNotStretchedToTheWindow(t *testing.T) {
	// Ten minutes old in a window of an hour: 60 scrapes, not 360.
	s := compute(t, storefront, history{counter("2xx", "a"), steady(61, 95)}, history{counter("5xx", "a"), steady(61, 5)})
	about(t, "total", s.Total, 60*100, 0.02)
	about(t, "bad", s.Bad, 60*5, 0.02)
	about(t, "remaining", s.Remaining, -4, 0.001)
}

func TestPrometheusServiceThatLeftStillCounts(t *testing.T) {
	// The old revision stopped twenty minutes ago; what its users met counts.
	gone := steady(720, 100)
	for i := 600; i < 720; i++ {
		gone[i] = math.NaN()
	}
	s := compute(t, storefront, history{counter("2xx", "old"), gone}, history{counter("2xx", "new"), steady(121, 100)})
	about(t, "total", s.Total, 360*100, 0.01)
}

func TestPrometheusFirstFailureEverIsSeen(t *testing.T) {
	// A real counter whose 5xx child is born with its first failures, scraped
	// by the real scraper: the failures before the first scrape of that child
	// count, because the telemetry knows when it was born.
	tel, err := telemetry.Open(t.TempDir(), telemetry.Options{ScrapeInterval: 50 * time.Millisecond})
	if err != nil {
		t.Fatal(err)
	}
	defer tel.Close()
	reg := prometheus.NewRegistry()
	c := prometheus.NewCounterVec(prometheus.CounterOpts{Name: "requests_total"}, []string{"code"})
	reg.MustRegister(c)
	if err := tel.Gather("proxy", reg, nil); err != nil {
		t.Fatal(err)
	}
	ctx := context.Background()
	wait := func(query string) {
		t.Helper()
		for end := time.Now().Add(30 * time.Second); time.Now().Before(end); time.Sleep(10 * time.Millisecond) {
			if _, found, err := tel.Value(ctx, query, time.Now()); err != nil {
				t.Fatal(err)
			} else if found {
				return
			}
		}
		t.Fatalf("%s never came true", query)
	}
	c.WithLabelValues("2xx").Add(1000)
	wait(`requests_total{code="2xx"} >= 1000`)
	c.WithLabelValues("5xx").Add(5)
	wait(`requests_total{code="5xx"} >= 5 and count_over_time(requests_total{code="5xx"}[1m]) >= 20`)

	book := objective.NewBook(tel, time.Now)
	book.Set([]objective.Objective{storefront})
	book.Refresh(ctx)
	s, ok := book.Of("storefront")
	if !ok || !s.Known {
		t.Fatal(s.Text)
	}
	about(t, "total", s.Total, 1005, 0.1)
	about(t, "bad", s.Bad, 5, 0.1)
	about(t, "remaining", s.Remaining, 1-(5.0/1005)/0.01, 0.1)
	if h := book.History("answers", time.Hour); len(h) != 1 {
		t.Errorf("history %+v", h)
	}
}

func BenchmarkComputeHour(b *testing.B) {
	end := time.Now().UTC().Truncate(time.Second)
	tel, err := telemetry.Open(b.TempDir(), telemetry.Options{})
	if err != nil {
		b.Fatal(err)
	}
	defer tel.Close()
	for i := range 3600 {
		var batch []telemetry.Sample
		for s := range 20 {
			batch = append(batch, telemetry.Sample{Labels: counter(fmt.Sprintf("%dxx", s%4+2), fmt.Sprint(s)), Value: float64(i * s), At: end.Add(time.Duration(i-3599) * time.Second)})
		}
		if err := tel.Append(context.Background(), batch); err != nil {
			b.Fatal(err)
		}
	}
	for b.Loop() {
		if s, err := objective.Compute(context.Background(), tel, storefront, end); err != nil || !s.Known {
			b.Fatal(s, err)
		}
	}
}
