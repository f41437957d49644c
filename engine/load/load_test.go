package load_test

import (
	"context"
	"net/http"
	"net/http/httptest"
	"sync"
	"testing"
	"time"

	"andon/engine/load"
)

// Visitors keep their cookies, come and go, and everything is counted.
func TestVisitorsComeStayAndLeave(t *testing.T) {
	var mu sync.Mutex
	given, seen, bad := 0, map[string]int{}, 0
	s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		mu.Lock()
		defer mu.Unlock()
		c, err := r.Cookie("id")
		if err != nil {
			given++
			http.SetCookie(w, &http.Cookie{Name: "id", Value: string(rune('A' + given))})
			return
		}
		seen[c.Value]++
		if seen[c.Value]%7 == 0 {
			bad++
			w.WriteHeader(http.StatusInternalServerError)
		}
	}))
	defer s.Close()
	l := load.New(load.Visitors{URL: s.URL, Rate: 300, Users: 5, Stay: 10})
	ctx, stop := context.WithCancel(t.Context())
	ended := make(chan struct{})
	go func() { l.Run(ctx); close(ended) }()
	for deadline := time.Now().Add(30 * time.Second); l.Tally().Sent < 200 && time.Now().Before(deadline); {
		time.Sleep(5 * time.Millisecond)
	}
	stop()
	<-ended
	tally := l.Tally()
	if tally.Sent < 200 || tally.Dropped != 0 || tally.Answered["5xx"] != int64(bad) || tally.Answered["2xx"]+tally.Answered["5xx"] != tally.Sent {
		t.Fatalf("%+v, %d bad", tally, bad)
	}
	if given < 6 || len(seen) < 5 {
		t.Fatalf("%d visitors came, %d came back", given, len(seen))
	}
}

func TestDropsAreCounted(t *testing.T) {
	s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { panic(http.ErrAbortHandler) }))
	defer s.Close()
	l := load.New(load.Visitors{URL: s.URL, Rate: 500})
	ctx, stop := context.WithCancel(t.Context())
	ended := make(chan struct{})
	go func() { l.Run(ctx); close(ended) }()
	for deadline := time.Now().Add(30 * time.Second); l.Tally().Dropped == 0 && time.Now().Before(deadline); {
		time.Sleep(time.Millisecond)
	}
	stop()
	<-ended
	if tally := l.Tally(); tally.Dropped != tally.Sent || tally.Sample == "" {
		t.Fatalf("%+v", tally)
	}
}
