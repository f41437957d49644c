package judge

import (
	"math"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"andon/exposure"
)

func second(n int) time.Time { return start.Add(time.Duration(n) * time.Second) }

// users is a sample in which every user made one request.
func users(n int, weight float64, canary, canaryHurt, stable, stableHurt int64) Sample {
	arm := func(all, hurt int64) Arm { return Arm{Requests: all, Errors: hurt, Users: all, Hurt: hurt} }
	return Sample{At: second(n), Weight: weight, Canary: arm(canary, canaryHurt), Stable: arm(stable, stableHurt)}
}

// The formulas in numbers worked out apart from the code: 3 hurt on the
// canary, 1 on the stable arm, share 0.1.
func TestEvidenceByHand(t *testing.T) {
	var c Comparison
	c.Add(3, 1, 0.1)
	mixture := 0.0
	for k := range 24 {
		rho := 1.1 * math.Pow(40/1.1, float64(k)/23)
		q := rho * 0.1 / (rho*0.1 + 0.9)
		mixture += math.Pow(q/0.1, 3) * (1 - q) / 0.9 / 24
	}
	// Half is staked on the first round, half is kept back.
	if want := math.Log(0.5*mixture + 0.5); math.Abs(c.LogE()-want) > 1e-9 {
		t.Errorf("comparison %g, want %g", c.LogE(), want)
	}
	a := Assurance{ratio: 1.5}
	a.Add(3, 1, 0.1)
	q := 0.15 / 1.05
	if want := 3*math.Log(0.1/q) + math.Log(0.9/(1-q)); math.Abs(a.LogE()-want) > 1e-9 {
		t.Errorf("assurance %g, want %g", a.LogE(), want)
	}
	if got, want := (Target{0.01}).LogRatio(2, 100), 2*math.Log(2)+98*math.Log(0.98/0.99); math.Abs(got-want) > 1e-9 {
		t.Errorf("target %g, want %g", got, want)
	}
}

func TestStakesAreOneInAll(t *testing.T) {
	kept := 0.5 / maxRounds
	for r := range maxRounds {
		kept += stake(r)
	}
	if math.Abs(kept-1) > 1e-12 {
		t.Errorf("the stakes are %g in all", kept)
	}
	var c Comparison
	for range 3 * maxRounds {
		c.NewRound()
		c.Add(0, 1, 0.5)
	}
	if len(c.rounds) != maxRounds {
		t.Errorf("%d rounds", len(c.rounds))
	}
}

// More hurt on the canary never lowers the evidence for bad nor raises the
// evidence for good; more hurt on the stable arm does the reverse.
func TestMoreHurtIsMoreEvidence(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		var less, more, other Comparison
		lessGood, moreGood := Assurance{ratio: 1.5}, Assurance{ratio: 1.5}
		// All begin their first round now: else the first that hurts nobody
		// would leave one of them a round behind the others.
		for _, x := range []*Comparison{&less, &more, &other} {
			x.NewRound()
		}
		for range rapid.IntRange(1, 8).Draw(t, "ticks") {
			c, b := rapid.Int64Range(0, 50).Draw(t, "canary"), rapid.Int64Range(0, 50).Draw(t, "stable")
			w := rapid.Float64Range(0.001, 1).Draw(t, "share")
			extra := rapid.Int64Range(0, 5).Draw(t, "extra")
			if rapid.Bool().Draw(t, "round") {
				for _, x := range []*Comparison{&less, &more, &other} {
					// The same rounds for all, played or not.
					x.played = true
					x.NewRound()
				}
			}
			less.Add(c, b, w)
			more.Add(c+extra, b, w)
			other.Add(c, b+extra, w)
			lessGood.Add(c, b, w)
			moreGood.Add(c+extra, b, w)
		}
		const slip = 1e-9
		if more.LogE() < less.LogE()-slip || other.LogE() > less.LogE()+slip || moreGood.LogE() > lessGood.LogE()+slip {
			t.Fatalf("E %g, with more on the canary %g, with more on the stable arm %g; good %g then %g",
				less.LogE(), more.LogE(), other.LogE(), lessGood.LogE(), moreGood.LogE())
		}
	})
}

