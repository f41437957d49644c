package subscription

import (
	"fmt"
	"net/http"
	"time"
)

// Patience says how long a receiver is waited for.
type Patience struct {
	// Timeout bounds one try. Default 15 s.
	Timeout time.Duration
	// FirstWait follows the first failure and doubles with each, up to
	// MostWait. Defaults 5 s and 1 h.
	FirstWait, MostWait time.Duration
	// GiveUpAfter is how long failing lasts before the subscription is
	// paused. Default 5 days.
	GiveUpAfter time.Duration
}

// mostAsked bounds what a receiver may ask for with Retry-After.
const mostAsked = 24 * time.Hour

func (p Patience) complete() Patience {
	def := func(d *time.Duration, value time.Duration) {
		if *d <= 0 {
			*d = value
		}
	}
	def(&p.Timeout, 15*time.Second)
	def(&p.FirstWait, 5*time.Second)
	def(&p.MostWait, time.Hour)
	def(&p.GiveUpAfter, 5*24*time.Hour)
	return p
}

// lease is how long one try keeps others away. It is longer than the try, so
// it ends by itself only when its holder was killed.
func (p Patience) lease() time.Duration { return 2 * p.Timeout }

// wait is how long to wait after the n-th failure in a row, n from 1. Half of
// it is chance (a number from 0 to 1), so that receivers that failed together
// are not tried together.
func (p Patience) wait(n int, asked time.Duration, chance float64) time.Duration {
	if asked > 0 {
		return min(asked, mostAsked)
	}
	d := p.MostWait
	if shift := max(n-1, 0); shift < 63 && p.FirstWait <= p.MostWait>>shift { // so that the other shift cannot overflow
		d = p.FirstWait << shift
	}
	return d/2 + time.Duration(chance*float64(d/2))
}

// verdict is what an outcome means for the subscription.
type verdict struct {
	problem string // empty: accepted
	pause   string // why it must be paused; empty: go on
	due     time.Time
}

// judge decides on the outcome of one try at now.
func (p Patience) judge(s Subscription, o Outcome, now time.Time, chance float64) verdict {
	if o.Accepted() {
		return verdict{}
	}
	v := verdict{problem: problemOf(o), due: now.Add(p.wait(s.Attempts+1, o.RetryAfter, chance))}
	switch {
	case o.Status == http.StatusGone:
		v.pause = "The receiver answered 410 Gone: it wants no more events."
	case !s.FailingSince.IsZero() && now.Sub(s.FailingSince) >= p.GiveUpAfter:
		v.pause = fmt.Sprintf("The receiver has failed since %s; the last time: %s", s.FailingSince.Format(time.RFC3339), v.problem)
	}
	return v
}

func problemOf(o Outcome) string {
	switch {
	case o.Problem != "":
		return o.Problem
	case o.Status >= 300 && o.Status < 400:
		return fmt.Sprintf("The receiver answered %d; redirects are not followed.", o.Status)
	}
	return fmt.Sprintf("The receiver answered %d %s.", o.Status, http.StatusText(o.Status))
}
