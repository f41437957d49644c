package telemetry

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/prometheus/prometheus/model/timestamp"
	"github.com/prometheus/prometheus/promql"
)

// Point is one value of a series.
type Point struct {
	At    time.Time
	Value float64
}

// Series is one labelled line of points, oldest first.
type Series struct {
	Labels map[string]string
	Points []Point
}

// Query evaluates PromQL at one moment. A scalar gives one sample without
// labels; no match gives none.
func (t *Telemetry) Query(ctx context.Context, expr string, at time.Time) ([]Sample, error) {
	ctx, done, err := t.use(ctx)
	if err != nil {
		return nil, err
	}
	defer done()
	q, err := t.engine.NewInstantQuery(ctx, t.db, nil, expr, at)
	if err != nil {
		return nil, fmt.Errorf("telemetry: query %q: %w", expr, err)
	}
	defer q.Close()
	res := q.Exec(ctx)
	if res.Err != nil {
		return nil, fmt.Errorf("telemetry: query %q: %w", expr, res.Err)
	}
	switch v := res.Value.(type) {
	case promql.Scalar:
		return []Sample{{Value: v.V, At: timestamp.Time(v.T).UTC()}}, nil
	case promql.Vector:
		samples := make([]Sample, 0, len(v))
		for _, s := range v {
			if s.H != nil {
				return nil, histogramErr(expr)
			}
			samples = append(samples, Sample{Labels: s.Metric.Map(), Value: s.F, At: timestamp.Time(s.T).UTC()})
		}
		return samples, nil
	}
	return nil, fmt.Errorf("telemetry: query %q gives a %s; ask for a vector or a scalar", expr, res.Value.Type())
}

// Value evaluates PromQL that gives at most one number. found is false when
// nothing matched; more than one series is an error.
func (t *Telemetry) Value(ctx context.Context, expr string, at time.Time) (v float64, found bool, err error) {
	samples, err := t.Query(ctx, expr, at)
	if err != nil || len(samples) == 0 {
		return 0, false, err
	}
	if len(samples) > 1 {
		return 0, false, fmt.Errorf("telemetry: query %q gives %d series; aggregate them to one, such as by sum()", expr, len(samples))
	}
	return samples[0].Value, true, nil
}

// QueryRange evaluates PromQL from start to end, both included, every step.
func (t *Telemetry) QueryRange(ctx context.Context, expr string, start, end time.Time, step time.Duration) ([]Series, error) {
	if step < time.Millisecond || end.Before(start) {
		return nil, fmt.Errorf("telemetry: range from %s to %s every %s cannot be walked; give an end after the start and a step of 1ms or more",
			start.UTC().Format(time.RFC3339), end.UTC().Format(time.RFC3339), step)
	}
	ctx, done, err := t.use(ctx)
	if err != nil {
		return nil, err
	}
	defer done()
	q, err := t.engine.NewRangeQuery(ctx, t.db, nil, expr, start, end, step)
	if err != nil {
		return nil, fmt.Errorf("telemetry: query %q: %w", expr, err)
	}
	defer q.Close()
	m, err := q.Exec(ctx).Matrix()
	if err != nil {
		return nil, fmt.Errorf("telemetry: query %q: %w", expr, err)
	}
	all := make([]Series, 0, len(m))
	for _, s := range m {
		if len(s.Histograms) > 0 {
			return nil, histogramErr(expr)
		}
		line := Series{Labels: s.Metric.Map(), Points: make([]Point, len(s.Floats))}
		for i, p := range s.Floats {
			line.Points[i] = Point{At: timestamp.Time(p.T).UTC(), Value: p.F}
		}
		all = append(all, line)
	}
	return all, nil
}

func histogramErr(expr string) error {
	return fmt.Errorf("telemetry: query %q gives native histograms; ask for numbers, such as histogram_quantile(0.99, …) or histogram_count(…)", expr)
}

// slots bounds how many queries run at once; the others wait for their turn
// within their timeout.
type slots chan struct{}

var _ promql.QueryTracker = slots(nil)

func newSlots(n int) slots { return make(slots, n) }

// GetMaxConcurrent is how many queries may run at once.
func (s slots) GetMaxConcurrent() int { return cap(s) }

// Insert waits for a free slot.
func (s slots) Insert(ctx context.Context, _ string) (int, error) {
	select {
	case s <- struct{}{}:
		return 0, nil
	case <-ctx.Done():
		return 0, errors.Join(errors.New("waited for other queries to finish"), ctx.Err())
	}
}

// Delete frees the slot.
func (s slots) Delete(int) { <-s }

// Close has nothing to close.
func (s slots) Close() error { return nil }