// Whatever a source says, the verdict is a number and a sentence.
func TestAnySampleGivesASoundVerdict(t *testing.T) {
	count := rapid.Int64Range(0, 1_000_000_000)
	rapid.Check(t, func(t *rapid.T) {
		trial := NewTrial(Config{Objective: rapid.SampledFrom([]float64{0, 0.001, 0.5, -3, math.NaN()}).Draw(t, "objective"), Alpha: rapid.Float64().Draw(t, "alpha")})
		wasBad := false
		for n := range rapid.IntRange(1, 10).Draw(t, "ticks") {
			arm := func() Arm {
				return Arm{Requests: count.Draw(t, "requests"), Errors: count.Draw(t, "errors"), Users: count.Draw(t, "users"), Hurt: count.Draw(t, "hurt")}
			}
			w := rapid.SampledFrom([]float64{0, 0.1, 0.5, 1, 10, -1, math.NaN(), math.Inf(1)}).Draw(t, "weight")
			v := trial.Update(Sample{At: second(n), Weight: w, Canary: arm(), Stable: arm()})
			for _, x := range []float64{v.E, v.EReverse, v.CanaryRate, v.StableRate} {
				if math.IsNaN(x) || math.IsInf(x, 0) || x < 0 {
					t.Fatalf("%+v", v)
				}
			}
			if v.Text == "" || strings.Contains(v.Text, "NaN") || strings.Contains(v.Text, "Inf") || strings.Contains(v.Text, "%!") {
				t.Fatalf("%q", v.Text)
			}
			if wasBad && v.Ruling != exposure.Bad {
				t.Fatal("a ruling of bad was taken back")
			}
			wasBad = v.Ruling == exposure.Bad
		}
	})
}

func TestVerdictsInWords(t *testing.T) {
	for name, c := range map[string]struct {
		cfg     Config
		samples []Sample
		ruling  exposure.Ruling
		text    string
	}{
		"bad": {Config{}, []Sample{users(0, 0.1, 0, 0, 0, 0), users(1, 0.1, 60, 14, 540, 2)}, exposure.Bad,
			"Canary is bad: 14 of 16 users hurt were on the canary, which had 10 % of users; the odds against chance are more than 1,000,000,000 to 1."},
		"bad without users": {Config{}, []Sample{{At: second(0), Weight: 0.1, Canary: Arm{Requests: 60, Errors: 14}, Stable: Arm{Requests: 540, Errors: 2}}}, exposure.Bad,
			"Canary is bad: 14 of 16 failed requests were on the canary, which had 10 % of requests; the odds against chance are more than 1,000,000,000 to 1."},
		"bad by the objective": {Config{Objective: 0.01}, []Sample{users(0, 1, 100, 20, 0, 0)}, exposure.Bad,
			"Canary is bad: 20 of its 100 requests were a user's first error, where the objective allows 1 % and the stable revision keeps it."},
		"good": {Config{}, []Sample{users(0, 0.5, 5000, 75, 5000, 90)}, exposure.Good,
			"Canary is good: 75 of 165 users hurt were on the canary, which had 50 % of users; the odds against its being 1.5 times as bad as the stable revision are 610 to 1."},
		"good by the objective": {Config{Objective: 0.01}, []Sample{users(0, 0.1, 900, 2, 9000, 20)}, exposure.Good,
			"Canary is good: 2 of its 900 users were hurt, within the 1 % that the objective allows."},
		"nothing yet": {Config{}, []Sample{users(0, 0.1, 0, 0, 50, 0)}, exposure.Unknown, "No verdict yet: nobody has met the canary so far."},
		"no share":    {Config{}, []Sample{users(0, 0, 0, 0, 50, 9)}, exposure.Unknown, "No verdict: the canary has no share of the users yet."},
		"no one hurt": {Config{}, []Sample{users(0, 0.1, 6, 0, 50, 0)}, exposure.Unknown, "No verdict yet: none of 56 users were hurt, 6 of them on the canary; there is nothing to compare until somebody is hurt."},
		"a little":    {Config{}, []Sample{users(0, 0.1, 100, 1, 900, 9)}, exposure.Unknown, "No verdict yet: 1 of 10 users hurt was on the canary, which had 10 % of users; about 35,000 more users on both arms would show whether it is good."},
		"with a goal": {Config{Objective: 0.01}, []Sample{users(0, 0.1, 10, 0, 90, 0)}, exposure.Unknown, "No verdict yet: none of 100 users were hurt, 10 of them on the canary; about 3,500 more users on both arms would show whether it is good."},
		"only stable": {Config{}, []Sample{users(0, 0.1, 100, 0, 900, 5)}, exposure.Unknown, "No verdict yet: 0 of 5 users hurt were on the canary"},
		"quiet": {Config{}, []Sample{users(0, 0.1, 0, 0, 0, 0), users(45, 0.1, 0, 0, 1200, 3)}, exposure.Unknown,
			"No verdict without users: no request has reached the canary for 45s, while 1,200 requests reached the stable revision in all; the canary should get 10 % of users."},
		"it went quiet": {Config{}, []Sample{users(0, 0.1, 0, 0, 0, 0), users(5, 0.1, 9, 0, 80, 0), users(40, 0.1, 9, 0, 700, 0)}, exposure.Unknown,
			"No verdict without users: no request has reached the canary for 35s"},
	} {
		trial := NewTrial(c.cfg)
		var v Verdict
		for _, s := range c.samples {
			v = trial.Update(s)
		}
		if v.Ruling != c.ruling || !strings.HasPrefix(v.Text, c.text) {
			t.Errorf("%s: %s\n got %s\nwant %s", name, v.Ruling, v.Text, c.text)
		}
	}
}

