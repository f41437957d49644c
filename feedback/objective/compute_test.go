package objective

import (
	"context"
	"errors"
	"math"
	"strings"
	"sync"
	"testing"
	"time"
)

// ledger answers queries from a table; a query that is not in it finds nothing.
type ledger struct {
	mu     sync.Mutex
	values map[string]float64
	asked  map[string]int
	err    error
}

func (l *ledger) Value(_ context.Context, q string, _ time.Time) (float64, bool, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.asked == nil {
		l.asked = map[string]int{}
	}
	l.asked[q]++
	v, ok := l.values[q]
	return v, ok, l.err
}

func (l *ledger) set(q string, v float64) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.values[q] = v
}

var (
	noon  = time.Date(2026, 3, 2, 12, 0, 0, 0, time.UTC)
	month = Objective{Name: "m", Title: "M", Service: "shop", Target: 0.99, Window: 30 * 24 * time.Hour, Good: "g", Total: "t"}
)

func near(t *testing.T, what string, got, want float64) {
	t.Helper()
	if math.Abs(got-want) > 1e-9*math.Max(1, math.Abs(want)) {
		t.Errorf("%s is %v, want %v", what, got, want)
	}
}

func TestComputeByHand(t *testing.T) {
	// 10 000 events, 40 bad: a rate of 0.4 % spends 40 % of a 1 % budget. Over
	// the last hour 15 % were bad: a burn of 15, so 60 % of 30 days lasts
	// 0.6 · 30 d / 15 = 1.2 d.
	m := &ledger{values: map[string]float64{
		"sum(increase(t[30d]))": 10000, "sum(increase(g[30d]))": 9960,
		"sum(increase(t[1h]))": 200, "sum(increase(g[1h]))": 170,
		"sum(increase(t[5m]))": 20, "sum(increase(g[5m]))": 16,
	}}
	s, err := Compute(context.Background(), m, month, noon)
	if err != nil || !s.Known {
		t.Fatalf("%+v %v", s, err)
	}
	near(t, "bad", s.Bad, 40)
	near(t, "ratio", s.Ratio, 0.996)
	near(t, "remaining", s.Remaining, 0.6)
	near(t, "burn 1h", s.BurnRate1h, 15)
	near(t, "burn 5m", s.BurnRate5m, 20)
	if want := time.Duration(1.2 * 24 * float64(time.Hour)); s.ExhaustedIn != want {
		t.Errorf("exhausted in %v, want %v", s.ExhaustedIn, want)
	}
	want := "M: 40 of 10000 events in the last 30d were bad, so 99.6 % were good of the 99 % promised; 60 % of the budget is left, and it burns 15.0 times as fast as it may: gone in 28.8 h."
	if s.Text != want {
		t.Errorf("got  %s\nwant %s", s.Text, want)
	}
}

func TestComputeEdges(t *testing.T) {
	all := func(total, good float64) map[string]float64 {
		v := map[string]float64{}
		for _, w := range []string{"30d", "1h", "5m"} {
			v["sum(increase(t["+w+"]))"], v["sum(increase(g["+w+"]))"] = total, good
		}
		return v
	}
	for _, c := range []struct {
		name      string
		values    map[string]float64
		known     bool
		remaining float64
		text      string
	}{
		{"nothing matched", nil, false, 0, "nothing is known"},
		{"no events", all(0, 0), false, 0, "no events"},
		{"not a number", all(math.NaN(), 1), false, 0, "no events"},
		{"all good", all(100, 100), true, 1, "100 % of the budget is left"},
		{"more good than all", all(100, 101), true, 1, "100 % were good"},
		{"a trace is left", all(1e6, 1e6-9999.9), true, 1e-5, "less than 0.1 % of the budget is left"},
		{"overspent is not clamped", all(100, 95), true, -4, "spent 5.0 times over"},
		{"no good series at all", map[string]float64{"sum(increase(t[30d]))": 7}, true, -99, "7 of 7 events"},
	} {
		s, err := Compute(context.Background(), &ledger{values: c.values}, month, noon)
		if err != nil {
			t.Fatal(err)
		}
		if s.Known != c.known || !strings.Contains(s.Text, c.text) {
			t.Errorf("%s: got %v %q", c.name, s.Known, s.Text)
		}
		near(t, c.name, s.Remaining, c.remaining)
	}
	if _, err := Compute(context.Background(), &ledger{err: errors.New("down")}, month, noon); err == nil || !strings.Contains(err.Error(), "down") {
		t.Errorf("an error was lost: %v", err)
	}
}

