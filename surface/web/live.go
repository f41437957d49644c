package web

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"strconv"
	"time"
)

// heartbeat keeps proxies between browser and Andon from closing the stream;
// gather is the least time between two news, so that a burst is few refreshes
// while a single change is told at once.
const (
	heartbeat = 15 * time.Second
	gather    = 30 * time.Millisecond
)

// live tells the journal's newest position whenever it grows past the one that
// the browser shows, as server-sent events.
func (s *site) live(w http.ResponseWriter, r *http.Request) {
	shown, err := strconv.ParseInt(r.URL.Query().Get("after"), 10, 64)
	if err != nil || shown < 0 {
		http.Error(w, "after must be a position in the journal, a number from 0", http.StatusBadRequest)
		return
	}
	head, err := s.Ledger.Head(r.Context())
	if err != nil {
		http.Error(w, "the journal cannot be read; Andon's log says why", http.StatusInternalServerError)
		return
	}
	out := http.NewResponseController(w)
	w.Header().Set("Content-Type", "text/event-stream")
	w.Header().Set("Cache-Control", "no-store")
	fmt.Fprint(w, "retry: 1000\n\n")
	if shown > head { // the page is of another journal, as after a restore
		shown = head
		fmt.Fprintf(w, "data: %d\n\n", head)
	}
	var told time.Time
	for out.Flush() == nil {
		switch err := s.waitAWhile(r.Context(), shown, told); {
		case errors.Is(err, context.DeadlineExceeded) && r.Context().Err() == nil:
			fmt.Fprint(w, ": beat\n\n")
			continue
		case err != nil:
			return
		}
		head, err := s.Ledger.Head(r.Context())
		if err != nil {
			return
		}
		shown, told = head, time.Now()
		fmt.Fprintf(w, "data: %d\n\n", head)
	}
}

// waitAWhile waits until the journal grows past a position, and until news may
// be told again.
func (s *site) waitAWhile(ctx context.Context, after int64, told time.Time) error {
	beat, cancel := context.WithTimeout(ctx, heartbeat)
	defer cancel()
	if err := s.Ledger.Wait(beat, after); err != nil {
		return err
	}
	select {
	case <-ctx.Done():
		return ctx.Err()
	case <-time.After(time.Until(told.Add(gather))):
		return nil
	}
}
