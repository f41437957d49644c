// Package metrics counts requests and writes the counts in Prometheus' text
// exposition format, version 0.0.4.
package metrics

import (
	"bufio"
	"cmp"
	"fmt"
	"io"
	"maps"
	"slices"
	"strconv"
	"sync"
	"time"
)

// ContentType is the media type of what [Requests.Write] writes.
const ContentType = "text/plain; version=0.0.4; charset=utf-8"

// bounds are the upper ends of the histogram's buckets, in seconds.
var bounds = []float64{0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5}

type series struct {
	route  string
	method string
	code   int
}

type histogram struct {
	buckets []uint64 // not cumulative; the last is above all bounds
	sum     float64
	count   uint64
}

// Requests counts answered requests. The zero value is ready; it is safe for
// concurrent use.
type Requests struct {
	mu     sync.Mutex
	counts map[series]uint64
	times  map[string]*histogram
}

// Observe counts one answered request. Route is the pattern it matched, not
// its path, so that the number of series stays small.
func (r *Requests) Observe(route, method string, code int, took time.Duration) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.counts == nil {
		r.counts, r.times = map[series]uint64{}, map[string]*histogram{}
	}
	r.counts[series{route, method, code}]++
	h := r.times[route]
	if h == nil {
		h = &histogram{buckets: make([]uint64, len(bounds)+1)}
		r.times[route] = h
	}
	i, _ := slices.BinarySearch(bounds, took.Seconds())
	h.buckets[i]++
	h.sum += took.Seconds()
	h.count++
}

// Write writes all counts, in a stable order.
func (r *Requests) Write(w io.Writer) error {
	r.mu.Lock()
	defer r.mu.Unlock()
	out := bufio.NewWriter(w)
	r.writeCounts(out)
	r.writeTimes(out)
	return out.Flush()
}

func (r *Requests) writeCounts(out io.Writer) {
	fmt.Fprintln(out, "# HELP storefront_http_requests_total Requests answered, by route, method and status code.")
	fmt.Fprintln(out, "# TYPE storefront_http_requests_total counter")
	order := func(a, b series) int {
		return cmp.Or(cmp.Compare(a.route, b.route), cmp.Compare(a.method, b.method), cmp.Compare(a.code, b.code))
	}
	for _, s := range slices.SortedFunc(maps.Keys(r.counts), order) {
		fmt.Fprintf(out, "storefront_http_requests_total{route=%q,method=%q,code=\"%d\"} %d\n",
			s.route, s.method, s.code, r.counts[s])
	}
}

func (r *Requests) writeTimes(out io.Writer) {
	const name = "storefront_http_request_duration_seconds"
	fmt.Fprintf(out, "# HELP %s Time to answer a request, by route.\n# TYPE %s histogram\n", name, name)
	for _, route := range slices.Sorted(maps.Keys(r.times)) {
		h, below := r.times[route], uint64(0)
		for i, n := range h.buckets {
			below += n
			le := "+Inf"
			if i < len(bounds) {
				le = strconv.FormatFloat(bounds[i], 'g', -1, 64)
			}
			fmt.Fprintf(out, "%s_bucket{route=%q,le=%q} %d\n", name, route, le, below)
		}
		fmt.Fprintf(out, "%s_sum{route=%q} %g\n%s_count{route=%q} %d\n", name, route, h.sum, name, route, h.count)
	}
}