func TestComputeCountsBadDirectly(t *testing.T) {
	o := month
	o.Good, o.Bad, o.Window = "", "b", time.Hour
	m := &ledger{values: map[string]float64{"sum(increase(t[1h]))": 100}}
	s, err := Compute(context.Background(), m, o, noon)
	if err != nil || !s.Known || s.Bad != 0 || s.Remaining != 1 {
		t.Errorf("a bad counter that never appeared: %+v %v", s, err)
	}
	if m.asked["sum(increase(t[1h]))"] != 1 {
		t.Error("the hour was counted twice")
	}
	m.values["sum(increase(b[1h]))"] = 1
	if s, _ = Compute(context.Background(), m, o, noon); math.Abs(s.Remaining) > 1e-9 {
		t.Errorf("one of a hundred at 99 %%: %+v", s)
	}
}

func TestSharesNeverRoundUpToAll(t *testing.T) {
	for v, want := range map[float64]string{1: "100 %", 0.99: "99 %", 0.9995: "99.95 %", 0.99999: "99.999 %", 0: "0 %", 0.5: "50 %", 0.999999: "99.9999 %"} {
		if got := share(v); got != want {
			t.Errorf("share(%v) = %s, want %s", v, got, want)
		}
	}
}

func TestBook(t *testing.T) {
	now := noon
	m := &ledger{values: map[string]float64{}}
	for _, w := range []string{"30d", "1h", "5m"} {
		m.values["sum(increase(t["+w+"]))"], m.values["sum(increase(g["+w+"]))"] = 1000, 998
		m.values["sum(increase(t2["+w+"]))"], m.values["sum(increase(g2["+w+"]))"] = 1000, 995
	}
	second := month
	second.Name, second.Title, second.Good, second.Total, second.Window = "n", "N", "g2", "t2", time.Hour
	silent := month
	silent.Name, silent.Total = "silent", "none"

	b := NewBook(m, func() time.Time { return now })
	if _, ok := b.Of("shop"); ok {
		t.Error("an empty book knows a service")
	}
	b.Set([]Objective{month, second, silent})
	if s, ok := b.Of("shop"); !ok || s.Known || s.Text == "" {
		t.Errorf("before counting: %+v %v", s, ok)
	}
	b.Refresh(context.Background())
	if s, ok := b.Of("shop"); !ok || !s.Known || s.Objective.Name != "n" {
		t.Errorf("the worst is not n: %+v", s)
	}
	if all := b.All(); len(all) != 3 || all[2].Known || all[0].Objective.Name != "m" {
		t.Errorf("got %+v", all)
	}

	for i := range 3 {
		now = now.Add(10 * time.Second)
		m.set("sum(increase(g2[1h]))", 994-float64(i))
		b.Refresh(context.Background())
	}
	h := b.History("n", time.Hour)
	if len(h) != 4 || h[0].Remaining <= h[3].Remaining || !h[3].At.Equal(now) {
		t.Errorf("history %+v", h)
	}
	if h := b.History("n", 15*time.Second); len(h) != 2 {
		t.Errorf("history of 15 s: %+v", h)
	}
	if len(b.History("silent", time.Hour)) != 0 || b.History("who", time.Hour) != nil {
		t.Error("history without data")
	}
	if n := m.asked["sum(increase(t[30d]))"]; n != 1 {
		t.Errorf("thirty days were counted %d times in 30 s", n)
	}

	moved := second
	moved.Line, moved.Title = 9, "Moved"
	b.Set([]Objective{moved})
	if len(b.History("n", time.Hour)) != 4 || !b.All()[0].Known || b.All()[0].Objective.Line != 9 {
		t.Error("an unchanged objective lost its past")
	}
	moved.Target = 0.9
	b.Set([]Objective{moved})
	if b.All()[0].Known {
		t.Error("a changed objective kept a status that is not its own")
	}

	b.Refresh(context.Background())
	m.mu.Lock()
	m.err = errors.New("the server is away")
	m.mu.Unlock()
	b.Refresh(context.Background())
	if s, ok := b.Of("shop"); !ok || s.Known || !strings.Contains(s.Text, "the server is away") {
		t.Errorf("an old number survived an error: %+v", s)
	}
}

func TestBookRunsUntilStopped(t *testing.T) {
	m := &ledger{values: map[string]float64{"sum(increase(t[30d]))": 1}}
	b := NewBook(m, time.Now)
	b.Set([]Objective{month})
	ctx, stop := context.WithTimeout(context.Background(), time.Minute)
	done := make(chan struct{})
	go func() { b.Run(ctx, time.Millisecond); close(done) }()
	for !b.All()[0].Known && ctx.Err() == nil {
		time.Sleep(time.Millisecond)
	}
	if ctx.Err() != nil {
		t.Error("never counted")
	}
	stop()
	<-done
}
