package judge

import (
	"fmt"
	"math"
	"time"

	"andon/exposure"
)

// Verdict is what the evidence says at one moment.
type Verdict struct {
	At     time.Time       `json:"at"`
	Ruling exposure.Ruling `json:"ruling"`
	// E is the evidence that the canary is worse: the odds against chance.
	// EReverse is the evidence that it is not RatioMax times as bad. Both
	// begin at 1 and are kept within 1e-300…1e300.
	E        float64 `json:"e"`
	EReverse float64 `json:"eReverse"`
	// Unit is what the counts below count: "users", or "requests" when the
	// source knows no users.
	Unit        string `json:"unit"`
	CanaryUsers int64  `json:"canaryUsers"`
	CanaryHurt  int64  `json:"canaryHurt"`
	StableUsers int64  `json:"stableUsers"`
	StableHurt  int64  `json:"stableHurt"`
	// CanaryRate and StableRate are the hurt per unit, 0…1; 0 without units.
	CanaryRate float64 `json:"canaryRate"`
	StableRate float64 `json:"stableRate"`
	// Text is one sentence, with the numbers, for people.
	Text string `json:"text"`
}

func (t *Trial) verdict() Verdict {
	v := Verdict{At: t.last.At, Ruling: t.ruling, Unit: "requests",
		E: bounded(t.comparison.LogE()), EReverse: bounded(t.assurance.LogE())}
	if t.byUsers {
		v.Unit = "users"
	}
	v.CanaryUsers, v.CanaryHurt = t.counted(t.canary)
	v.StableUsers, v.StableHurt = t.counted(t.stable)
	v.CanaryRate, v.StableRate = rate(v.CanaryHurt, v.CanaryUsers), rate(v.StableHurt, v.StableUsers)
	switch t.ruling {
	case exposure.Bad:
		if t.sentence == "" {
			t.sentence = t.whyBad(v)
		}
		v.Text = t.sentence
	case exposure.Good:
		v.Text = t.whyGood(v)
	default:
		v.Text = t.whyUnknown(v)
	}
	if !t.restarted.IsZero() {
		v.Text += fmt.Sprintf(" The counters had begun again at %s, so only what came after is weighed.", t.restarted.UTC().Format("15:04:05"))
	}
	return v
}

func (t *Trial) whyBad(v Verdict) string {
	if t.by == byObjective {
		return fmt.Sprintf("Canary is bad: %s of its %s %s, where the objective allows %s and the stable revision keeps it.",
			number(v.CanaryHurt), plural(t.canary.requests, "request"), t.failedFirst(), percent(t.cfg.Objective))
	}
	return fmt.Sprintf("Canary is bad: %s, which had %s of %s; the odds against chance are %s to 1.",
		v.whereHurt(), percent(t.expectedShare(v)), v.Unit, odds(t.comparison.LogE()))
}

func (t *Trial) failedFirst() string {
	if t.byUsers {
		return "were a user's first error"
	}
	return "failed"
}

func (t *Trial) whyGood(v Verdict) string {
	if t.by == byObjective {
		return fmt.Sprintf("Canary is good: %s of its %s hurt, within the %s that the objective allows.",
			number(v.CanaryHurt), v.were(v.CanaryUsers), percent(t.cfg.Objective))
	}
	return fmt.Sprintf("Canary is good: %s, which had %s of %s; the odds against its being %g times as bad as the stable revision are %s to 1.",
		v.whereHurt(), percent(t.expectedShare(v)), v.Unit, t.cfg.RatioMax, odds(t.assurance.LogE()))
}

func (t *Trial) whyUnknown(v Verdict) string {
	who := "user"
	if !t.byUsers {
		who = "request"
	}
	quiet := t.last.At.Sub(t.met)
	switch {
	case t.last.Weight == 0:
		return "No verdict: the canary has no share of the users yet."
	case t.canary.requests == 0 && quiet < t.cfg.Quiet:
		return "No verdict yet: nobody has met the canary so far."
	case quiet >= t.cfg.Quiet:
		return fmt.Sprintf("No verdict without users: no request has reached the canary for %s, while %s reached the stable revision in all; the canary should get %s of users.",
			quiet.Round(time.Second), plural(t.stable.requests, "request"), percent(t.last.Weight))
	case v.CanaryHurt+v.StableHurt == 0:
		return fmt.Sprintf("No verdict yet: none of %s hurt, %s of them on the canary%s.",
			v.were(v.CanaryUsers+v.StableUsers), number(v.CanaryUsers), t.more(v, who))
	}
	return fmt.Sprintf("No verdict yet: %s, which had %s of %s%s.", v.whereHurt(), percent(t.expectedShare(v)), v.Unit, t.more(v, who))
}

// more says how much is missing until an equal canary is called good, at the
// present share and rates: the nearer of the two ways to good.
func (t *Trial) more(v Verdict, who string) string {
	all, hurt := v.CanaryUsers+v.StableUsers, v.CanaryHurt+v.StableHurt
	need := math.Inf(1)
	if hurt > 0 && t.last.Weight > 0 && t.last.Weight < 1 {
		perUnit := t.assurance.perHurt(t.last.Weight) * rate(hurt, all)
		need = (t.good - t.assurance.LogE()) / perUnit
	}
	if t.target.given() && t.last.Weight > 0 {
		r := rate(v.CanaryHurt, v.CanaryUsers)
		drift := -(r*math.Log(t.target.worse()/t.cfg.Objective) + (1-r)*t.target.perClean())
		if drift > 0 {
			onCanary := (t.good + t.target.LogRatio(v.CanaryHurt, v.CanaryUsers)) / drift
			need = min(need, onCanary/t.last.Weight)
		}
	}
	switch {
	case math.IsInf(need, 0) || math.IsNaN(need) || need > 1e12:
		return "; there is nothing to compare until somebody is hurt"
	case need < 1:
		return ""
	}
	return fmt.Sprintf("; about %s on both arms would show whether it is good", plural(rough(need), "more "+who))
}

// expectedShare is the canary's share of the users over those who were hurt,
// or its present share when nobody was.
func (t *Trial) expectedShare(v Verdict) float64 {
	if hurt := v.CanaryHurt + v.StableHurt; hurt > 0 && t.expected > 0 {
		return t.expected / float64(hurt)
	}
	return t.last.Weight
}

func (v Verdict) whereHurt() string {
	was, noun := "were", v.Unit+" hurt"
	if v.CanaryHurt == 1 {
		was = "was"
	}
	if v.Unit == "requests" {
		noun = "failed requests"
	}
	return fmt.Sprintf("%s of %s %s %s on the canary", number(v.CanaryHurt), number(v.CanaryHurt+v.StableHurt), noun, was)
}

// were is "12 users were", in the verdict's unit.
func (v Verdict) were(n int64) string {
	if n == 1 {
		return "1 " + v.Unit[:len(v.Unit)-1] + " was"
	}
	return number(n) + " " + v.Unit + " were"
}

func rate(part, all int64) float64 {
	if all <= 0 {
		return 0
	}
	return float64(part) / float64(all)
}

func bounded(log float64) float64 { return math.Exp(min(690, max(-690, log))) }
