package chart

import (
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"
)

func TestFlowChartsAreWellFormed(t *testing.T) {
	start := time.Date(2030, 1, 1, 0, 0, 0, 0, time.UTC)
	ticks := []Line{{1, "1 h"}, {24, "1 d"}, {168, "1 week"}}
	rapid.Check(t, func(t *rapid.T) {
		value := rapid.Float64Range(0, 1e6)
		var moments []time.Time
		var spots []Spot
		var marks []Mark
		var readings []Reading
		var chances []Chance
		var edges []Edge
		for i := range rapid.IntRange(0, 30).Draw(t, "n") {
			v, at := value.Draw(t, "value"), start.AddDate(0, 0, i)
			moments = append(moments, at)
			spots = append(spots, Spot{At: at, Value: v, N: int64(i), Title: `<"&>`, Href: "/flow/rows?a=1&b=2"})
			marks = append(marks, Mark{Column: i % 3, Value: v, Title: "a"})
			for range rapid.IntRange(1, 12).Draw(t, "outcomes") {
				chances = append(chances, Chance{Name: "a", P: v, Title: `<"&>`})
			}
			edges = append(edges, Edge{At: len(chances) - 1, Name: "85 %"})
			readings = append(readings, Reading{At: at, Value: v, Signal: rapid.SampledFrom([]string{"", "beyond a limit"}).Draw(t, "signal")})
		}
		layers := []Layer{{Name: "a", Values: make([]float64, len(moments))}, {Name: "b", Values: make([]float64, len(moments))}}
		for i := range moments {
			layers[0].Values[i], layers[1].Values[i] = float64(2*i), float64(i)
		}
		for _, svg := range []string{
			Areas(moments, layers, nil, "flow"), Spots(spots, start, start.AddDate(0, 1, 0), ticks, ticks[:1], "cycle"),
			Ages([]string{"a", "b", "c"}, marks, ticks, nil, "ages"), Behaviour(readings, 3, -1, value.Draw(t, "upper"), "behaviour"),
			Chances(chances, edges, "chances"),
		} {
			wellFormed(t, svg)
			if strings.Contains(svg, `<"&>`) {
				t.Fatal("a title is not escaped")
			}
		}
	})
}

func TestNamesStandApart(t *testing.T) {
	p := field("x", halfWidth, time.Time{}, time.Time{}, 0, 10, "x")
	p.names([]named{{12, "", "low"}, {12, "", "middle"}, {11, "", "high"}})
	svg := p.close()
	wellFormed(t, svg)
	for _, y := range []string{`y="13.5"`, `y="26"`, `y="38.5"`} {
		if !strings.Contains(svg, y) {
			t.Errorf("no name at %s in %s", y, svg)
		}
	}
}

func TestAScaleHasRoundQuarters(t *testing.T) {
	for _, c := range [][4]float64{{156, 410, 100, 500}, {0, 37, 0, 40}, {0, 0, 0, 4}, {7, 9, 7, 11}, {1234, 1300, 1220, 1300}} {
		if from, to := scale(c[0], c[1]); from != c[2] || to != c[3] {
			t.Errorf("%v to %v becomes %v to %v", c[0], c[1], from, to)
		}
	}
	rapid.Check(t, func(t *rapid.T) {
		low := rapid.Float64Range(0, 1e6).Draw(t, "low")
		high := low + rapid.Float64Range(0, 1e6).Draw(t, "range")
		if from, to := scale(low, high); from > low || to < high {
			t.Fatalf("%v to %v becomes %v to %v", low, high, from, to)
		}
	})
}
