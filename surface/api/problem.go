package api

import (
	"context"
	"encoding/json"
	"errors"
	"log/slog"
	"net/http"

	"andon/feedback/incident"
	"andon/flow/delivery"
	"andon/flow/floor"
	"andon/flow/outlook"
	"andon/flow/pipeline"
	"andon/flow/source"
	"andon/journal"
	"andon/journal/subscription"
	"andon/learning/postmortem"
)

const problemType = "application/problem+json"

// Problem is the body of an error: problem details (RFC 9457) with what the
// floor adds to a refusal.
type Problem struct {
	Type   string `json:"type,omitempty" doc:"about:blank, or the kind of problem"`
	Title  string `json:"title"`
	Status int    `json:"status"`
	Detail string `json:"detail" doc:"What is wrong and what would be right, in a sentence"`
	Field  string `json:"field,omitempty" doc:"The part of the request that is wrong"`
	// Refusal says why something may not move.
	Refusal *floor.Refusal `json:"refusal,omitempty"`
	Errors  []string       `json:"errors,omitempty"`
}

// GetStatus fits huma.StatusError.
func (p *Problem) GetStatus() int { return p.Status }

func (p *Problem) Error() string { return p.Detail }

// ContentType fits huma.ContentTypeFilter.
func (p *Problem) ContentType(string) string { return problemType }

func problem(status int, detail string) *Problem {
	return &Problem{Title: http.StatusText(status), Status: status, Detail: detail}
}

// problemOf finds the answer to an error of any of the Ways. What is not
// known to be safe to tell is logged, not answered.
func problemOf(err error) error {
	var (
		refusal  *floor.Refusal
		missing  interface{ error }
		conflict interface{ error }
	)
	if p, ok := errors.AsType[*Problem](err); ok {
		return p
	}
	switch {
	case errors.As(err, &refusal):
		p := problem(http.StatusConflict, refusal.Error())
		p.Type, p.Refusal = refusalType+string(refusal.Reason), refusal
		return p
	case as[*floor.Missing](err, &missing), as[*pipeline.Missing](err, &missing), as[*delivery.Missing](err, &missing),
		as[*incident.Missing](err, &missing), as[*postmortem.Missing](err, &missing),
		as[*subscription.Missing](err, &missing), as[*source.Missing](err, &missing):
		return problem(http.StatusNotFound, missing.Error())
	case as[*floor.Conflict](err, &conflict), as[*postmortem.Conflict](err, &conflict), as[*subscription.Conflict](err, &conflict):
		return problem(http.StatusConflict, conflict.Error())
	case errors.Is(err, delivery.ErrRaced):
		return problem(http.StatusConflict, err.Error())
	case errors.Is(err, journal.ErrRepeated):
		return problem(http.StatusConflict, "this Idempotency-Key was used already, and the answer to it was lost; look at what it did")
	case errors.Is(err, context.Canceled):
		return problem(499, "the request was given up")
	}
	if field, text, ok := invalid(err); ok {
		p := problem(http.StatusUnprocessableEntity, text)
		p.Field = field
		return p
	}
	slog.Error("api: a request failed", "error", err)
	return problem(http.StatusInternalServerError, "something went wrong inside Andon; its log says what")
}

func writeProblem(w http.ResponseWriter, err error) {
	p, ok := errors.AsType[*Problem](err)
	if !ok {
		p = problem(http.StatusInternalServerError, "something went wrong inside Andon; its log says what")
	}
	w.Header().Set("Content-Type", problemType)
	w.WriteHeader(p.Status)
	_ = json.NewEncoder(w).Encode(p)
}

func as[T error](err error, out *interface{ error }) bool {
	var t T
	if errors.As(err, &t) {
		*out = t
		return true
	}
	return false
}

func invalid(err error) (field, text string, ok bool) {
	var a *floor.Invalid
	var b *pipeline.Invalid
	var c *delivery.Invalid
	var d *incident.Invalid
	var e *postmortem.Invalid
	var f *outlook.Invalid
	var g *outlook.Unknown
	var i *subscription.Invalid
	switch {
	case errors.As(err, &a):
		return a.Field, a.Text, true
	case errors.As(err, &b):
		return b.Field, b.Text, true
	case errors.As(err, &c):
		return c.Field, c.Text, true
	case errors.As(err, &d):
		return d.Field, d.Text, true
	case errors.As(err, &e):
		return e.Field, e.Text, true
	case errors.As(err, &f):
		return f.Field, f.Text, true
	case errors.As(err, &i):
		return i.Field, i.Error(), true
	case errors.As(err, &g):
		return "", g.Text, true
	}
	return "", "", false
}