func TestCountersThatFallBeginTheEvidenceAgain(t *testing.T) {
	trial := NewTrial(Config{})
	if v := trial.Update(users(0, 0.1, 50, 3, 450, 1)); v.Ruling != exposure.Unknown || v.E < 20 {
		t.Fatalf("%+v", v)
	}
	v := trial.Update(users(1, 0.1, 5, 0, 45, 0))
	if v.E != 1 || v.CanaryUsers != 5 || v.CanaryHurt != 0 {
		t.Errorf("old evidence is still weighed: %+v", v)
	}
	if !strings.Contains(v.Text, "The counters had begun again at 16:00:01") {
		t.Errorf("it does not say so: %s", v.Text)
	}
	if v = trial.Update(users(2, 0.1, 60, 14, 540, 2)); v.Ruling != exposure.Bad {
		t.Errorf("%+v", v)
	}
	if v = trial.Update(users(3, 0.1, 0, 0, 0, 0)); v.Ruling != exposure.Bad || !strings.HasPrefix(v.Text, "Canary is bad: 14 of 16") {
		t.Errorf("a ruling of bad was lost with the counters: %+v", v)
	}
}

func TestAChangeOfWeightInATickCountsAgainstTheEvidence(t *testing.T) {
	trial := NewTrial(Config{})
	trial.Update(users(0, 0.1, 0, 0, 0, 0))
	// 50 of 100 hurt: overwhelming at a share of 10 %, nothing at 50 %.
	v := trial.Update(users(1, 0.5, 500, 50, 500, 50))
	if v.E > 1 || v.EReverse > 1 {
		t.Errorf("E %g, reverse %g", v.E, v.EReverse)
	}
	v = trial.Update(users(2, 0.5, 1000, 100, 1000, 100))
	if v.EReverse < 1e-20 || !strings.Contains(v.Text, "had 50 % of users") {
		t.Errorf("%+v", v)
	}
}

func TestUsersSeenLateAreWeighedFromThen(t *testing.T) {
	trial := NewTrial(Config{})
	trial.Update(Sample{At: second(0), Weight: 0.1, Canary: Arm{Requests: 90, Errors: 3}, Stable: Arm{Requests: 900}})
	v := trial.Update(Sample{At: second(1), Weight: 0.1, Canary: Arm{Requests: 95, Errors: 3, Users: 5}, Stable: Arm{Requests: 950, Users: 45}})
	if v.Unit != "users" || v.E != 1 || v.CanaryUsers != 5 {
		t.Errorf("%+v", v)
	}
}

func TestGoodIsTakenBackWhenTheEvidenceTurns(t *testing.T) {
	trial := NewTrial(Config{})
	if v := trial.Update(users(0, 0.5, 5000, 75, 5000, 90)); v.Ruling != exposure.Good {
		t.Fatalf("%+v", v)
	}
	if v := trial.Update(users(1, 0.5, 5100, 125, 5100, 92)); v.Ruling != exposure.Unknown {
		t.Errorf("%+v", v)
	}
	if v := trial.Update(users(2, 0.5, 5200, 180, 5200, 94)); v.Ruling != exposure.Bad {
		t.Errorf("%+v", v)
	}
}

func TestConfigsAreChecked(t *testing.T) {
	for want, c := range map[string]Config{
		"alpha is 2": {Alpha: 2}, "beta is -1": {Beta: -1}, "objective is 99.9": {Objective: 99.9},
		"ratioMax is 0.5": {RatioMax: 0.5}, "quiet is -1s": {Quiet: -time.Second},
	} {
		if err := c.Validate(); err == nil || !strings.HasPrefix(err.Error(), want) {
			t.Errorf("%v, want %s", err, want)
		}
	}
	if err := (Config{}).Validate(); err != nil {
		t.Error(err)
	}
}

func BenchmarkUpdate(b *testing.B) {
	w := newWorld(1)
	w.weight, w.rps, w.canaryError, w.stableError = 0.2, 50, 0.05, 0.05
	samples := make([]Sample, 4000)
	for i := range samples {
		samples[i] = w.second()
	}
	trial := NewTrial(Config{Objective: 0.01})
	b.ReportAllocs()
	b.ResetTimer()
	for i := range b.N {
		trial.Update(samples[min(i, len(samples)-1)])
	}
}
