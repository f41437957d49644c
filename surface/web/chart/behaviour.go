package chart

import (
	"fmt"
	"html"
	"math"
	"time"
)

// Reading is one value of a process behaviour chart.
type Reading struct {
	At     time.Time
	Value  float64
	Signal string // what is special about it; empty for routine variation
	Href   string
}

// Behaviour draws readings between the limits of what is routine, and marks
// those that are not.
func Behaviour(readings []Reading, mean, lower, upper float64, label string) string {
	if len(readings) < 2 {
		return ""
	}
	low, high := math.Min(0, lower), upper
	for _, r := range readings {
		low, high = min(low, r.Value), max(high, r.Value)
	}
	p := field("behaviour", halfWidth, readings[0].At, readings[len(readings)-1].At, low, low+roundUp(high-low), label)
	p.quarters()
	for _, limit := range []float64{lower, upper} {
		p.line("limit", left, p.y(limit), p.w-right, p.y(limit))
	}
	p.line("rule", left, p.y(mean), p.w-right, p.y(mean))
	var points []point
	for _, r := range readings {
		points = append(points, point{p.x(r.At), p.y(r.Value)})
	}
	p.path("line", points)
	for i, r := range readings {
		class, size := "dot", 2.0
		if r.Signal != "" {
			class, size = "dot signal", 4
		} else if len(readings) > 120 {
			continue
		}
		p.linked(r.Href, fmt.Sprintf("%s: %.4g. %s", r.At.Format("2 Jan 2006"), r.Value, r.Signal), func() {
			p.printf(`<circle class="%s" cx="%s" cy="%s" r="%s"/>`, class, n(points[i].x), n(points[i].y), n(size))
		})
	}
	p.names([]named{{p.y(lower), "", fmt.Sprintf("%.3g", lower)}, {p.y(mean), "", fmt.Sprintf("mean %.3g", mean)}, {p.y(upper), "", fmt.Sprintf("%.3g", upper)}})
	p.dates()
	return p.close()
}

// linked puts what is drawn into a link with a title, where there is one.
func (p *pen) linked(href, title string, draw func()) {
	if href != "" {
		p.printf(`<a href="%s" aria-label="%s">`, html.EscapeString(href), html.EscapeString(title))
	}
	p.printf("<g><title>%s</title>", html.EscapeString(title))
	draw()
	p.WriteString("</g>")
	if href != "" {
		p.WriteString("</a>")
	}
}
