package objective

import (
	"fmt"
	"strings"
	"time"

	"github.com/prometheus/prometheus/promql/parser"
)

// indicator reads the ratio of good (or bad) events to all events.
func (r *reader) indicator(ind mapping, o *Objective) {
	if n := ind.fields["metadata"]; n != nil {
		r.mapping(n, join(ind.path, "metadata"), ind.line, named)
	}
	const ratio = "give a ratioMetric with counter: true, good (or bad) and total"
	spec, ok := ind.child("spec", ratio, map[string]string{"description": "", "ratioMetric": "",
		"thresholdMetric": "is not supported; " + ratio})
	if !ok {
		return
	}
	rm, ok := spec.child("ratioMetric", ratio, map[string]string{"counter": "", "good": "", "bad": "", "total": "",
		"raw":     "is not supported; give good (or bad) and total as counters",
		"rawType": "is not supported; give good (or bad) and total as counters"})
	if !ok {
		return
	}
	rm.equals("counter", "true")
	o.Total = r.source(rm, "total")
	switch good, bad := rm.fields["good"] != nil, rm.fields["bad"] != nil; {
	case good && bad:
		r.refuse(rm.where("bad"), join(rm.path, "bad"), "stands beside good", "keep one of the two")
	case bad:
		o.Bad = r.source(rm, "bad")
	default:
		o.Good = r.source(rm, "good")
	}
}

// source reads one metricSource and gives its counter's selector.
func (r *reader) source(rm mapping, field string) string {
	const right = "give metricSource with type: Prometheus and spec.query"
	m, ok := rm.child(field, right, map[string]string{"metricSource": ""})
	if !ok {
		return ""
	}
	src, ok := m.child("metricSource", right, map[string]string{"type": "", "spec": "",
		"metricSourceRef": "refers to another document; " + right})
	if !ok {
		return ""
	}
	src.equals("type", "Prometheus")
	spec, ok := src.child("spec", "give spec.query, a PromQL selector of a counter", map[string]string{"query": ""})
	if !ok {
		return ""
	}
	const counter = `write the counter alone, such as http_requests_total{code!~"5.."}; the window and the sum are added`
	query := strings.TrimSpace(spec.text("query", true, counter))
	if query == "" {
		return ""
	}
	sel, err := selector(query)
	if err != nil {
		r.refuse(spec.where("query"), join(spec.path, "query"), err.Error(), counter)
	}
	return sel
}

// The parser holds no state between calls.
var promql = parser.NewParser(parser.Options{})

// selector checks that query is an instant selector, alone or within a plain
// sum(), and gives the selector in PromQL's own spelling.
func selector(query string) (string, error) {
	expr, err := promql.ParseExpr(query)
	if err != nil {
		if strings.Contains(query, "{{") || strings.Contains(query, "$") {
			return "", fmt.Errorf("%q holds a template, which nothing fills in", query)
		}
		return "", fmt.Errorf("is not PromQL: %w", err)
	}
	for {
		switch e := expr.(type) {
		case *parser.ParenExpr:
			expr = e.Expr
		case *parser.AggregateExpr:
			if e.Op != parser.SUM || len(e.Grouping) > 0 || e.Without {
				return "", fmt.Errorf("%q groups or aggregates other than by a plain sum", query)
			}
			expr = e.Expr
		case *parser.VectorSelector:
			if e.OriginalOffset != 0 || e.OriginalOffsetExpr != nil || e.Timestamp != nil || e.StartOrEnd != 0 || e.Anchored || e.Smoothed {
				return "", fmt.Errorf("%q shifts time", query)
			}
			return e.String(), nil
		case *parser.Call:
			return "", fmt.Errorf("calls %s itself", e.Func.Name)
		default:
			return "", fmt.Errorf("%q is a %s, not the selector of a counter", query, kind(e))
		}
	}
}

func kind(e parser.Expr) string {
	switch e.(type) {
	case *parser.MatrixSelector:
		return "range"
	case *parser.BinaryExpr:
		return "calculation"
	case *parser.NumberLiteral, *parser.StringLiteral:
		return "constant"
	}
	return string(e.Type())
}

// events is the PromQL that counts a counter's events over w.
func events(sel string, w time.Duration) string {
	return "sum(increase(" + sel + "[" + span(w) + "]))"
}

// span writes a window as PromQL and people read it: 4w is 28d, 90m is 90m.
func span(w time.Duration) string {
	for _, u := range []struct {
		size time.Duration
		name string
	}{{24 * time.Hour, "d"}, {time.Hour, "h"}, {time.Minute, "m"}} {
		if w >= u.size && w%u.size == 0 {
			return fmt.Sprintf("%d%s", w/u.size, u.name)
		}
	}
	return fmt.Sprintf("%ds", int64(w.Seconds()))
}
