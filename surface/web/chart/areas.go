package chart

import (
	"fmt"
	"math"
	"strings"
	"time"
)

// Layer is one band of a cumulative flow: how many things have reached it or
// gone further, at each moment.
type Layer struct {
	Name   string
	Class  string
	Values []float64 // one for each moment; never above those of the layer before
}

// scale widens a range so that its quarters are round numbers.
func scale(low, high float64) (from, to float64) {
	step := roundUp(high-low) / 4
	from = math.Floor(low/step) * step
	return from, from + roundUp(max(high-from, 4*step))
}

// Areas draws layers over each other, the first in the back: the height of a
// band is how many are in it, and its width from edge to edge is about how
// long they stay.
// Each moment leads to what links says of it, where there are links.
func Areas(moments []time.Time, layers []Layer, links []Link, label string) string {
	if len(moments) < 2 || len(layers) == 0 {
		return ""
	}
	low, high := layers[len(layers)-1].Values[0], 0.0
	for _, l := range layers {
		for _, v := range l.Values {
			low, high = min(low, v), max(high, v)
		}
	}
	low, high = scale(low, high)
	p := field("areas", fullWidth, moments[0], moments[len(moments)-1], low, high, label)
	p.quarters()
	last := len(moments) - 1
	var labels []named
	for i, l := range layers {
		var d strings.Builder
		for k, t := range moments {
			letter := "L"
			if k == 0 {
				letter = "M"
			}
			fmt.Fprintf(&d, "%s%s %s", letter, n(p.x(t)), n(p.y(l.Values[k])))
		}
		fmt.Fprintf(&d, "L%s %sL%s %sZ", n(p.x(moments[last])), n(p.h-bottom), n(p.x(moments[0])), n(p.h-bottom))
		p.printf(`<path class="area %s" d="%s"/>`, l.Class, d.String())
		below := low
		if i+1 < len(layers) {
			below = layers[i+1].Values[last]
		}
		labels = append([]named{{p.y((l.Values[last] + below) / 2), "", l.Name}}, labels...)
	}
	for i, l := range links {
		from, to := p.x(moments[max(0, i-1)]), p.x(moments[min(last, i+1)])
		p.linked(l.Href, l.Title, func() {
			p.printf(`<rect class="hit" x="%s" y="%s" width="%s" height="%s"/>`, n((from+p.x(moments[i]))/2), n(top), n((to-from)/2), n(p.h-bottom-top))
		})
	}
	p.names(labels)
	p.dates()
	return p.close()
}

// Link is where a moment leads, and what it says.
type Link struct{ Href, Title string }
