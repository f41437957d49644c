package judge

import (
	"context"
	"time"
)

// Arm is what one revision's users met since an exposure began; all counts
// only grow.
type Arm struct {
	Requests int64 // requests answered or failed
	Errors   int64 // answered 5xx, or not answered at all
	// Users counts distinct sticky keys seen on this arm.
	Users int64
	// Hurt counts users whose first error of the whole exposure came from
	// this arm. A user is counted once, on one arm, for the exposure's life:
	// the unit counted is the unit that was randomised.
	Hurt int64
	// Latency is the sum of time to last byte, for the mean.
	Latency time.Duration
	// Slow is kept per arm so a chart can show quantiles: the p50, p95 and
	// p99 of the last ten seconds, in that order; zero without requests.
	Quantiles [3]time.Duration
}

// Sample is both arms at one moment.
type Sample struct {
	At time.Time
	// Weight is the share of users, 0…1, routed to the canary since the
	// previous sample.
	Weight float64
	Canary Arm
	Stable Arm
}

// Source counts what users meet. It is asked about once a second.
type Source interface {
	// Observe gives the counts of one exposure since it began, or false when
	// the source does not know it.
	Observe(exposure string) (Sample, bool)
}

// Sink is told each new verdict. An error is logged and the next verdict is
// told all the same.
type Sink interface {
	Judged(ctx context.Context, exposure string, v Verdict) error
}
