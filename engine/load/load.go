// Package load sends a service what its users would: requests that arrive by
// chance at a given rate, whether or not earlier ones were answered, from
// visitors who keep their cookies, stay for a while and are replaced by new
// ones. It is the demonstration's users, and it keeps a tally that an
// availability claim can be checked against.
package load

import (
	"context"
	"fmt"
	"io"
	"math/rand/v2"
	"net"
	"net/http"
	"sync"
	"time"
)

// Visitors says who comes and how often.
type Visitors struct {
	URL   string   // http://host:port
	Rate  float64  // requests a second, of all together
	Users int      // visitors at a time; 0: as many as the rate
	Stay  int      // requests a visitor makes on average; 0: 20
	Paths []string // asked for in equal shares; none: /
	Seed  uint64
}

// Tally is what the visitors met.
type Tally struct {
	Sent     int64            `json:"sent"`
	Answered map[string]int64 `json:"answered"` // by class: 2xx … 5xx
	// Dropped are requests that got no answer at all.
	Dropped int64 `json:"dropped"`
	// Missed are requests that were not sent because too many were open.
	Missed int64  `json:"missed"`
	Sample string `json:"sample,omitempty"` // the newest reason for a drop
}

// Load is a crowd of visitors. Run it once.
type Load struct {
	v      Visitors
	client *http.Client

	mu    sync.Mutex
	tally Tally
}

// New makes a crowd.
func New(v Visitors) *Load {
	if v.Users <= 0 {
		v.Users = max(1, int(v.Rate))
	}
	if v.Stay <= 0 {
		v.Stay = 20
	}
	if len(v.Paths) == 0 {
		v.Paths = []string{"/"}
	}
	return &Load{v: v, tally: Tally{Answered: map[string]int64{}}, client: &http.Client{Timeout: 30 * time.Second,
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
		Transport:     &http.Transport{DialContext: (&net.Dialer{Timeout: 5 * time.Second}).DialContext, MaxIdleConnsPerHost: 256}}}
}

// Tally gives what the visitors met so far.
func (l *Load) Tally() Tally {
	l.mu.Lock()
	defer l.mu.Unlock()
	t := l.tally
	t.Answered = map[string]int64{}
	for class, n := range l.tally.Answered {
		t.Answered[class] = n
	}
	return t
}

// visitor is one person: what cookies they hold and when they leave.
type visitor struct {
	mu      sync.Mutex
	cookies map[string]string
	left    int // requests until they leave
}

// Run sends requests until ctx ends and waits for the answers.
func (l *Load) Run(ctx context.Context) {
	random := rand.New(rand.NewPCG(l.v.Seed, 1)) //nolint:gosec // no secret
	crowd := make([]*visitor, l.v.Users)
	open := make(chan struct{}, max(100, int(4*l.v.Rate)))
	var wg sync.WaitGroup
	defer wg.Wait()
	next := time.Now()
	for {
		// Gaps between arrivals of independent people are exponential.
		next = next.Add(time.Duration(random.ExpFloat64() / l.v.Rate * float64(time.Second)))
		if late := time.Since(next); late > time.Second { // the host slept
			next = time.Now()
		}
		select {
		case <-ctx.Done():
			return
		case <-time.After(time.Until(next)):
		}
		i := random.IntN(len(crowd))
		if crowd[i] == nil || crowd[i].left <= 0 {
			crowd[i] = &visitor{cookies: map[string]string{}, left: 1 + int(random.ExpFloat64()*float64(l.v.Stay))}
		}
		crowd[i].left--
		v, path := crowd[i], l.v.Paths[random.IntN(len(l.v.Paths))]
		select {
		case open <- struct{}{}:
			wg.Go(func() {
				defer func() { <-open }()
				l.visit(ctx, v, path)
			})
		default:
			l.note(func(t *Tally) { t.Missed++ })
		}
	}
}

func (l *Load) note(change func(*Tally)) {
	l.mu.Lock()
	defer l.mu.Unlock()
	change(&l.tally)
}

// visit makes one request. One that is open when the crowd is sent home is
// still waited for: it was sent, so it counts.
func (l *Load) visit(ctx context.Context, v *visitor, path string) {
	r, err := http.NewRequestWithContext(context.WithoutCancel(ctx), http.MethodGet, l.v.URL+path, nil)
	if err != nil {
		return
	}
	v.mu.Lock()
	for name, value := range v.cookies {
		r.AddCookie(&http.Cookie{Name: name, Value: value})
	}
	v.mu.Unlock()
	l.note(func(t *Tally) { t.Sent++ })
	resp, err := l.client.Do(r)
	if err == nil {
		_, err = io.Copy(io.Discard, resp.Body)
		resp.Body.Close()
	}
	if err != nil {
		l.note(func(t *Tally) { t.Dropped++; t.Sample = err.Error() })
		return
	}
	v.mu.Lock()
	for _, c := range resp.Cookies() {
		v.cookies[c.Name] = c.Value
	}
	v.mu.Unlock()
	l.note(func(t *Tally) { t.Answered[fmt.Sprintf("%dxx", resp.StatusCode/100)]++ })
}
