package chart

import (
	"fmt"
	"math"
	"time"
)

// Dot is a value at a moment.
type Dot struct {
	At    time.Time
	Value float64 // above zero
}

// Line is a level across a chart, with its name.
type Line struct {
	Value float64
	Name  string
}

// Dots draws values over time on a logarithmic scale with the given ticks,
// lowest first, and lines at levels such as percentiles.
func Dots(dots []Dot, ticks, lines []Line, label string) string {
	if len(dots) == 0 {
		return ""
	}
	low, high := math.Inf(1), math.Inf(-1)
	from, to := dots[0].At, dots[0].At
	for _, d := range dots {
		low, high = min(low, d.Value), max(high, d.Value)
		if d.At.Before(from) {
			from = d.At
		}
		if d.At.After(to) {
			to = d.At
		}
	}
	bottomAt, topAt := math.Log10(max(low, tiny)), math.Log10(max(high, tiny))
	for _, t := range ticks { // out to the next tick on either side
		if at := math.Log10(t.Value); t.Value <= low {
			bottomAt = at
		} else if t.Value >= high {
			topAt = at
			break
		}
	}
	if topAt <= bottomAt {
		topAt = bottomAt + 1
	}
	span := max(to.Sub(from), time.Second)
	var p pen
	p.open("dots", wide, high0, label)
	x := func(t time.Time) float64 { return left + (wide-right-left)*float64(t.Sub(from))/float64(span) }
	y := func(v float64) float64 {
		share := (math.Log10(max(v, tiny)) - bottomAt) / (topAt - bottomAt)
		return high0 - bottom - (high0-bottom-top)*min(1, max(0, share))
	}
	for _, t := range ticks {
		if at := math.Log10(t.Value); at >= bottomAt-1e-9 && at <= topAt+1e-9 {
			p.line("axis", left, y(t.Value), wide-right, y(t.Value))
			p.text("", left-6, y(t.Value)+3.5, "end", t.Name)
		}
	}
	for _, d := range dots {
		p.printf(`<circle class="dot" cx="%s" cy="%s" r="2"/>`, n(x(d.At)), n(y(d.Value)))
	}
	last := math.Inf(1)
	for _, l := range lines {
		p.line("rule", left, y(l.Value), wide-right, y(l.Value))
		at := y(l.Value)
		if math.Abs(at-last) < 12 {
			at = last - 12
		}
		last = at
		p.text("end", wide-right+6, at+3.5, "start", l.Name)
	}
	p.text("", left, high0-6, "start", from.Format(time.DateOnly))
	p.text("", wide-right, high0-6, "end", to.Format(time.DateOnly))
	return p.close()
}

// tiny stands for zero, which a logarithm does not know.
const tiny = 1e-9

// high0 is the height of charts over a long time.
const high0 = 240.0

// Column is one bar of several parts on top of each other.
type Column struct {
	At    time.Time
	Parts []float64
	// Hrefs and Titles are of the parts; there may be none.
	Hrefs, Titles []string
}

// link is where a part leads and what it says.
func (c Column) link(part int) (href, title string) {
	if part < len(c.Hrefs) {
		href = c.Hrefs[part]
	}
	if part < len(c.Titles) {
		title = c.Titles[part]
	}
	return href, title
}

// Columns draws bars over time; part i has the class l<i>, and names say what
// the parts are.
func Columns(columns []Column, names []string, label string) string {
	if len(columns) == 0 {
		return ""
	}
	highest := 0.0
	for _, c := range columns {
		sum := 0.0
		for _, v := range c.Parts {
			sum += v
		}
		highest = max(highest, sum)
	}
	scale := roundUp(highest)
	var p pen
	p.open("columns", wide, high0, label)
	y := func(v float64) float64 { return high0 - bottom - (high0-bottom-top)*v/scale }
	for i := range 5 {
		v := scale * float64(i) / 4
		p.line("axis", left, y(v), wide-right, y(v))
		p.text("", left-6, y(v)+3.5, "end", fmt.Sprintf("%.4g", v))
	}
	step := (wide - right - left) / float64(len(columns))
	for i, c := range columns {
		sum := 0.0
		for part, v := range c.Parts {
			if v <= 0 {
				continue
			}
			href, title := c.link(part)
			p.linked(href, title, func() {
				p.printf(`<rect class="l%d" x="%s" y="%s" width="%s" height="%s"/>`, part, n(left+float64(i)*step+step*0.1), n(y(sum+v)), n(step*0.8), n(max(0.1, y(sum)-y(sum+v))))
			})
			sum += v
		}
	}
	for i, name := range names {
		at := top + 8 + float64(i)*16
		p.printf(`<rect class="l%d" x="%s" y="%s" width="9" height="9" rx="1"/>`, i, n(wide-right+6), n(at-8))
		p.text("end", wide-right+20, at, "start", name)
	}
	p.text("", left, high0-6, "start", columns[0].At.Format(time.DateOnly))
	p.text("", wide-right, high0-6, "end", columns[len(columns)-1].At.Format(time.DateOnly))
	return p.close()
}

// roundUp is the end of an axis whose quarters are easy to read.
func roundUp(v float64) float64 {
	if v <= 4 {
		return 4
	}
	unit := math.Pow(10, math.Floor(math.Log10(v)))
	for _, m := range []float64{1, 2, 4, 6, 8, 10} {
		if v <= m*unit {
			return m * unit
		}
	}
	return v
}
