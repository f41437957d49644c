package metrics

import (
	"strings"
	"testing"
	"time"
)

func TestCountsAreWrittenForPrometheus(t *testing.T) {
	var r Requests
	r.Observe("GET /{$}", "GET", 200, 2*time.Millisecond)
	r.Observe("GET /{$}", "GET", 200, 4*time.Second)
	r.Observe("GET /{$}", "GET", 500, time.Millisecond)
	var out strings.Builder
	if err := r.Write(&out); err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{
		"# TYPE storefront_http_requests_total counter\n",
		`storefront_http_requests_total{route="GET /{$}",method="GET",code="200"} 2` + "\n",
		`storefront_http_requests_total{route="GET /{$}",method="GET",code="500"} 1` + "\n",
		"# TYPE storefront_http_request_duration_seconds histogram\n",
		`storefront_http_request_duration_seconds_bucket{route="GET /{$}",le="0.001"} 1` + "\n",
		`storefront_http_request_duration_seconds_bucket{route="GET /{$}",le="0.0025"} 2` + "\n",
		`storefront_http_request_duration_seconds_bucket{route="GET /{$}",le="2.5"} 2` + "\n",
		`storefront_http_request_duration_seconds_bucket{route="GET /{$}",le="+Inf"} 3` + "\n",
		`storefront_http_request_duration_seconds_sum{route="GET /{$}"} 4.003` + "\n",
		`storefront_http_request_duration_seconds_count{route="GET /{$}"} 3` + "\n",
	} {
		if !strings.Contains(out.String(), want) {
			t.Errorf("missing %q in:\n%s", want, out.String())
		}
	}
}
