package chart

import (
	"fmt"
	"math"
	"time"
)

// Moment is what both arms of an exposure met up to one moment.
type Moment struct {
	At             time.Time
	Canary, Stable float64 // share of users hurt so far, 0…1; NaN before the first user
}

const (
	wide, high          = 640.0, 220.0
	left, right, bottom = 44.0, 92.0, 22.0
	top                 = 10.0
)

// Canary draws the share of users hurt by the canary and by stable over the
// time of an exposure.
func Canary(moments []Moment) string {
	var p pen
	worst := 0.0
	for _, m := range moments {
		worst = max(worst, number(m.Canary), number(m.Stable))
	}
	scale := niceTop(worst)
	if len(moments) == 0 {
		return ""
	}
	last := moments[len(moments)-1]
	p.open("canary", wide, high, fmt.Sprintf("Users hurt so far: canary %s, stable %s", share(last.Canary), share(last.Stable)))
	y := func(v float64) float64 { return high - bottom - (high-bottom-top)*v/scale }
	for i := range 5 {
		v := scale * float64(i) / 4
		p.line("axis", left, y(v), wide-right, y(v))
		p.text("", left-6, y(v)+3.5, "end", share(v))
	}
	span := max(last.At.Sub(moments[0].At), time.Second)
	x := func(t time.Time) float64 {
		return left + (wide-right-left)*float64(t.Sub(moments[0].At))/float64(span)
	}
	var canary, stable []point
	for _, m := range moments {
		canary = append(canary, point{x(m.At), y(m.Canary)})
		stable = append(stable, point{x(m.At), y(m.Stable)})
	}
	p.path("line base", stable)
	p.path("line canary", canary)
	p.text("", left, high-6, "start", "0 s")
	p.text("", wide-right, high-6, "end", fmt.Sprintf("%.0f s", span.Seconds()))
	yc, ys := apart(y(number(last.Canary)), y(number(last.Stable)), 13, top+4, high-bottom)
	p.text("end canary", wide-right+6, yc+3.5, "start", "canary "+share(last.Canary))
	p.text("end", wide-right+6, ys+3.5, "start", "stable "+share(last.Stable))
	return p.close()
}

func number(v float64) float64 {
	if math.IsNaN(v) {
		return 0
	}
	return v
}

func share(v float64) string {
	switch {
	case math.IsNaN(v):
		return "–"
	case v != 0 && v < 0.01:
		return fmt.Sprintf("%.1f %%", v*100)
	}
	return fmt.Sprintf("%.0f %%", v*100)
}

// niceTop is the end of an axis whose quarters are round numbers of percent.
func niceTop(worst float64) float64 {
	for _, end := range []float64{0.004, 0.008, 0.02, 0.04, 0.08, 0.2, 0.4, 0.6, 0.8} {
		if worst <= end {
			return end
		}
	}
	return 1
}

// apart moves two labels away from each other until they do not overlap.
func apart(a, b, room, low, high float64) (float64, float64) {
	if gap := math.Abs(a - b); gap < room {
		push := (room - gap) / 2
		if a <= b {
			a, b = a-push, b+push
		} else {
			a, b = a+push, b-push
		}
	}
	for _, over := range []float64{max(a, b) - high, min(a, b) - low} {
		if over > 0 && max(a, b) > high || over < 0 && min(a, b) < low {
			a, b = a-over, b-over
		}
	}
	return a, b
}
