package chart

import (
	"fmt"
	"math"
	"time"
)

// plot is a field with time from left to right and values from bottom to top.
type plot struct {
	pen
	w, h     float64
	from, to time.Time
	low      float64
	high     float64
	log      bool
}

const (
	halfWidth = 640.0
	fullWidth = 1180.0
)

// field begins a picture and fixes its scales.
func field(class string, w float64, from, to time.Time, low, high float64, label string) *plot {
	p := &plot{w: w, h: high0, from: from, to: to, low: low, high: high}
	if !to.After(from) {
		p.to = from.Add(time.Second)
	}
	if high <= low {
		p.high = low + 1
	}
	p.open(class, w, high0, label)
	return p
}

func (p *plot) x(t time.Time) float64 {
	return left + (p.w-right-left)*float64(t.Sub(p.from))/float64(p.to.Sub(p.from))
}

func (p *plot) y(v float64) float64 {
	low, high := p.low, p.high
	if p.log {
		v, low, high = math.Log10(max(v, tiny)), math.Log10(max(low, tiny)), math.Log10(max(high, tiny))
	}
	return p.h - bottom - (p.h-bottom-top)*min(1, max(0, (v-low)/(high-low)))
}

// quarters draws four lines of a linear scale, with their values.
func (p *plot) quarters() {
	for i := range 5 {
		v := p.low + (p.high-p.low)*float64(i)/4
		p.line("axis", left, p.y(v), p.w-right, p.y(v))
		p.text("", left-6, p.y(v)+3.5, "end", fmt.Sprintf("%.4g", v))
	}
}

// steps draws the lines of a logarithmic scale at the ticks within it.
func (p *plot) steps(ticks []Line) {
	for _, t := range ticks {
		if t.Value >= p.low*(1-1e-9) && t.Value <= p.high*(1+1e-9) {
			p.line("axis", left, p.y(t.Value), p.w-right, p.y(t.Value))
			p.text("", left-6, p.y(t.Value)+3.5, "end", t.Name)
		}
	}
}

// dates names some days below the field.
func (p *plot) dates() {
	const n = 5
	for i := range n {
		t := p.from.Add(p.to.Sub(p.from) * time.Duration(i) / (n - 1))
		anchor := "middle"
		if i == 0 {
			anchor = "start"
		} else if i == n-1 {
			anchor = "end"
		}
		p.text("", p.x(t), p.h-6, anchor, t.Format("2 Jan 2006"))
	}
}

// named is a label that wants to stand at a height on the right.
type named struct {
	y     float64
	class string
	text  string
}

// names writes labels on the right from the bottom up, pushed apart so that
// none covers another. They are given from the lowest to the highest place.
func (p *plot) names(list []named) {
	const apart = 12.5
	at := math.Inf(1)
	places := make([]float64, len(list))
	for i, l := range list {
		at = min(l.y, at-apart)
		places[i] = at
	}
	// What was pushed above the top comes down again, and the rest with it.
	at = top
	for i := len(list) - 1; i >= 0; i-- {
		if places[i] >= at {
			break
		}
		places[i] = at
		at += apart
	}
	for i, l := range list {
		p.text("end "+l.class, p.w-right+6, places[i]+3.5, "start", l.text)
	}
}

// scaleOf finds the ticks on either side of all values.
func scaleOf(low, high float64, ticks []Line) (from, to float64) {
	from, to = max(low, tiny), max(high, tiny)
	below, above := false, false
	for _, t := range ticks {
		if t.Value <= low {
			from, below = t.Value, true
		}
		if t.Value >= high && !above {
			to, above = t.Value, true
		}
	}
	if !below && len(ticks) > 0 {
		from = min(from, ticks[0].Value)
	}
	if to <= from {
		to = from * 10
	}
	return from, to
}
