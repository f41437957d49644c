package judge

import (
	"math"
	"math/rand/v2"
	"testing"
	"time"

	"andon/exposure"
)

// world is users meeting both arms, second by second.
type world struct {
	rng         *rand.Rand
	weight      float64
	rps         float64
	canaryError float64
	stableError float64
	users       bool // every request is another user
	now         Sample
}

func (w *world) second() Sample {
	w.now.At = w.now.At.Add(time.Second)
	w.now.Weight = w.weight
	w.meet(&w.now.Canary, w.rps*w.weight, w.canaryError)
	w.meet(&w.now.Stable, w.rps*(1-w.weight), w.stableError)
	return w.now
}

func (w *world) meet(a *Arm, mean, failing float64) {
	n := poisson(w.rng, mean)
	bad := poisson(w.rng, mean*failing)
	a.Requests += max(n, bad)
	a.Errors += bad
	if w.users {
		a.Users += max(n, bad)
		a.Hurt += bad
	}
}

// poisson draws by Knuth's product; means here are below 300.
func poisson(rng *rand.Rand, mean float64) int64 {
	limit, p := math.Exp(-mean), 1.0
	for k := int64(0); ; k++ {
		if p *= rng.Float64(); p <= limit {
			return k
		}
	}
}

// beyond says whether so many wrong rulings are more than the bound and the
// chance of the simulation itself, three standard deviations, explain.
func beyond(wrong, runs int, bound float64) bool {
	mean := bound * float64(runs)
	return float64(wrong) > mean+3*math.Sqrt(mean*(1-bound))
}

func newWorld(seed uint64) *world {
	return &world{rng: rand.New(rand.NewPCG(seed, 7)), now: Sample{At: start}, users: true}
}

var start = time.Date(2026, 3, 6, 16, 0, 0, 0, time.UTC)

// secondsTo gives the second of the first ruling r, or limit.
func secondsTo(t *Trial, w *world, r exposure.Ruling, limit int) int {
	for s := 1; s < limit; s++ {
		if t.Update(w.second()).Ruling == r {
			return s
		}
	}
	return limit
}

// The bounds hold although it is asked 1,800 times: alpha is a bound on the
// whole exposure. A rising load, a shared incident and two changes of weight
// change nothing.
func TestAGoodCanaryIsRarelyCalledBad(t *testing.T) {
	const runs, alpha = 200, 0.05
	wrong := 0
	for run := range runs {
		w := newWorld(uint64(run))
		trial := NewTrial(Config{Alpha: alpha})
		for s := range 1800 {
			w.weight = []float64{0.05, 0.2, 0.5}[s/600]
			w.rps = 20 + 20*math.Sin(float64(s)/300)
			w.canaryError, w.stableError = 0.01, 0.01
			if s > 300 && s < 500 {
				w.canaryError, w.stableError = 0.3, 0.3
			}
			if trial.Update(w.second()).Ruling == exposure.Bad {
				wrong++
				break
			}
		}
	}
	t.Logf("%d of %d good canaries were called bad at alpha %g", wrong, runs, alpha)
	if beyond(wrong, runs, alpha) {
		t.Errorf("that is more than alpha allows")
	}
}

func TestACanaryHalfAsBadAgainIsRarelyCalledGood(t *testing.T) {
	const runs, beta = 300, 0.05
	wrong := 0
	for run := range runs {
		w := newWorld(uint64(run))
		w.weight, w.rps, w.canaryError, w.stableError = 0.2, 50, 0.03, 0.02
		trial := NewTrial(Config{Beta: beta})
		for range 600 {
			if trial.Update(w.second()).Ruling == exposure.Good {
				wrong++
				break
			}
		}
	}
	t.Logf("%d of %d bad canaries were called good at beta %g", wrong, runs, beta)
	if beyond(wrong, runs, beta) {
		t.Errorf("that is more than beta allows")
	}
}

// Errors that cluster by user, five on average, would make a judge of requests
// cry wolf most of the time; counting users it does not.
func TestBurstsOfOneUserAreOneHurtUser(t *testing.T) {
	const runs, alpha = 200, 0.05
	wrong := map[bool]int{}
	for _, byUsers := range []bool{true, false} {
		for run := range runs {
			rng := rand.New(rand.NewPCG(uint64(run), 9))
			trial := NewTrial(Config{Alpha: alpha})
			s := Sample{At: start, Weight: 0.1}
			for range 900 {
				s.At = s.At.Add(time.Second)
				for _, arm := range []struct {
					arm   *Arm
					share float64
				}{{&s.Canary, 0.1}, {&s.Stable, 0.9}} {
					sessions, hurt := poisson(rng, 20*arm.share), poisson(rng, 0.4*arm.share)
					arm.arm.Requests += 10 * (sessions + hurt)
					for range hurt {
						arm.arm.Errors += 1 + poisson(rng, 4)
					}
					if byUsers {
						arm.arm.Users += sessions + hurt
						arm.arm.Hurt += hurt
					}
				}
				if trial.Update(s).Ruling == exposure.Bad {
					wrong[byUsers]++
					break
				}
			}
		}
	}
	t.Logf("of %d good canaries, counting users calls %d bad, counting requests %d", runs, wrong[true], wrong[false])
	if beyond(wrong[true], runs, alpha) {
		t.Error("counting users must keep alpha")
	}
	if float64(wrong[false]) < 0.3*runs {
		t.Error("the simulation is too mild to show what it should: clustered errors must fool a judge of requests")
	}
}

