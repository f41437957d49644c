package api

import (
	"bytes"
	"log/slog"
	"net/http"
	"strings"

	"andon/journal"
)

// KeyHeader names a write so that it can be repeated safely.
const KeyHeader = "Idempotency-Key"

const maxKey = 200

// idempotent gives the first answer again to a write that repeats a key.
// The key commits in the transaction of what it asked for; refusals and
// errors are not kept, so they may be tried again.
func idempotent(l *journal.Ledger, next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		key := r.Header.Get(KeyHeader)
		if key == "" || r.Method == http.MethodGet || r.Method == http.MethodHead {
			next.ServeHTTP(w, r)
			return
		}
		if len(key) > maxKey {
			writeProblem(w, problem(http.StatusUnprocessableEntity, "the Idempotency-Key is too long; use at most 200 bytes"))
			return
		}
		ctx := r.Context()
		full := strings.Join([]string{journal.ActorOf(ctx), r.Method, r.URL.Path, key}, " ")
		a, found, err := l.AnswerTo(ctx, full)
		if err != nil {
			writeProblem(w, problemOf(err))
			return
		}
		if found && a.Status != 0 {
			replay(w, a)
			return
		}
		kept := &keeper{ResponseWriter: w, status: http.StatusOK}
		next.ServeHTTP(kept, r.WithContext(journal.WithKey(ctx, full)))
		if kept.status >= 300 {
			return
		}
		if err := l.KeepAnswer(ctx, full, journal.Answer{Status: kept.status, Body: kept.body.String()}); err != nil {
			slog.Warn("api: the answer to an idempotent write was not kept", "error", err)
		}
	})
}

func replay(w http.ResponseWriter, a journal.Answer) {
	if a.Body != "" {
		w.Header().Set("Content-Type", "application/json")
	}
	w.Header().Set("Idempotency-Replayed", "true")
	w.WriteHeader(a.Status)
	_, _ = w.Write([]byte(a.Body))
}

// keeper passes an answer on and remembers it.
type keeper struct {
	http.ResponseWriter
	status int
	body   bytes.Buffer
}

func (k *keeper) WriteHeader(status int) {
	k.status = status
	k.ResponseWriter.WriteHeader(status)
}

func (k *keeper) Write(b []byte) (int, error) {
	k.body.Write(b)
	return k.ResponseWriter.Write(b)
}

// Unwrap lets http.ResponseController reach the real writer.
func (k *keeper) Unwrap() http.ResponseWriter { return k.ResponseWriter }
