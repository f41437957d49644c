package objective

import (
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"go.yaml.in/yaml/v3"
)

const good = `apiVersion: openslo/v1
kind: SLO
metadata:
  name: checkout
spec:
  service: shop
  indicator:
    spec:
      ratioMetric:
        counter: true
        good:
          metricSource:
            type: Prometheus
            spec:
              query: sum(http_requests_total{code!~"5.."})
        total:
          metricSource:
            type: Prometheus
            spec:
              query: http_requests_total
  timeWindow:
    - duration: 4w
      isRolling: true
  budgetingMethod: Occurrences
  objectives:
    - target: 0.999
`

func parse(t *testing.T, text string) (Objective, error) {
	t.Helper()
	var n yaml.Node
	if err := yaml.Unmarshal([]byte(text), &n); err != nil {
		t.Fatal(err)
	}
	return Parse(&n, "slo.yaml")
}

func TestParseReadsADocument(t *testing.T) {
	o, err := parse(t, good)
	if err != nil {
		t.Fatal(err)
	}
	want := Objective{Name: "checkout", Title: "checkout", Service: "shop", Target: 0.999, Window: 28 * 24 * time.Hour,
		Good: `http_requests_total{code!~"5.."}`, Total: "http_requests_total", File: "slo.yaml", Line: 1}
	if o != want {
		t.Errorf("got  %+v\nwant %+v", o, want)
	}
}

func TestParseReadsTheExample(t *testing.T) {
	text, err := os.ReadFile(filepath.Join("..", "..", "examples", "storefront", "slo.yaml"))
	if err != nil {
		t.Fatal(err)
	}
	o, err := parse(t, string(text))
	if err != nil {
		t.Fatal(err)
	}
	if o.Name != "storefront-answers" || o.Title != "The storefront answers" || o.Service != "storefront" ||
		o.Target != 0.99 || o.Window != time.Hour || !strings.HasPrefix(o.Good, "andon_proxy_requests_total{") || o.Line != 3 {
		t.Errorf("got %+v", o)
	}
}

func TestParseAcceptsVariants(t *testing.T) {
	o, err := parse(t, strings.NewReplacer("target: 0.999", "targetPercent: 99.5", "good:", "bad:", "4w", "1h").Replace(good))
	if err != nil {
		t.Fatal(err)
	}
	if o.Target != 0.995 || o.Bad == "" || o.Good != "" || o.Window != time.Hour {
		t.Errorf("got %+v", o)
	}
	for _, q := range []string{`(x_total)`, `sum((x_total{a=~"[a-z]+$"}))`, `'{__name__="x_total"}'`} {
		if _, err := parse(t, strings.Replace(good, "query: http_requests_total", "query: "+q, 1)); err != nil {
			t.Errorf("%s: %v", q, err)
		}
	}
}