// Detection against the measured table for a grid mixture: at alpha 0.05, an
// error rate of 0.5 % on the stable arm and 10 canary requests a second. The
// table's thresholds were tuned to false alarms of 5 %, this one's is the
// guaranteed one with a part of the stake kept back, so it may be slower.
func TestDetectionTimes(t *testing.T) {
	for _, c := range []struct {
		name          string
		ratio, stable float64
		table, slack  float64
	}{
		{"twice, 190 rps stable", 2, 190, 198, 1.5},
		{"four times, 10 rps stable", 4, 10, 66, 1.6},
		{"four times, 190 rps stable", 4, 190, 31, 1.6},
		{"ten times, 10 rps stable", 10, 10, 15, 1.6},
	} {
		const runs = 60
		sum := 0
		for run := range runs {
			w := newWorld(uint64(run))
			w.rps = 10 + c.stable
			w.weight, w.canaryError, w.stableError = 10/w.rps, 0.005*c.ratio, 0.005
			sum += secondsTo(NewTrial(Config{Alpha: 0.05}), w, exposure.Bad, 3600)
		}
		mean := float64(sum) / runs
		t.Logf("%s: %.0f s, in the table %.0f s", c.name, mean, c.table)
		if mean > c.table*c.slack {
			t.Errorf("%s: %.0f s is too slow", c.name, mean)
		}
	}
}

// One canary request in five fails, with a tenth of 50 requests a second, at
// the usual alpha of 0.001.
func TestABrokenCanaryHurtsFewUsers(t *testing.T) {
	const runs = 200
	worst, sum, hurt := 0, 0, int64(0)
	for run := range runs {
		w := newWorld(uint64(run))
		w.weight, w.rps, w.canaryError, w.stableError = 0.1, 50, 0.2, 0.001
		s := secondsTo(NewTrial(Config{}), w, exposure.Bad, 600)
		sum += s
		worst = max(worst, s)
		hurt += w.now.Canary.Hurt
	}
	t.Logf("mean %.1f s and %.1f users hurt, worst %d s", float64(sum)/runs, float64(hurt)/runs, worst)
	if sum > 8*runs || hurt > 8*runs || worst > 30 {
		t.Error("that is too slow")
	}
}

// Good evidence does not hide a canary that turns bad after ten minutes.
func TestACanaryThatTurnsBadLate(t *testing.T) {
	const runs = 40
	sum := 0
	for run := range runs {
		w := newWorld(uint64(run))
		w.weight, w.rps, w.canaryError, w.stableError = 0.1, 50, 0.01, 0.01
		trial := NewTrial(Config{})
		for range 600 {
			trial.Update(w.second())
		}
		w.canaryError = 0.2
		sum += secondsTo(trial, w, exposure.Bad, 600)
	}
	t.Logf("mean %.1f s after it turned", float64(sum)/runs)
	if sum > 45*runs {
		t.Error("that is too slow")
	}
}

func TestAGoodCanaryIsCalledGood(t *testing.T) {
	const runs = 50
	for _, c := range []struct {
		name   string
		cfg    Config
		errors float64
		limit  int
	}{
		{"by comparison", Config{}, 0.02, 300},
		{"by the objective, with no error at all", Config{Objective: 0.01}, 0, 120},
	} {
		sum := 0
		for run := range runs {
			w := newWorld(uint64(run))
			w.weight, w.rps, w.canaryError, w.stableError = 0.2, 50, c.errors, c.errors
			sum += secondsTo(NewTrial(c.cfg), w, exposure.Good, 3600)
		}
		t.Logf("%s: mean %.0f s", c.name, float64(sum)/runs)
		if sum > c.limit*runs {
			t.Errorf("%s: too slow", c.name)
		}
	}
}

// Both arms miss the objective: a rollback cures nothing, so it is not bad.
func TestASharedIncidentIsNotTheCanarysFault(t *testing.T) {
	for run := range 50 {
		w := newWorld(uint64(run))
		w.weight, w.rps, w.canaryError, w.stableError = 0.1, 50, 0.3, 0.3
		if s := secondsTo(NewTrial(Config{Objective: 0.01}), w, exposure.Bad, 600); s < 600 {
			t.Errorf("run %d: called bad after %d s", run, s)
		}
	}
	w := newWorld(1)
	w.weight, w.rps, w.canaryError = 1, 50, 0.2
	if s := secondsTo(NewTrial(Config{Objective: 0.01}), w, exposure.Bad, 600); s > 10 {
		t.Errorf("with no stable revision beside it the objective alone took %d s", s)
	}
}
