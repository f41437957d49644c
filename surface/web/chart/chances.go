package chart

import (
	"fmt"
	"html"
)

// Chance is how likely one outcome is.
type Chance struct {
	Name  string // "2 Jan", "12"
	P     float64
	Title string // how likely it is that it comes to this
}

// Edge marks an outcome, such as a percentile, by its place among the chances.
type Edge struct {
	At   int
	Name string
}

const (
	mostBars  = 90
	edgeLabel = 13.0 // height of one line of names
	nameRoom  = 100.0
)

// Chances draws how likely each outcome is as bars, and names some of them above.
// Of many outcomes those next to each other share a bar.
func Chances(list []Chance, edges []Edge, label string) string {
	if len(list) == 0 {
		return ""
	}
	each := (len(list) + mostBars - 1) / mostBars
	var bars []Chance
	for from := 0; from < len(list); from += each {
		some := list[from:min(from+each, len(list))]
		bar := Chance{Name: some[0].Name, Title: some[len(some)-1].Title}
		for _, c := range some {
			bar.P += c.P
		}
		bars = append(bars, bar)
	}
	high := 0.0
	for _, b := range bars {
		high = max(high, b.P)
	}
	var p pen
	w, room := halfWidth, top+edgeLabel*float64(len(edges))
	h := high0 + edgeLabel*float64(len(edges))
	p.open("chances", w, h, label)
	wide := (w - left - left) / float64(len(bars))
	x := func(i int) float64 { return left + wide*float64(i) }
	y := func(v float64) float64 { return h - bottom - (h-bottom-room)*v/high }
	p.line("axis", left, h-bottom, w-left, h-bottom)
	for i, b := range bars {
		p.printf(`<g><title>%s</title><rect class="hit" x="%s" y="%s" width="%s" height="%s"/><rect class="bar" x="%s" y="%s" width="%s" height="%s"/></g>`,
			html.EscapeString(b.Title), n(x(i)), n(room), n(wide), n(h-bottom-room), n(x(i)+wide*0.08), n(y(b.P)), n(max(0.5, wide*0.84)), n(h-bottom-y(b.P)))
	}
	// Each line begins below the name of the one before it, so names stand on
	// the side where the next lines are.
	leftward := len(edges) > 1 && edges[len(edges)-1].At < edges[0].At
	for i, e := range edges {
		at, line := x(e.At/each)+wide/2, top+edgeLabel*float64(i)
		p.line("rule", at, line, at, h-bottom)
		anchor, dx := "start", 5.0
		if leftward && at > left+nameRoom || at > w-left-nameRoom {
			anchor, dx = "end", -5
		}
		p.text("end", at+dx, line+8, anchor, e.Name)
	}
	for i := range 5 {
		at := i * (len(bars) - 1) / 4
		anchor := "middle"
		if i > 0 && at == (i-1)*(len(bars)-1)/4 {
			continue
		}
		p.text("", x(at)+wide/2, h-6, anchor, bars[at].Name)
	}
	p.text("", left-6, y(high)+4, "end", fmt.Sprintf("%.2g %%", 100*high))
	return p.close()
}
