package telemetry

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"runtime"
	"time"

	"github.com/prometheus/prometheus/promql"
	"github.com/prometheus/prometheus/promql/parser"
	"github.com/prometheus/prometheus/util/annotations"
)

// promVersion is what the embedded library is as a server (v0.316 is 3.16).
// Grafana chooses by it what it may ask.
const promVersion = "3.16.0"

// maxPoints bounds the points of one series in a range, as Prometheus does.
const maxPoints = 11000

// answer is what an endpoint found.
type answer struct {
	data     any
	warnings annotations.Annotations
	query    string // for positions in warnings
}

// fault is an error of the API with Prometheus' own word for its type.
type fault struct {
	kind string
	err  error
}

func (f *fault) Error() string { return f.err.Error() }
func (f *fault) Unwrap() error { return f.err }

func badData(format string, args ...any) error {
	return &fault{kind: "bad_data", err: fmt.Errorf(format, args...)}
}

// api serves https://prometheus.io/docs/prometheus/latest/querying/api/.
type api struct{ t *Telemetry }

func newAPI(t *Telemetry) http.Handler {
	a := api{t}
	mux := http.NewServeMux()
	both := func(path string, f func(context.Context, *http.Request) (answer, error)) {
		mux.HandleFunc("GET "+path, a.serve(f))
		mux.HandleFunc("POST "+path, a.serve(f))
	}
	both("/api/v1/query", a.query)
	both("/api/v1/query_range", a.queryRange)
	both("/api/v1/labels", a.labels)
	both("/api/v1/series", a.series)
	mux.HandleFunc("GET /api/v1/label/{name}/values", a.serve(a.labelValues))
	mux.HandleFunc("GET /api/v1/metadata", a.serve(a.metadata))
	mux.HandleFunc("GET /api/v1/status/buildinfo", a.serve(a.buildinfo))
	mux.HandleFunc("/", a.serve(func(_ context.Context, r *http.Request) (answer, error) {
		return answer{}, &fault{"not_found", fmt.Errorf("%s %s is not served here", r.Method, r.URL.Path)}
	}))
	return mux
}

// serve wraps an endpoint in the API's envelope.
func (a api) serve(f func(context.Context, *http.Request) (answer, error)) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		ctx, done, err := a.t.use(r.Context())
		var found answer
		if err == nil {
			defer done()
			r.Body = http.MaxBytesReader(w, r.Body, 1<<20)
			if err = r.ParseForm(); err != nil {
				err = badData("the form cannot be read: %w", err)
			} else {
				found, err = f(ctx, r)
			}
		}
		body := struct {
			Status    string   `json:"status"`
			Data      any      `json:"data,omitempty"`
			ErrorType string   `json:"errorType,omitempty"`
			Error     string   `json:"error,omitempty"`
			Warnings  []string `json:"warnings,omitempty"`
			Infos     []string `json:"infos,omitempty"`
		}{Status: "success", Data: found.data}
		body.Warnings, body.Infos = found.warnings.AsStrings(found.query, 10, 10)
		code := http.StatusOK
		if err != nil {
			kind, status := classify(err)
			code, body.Status, body.Data, body.ErrorType, body.Error = status, "error", nil, kind, err.Error()
		}
		text, err := json.Marshal(body)
		if err != nil {
			code, text = http.StatusInternalServerError, []byte(`{"status":"error","errorType":"internal","error":"the answer cannot be written as JSON"}`)
		}
		w.Header().Set("Content-Type", "application/json")
		w.WriteHeader(code)
		_, _ = w.Write(text)
	}
}

// classify gives an error's type and code as Prometheus does.
func classify(err error) (string, int) {
	var f *fault
	var canceled promql.ErrQueryCanceled
	var timeout promql.ErrQueryTimeout
	var storage promql.ErrStorage
	var parse parser.ParseErrors
	switch {
	case errors.As(err, &f) && f.kind == "not_found":
		return f.kind, http.StatusNotFound
	case errors.As(err, &f) && f.kind == "internal":
		return f.kind, http.StatusInternalServerError
	case errors.As(err, &f), errors.As(err, &parse):
		return "bad_data", http.StatusBadRequest
	case errors.Is(err, ErrClosed), errors.As(err, &timeout), errors.Is(err, context.DeadlineExceeded):
		return "timeout", http.StatusServiceUnavailable
	case errors.As(err, &canceled), errors.Is(err, context.Canceled):
		return "canceled", 499
	case errors.As(err, &storage):
		return "internal", http.StatusInternalServerError
	}
	return "execution", http.StatusUnprocessableEntity
}

