package telemetry

import (
	"context"
	"math"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/prometheus/common/model"
	"github.com/prometheus/prometheus/model/labels"
	"github.com/prometheus/prometheus/model/timestamp"
	"github.com/prometheus/prometheus/promql/parser"
	"github.com/prometheus/prometheus/storage"
	"github.com/prometheus/prometheus/util/annotations"
)

var selectors = parser.NewParser(parser.Options{})

// lookup holds what labels, values and series have in common.
type lookup struct {
	q          storage.Querier
	start, end int64
	matchers   [][]*labels.Matcher // alternatives; one empty set matches all
	limit      int
}

func (a api) lookup(r *http.Request) (lookup, error) {
	start, err := instant(r, "start", time.Unix(0, 0))
	if err != nil {
		return lookup{}, err
	}
	end, err := instant(r, "end", a.t.o.Now().Add(ahead))
	if err != nil {
		return lookup{}, err
	}
	l := lookup{start: timestamp.FromTime(start), end: timestamp.FromTime(end)}
	if l.limit, err = whole(r, "limit"); err != nil {
		return lookup{}, err
	}
	for _, text := range r.Form["match[]"] {
		m, err := selectors.ParseMetricSelector(text)
		if err != nil {
			return lookup{}, badData("invalid parameter %q: %w", "match[]", err)
		}
		if !slices.ContainsFunc(m, func(m *labels.Matcher) bool { return !m.Matches("") }) {
			return lookup{}, badData("invalid parameter %q: match[] must contain at least one non-empty matcher", "match[]")
		}
		l.matchers = append(l.matchers, m)
	}
	if l.matchers == nil {
		l.matchers = [][]*labels.Matcher{nil}
	}
	l.q, err = a.t.db.Querier(l.start, l.end)
	return l, err
}

// strings gathers names or values over the alternatives, sorted, each once.
func (l lookup) strings(one func(...*labels.Matcher) ([]string, annotations.Annotations, error)) (answer, error) {
	found := answer{}
	all := []string{}
	for _, m := range l.matchers {
		some, warnings, err := one(m...)
		if err != nil {
			return answer{}, err
		}
		found.warnings.Merge(warnings)
		for _, s := range some {
			// The querier's strings live in a mapped file.
			all = append(all, strings.Clone(s))
		}
	}
	slices.Sort(all)
	all = slices.Compact(all)
	if l.limit > 0 && len(all) > l.limit {
		all, found.warnings = all[:l.limit], truncated(found.warnings)
	}
	found.data = all
	return found, nil
}

func (a api) labels(ctx context.Context, r *http.Request) (answer, error) {
	l, err := a.lookup(r)
	if err != nil {
		return answer{}, err
	}
	defer l.q.Close()
	return l.strings(func(m ...*labels.Matcher) ([]string, annotations.Annotations, error) {
		return l.q.LabelNames(ctx, nil, m...)
	})
}

func (a api) labelValues(ctx context.Context, r *http.Request) (answer, error) {
	name := r.PathValue("name")
	if strings.HasPrefix(name, "U__") {
		name = model.UnescapeName(name, model.ValueEncodingEscaping)
	}
	if !model.UTF8Validation.IsValidLabelName(name) {
		return answer{}, badData("invalid label name: %q", name)
	}
	l, err := a.lookup(r)
	if err != nil {
		return answer{}, err
	}
	defer l.q.Close()
	return l.strings(func(m ...*labels.Matcher) ([]string, annotations.Annotations, error) {
		return l.q.LabelValues(ctx, name, nil, m...)
	})
}

func (a api) series(ctx context.Context, r *http.Request) (answer, error) {
	if len(r.Form["match[]"]) == 0 {
		return answer{}, badData("no match[] parameter provided")
	}
	l, err := a.lookup(r)
	if err != nil {
		return answer{}, err
	}
	defer l.q.Close()
	found := answer{}
	all := []labels.Labels{}
	// "series" tells the store that no samples will be read.
	hints := &storage.SelectHints{Start: l.start, End: l.end, Func: "series"}
	for _, m := range l.matchers {
		set := l.q.Select(ctx, false, hints, m...)
		for set.Next() {
			all = append(all, set.At().Labels())
			if len(all)%1000 == 0 && ctx.Err() != nil {
				return answer{}, ctx.Err()
			}
		}
		if err := set.Err(); err != nil {
			return answer{}, err
		}
		found.warnings.Merge(set.Warnings())
	}
	slices.SortFunc(all, labels.Compare)
	all = slices.CompactFunc(all, labels.Equal)
	if l.limit > 0 && len(all) > l.limit {
		all, found.warnings = all[:l.limit], truncated(found.warnings)
	}
	plain := make([]map[string]string, len(all))
	for i, ls := range all {
		plain[i] = map[string]string{}
		ls.Range(func(l labels.Label) { plain[i][strings.Clone(l.Name)] = strings.Clone(l.Value) })
	}
	found.data = plain
	return found, nil
}

// description is a metric's entry in the metadata endpoint.
type description struct {
	Type model.MetricType `json:"type"`
	Help string           `json:"help"`
	Unit string           `json:"unit"`
}

func (a api) metadata(_ context.Context, r *http.Request) (answer, error) {
	limit, err := whole(r, "limit")
	if err != nil {
		return answer{}, err
	}
	each, err := whole(r, "limit_per_metric")
	if err != nil {
		return answer{}, err
	}
	wanted := r.FormValue("metric")
	all := map[string][]description{}
	for _, targets := range a.t.scraper.TargetsActive() {
		for _, target := range targets {
			for _, m := range target.ListMetadata() {
				if wanted != "" && m.MetricFamily != wanted {
					continue
				}
				d := description{m.Type, m.Help, m.Unit}
				known, ok := all[m.MetricFamily]
				if slices.Contains(known, d) || each > 0 && len(known) >= each || !ok && limit > 0 && len(all) >= limit {
					continue
				}
				all[m.MetricFamily] = append(known, d)
			}
		}
	}
	return answer{data: all}, nil
}

// instant reads a moment: seconds since 1970, with a fraction, or RFC 3339.
func instant(r *http.Request, name string, absent time.Time) (time.Time, error) {
	text := r.FormValue(name)
	if text == "" {
		return absent, nil
	}
	if s, err := strconv.ParseFloat(text, 64); err == nil && math.Abs(s) < 1e12 {
		return time.UnixMilli(int64(math.Round(s * 1000))).UTC(), nil
	}
	if at, err := time.Parse(time.RFC3339Nano, text); err == nil {
		return at, nil
	}
	return time.Time{}, badData("invalid parameter %q: cannot parse %q to a valid timestamp", name, text)
}

// duration reads seconds with a fraction, or PromQL's spelling such as 5m.
func duration(r *http.Request, name string) (time.Duration, error) {
	text := r.FormValue(name)
	if s, err := strconv.ParseFloat(text, 64); err == nil && s > 0 && s < 1e9 {
		return time.Duration(s * float64(time.Second)), nil
	}
	if d, err := model.ParseDuration(text); err == nil && d > 0 {
		return time.Duration(d), nil
	}
	return 0, badData("invalid parameter %q: cannot parse %q to a valid duration above zero", name, text)
}

// whole reads a number of things; absent is zero, which is no limit.
func whole(r *http.Request, name string) (int, error) {
	text := r.FormValue(name)
	if text == "" {
		return 0, nil
	}
	n, err := strconv.Atoi(text)
	if err != nil || n < 0 {
		return 0, badData("invalid parameter %q: %q is not a whole number of zero or more", name, text)
	}
	return n, nil
}