func TestParseRefusesWithPlaceAndReason(t *testing.T) {
	for _, c := range []struct {
		old, new string
		line     int
		field    string
		what     string
	}{
		{"openslo/v1", "openslo/v2alpha", 1, "apiVersion", "openslo/v2alpha"},
		{"kind: SLO", "kind: SLI", 2, "kind", "SLI"},
		{"name: checkout", "name: Check Out", 4, "metadata.name", "is not a name"},
		{"  service: shop\n", "", 6, "spec.service", "is missing"},
		{"service: shop", "service: shop\n  color: red", 7, "spec.color", "not a field"},
		{"service: shop", "service: shop\n  service: web", 7, "spec.service", "twice"},
		{"service: shop", "service: shop\n  alertPolicies: [page]", 7, "spec.alertPolicies", "not supported"},
		{"counter: true", "counter: false", 10, "spec.indicator.spec.ratioMetric.counter", "false"},
		{"ratioMetric:", "thresholdMetric:", 9, "spec.indicator.spec.thresholdMetric", "not supported"},
		{"query: http_requests_total", "query: rate(http_requests_total[5m])", 20, "spec.indicator.spec.ratioMetric.total.metricSource.spec.query", "calls rate"},
		{"query: http_requests_total", "query: http_requests_total[$__range]", 20, "spec.indicator.spec.ratioMetric.total.metricSource.spec.query", "template"},
		{"query: http_requests_total", "query: 'x_total[{{.window}}]'", 20, "spec.indicator.spec.ratioMetric.total.metricSource.spec.query", "template"},
		{"query: http_requests_total", "query: sum by (code) (x_total)", 20, "spec.indicator.spec.ratioMetric.total.metricSource.spec.query", "groups"},
		{"query: http_requests_total", "query: x_total offset 1h", 20, "spec.indicator.spec.ratioMetric.total.metricSource.spec.query", "shifts time"},
		{"query: http_requests_total", "query: a_total + b_total", 20, "spec.indicator.spec.ratioMetric.total.metricSource.spec.query", "calculation"},
		{"query: http_requests_total", "query: 'x_total{'", 20, "spec.indicator.spec.ratioMetric.total.metricSource.spec.query", "not PromQL"},
		{"type: Prometheus", "type: Datadog", 13, "spec.indicator.spec.ratioMetric.good.metricSource.type", "Datadog"},
		{"type: Prometheus", "metricSourceRef: shared\n            type: Prometheus", 13, "spec.indicator.spec.ratioMetric.good.metricSource.metricSourceRef", "another document"},
		{"isRolling: true", "isRolling: false", 23, "spec.timeWindow[0].isRolling", "false"},
		{"duration: 4w", "duration: 1M", 22, "spec.timeWindow[0].duration", "no fixed length"},
		{"duration: 4w", "duration: 1m", 22, "spec.timeWindow[0].duration", "out of range"},
		{"duration: 4w", "duration: soon", 22, "spec.timeWindow[0].duration", "not a duration"},
		{"    - duration: 4w\n", "    - {duration: 1h, isRolling: true}\n    - duration: 4w\n", 22, "spec.timeWindow", "2 entries"},
		{"Occurrences", "Timeslices", 24, "spec.budgetingMethod", "Timeslices"},
		{"target: 0.999", "target: 1.0", 26, "spec.objectives[0].target", "no error budget"},
		{"target: 0.999", "target: NaN", 26, "spec.objectives[0].target", "no error budget"},
		{"target: 0.999", "target: 0.9\n      targetPercent: 90", 27, "spec.objectives[0].targetPercent", "beside"},
		{"target: 0.999", "target: 0.9\n      timeSliceTarget: 0.9", 27, "spec.objectives[0].timeSliceTarget", "Timeslices"},
	} {
		_, err := parse(t, strings.Replace(good, c.old, c.new, 1))
		var p *Problem
		if !errors.As(err, &p) {
			t.Errorf("%s: accepted, or no Problem: %v", c.new, err)
			continue
		}
		if p.File != "slo.yaml" || p.Line != c.line || p.Field != c.field || !strings.Contains(p.What, c.what) || p.Right == "" {
			t.Errorf("%s: got %v, want line %d %s: …%s…", c.new, p, c.line, c.field, c.what)
		}
	}
}

func TestParseNamesEveryProblem(t *testing.T) {
	_, err := parse(t, strings.NewReplacer("Occurrences", "Timeslices", "0.999", "2", "kind: SLO", "kind: X").Replace(good))
	if n := len(strings.Split(err.Error(), "\n")); n != 3 {
		t.Errorf("got %d problems, want 3: %v", n, err)
	}
	if _, err := Parse(nil, "f"); err == nil {
		t.Error("an empty document was accepted")
	}
	if _, err := parse(t, "- a\n- b\n"); err == nil {
		t.Error("a list was accepted")
	}
}

func FuzzParse(f *testing.F) {
	f.Add(good)
	f.Add("apiVersion: &a openslo/v1\nkind: *a\n")
	f.Fuzz(func(t *testing.T, text string) {
		var n yaml.Node
		if yaml.Unmarshal([]byte(text), &n) != nil {
			return
		}
		o, err := Parse(&n, "f")
		if err == nil && (o.Name == "" || o.Service == "" || o.Total == "" || (o.Good == "") == (o.Bad == "") || o.Window <= 0 || !(o.Target > 0 && o.Target < 1)) {
			t.Errorf("accepted half an objective: %+v", o)
		}
	})
}
