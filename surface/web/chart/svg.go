package chart

import (
	"fmt"
	"html"
	"strconv"
	"strings"
)

// pen writes one SVG element after the other.
type pen struct{ strings.Builder }

// open begins a picture of w by h units that says label in words.
func (p *pen) open(class string, w, h float64, label string) {
	p.printf(`<svg class="chart %s" viewBox="0 0 %s %s" role="img" aria-label="%s">`, class, n(w), n(h), html.EscapeString(label))
}

// close ends the picture. One with links in it is no image to a screen reader,
// but a group of them.
func (p *pen) close() string {
	p.WriteString("</svg>")
	if text := p.String(); strings.Contains(text, "<a ") {
		return strings.Replace(text, `role="img"`, `role="group"`, 1)
	}
	return p.String()
}

func (p *pen) printf(format string, args ...any) { fmt.Fprintf(p, format, args...) }

func (p *pen) text(class string, x, y float64, anchor, text string) {
	p.printf(`<text class="%s" x="%s" y="%s" text-anchor="%s">%s</text>`, class, n(x), n(y), anchor, html.EscapeString(text))
}

func (p *pen) line(class string, x1, y1, x2, y2 float64) {
	p.printf(`<line class="%s" x1="%s" y1="%s" x2="%s" y2="%s"/>`, class, n(x1), n(y1), n(x2), n(y2))
}

// path joins points; a gap is a point whose y is not a number.
func (p *pen) path(class string, points []point) {
	if len(points) == 0 {
		return
	}
	p.printf(`<path class="%s" d="`, class)
	letter := "M"
	for _, at := range points {
		if at.y != at.y {
			letter = "M"
			continue
		}
		p.printf("%s%s %s", letter, n(at.x), n(at.y))
		letter = "L"
	}
	p.WriteString(`"/>`)
}

type point struct{ x, y float64 }

// n writes a coordinate with one decimal and no trailing zeros.
func n(v float64) string {
	text := strconv.FormatFloat(v, 'f', 1, 64)
	return strings.TrimSuffix(text, ".0")
}
