package chart

import (
	"fmt"
	"time"
)

// Split draws who gets the traffic: percent for the canary, the rest for
// stable.
func Split(percent int) string {
	var p pen
	p.printf(`<svg class="split" viewBox="0 0 1000 10" preserveAspectRatio="none" role="img" aria-label="%d percent of the users meet the canary">`, percent)
	at := 1000 - percent*10
	p.printf(`<rect class="a" width="%d" height="10"/><rect class="b" x="%d" width="%d" height="10"/>`, at, at, 1000-at)
	return p.close()
}

// Budget draws what is left of a budget as a bar: share 1 is full. Below zero
// the whole bar is the overspent part.
func Budget(share float64) string {
	var p pen
	class, width := "left", max(0, min(1, share))*1000
	switch {
	case share <= 0:
		class, width = "over", 1000
	case share < 0.25:
		class = "little"
	}
	p.printf(`<svg class="budget" viewBox="0 0 1000 10" preserveAspectRatio="none" role="img" aria-label="%.0f percent of the budget is left">`, share*100)
	p.printf(`<rect class="all" width="1000" height="10"/><rect class="%s" width="%s" height="10"/>`, class, n(width))
	return p.close()
}

// Level is a value at a moment.
type Level struct {
	At    time.Time
	Value float64
}

// Spark draws levels small, without axes, between the lowest (never above
// zero) and the highest (never below one).
func Spark(levels []Level, label string) string {
	if len(levels) < 2 {
		return ""
	}
	const w, h = 160.0, 32.0
	low, high := 0.0, 1.0
	for _, l := range levels {
		low, high = min(low, l.Value), max(high, l.Value)
	}
	first, span := levels[0].At, max(levels[len(levels)-1].At.Sub(levels[0].At), time.Second)
	y := func(v float64) float64 { return 2 + (h-4)*(high-v)/(high-low) }
	var line []point
	for _, l := range levels {
		line = append(line, point{1 + (w-2)*float64(l.At.Sub(first))/float64(span), y(l.Value)})
	}
	var p pen
	p.open("spark", w, h, fmt.Sprintf("%s: %.0f percent now", label, levels[len(levels)-1].Value*100))
	p.line("axis", 0, y(0), w, y(0))
	p.path("line", line)
	return p.close()
}
