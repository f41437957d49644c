package exposure_test

import (
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"andon/exposure"
)

var start = time.Date(2026, 3, 6, 16, 0, 0, 0, time.UTC)

func at(seconds float64) time.Time { return start.Add(time.Duration(seconds * float64(time.Second))) }

func canary() exposure.Plan {
	return exposure.Plan{Steps: []exposure.Step{exposure.Weight(10), exposure.PauseFor(10 * time.Second),
		exposure.Weight(50), exposure.PauseFor(5 * time.Second)}}
}

func TestTimedPausesRunTheirFullLength(t *testing.T) {
	s := exposure.Start(canary(), at(0))
	if s.Weight != 10 || s.Phase != exposure.Paused {
		t.Fatalf("%+v", s)
	}
	same, wait := exposure.Next(canary(), s, at(4), exposure.Good)
	if same != s || wait != 6*time.Second {
		t.Fatalf("%+v after %s", same, wait)
	}
	s, _ = exposure.Next(canary(), s, at(10), exposure.Unknown)
	if s.Weight != 50 || s.Step != 3 {
		t.Fatalf("%+v", s)
	}
	s, _ = exposure.Next(canary(), s, at(15), exposure.Unknown)
	if s.Weight != 100 || s.Phase != exposure.Healthy {
		t.Fatalf("%+v", s)
	}
}

func TestHoldingByHandStopsTheClock(t *testing.T) {
	s := exposure.PauseByHand(exposure.Start(canary(), at(0)), at(4))
	if n, wait := exposure.Next(canary(), s, at(500), exposure.Good); n != s || wait != exposure.Forever {
		t.Fatalf("%+v", n)
	}
	s = exposure.Resume(canary(), s, at(1000))
	if n, wait := exposure.Next(canary(), s, at(1005), exposure.Unknown); n != s || wait != time.Second {
		t.Fatalf("%+v %s", n, wait)
	}
	if aborted, _ := exposure.Next(canary(), exposure.PauseByHand(s, at(1001)), at(1002), exposure.Bad); aborted.Phase != exposure.Aborted || aborted.Weight != 0 {
		t.Fatalf("a pause by hand held an abort up: %+v", aborted)
	}
}

func TestAnalysisAndPauseWithoutEndWait(t *testing.T) {
	p := exposure.Plan{Steps: []exposure.Step{exposure.Weight(5), {Analysis: true}, exposure.PauseFor(0), exposure.Weight(20)}}
	s := exposure.Start(p, at(0))
	if n, _ := exposure.Next(p, s, at(1e6), exposure.Unknown); n != s {
		t.Fatalf("%+v", n)
	}
	s, _ = exposure.Next(p, s, at(1), exposure.Good)
	if s.Step != 2 || s.Phase != exposure.Paused {
		t.Fatalf("%+v", s)
	}
	if n, _ := exposure.Next(p, s, at(1e6), exposure.Good); n != s {
		t.Fatalf("%+v", n)
	}
	if s = exposure.Promote(p, s, at(2)); s.Phase != exposure.Healthy || s.Weight != 100 {
		t.Fatalf("%+v", s)
	}
}

func TestWrongPlansAreRefused(t *testing.T) {
	for want, p := range map[string]exposure.Plan{
		"step 2: setWeight is 5 after 10": {Steps: []exposure.Step{exposure.Weight(10), exposure.Weight(5)}},
		"step 1: setWeight is 101":        {Steps: []exposure.Step{exposure.Weight(101)}},
		"step 1: has 0 of":                {Steps: []exposure.Step{{}}},
	} {
		if err := p.Validate(); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%v, want %s", err, want)
		}
	}
}

