package telemetry

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/prometheus/common/model"
	"github.com/prometheus/prometheus/model/labels"
	"github.com/prometheus/prometheus/model/timestamp"
	"github.com/prometheus/prometheus/storage"
)

// ahead is how far in the future a sample may lie, as for Prometheus' own
// receivers. A single one hours ahead would put every later sample out of bounds.
const ahead = 10 * time.Minute

// Sample is one value of one series.
type Sample struct {
	Labels map[string]string // the metric's name is __name__
	Value  float64
	At     time.Time
}

// Append stores pushed samples in one commit. They may come up to an hour late.
// A sample that cannot be stored (no name, too old, too far in the future, a
// second value for the same moment) is left out and named in the error; the
// others are stored and, once Append returns, survive a kill of the process.
func (t *Telemetry) Append(ctx context.Context, samples []Sample) error {
	ctx, done, err := t.use(ctx)
	if err != nil {
		return err
	}
	defer done()
	latest := t.o.Now().Add(ahead)
	app := t.db.AppenderV2(ctx)
	var refused []error
	for _, s := range samples {
		ls := labels.FromMap(s.Labels)
		switch {
		case s.At.After(latest):
			err = fmt.Errorf("%s lies more than %s ahead", s.At.UTC().Format(time.RFC3339), ahead)
		case !model.UTF8Validation.IsValidMetricName(ls.Get(model.MetricNameLabel)):
			err = errors.New("it has no metric name")
		default:
			_, err = app.Append(0, ls, 0, timestamp.FromTime(s.At), s.Value, nil, nil, storage.AOptions{})
		}
		if err != nil {
			refused = append(refused, fmt.Errorf("telemetry: sample of %s not stored: %w", ls, err))
		}
	}
	if err := app.Commit(); err != nil {
		return fmt.Errorf("telemetry: commit %d samples: %w", len(samples), err)
	}
	return errors.Join(refused...)
}
