package process

import (
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"andon/flow/delivery"
)

func TestBackoffDoublesToItsLimit(t *testing.T) {
	for strikes, want := range map[int]time.Duration{1: 100 * time.Millisecond, 2: 200 * time.Millisecond, 5: 1600 * time.Millisecond,
		9: 25600 * time.Millisecond, 10: 30 * time.Second, 1000: 30 * time.Second} {
		if got := backoff(strikes); got != want {
			t.Errorf("backoff(%d) = %v, want %v", strikes, got, want)
		}
	}
}

// stage runs a crew on a virtual clock, with processes that obey.
type stage struct {
	crew crew
	now  time.Time
	up   map[string]bool
}

func newStage(replicas int) *stage {
	n := 0
	return &stage{now: time.Unix(1000, 0).UTC(), up: map[string]bool{}, crew: crew{replicas: replicas, grace: 10 * time.Second,
		health: delivery.Health{Failures: 3, StartWithin: 30 * time.Second},
		newID:  func() string { n++; return fmt.Sprint("m", n) }}}
}

func (s *stage) settle() {
	for range 1000 {
		orders := s.crew.advance(s.now)
		if len(orders) == 0 {
			return
		}
		for _, o := range orders {
			if o.act == launch {
				s.crew.launched(o.member, s.now)
				s.up[o.member.id] = true
			}
		}
	}
	panic("the crew never comes to rest")
}

func (s *stage) exit(m *member, how string) {
	delete(s.up, m.id)
	s.crew.exited(m, how, s.now)
	s.settle()
}

func TestGoodRunForgivesStrikes(t *testing.T) {
	s := newStage(1)
	s.settle()
	m := s.crew.members[0]
	for want := 100 * time.Millisecond; want <= 400*time.Millisecond; want *= 2 {
		s.exit(m, "crash")
		if got := m.startAt.Sub(s.now); got != want {
			t.Fatalf("back-off %v, want %v", got, want)
		}
		s.now = m.startAt
		s.settle()
	}
	s.crew.probed(m, nil, s.now)
	s.now = s.now.Add(time.Minute)
	s.exit(m, "crash")
	if got := m.startAt.Sub(s.now); got != 100*time.Millisecond || m.restarts != 4 {
		t.Errorf("after a good run the back-off is %v with %d restarts, want 100ms and 4", got, m.restarts)
	}
}

func TestRecoveredInstanceKeepsItsPlace(t *testing.T) {
	s := newStage(1)
	s.settle()
	m := s.crew.members[0]
	s.crew.probed(m, nil, s.now)
	for range 3 {
		s.crew.probed(m, errors.New("silence"), s.now)
	}
	s.settle()
	if m.phase != failing || len(s.crew.members) != 2 {
		t.Fatalf("%v with %d members, want failing and a replacement", m.phase, len(s.crew.members))
	}
	s.crew.probed(m, nil, s.now)
	s.settle()
	if m.phase != ready || len(s.crew.members) != 1 {
		t.Errorf("%v with %d members, want ready and alone", m.phase, len(s.crew.members))
	}
}

func TestScalingDownSparesTheReady(t *testing.T) {
	s := newStage(2)
	s.settle()
	old, young := s.crew.members[0], s.crew.members[1]
	s.crew.probed(young, nil, s.now)
	s.exit(old, "crash")
	s.crew.replicas = 1
	s.settle()
	if len(s.crew.members) != 1 || s.crew.members[0] != young {
		t.Errorf("%v stays, want the ready %v", s.crew.members[0].id, young.id)
	}
}

// Whatever happens, in whatever order: never more than replicas + 1 processes
// are started, and when the trouble ends the crew is complete and ready.
func TestCrewAlwaysRecovers(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		s := newStage(rapid.IntRange(0, 4).Draw(t, "replicas"))
		most := s.crew.replicas // lowered wishes leave processes that are still stopping
		for range rapid.IntRange(1, 60).Draw(t, "events") {
			s.settle()
			if len(s.up) > most+1 {
				t.Fatalf("%d processes for at most %d replicas", len(s.up), most)
			}
			event := rapid.SampledFrom([]string{"scale", "exit", "healthy", "silent", "wait"}).Draw(t, "event")
			if event == "wait" {
				s.now = s.now.Add(time.Duration(rapid.IntRange(1, 40000).Draw(t, "ms")) * time.Millisecond)
				continue
			}
			if event == "scale" {
				s.crew.replicas = rapid.IntRange(0, 4).Draw(t, "replicas")
				most = max(most, s.crew.replicas)
				continue
			}
			if len(s.crew.members) == 0 {
				continue
			}
			m := rapid.SampledFrom(s.crew.members).Draw(t, "member")
			switch {
			case !m.alive():
			case event == "exit":
				s.exit(m, "crash")
			case event == "healthy":
				s.crew.probed(m, nil, s.now)
			default:
				s.crew.probed(m, errors.New("silence"), s.now)
			}
		}
		for range 50 {
			s.settle()
			for _, m := range append([]*member(nil), s.crew.members...) {
				switch {
				case m.phase == stopping:
					s.exit(m, "stopped")
				case m.alive():
					s.crew.probed(m, nil, s.now)
				}
			}
			s.now = s.now.Add(time.Second)
		}
		s.settle()
		if len(s.crew.members) != s.crew.replicas {
			t.Fatalf("%d members, want %d", len(s.crew.members), s.crew.replicas)
		}
		for _, m := range s.crew.members {
			if m.phase != ready || s.crew.trouble(m) != "" {
				t.Fatalf("%s is %v: %s", m.id, m.phase, s.crew.trouble(m))
			}
		}
	})
}

func TestParseStatWithOddCommand(t *testing.T) {
	line := "42 (a) R (b c) S 1 42 42 0 -1 4194560 1 2 3 4 5 6 7 8 20 0 1 0 987654 11 12"
	got, err := parseStat([]byte(line))
	if want := (stat{state: 'S', session: 42, start: 987654}); err != nil || got != want {
		t.Errorf("parseStat = %+v, %v; want %+v", got, err, want)
	}
	for _, bad := range []string{"", "42 (x", "42 (x) S 1 2"} {
		if _, err := parseStat([]byte(bad)); err == nil {
			t.Errorf("parseStat(%q) gave no error", bad)
		}
	}
}

func TestEscapedNamesStayInside(t *testing.T) {
	seen := map[string]string{}
	for _, name := range []string{"..", ".", "a/b", "a%2Fb", "ä", "%2E.", "x"} {
		e := escape(name)
		if strings.ContainsRune(e, '/') || strings.HasPrefix(e, ".") || seen[e] != "" {
			t.Errorf("escape(%q) = %q, which is not a file name of its own (also %q)", name, e, seen[e])
		}
		seen[e] = name
	}
}
