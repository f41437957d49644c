package forecast

import (
	"fmt"
	"math/rand/v2"
	"testing"
	"time"
)

var noon = time.Date(2026, 3, 2, 12, 0, 0, 0, time.UTC)

func TestWilsonAgainstPublishedValues(t *testing.T) {
	// Newcombe (1998), table I, method 3: 81/263, 15/148, 0/20, 1/29.
	for _, c := range []struct {
		hits, n   int
		low, high float64
	}{{81, 263, 0.2553, 0.3662}, {15, 148, 0.0624, 0.1605}, {0, 20, 0, 0.1611}, {1, 29, 0.0061, 0.1718}} {
		i := Wilson(c.hits, c.n, 0.95)
		near(t, "low", i.Low, c.low, 5e-5)
		near(t, "high", i.High, c.high, 5e-5)
	}
	if i := Wilson(0, 0, 0.95); i != (Interval{0, 1}) {
		t.Fatalf("no trials give %v", i)
	}
	if i := Wilson(7, 7, 0.95); i.High != 1 || i.Low < 0.6 {
		t.Fatalf("7 of 7 give %v", i)
	}
}

func TestAPromiseIsJudgedOnlyWhenDue(t *testing.T) {
	when := Question{Kind: AskWhen, Items: 5}
	many := Question{Kind: AskHowMany, Days: 10}
	for _, c := range []struct {
		name     string
		q        Question
		p        Percentile
		o        Outcome
		hit, due bool
	}{
		{"early success is not due", when, Percentile{Value: 8}, Outcome{Elapsed: 4, Done: true, Day: 3}, true, false},
		{"on the last day", when, Percentile{Value: 8}, Outcome{Elapsed: 9, Done: true, Day: 8}, true, true},
		{"a day late", when, Percentile{Value: 8}, Outcome{Elapsed: 9, Done: true, Day: 9}, false, true},
		{"still open", when, Percentile{Value: 8}, Outcome{Elapsed: 8}, false, true},
		{"enough", many, Percentile{Value: 8}, Outcome{Elapsed: 10, Items: 8}, true, true},
		{"one short", many, Percentile{Value: 8}, Outcome{Elapsed: 10, Items: 7}, false, true},
		{"not over", many, Percentile{Value: 8}, Outcome{Elapsed: 9, Items: 20}, true, false},
		{"an unknown question", Question{Kind: "why"}, Percentile{}, Outcome{Elapsed: 99}, false, false},
	} {
		if hit, due := c.q.Judge(c.p, c.o); due != c.due || (due && hit != c.hit) {
			t.Errorf("%s: hit %v due %v, want %v %v", c.name, hit, due, c.hit, c.due)
		}
	}
}

// year keeps a forecast a day made from one history, and lets the days come
// from another one.
func year(believed, real []int, n int) ([]Kept, []Outcome) {
	rng := rand.New(rand.NewPCG(7, 8))
	var kept []Kept
	var outcomes []Outcome
	for i := range n {
		id := fmt.Sprint("f", i)
		if i%2 == 0 {
			q := Question{Line: "checkout", Kind: AskWhen, Items: 30}
			kept = append(kept, Keep(id, noon, q, When(believed, 30, 200), 0.5, 0.85, 0.95))
			left, day := 30, 0
			for ; left > 0; day++ {
				left -= real[rng.IntN(len(real))]
			}
			outcomes = append(outcomes, Outcome{ForecastID: id, Elapsed: 500, Done: true, Day: day})
			continue
		}
		q := Question{Line: "checkout", Kind: AskHowMany, Days: 20}
		kept = append(kept, Keep(id, noon, q, HowMany(believed, 20), 0.5, 0.85, 0.95))
		sum := 0
		for range 20 {
			sum += real[rng.IntN(len(real))]
		}
		outcomes = append(outcomes, Outcome{ForecastID: id, Elapsed: 20, Items: sum})
	}
	return kept, outcomes
}

func TestATrueForecastScoresAsCalibrated(t *testing.T) {
	kept, outcomes := year(history, history, 2000)
	scores := Score(kept, outcomes, 0.99)
	if len(scores) != 3 {
		t.Fatalf("%d scores, want 3", len(scores))
	}
	for i, p := range []float64{0.5, 0.85, 0.95} {
		s := scores[i]
		if s.P != p || s.Due != 2000 || s.Verdict != Calibrated || s.Chance < p || !s.Interval.Contains(s.Rate) {
			t.Errorf("at %v: %+v", p, s)
		}
	}
}

func TestAForecastFromAnotherLineIsFoundOut(t *testing.T) {
	slower := make([]int, len(history))
	for i, n := range history {
		slower[i] = n / 2
	}
	kept, outcomes := year(history, slower, 200)
	for _, s := range Score(kept, outcomes, 0.95) {
		if s.Verdict != TooSure {
			t.Errorf("believing a faster history: %+v", s)
		}
	}
	kept, outcomes = year(slower, history, 200)
	for _, s := range Score(kept, outcomes, 0.95) {
		if s.Verdict != TooCareful {
			t.Errorf("believing a slower history: %+v", s)
		}
	}
}

func TestFewForecastsSayNothing(t *testing.T) {
	kept, outcomes := year(history, history, 6)
	kept = append(kept, Keep("open", noon, Question{Kind: AskWhen, Items: 3}, When(history, 3, 50), 0.85))
	for _, s := range Score(kept, outcomes, 0.95) {
		if s.Verdict != TooFew {
			t.Errorf("six forecasts: %+v", s)
		}
		if s.P == 0.85 && s.Open != 1 {
			t.Errorf("open %d, want 1", s.Open)
		}
	}
	if got := Keep("x", noon, Question{Kind: AskWhen}, When([]int{0}, 3, 5), 0.85); len(got.Percentiles) != 0 {
		t.Errorf("a promise past the horizon was kept: %+v", got)
	}
}