// Whatever people, time and the judge do: weights only grow until an abort,
// bad always aborts, final states stay.
func TestWhateverHappens(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		var p exposure.Plan
		weight := 0
		for range rapid.IntRange(0, 6).Draw(t, "steps") {
			switch rapid.IntRange(0, 2).Draw(t, "kind") {
			case 0:
				weight = rapid.IntRange(weight, 100).Draw(t, "weight")
				p.Steps = append(p.Steps, exposure.Weight(weight))
			case 1:
				p.Steps = append(p.Steps, exposure.PauseFor(time.Duration(rapid.IntRange(0, 5).Draw(t, "pause"))*time.Second))
			default:
				p.Steps = append(p.Steps, exposure.Step{Analysis: true})
			}
		}
		if err := p.Validate(); err != nil {
			t.Fatal(err)
		}
		now := start
		s := exposure.Start(p, now)
		for range rapid.IntRange(0, 30).Draw(t, "events") {
			now = now.Add(time.Duration(rapid.IntRange(0, 3000).Draw(t, "ms")) * time.Millisecond)
			before := s
			bad := false
			switch rapid.IntRange(0, 8).Draw(t, "event") {
			case 0:
				s = exposure.Promote(p, s, now)
			case 1:
				s = exposure.PauseByHand(s, now)
			case 2:
				s = exposure.Resume(p, s, now)
			case 3:
				s, _ = exposure.Next(p, s, now, exposure.Bad)
				bad = true
			case 4:
				if rapid.IntRange(0, 4).Draw(t, "full") == 0 {
					s = exposure.PromoteFull(p, s, now)
				}
			case 5:
				if rapid.IntRange(0, 4).Draw(t, "abort") == 0 {
					s = exposure.Abort(p, s, now, "somebody pulled the cord")
				}
			default:
				s, _ = exposure.Next(p, s, now, exposure.Ruling(rapid.IntRange(0, 1).Draw(t, "ruling")))
			}
			switch {
			case before.Final() && s != before:
				t.Fatalf("a final state changed: %+v to %+v", before, s)
			case bad && !before.Final() && s.Phase != exposure.Aborted:
				t.Fatalf("bad did not abort %+v", before)
			case s.Phase != exposure.Aborted && s.Weight < before.Weight:
				t.Fatalf("the weight fell from %+v to %+v", before, s)
			case s.Phase == exposure.Aborted && s.Weight != 0:
				t.Fatalf("aborted with traffic: %+v", s)
			case s.Phase == exposure.Healthy && s.Weight != 100:
				t.Fatalf("healthy without all traffic: %+v", s)
			}
		}
	})
}

// However often somebody holds it, a timed pause runs its full length of time
// that is not held, to the nanosecond, and says how much is left.
func TestATimedPauseRunsItsLengthBetweenHolds(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		length := time.Duration(rapid.IntRange(1, 60_000).Draw(t, "length")) * time.Millisecond
		p := exposure.Plan{Steps: []exposure.Step{exposure.Weight(10), exposure.PauseFor(length)}}
		now, ran := start, time.Duration(0)
		s := exposure.Start(p, now)
		for range rapid.IntRange(0, 20).Draw(t, "events") {
			d := time.Duration(rapid.IntRange(0, 5000).Draw(t, "ms")) * time.Millisecond
			now = now.Add(d)
			if !s.PausedByHand {
				ran += d
			}
			var wait time.Duration
			s, wait = exposure.Next(p, s, now, exposure.Ruling(rapid.IntRange(0, 1).Draw(t, "ruling")))
			switch {
			case s.PausedByHand && wait != exposure.Forever:
				t.Fatalf("held, and yet it waits %s", wait)
			case !s.PausedByHand && (ran >= length) != (s.Phase == exposure.Healthy):
				t.Fatalf("after %s of %s: %+v", ran, length, s)
			case !s.Final() && !s.PausedByHand && wait != length-ran:
				t.Fatalf("after %s of %s it waits %s", ran, length, wait)
			}
			if s.PausedByHand {
				s = exposure.Resume(p, s, now)
			} else if rapid.Bool().Draw(t, "hold") {
				s = exposure.PauseByHand(s, now)
			}
		}
	})
}
