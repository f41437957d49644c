package report

import (
	_ "embed"
	"fmt"
	"html/template"
	"io"
	"math"
	"slices"
	"time"

	"andon/flow/history"
	"andon/surface/web/chart"
)

//go:embed page.html
var source string

var page = template.Must(template.New("report").Funcs(template.FuncMap{
	"value": Value, "spread": Spread, "date": func(t time.Time) string { return t.Format(time.DateOnly) }, "span": span,
	"percent": func(v float64) string { return fmt.Sprintf("%.0f %%", v*100) },
}).Parse(source))

// HTML writes the report as one page that loads nothing.
func HTML(out io.Writer, r history.Report) error {
	newest := slices.Clone(r.Releases)
	slices.Reverse(newest)
	return page.Execute(out, map[string]any{
		"R": r, "Newest": newest[:min(len(newest), 50)],
		"Leads": template.HTML(leads(r)), "Changes": template.HTML(changes(r)), "Kinds": template.HTML(kinds(r)), //nolint:gosec // SVG made by package chart, which escapes
	})
}

func leads(r history.Report) string {
	var dots []chart.Dot
	var values []float64
	for _, l := range r.Leads {
		hours := max(l.Seconds/3600, 1.0/60)
		dots, values = append(dots, chart.Dot{At: l.Released, Value: hours}), append(values, hours)
	}
	if len(values) == 0 {
		return ""
	}
	slices.Sort(values)
	rank := func(p float64) float64 { return values[max(0, int(math.Ceil(p*float64(len(values))))-1)] }
	lines := []chart.Line{{Value: rank(0.5), Name: "50 % " + span(rank(0.5)*3600)}, {Value: rank(0.85), Name: "85 % " + span(rank(0.85)*3600)}}
	return chart.Dots(dots, ticks, lines, "Time from writing to release, by release")
}

// ticks are the hours that people think in.
var ticks = []chart.Line{{Value: 1.0 / 60, Name: "1 min"}, {Value: 1.0 / 6, Name: "10 min"}, {Value: 1, Name: "1 h"}, {Value: 8, Name: "8 h"},
	{Value: 24, Name: "1 d"}, {Value: 7 * 24, Name: "1 week"}, {Value: 30 * 24, Name: "30 d"}, {Value: 180 * 24, Name: "180 d"},
	{Value: 3 * 365 * 24, Name: "3 years"}, {Value: 20 * 365 * 24, Name: "20 years"}}

func changes(r history.Report) string {
	var columns []chart.Column
	for _, w := range r.Weeks {
		columns = append(columns, chart.Column{At: w.Start, Parts: []float64{float64(w.Changes)}})
	}
	return chart.Columns(columns, []string{"changes"}, "Changes that reached the branch, by week")
}

func kinds(r history.Report) string {
	var columns []chart.Column
	for _, w := range r.Weeks {
		var parts []float64
		for _, n := range w.Kinds {
			parts = append(parts, float64(n))
		}
		columns = append(columns, chart.Column{At: w.Start, Parts: parts})
	}
	var names []string
	for _, k := range history.Kinds {
		names = append(names, k.String())
	}
	return chart.Columns(columns, names, "Commits by kind of work, by week")
}
