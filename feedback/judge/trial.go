package judge

import (
	"math"
	"time"

	"andon/exposure"
)

// roundEvery is how long one round of bets lasts before the next begins.
const roundEvery = 2 * time.Minute

// Trial weighs the evidence of one exposure. It is pure: all it knows comes
// with the samples. It is not safe for concurrent use.
type Trial struct {
	cfg        Config
	comparison Comparison
	assurance  Assurance
	target     Target
	// alpha and beta are split over the tests that may decide, so that the
	// bounds hold for the trial as a whole.
	bad, good float64 // log thresholds of the e-processes

	began     bool
	last      Sample
	canary    tally // since the evidence began
	stable    tally
	byUsers   bool
	expected  float64 // hurt users expected on the canary if it is no worse
	round     time.Time
	met       time.Time // when the canary last met somebody
	restarted time.Time // when counters last fell; zero for never
	ruling    exposure.Ruling
	by        ground
	sentence  string // why it was ruled bad; it stays when counts are lost
}

// ground is the test that a ruling stands on.
type ground int

const (
	byComparison ground = iota
	byObjective
)

// tally is what one arm met since the evidence began.
type tally struct{ requests, errors, users, hurt int64 }

func (t *tally) add(now, before Arm) {
	t.requests += now.Requests - before.Requests
	t.errors += now.Errors - before.Errors
	t.users += now.Users - before.Users
	t.hurt += now.Hurt - before.Hurt
}

// NewTrial begins a trial without evidence.
func NewTrial(cfg Config) *Trial {
	cfg = cfg.defaults()
	ways := 1.0
	if cfg.Objective > 0 {
		ways = 2
	}
	return &Trial{
		cfg:       cfg,
		assurance: Assurance{ratio: cfg.RatioMax},
		target:    Target{cfg.Objective},
		bad:       math.Log(ways / cfg.Alpha),
		good:      math.Log(ways / cfg.Beta),
	}
}

// Update adds what was counted since the last sample and rules. The first
// sample is all that was counted since the exposure began, under its weight.
// A sample given twice changes nothing. Counts that
// fell mean that the source began again: the evidence then begins again too,
// and the verdict says so. A ruling of bad is never taken back.
func (t *Trial) Update(s Sample) Verdict {
	s.Weight = share(s.Weight)
	switch {
	case !t.began:
		t.began, t.round, t.met = true, s.At, s.At
		t.last = Sample{Weight: s.Weight}
	case fell(s.Canary, t.last.Canary) || fell(s.Stable, t.last.Stable):
		t.restart(s)
		t.restarted = s.At
	}
	if users := s.Canary.Users > 0 || s.Stable.Users > 0; users != t.byUsers {
		// Requests and users are not the same evidence. Only what is counted
		// from here on can be weighed in the new unit.
		if t.canary != (tally{}) || t.stable != (tally{}) {
			before := t.last
			t.restart(s)
			t.last = before
		}
		t.byUsers = users
	}
	t.weigh(s)
	t.last = s
	t.rule()
	return t.verdict()
}

func (t *Trial) weigh(s Sample) {
	if s.Canary.Requests > t.last.Canary.Requests {
		t.met = s.At
	}
	if s.Weight != t.last.Weight || s.At.Sub(t.round) >= roundEvery {
		t.comparison.NewRound()
		t.round = s.At
	}
	canary, stable := t.canary, t.stable
	t.canary.add(s.Canary, t.last.Canary)
	t.stable.add(s.Stable, t.last.Stable)
	_, c0 := t.counted(canary)
	_, b0 := t.counted(stable)
	_, c := t.counted(t.canary)
	_, b := t.counted(t.stable)
	c, b = c-c0, b-b0
	// In a tick in which the share changed nobody knows which share a hurt
	// user fell under; each test takes the one that counts against it.
	high, low := max(s.Weight, t.last.Weight), min(s.Weight, t.last.Weight)
	if high == 0 {
		return // nobody was sent to the canary; there is nothing to compare
	}
	t.comparison.Add(c, b, high)
	t.assurance.Add(c, b, low)
	t.expected += float64(c+b) * high
}

// counted gives what counts in the trial's unit: all, and those hurt.
func (t *Trial) counted(a tally) (all, hurt int64) {
	if t.byUsers {
		return a.users, a.hurt
	}
	return a.requests, a.errors
}

func (t *Trial) rule() {
	if t.ruling == exposure.Bad {
		return
	}
	logE, logG := t.comparison.LogE(), t.assurance.LogE()
	switch {
	case logE >= t.bad:
		t.ruling, t.by = exposure.Bad, byComparison
	case t.missesObjective():
		t.ruling, t.by = exposure.Bad, byObjective
	case logG >= t.good:
		t.ruling, t.by = exposure.Good, byComparison
	case t.keepsObjective() && logE <= 0:
		t.ruling, t.by = exposure.Good, byObjective
	case t.ruling == exposure.Good && (t.by == byComparison && logG > 0 || t.by == byObjective && logE <= 0):
		// Still good: a ruling on the border should not come and go.
	default:
		t.ruling = exposure.Unknown
	}
}

// missesObjective is Wald's rejection for the canary, while the stable arm
// keeps the objective: in an incident that both share a rollback cures
// nothing. Hurt users are set against requests, which is right whether errors
// come alone or in bursts: a user's later errors do not count again.
func (t *Trial) missesObjective() bool {
	if !t.target.given() {
		return false
	}
	_, c := t.counted(t.canary)
	_, b := t.counted(t.stable)
	return t.target.LogRatio(c, t.canary.requests) >= t.bad && t.target.LogRatio(b, t.stable.requests) <= 0
}

// keepsObjective is Wald's acceptance for the canary. Hurt users are set
// against users, so that many requests of a few users prove nothing.
func (t *Trial) keepsObjective() bool {
	if !t.target.given() {
		return false
	}
	all, hurt := t.counted(t.canary)
	return t.target.LogRatio(hurt, all) <= -t.good
}

// restart drops the evidence and counts from zero.
func (t *Trial) restart(s Sample) {
	before := *t
	*t = *NewTrial(before.cfg)
	t.began, t.round, t.met, t.restarted, t.byUsers = true, s.At, s.At, before.restarted, before.byUsers
	t.last = Sample{Weight: s.Weight}
	if before.ruling == exposure.Bad {
		t.ruling, t.by, t.sentence = before.ruling, before.by, before.sentence
	}
}

func fell(now, before Arm) bool {
	return now.Requests < before.Requests || now.Errors < before.Errors || now.Users < before.Users || now.Hurt < before.Hurt
}

// share keeps a weight within 0…1; what is no number is no share.
func share(w float64) float64 {
	if math.IsNaN(w) {
		return 0
	}
	return min(1, max(0, w))
}
