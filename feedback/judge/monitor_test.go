package judge

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"sync"
	"testing"
	"time"

	"andon/exposure"
)

// scripted is a source that says what the test wrote last.
type scripted struct {
	mu      sync.Mutex
	samples map[string]Sample
}

func (s *scripted) say(exposed string, now Sample) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.samples == nil {
		s.samples = map[string]Sample{}
	}
	s.samples[exposed] = now
}

func (s *scripted) Observe(exposed string) (Sample, bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	sample, ok := s.samples[exposed]
	return sample, ok
}

type toldVerdict struct {
	exposed string
	verdict Verdict
}

// ear is a sink that hears everything; answer decides what it says back.
type ear struct {
	heard  chan toldVerdict
	answer func(ctx context.Context, exposed string) error
}

func (e *ear) Judged(ctx context.Context, exposed string, v Verdict) error {
	e.heard <- toldVerdict{exposed, v}
	if e.answer != nil {
		return e.answer(ctx, exposed)
	}
	return nil
}

func newMonitor(e *ear) (*Monitor, *scripted) {
	src := &scripted{}
	e.heard = make(chan toldVerdict, 100)
	m := NewMonitor(src, e, time.Millisecond)
	m.Log = slog.New(slog.NewTextHandler(io.Discard, nil))
	m.Now = func() time.Time { return second(0) }
	return m, src
}

// look looks once and gives what the sink heard of it.
func look(m *Monitor, e *ear) []toldVerdict {
	m.Look(context.Background())
	m.telling.Wait()
	var all []toldVerdict
	for {
		select {
		case v := <-e.heard:
			all = append(all, v)
		default:
			return all
		}
	}
}

func TestTheSinkHearsNewsAndEveryBadTick(t *testing.T) {
	e := &ear{}
	m, src := newMonitor(e)
	m.Watch("shop", Config{})
	if heard := look(m, e); len(heard) != 0 {
		t.Fatalf("told without a sample: %+v", heard)
	}
	if v, ok := m.Latest("shop"); !ok || v.Text != "No verdict: no traffic of this exposure is counted yet." {
		t.Fatalf("%+v", v)
	}
	for i, step := range []struct {
		sample Sample
		heard  int
		ruling exposure.Ruling
	}{
		{users(1, 0.5, 10, 0, 10, 0), 1, exposure.Unknown},
		{users(2, 0.5, 20, 0, 20, 0), 0, exposure.Unknown},
		{users(3, 0.5, 5000, 75, 5000, 90), 1, exposure.Good},
		{users(4, 0.5, 5001, 75, 5001, 90), 0, exposure.Good},
		{users(5, 0.5, 6000, 200, 6000, 91), 1, exposure.Bad},
		{users(6, 0.5, 6000, 200, 6000, 91), 1, exposure.Bad},
		{users(7, 0.5, 6000, 200, 6000, 91), 1, exposure.Bad},
	} {
		src.say("shop", step.sample)
		m.Watch("shop", Config{}) // again, which must not lose the evidence
		heard := look(m, e)
		if len(heard) != step.heard || len(heard) == 1 && (heard[0].exposed != "shop" || heard[0].verdict.Ruling != step.ruling) {
			t.Fatalf("step %d: %+v", i, heard)
		}
		if v, _ := m.Latest("shop"); v.Ruling != step.ruling {
			t.Fatalf("step %d: %+v", i, v)
		}
	}
	if points := m.History("shop"); len(points) != 7 || points[6].Verdict.Ruling != exposure.Bad || points[0].Sample.At != second(1) {
		t.Fatalf("%d points", len(points))
	}
	m.Forget("shop")
	if heard := look(m, e); len(heard) != 0 {
		t.Fatalf("told after it was forgotten: %+v", heard)
	}
	if _, ok := m.Latest("shop"); ok || len(m.History("shop")) != 7 {
		t.Error("what is over is still judged, or cannot be looked at any more")
	}
	for i := range keep { // the newest few, so that memory has a bound
		name := fmt.Sprint("later", i)
		m.Watch(name, Config{})
		m.Forget(name)
	}
	if m.History("shop") != nil {
		t.Error("more is kept than the newest")
	}
}

