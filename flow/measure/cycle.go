package measure

import (
	"context"
	"time"

	"andon/flow/measure/rank"
	"andon/journal"
)

// CycleTimes is how long what was finished in a window took from its start.
type CycleTimes struct {
	N    int64         `json:"n"`
	Mean time.Duration `json:"mean"`
	// Percentiles are exact: the nearest rank of the durations themselves.
	Percentiles []CyclePercentile `json:"percentiles"`
	// Dots are how many finished on a day after about as long.
	Dots []Dot `json:"dots"`
}

// CyclePercentile says that a share P of what was finished took at most Within.
type CyclePercentile struct {
	P      float64       `json:"p"`
	Within time.Duration `json:"within"`
}

// Dot is what finished on one day after between Low and High.
type Dot struct {
	Day    time.Time     `json:"day"`
	Low    time.Duration `json:"low"`
	High   time.Duration `json:"high"`
	Bucket int64         `json:"bucket"`
	N      int64         `json:"n"`
}

// Percentiles are the shares that a Flow shows.
var Percentiles = []float64{0.5, 0.7, 0.85, 0.95}

// histogram is how many were finished in a window, by bucket.
type histogram struct {
	counts map[int64]int64
	n      int64
}

func readCycles(ctx context.Context, r journal.Reader, line string, w Window) (c CycleTimes, h histogram, err error) {
	first, last := w.days()
	h.counts = map[int64]int64{}
	rows, err := r.Query(ctx, `SELECT day, bucket, n FROM measure_cycle_day WHERE line = $1 AND day BETWEEN $2 AND $3 AND n > 0 ORDER BY day, bucket`,
		line, first, last)
	if err != nil {
		return c, h, err
	}
	defer rows.Close()
	for rows.Next() {
		var day, bucket, n int64
		if err := rows.Scan(&day, &bucket, &n); err != nil {
			return c, h, err
		}
		low, high := bucketEnds(bucket)
		c.Dots = append(c.Dots, Dot{dayAt(day), low, high, bucket, n})
		h.counts[bucket] += n
		h.n += n
	}
	c.N = h.n
	return c, h, rows.Err()
}

// rank finds the bucket that holds the k-th smallest, from 1, and how many
// places into the bucket it is, from 0.
func (h histogram) rank(k int64) (bucket, within int64) {
	for _, b := range sorted(h.counts, func(a, b int64) int { return int(a - b) }) {
		if n := h.counts[b]; k <= n {
			return b, k - 1
		} else {
			k -= n
		}
	}
	return 0, 0
}

// percentile is the exact nearest-rank percentile: the histogram tells the
// bucket, and only what is in that bucket is read and put in order.
func percentile(ctx context.Context, r journal.Reader, line string, w Window, h histogram, p float64) (d time.Duration, err error) {
	if h.n == 0 {
		return 0, nil
	}
	bucket, within := h.rank(int64(rank.Of(p, int(h.n))))
	first, last := w.days()
	var us int64
	err = r.QueryRow(ctx, `SELECT done_at - started_at FROM measure_item WHERE line = $1 AND bucket = $2 AND done_at >= $3 AND done_at < $4
		ORDER BY 1 LIMIT 1 OFFSET $5`, line, bucket, journal.Micros(dayAt(first)), journal.Micros(dayAt(last+1)), within).Scan(&us)
	return time.Duration(us) * time.Microsecond, err
}