type queryData struct {
	ResultType parser.ValueType `json:"resultType"`
	Result     parser.Value     `json:"result"`
}

func (a api) query(ctx context.Context, r *http.Request) (answer, error) {
	at, err := instant(r, "time", a.t.o.Now())
	if err != nil {
		return answer{}, err
	}
	return a.run(ctx, r, func(ctx context.Context, expr string) (promql.Query, error) {
		return a.t.engine.NewInstantQuery(ctx, a.t.db, nil, expr, at)
	})
}

func (a api) queryRange(ctx context.Context, r *http.Request) (answer, error) {
	for _, name := range []string{"start", "end", "step"} {
		if r.FormValue(name) == "" {
			return answer{}, badData("invalid parameter %q: it is missing", name)
		}
	}
	start, err := instant(r, "start", time.Time{})
	if err != nil {
		return answer{}, err
	}
	end, err := instant(r, "end", time.Time{})
	if err != nil {
		return answer{}, err
	}
	step, err := duration(r, "step")
	switch {
	case err != nil:
		return answer{}, err
	case end.Before(start):
		return answer{}, badData("invalid parameter %q: end timestamp must not be before start time", "end")
	case step < time.Millisecond:
		return answer{}, badData("invalid parameter %q: give a step of 1ms or more", "step")
	case end.Sub(start)/step > maxPoints:
		return answer{}, badData("exceeded maximum resolution of %d points per timeseries. Try increasing the value of the step parameter", maxPoints)
	}
	return a.run(ctx, r, func(ctx context.Context, expr string) (promql.Query, error) {
		return a.t.engine.NewRangeQuery(ctx, a.t.db, nil, expr, start, end, step)
	})
}

func (a api) run(ctx context.Context, r *http.Request, prepare func(context.Context, string) (promql.Query, error)) (answer, error) {
	expr := r.FormValue("query")
	if r.FormValue("timeout") != "" {
		d, err := duration(r, "timeout")
		if err != nil {
			return answer{}, err
		}
		var cancel context.CancelFunc
		ctx, cancel = context.WithTimeout(ctx, d)
		defer cancel()
	}
	limit, err := whole(r, "limit")
	if err != nil {
		return answer{}, err
	}
	q, err := prepare(ctx, expr)
	if ctx.Err() != nil && err != nil {
		return answer{}, err // its turn did not come in time; the query may be right
	}
	if err != nil {
		return answer{}, badData("invalid parameter %q: %w", "query", err)
	}
	res := q.Exec(ctx)
	if res.Err != nil {
		q.Close()
		return answer{}, res.Err
	}
	found := answer{query: expr, warnings: res.Warnings}
	value := res.Value
	switch v := value.(type) {
	case promql.Vector:
		if limit > 0 && len(v) > limit {
			value = v[:limit]
			found.warnings = truncated(found.warnings)
		}
	case promql.Matrix:
		if limit > 0 && len(v) > limit {
			value = v[:limit]
			found.warnings = truncated(found.warnings)
		}
	}
	// The points go back to a pool when the query is closed, so they are
	// written before.
	text, err := json.Marshal(queryData{value.Type(), value})
	q.Close()
	if err != nil {
		return answer{}, &fault{"internal", err}
	}
	found.data = json.RawMessage(text)
	return found, nil
}

func truncated(w annotations.Annotations) annotations.Annotations {
	return w.Add(errors.New("results truncated due to limit"))
}

func (a api) buildinfo(context.Context, *http.Request) (answer, error) {
	return answer{data: map[string]string{"version": promVersion, "revision": "", "branch": "", "buildUser": "andon",
		"buildDate": "", "goVersion": runtime.Version()}}, nil
}
