package proxy

import (
	"fmt"
	"time"

	"github.com/prometheus/client_golang/prometheus"
)

// metrics is what Prometheus sees. Labels have few values: targets, their
// revisions, and the class of the status.
type metrics struct {
	requests *prometheus.CounterVec
	duration *prometheus.HistogramVec
	inFlight *prometheus.GaugeVec
}

func newMetrics() *metrics {
	labels := []string{"service", "environment", "revision"}
	return &metrics{
		requests: prometheus.NewCounterVec(prometheus.CounterOpts{Name: "andon_proxy_requests_total",
			Help: "Requests that users sent, by class of the answer; 5xx includes those that got none."}, append(labels, "code")),
		duration: prometheus.NewHistogramVec(prometheus.HistogramOpts{Name: "andon_proxy_request_duration_seconds",
			Help: "Time from a request's arrival to the last byte of its answer.", Buckets: prometheus.DefBuckets,
			NativeHistogramBucketFactor: 1.1, NativeHistogramMaxBucketNumber: 160}, labels),
		inFlight: prometheus.NewGaugeVec(prometheus.GaugeOpts{Name: "andon_proxy_requests_in_flight",
			Help: "Requests that have not ended yet."}, labels),
	}
}

// Describe fits prometheus.Collector.
func (p *Proxy) Describe(out chan<- *prometheus.Desc) {
	p.metrics.requests.Describe(out)
	p.metrics.duration.Describe(out)
	p.metrics.inFlight.Describe(out)
}

// Collect fits prometheus.Collector.
func (p *Proxy) Collect(out chan<- prometheus.Metric) {
	p.metrics.requests.Collect(out)
	p.metrics.duration.Collect(out)
	p.metrics.inFlight.Collect(out)
}

func (m *metrics) began(r *revision) {
	m.inFlight.WithLabelValues(r.target.Service, r.target.Environment, r.id).Inc()
}

func (m *metrics) ended(r *revision, status int, took time.Duration) {
	class := "5xx"
	if status > 0 {
		class = fmt.Sprintf("%dxx", status/100)
	}
	m.requests.WithLabelValues(r.target.Service, r.target.Environment, r.id, class).Inc()
	m.duration.WithLabelValues(r.target.Service, r.target.Environment, r.id).Observe(took.Seconds())
	m.inFlight.WithLabelValues(r.target.Service, r.target.Environment, r.id).Dec()
}