func TestWhatTheSinkRefusedIsToldAgain(t *testing.T) {
	refuse := true
	e := &ear{answer: func(context.Context, string) error {
		if refuse {
			return errors.New("the ledger is busy")
		}
		return nil
	}}
	m, src := newMonitor(e)
	m.Watch("shop", Config{})
	src.say("shop", users(1, 0.1, 1, 0, 9, 0))
	for i, want := range []int{1, 1, 1, 0} {
		refuse = i < 2
		if heard := look(m, e); len(heard) != want {
			t.Fatalf("look %d: heard %d, want %d", i, len(heard), want)
		}
	}
}

// A sink stuck on one exposure delays neither another's verdict nor the end.
func TestASlowSinkDelaysNobodyElse(t *testing.T) {
	e := &ear{answer: func(ctx context.Context, exposed string) error {
		if exposed == "stuck" {
			<-ctx.Done()
		}
		return ctx.Err()
	}}
	m, src := newMonitor(e)
	ctx, cancel := context.WithCancel(context.Background())
	src.say("stuck", users(1, 0.1, 60, 14, 540, 2))
	src.say("shop", users(1, 0.1, 60, 14, 540, 2))
	m.Watch("stuck", Config{})
	m.Watch("shop", Config{})
	ended := make(chan error)
	go func() { ended <- m.Run(ctx) }()
	deadline := time.After(30 * time.Second)
	for shop, stuck := 0, 0; shop < 5; {
		select {
		case v := <-e.heard:
			if v.exposed == "shop" {
				shop++
			} else if stuck++; stuck > 1 {
				t.Fatal("the stuck sink was told beside itself")
			}
		case <-deadline:
			t.Fatal("nothing was told")
		}
	}
	go func() {
		for range e.heard { // room for what is still under way
		}
	}()
	cancel()
	select {
	case err := <-ended:
		if !errors.Is(err, context.Canceled) {
			t.Error(err)
		}
	case <-deadline:
		t.Fatal("it does not end")
	}
	close(e.heard)
}

func TestWatchingIsSafeFromMany(t *testing.T) {
	e := &ear{}
	m, src := newMonitor(e)
	e.heard = make(chan toldVerdict, 100_000)
	ctx, cancel := context.WithCancel(context.Background())
	ended := make(chan error)
	go func() { ended <- m.Run(ctx) }()
	var all sync.WaitGroup
	for _, name := range []string{"a", "b", "c"} {
		all.Go(func() {
			for n := range 200 {
				src.say(name, users(n, 0.1, int64(n), 0, int64(9*n), 0))
				m.Watch(name, Config{})
				m.Latest(name)
				m.History(name)
				if n%10 == 0 {
					m.Forget(name)
				}
			}
		})
	}
	all.Wait()
	cancel()
	<-ended
}

func TestHistoryIsAQuarterOfAnHour(t *testing.T) {
	var h history
	for ms := 0; ms < 2_000_000; ms += 400 {
		h.add(Point{Sample: Sample{At: start.Add(time.Duration(ms) * time.Millisecond)}})
	}
	points := h.all()
	if len(points) != historyPoints || len(h.points) != historyPoints {
		t.Fatalf("%d points", len(points))
	}
	if last := points[len(points)-1].Sample.At; !last.Equal(start.Add(1_999_600 * time.Millisecond)) {
		t.Errorf("the newest is missing: %s", last)
	}
	for i := 1; i < len(points); i++ {
		if d := points[i].Sample.At.Sub(points[i-1].Sample.At); d <= 0 || d > 2*time.Second {
			t.Fatalf("point %d comes %s after the one before", i, d)
		}
	}
	h.add(Point{Sample: Sample{At: start.Add(3 * time.Hour)}})
	if points = h.all(); len(points) != 1 {
		t.Errorf("%d points after a silence of hours", len(points))
	}
}
