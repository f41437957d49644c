package forecast

import (
	"math"
	"slices"
	"time"
)

// Curve is the Kaplan–Meier estimate of how long items stay unfinished. The
// zero value knows nothing.
type Curve struct {
	steps []step
	last  time.Duration // the longest age seen, finished or not
	items int
}

// step is one moment at which items finished.
type step struct {
	at       time.Duration
	atRisk   int     // items not finished just before
	survival float64 // P(T > at)
	variance float64 // Greenwood's sum of d/(n(n−d)) up to here
}

// Survival estimates the curve from the durations of finished items and the
// ages of open ones. An open item is censored: it says that it lasts longer
// than its age, and leaving it out would make the line look faster than it is.
// An item censored at the instant another finishes counts as still there.
func Survival(finished, open []time.Duration) Curve {
	type end struct {
		at   time.Duration
		done bool
	}
	ends := make([]end, 0, len(finished)+len(open))
	for _, t := range finished {
		ends = append(ends, end{t, true})
	}
	for _, t := range open {
		ends = append(ends, end{t, false})
	}
	slices.SortFunc(ends, func(a, b end) int {
		switch {
		case a.at < b.at:
			return -1
		case a.at > b.at:
			return 1
		}
		return 0
	})
	curve := Curve{items: len(ends)}
	survival, variance := 1.0, 0.0
	for i := 0; i < len(ends); {
		at, atRisk, done := ends[i].at, len(ends)-i, 0
		for ; i < len(ends) && ends[i].at == at; i++ {
			if ends[i].done {
				done++
			}
		}
		curve.last = at
		if done == 0 {
			continue
		}
		n, d := float64(atRisk), float64(done)
		survival *= (n - d) / n
		if atRisk > done {
			variance += d / (n * (n - d))
		}
		curve.steps = append(curve.steps, step{at, atRisk, survival, variance})
	}
	return curve
}

// At is P(T > t), the share of items not finished at age t.
func (c Curve) At(t time.Duration) float64 {
	s, _ := c.find(t)
	return s
}

// find is the survival and Greenwood's sum at t.
func (c Curve) find(t time.Duration) (survival, variance float64) {
	i, found := slices.BinarySearchFunc(c.steps, t, func(s step, t time.Duration) int {
		switch {
		case s.at < t:
			return -1
		case s.at > t:
			return 1
		}
		return 0
	})
	if !found {
		i--
	}
	if i < 0 {
		return 1, 0
	}
	return c.steps[i].survival, c.steps[i].variance
}

// Chance is the risk of one item, with what it rests on.
type Chance struct {
	P        float64  // the probability that the item misses its expectation
	Interval Interval // 95 %, from Greenwood's variance on the log(−log) scale
	Bound    bool     // the history ends before the expectation: P is at most this
	Known    bool     // false when no item of the history became this old
}

// Risk is P(T > sle | T > age): the chance that an item of this age, not yet
// finished, takes longer than the service level expectation. It is
// S(sle) ÷ S(age). An item as old as its expectation has missed it.
func (c Curve) Risk(age, sle time.Duration) Chance {
	if age >= sle {
		return Chance{P: 1, Interval: Interval{1, 1}, Known: true}
	}
	now, before := c.find(age)
	if c.items == 0 || now == 0 || age > c.last {
		return Chance{Interval: Interval{0, 1}}
	}
	then, after := c.find(sle)
	p := then / now
	chance := Chance{P: p, Interval: Interval{0, 1}, Known: true, Bound: sle > c.last && then > 0}
	if p <= 0 || p >= 1 {
		// Greenwood has no width at the ends. Of n items at risk none did the
		// other thing, and the Wilson interval of n such trials says how much
		// that means.
		n := c.atRisk(age)
		chance.Interval = Wilson(int(p)*n, n, 0.95)
		return chance
	}
	z := 1.959963984540054 // the 97.5 % point of the normal distribution
	spread := z * math.Sqrt(after-before) / math.Abs(math.Log(p))
	chance.Interval = Interval{math.Pow(p, math.Exp(spread)), math.Pow(p, math.Exp(-spread))}
	return chance
}

// atRisk is the number of items seen to be unfinished at the first finish after
// the age; 0 when none finished later.
func (c Curve) atRisk(age time.Duration) int {
	for _, s := range c.steps {
		if s.at > age {
			return s.atRisk
		}
	}
	return 0
}
