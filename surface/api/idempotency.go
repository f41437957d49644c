package api

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"io"
	"log/slog"
	"net/http"
	"strings"
	"sync"

	"andon/journal"
)

// KeyHeader names a write so that it can be repeated safely.
const KeyHeader = "Idempotency-Key"

// ReplayedHeader says that an answer is the one given to an earlier request.
const ReplayedHeader = "Idempotency-Replayed"

const maxKey = 200

// noStore marks an answer that holds a secret: it is given once, and who
// repeats the request is told that it was carried out.
const noStore = "no-store"

// once gives the first answer again to a write that repeats a key, and
// refuses a key that comes back with another request. The key commits in the
// transaction of the first thing that the request wrote, which may be the
// fact that it was refused; a request that wrote nothing leaves its key free
// to be tried again. Requests with one key are served one after the other.
type once struct {
	ledger *journal.Ledger
	next   http.Handler
	turns  turns
}

func idempotent(l *journal.Ledger, next http.Handler) http.Handler {
	return &once{ledger: l, next: next, turns: turns{busy: map[string]chan struct{}{}}}
}

func (o *once) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	key := r.Header.Get(KeyHeader)
	if key == "" || r.Method == http.MethodGet || r.Method == http.MethodHead {
		o.next.ServeHTTP(w, r)
		return
	}
	if len(key) > maxKey {
		writeProblem(w, problem(http.StatusUnprocessableEntity, "the Idempotency-Key is too long; use at most 200 bytes"))
		return
	}
	print, err := fingerprint(r)
	if err != nil {
		writeProblem(w, problem(http.StatusBadRequest, "the request's body could not be read: "+err.Error()))
		return
	}
	ctx := r.Context()
	full := strings.Join([]string{journal.ActorOf(ctx), r.Method, r.URL.Path, key}, " ")
	if err := o.turns.take(ctx, full); err != nil {
		writeProblem(w, problemOf(err))
		return
	}
	defer o.turns.give(full)
	answer, found, err := o.ledger.AnswerTo(ctx, full)
	switch {
	case err != nil:
		writeProblem(w, problemOf(err))
	case found && answer.Status != 0:
		replay(w, answer, print)
	default:
		o.serve(w, r.WithContext(journal.WithKey(ctx, full)), full, print)
	}
}

// serve lets the request have its effect and keeps the answer. It is kept
// even when the asker has gone: that is who comes back with the same key.
func (o *once) serve(w http.ResponseWriter, r *http.Request, key, print string) {
	kept := &keeper{ResponseWriter: w, status: http.StatusOK}
	o.next.ServeHTTP(kept, r)
	if kept.status >= http.StatusInternalServerError {
		return // what was done is not known here; a repetition is told so
	}
	if kept.Header().Get("Cache-Control") == noStore {
		return
	}
	answer := journal.Answer{Status: kept.status, Body: print + "\n" + kept.body.String()}
	if err := o.ledger.KeepAnswer(context.WithoutCancel(r.Context()), key, answer); err != nil {
		slog.Warn("api: the answer to an idempotent write was not kept", "error", err)
	}
}

// maxBody is how much of a body tells requests apart; the operations take no
// larger ones.
const maxBody = 1 << 20

// fingerprint tells a request from another with the same key. The body can be
// read again afterwards.
func fingerprint(r *http.Request) (string, error) {
	text, err := io.ReadAll(io.LimitReader(r.Body, maxBody+1))
	if err != nil {
		return "", err
	}
	r.Body = struct {
		io.Reader
		io.Closer
	}{io.MultiReader(bytes.NewReader(text), r.Body), r.Body}
	sum := sha256.Sum256(append([]byte(r.URL.RawQuery+"\x00"), text...))
	return hex.EncodeToString(sum[:]), nil
}

func replay(w http.ResponseWriter, a journal.Answer, print string) {
	had, text, _ := strings.Cut(a.Body, "\n")
	if had != print {
		writeProblem(w, problem(http.StatusUnprocessableEntity,
			"this Idempotency-Key was used for a request with other content; use a new key for a new request"))
		return
	}
	switch {
	case a.Status >= http.StatusBadRequest:
		w.Header().Set("Content-Type", problemType)
	case text != "":
		w.Header().Set("Content-Type", "application/json")
	}
	w.Header().Set(ReplayedHeader, "true")
	w.WriteHeader(a.Status)
	_, _ = io.WriteString(w, text)
}

// turns lets one holder at a time have a key.
type turns struct {
	mu   sync.Mutex
	busy map[string]chan struct{} // closed when given back
}

// take waits until nobody else has the key, or until ctx ends.
func (t *turns) take(ctx context.Context, key string) error {
	for {
		t.mu.Lock()
		given, taken := t.busy[key]
		if !taken {
			t.busy[key] = make(chan struct{})
			t.mu.Unlock()
			return nil
		}
		t.mu.Unlock()
		select {
		case <-given:
		case <-ctx.Done():
			return ctx.Err()
		}
	}
}

func (t *turns) give(key string) {
	t.mu.Lock()
	defer t.mu.Unlock()
	close(t.busy[key])
	delete(t.busy, key)
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
