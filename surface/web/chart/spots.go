package chart

import (
	"math"
	"time"
)

// Spot is so many things at a moment with about the same value.
type Spot struct {
	At    time.Time
	Value float64 // above zero
	N     int64
	Class string
	Title string
	Href  string
}

// Spots draws spots over time on a logarithmic scale with the given ticks,
// lowest first, and lines at levels such as percentiles.
func Spots(spots []Spot, from, to time.Time, ticks, lines []Line, label string) string {
	if len(spots) == 0 {
		return ""
	}
	low, high := math.Inf(1), math.Inf(-1)
	for _, s := range spots {
		low, high = min(low, s.Value), max(high, s.Value)
	}
	for _, l := range lines {
		low, high = min(low, max(l.Value, tiny)), max(high, l.Value)
	}
	low, high = scaleOf(low, high, ticks)
	p := field("spots", halfWidth, from, to, low, high, label)
	p.log = true
	p.steps(ticks)
	for _, s := range spots {
		p.linked(s.Href, s.Title, func() {
			p.printf(`<circle class="dot %s" cx="%s" cy="%s" r="%s"/>`, s.Class, n(p.x(s.At)), n(p.y(s.Value)), n(size(s.N)))
		})
	}
	p.levels(lines)
	p.dates()
	return p.close()
}

// levels draws lines across the field with their names, the lowest first.
func (p *plot) levels(lines []Line) {
	var labels []named
	for _, l := range lines {
		p.line("rule", left, p.y(l.Value), p.w-right, p.y(l.Value))
		labels = append(labels, named{p.y(l.Value), "", l.Name})
	}
	p.names(labels)
}

// size is the radius of a spot: its area grows with what it stands for.
func size(n int64) float64 { return min(9, 2.2*math.Sqrt(float64(max(1, n)))) }

// Mark is one thing in a column.
type Mark struct {
	Column int
	Value  float64 // above zero
	Class  string
	Title  string
	Href   string
}

// Ages draws marks in columns such as stations, on a logarithmic scale.
func Ages(columns []string, marks []Mark, ticks, lines []Line, label string) string {
	if len(marks) == 0 || len(columns) == 0 {
		return ""
	}
	low, high := math.Inf(1), math.Inf(-1)
	for _, m := range marks {
		low, high = min(low, max(m.Value, tiny)), max(high, m.Value)
	}
	for _, l := range lines {
		low, high = min(low, max(l.Value, tiny)), max(high, l.Value)
	}
	low, high = scaleOf(low, high, ticks)
	p := field("ages", halfWidth, time.Time{}, time.Time{}.Add(time.Second), low, high, label)
	p.log = true
	p.steps(ticks)
	step := (p.w - right - left) / float64(len(columns))
	seen := map[int]int{}
	for i := range columns {
		p.line("axis", left+float64(i)*step, top, left+float64(i)*step, p.h-bottom)
	}
	for _, m := range marks {
		// Marks of about the same height stand beside each other.
		k := seen[m.Column]
		seen[m.Column]++
		x := left + step*(float64(m.Column)+0.5) + float64((k%9)-4)*min(9, step/12)
		p.linked(m.Href, m.Title, func() {
			p.printf(`<circle class="dot %s" cx="%s" cy="%s" r="3.6"/>`, m.Class, n(x), n(p.y(m.Value)))
		})
	}
	p.levels(lines)
	for i, name := range columns {
		p.text("", left+step*(float64(i)+0.5), p.h-6, "middle", cut(name, int(step/6)))
	}
	return p.close()
}

// cut shortens a name for a narrow column.
func cut(text string, most int) string {
	runes := []rune(text)
	if len(runes) <= most || most < 2 {
		return text
	}
	return string(runes[:most-1]) + "…"
}
