package api_test

import (
	"bufio"
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"runtime"
	"strconv"
	"strings"
	"sync/atomic"
	"testing"

	"andon/journal"
)

// listener reads server-sent events.
type listener struct {
	t    *testing.T
	in   *bufio.Scanner
	stop func()
}

type heard struct {
	id    int64
	event string
	doc   journal.CDEvent
	seq   int64
}

func (h *house) listen(path string, change ...func(*http.Request)) *listener {
	h.Helper()
	ctx, stop := context.WithCancel(h.Context())
	h.Cleanup(stop)
	r := h.request("GET", path, "", append(change, with("Accept", "text/event-stream"))...)
	resp, err := h.Client().Do(r.WithContext(ctx))
	must(h, err)
	h.Cleanup(func() { resp.Body.Close() })
	if ct := resp.Header.Get("Content-Type"); resp.StatusCode != http.StatusOK || ct != "text/event-stream" {
		h.Fatal(resp.Status, ct)
	}
	return &listener{h.T, bufio.NewScanner(resp.Body), stop}
}

// next waits for one event.
func (l *listener) next() (e heard) {
	l.t.Helper()
	for l.in.Scan() {
		line := l.in.Text()
		name, value, _ := strings.Cut(line, ": ")
		switch {
		case line == "" && e.id != 0:
			return e
		case name == "id":
			var err error
			e.id, err = strconv.ParseInt(value, 10, 64)
			must(l.t, err)
		case name == "event":
			e.event = value
		case name == "data":
			must(l.t, json.Unmarshal([]byte(value), &e.doc))
			var custom struct{ Seq int64 }
			must(l.t, json.Unmarshal(e.doc.CustomData, &custom))
			e.seq = custom.Seq
		}
	}
	l.t.Fatalf("the stream ended: %v", l.in.Err())
	return e
}

func (h *house) add(n int) {
	h.Helper()
	for i := range n {
		h.write("POST", "/v1/cards", fmt.Sprintf(`{"line": "shop", "title": "Card %d"}`, i))
	}
}

func TestEventsAreCDEventsInOrder(t *testing.T) {
	h := open(t)
	h.add(3)
	l := h.listen("/v1/events?after=0")
	for want := int64(1); want <= 8; want++ {
		if want == 6 { // two facts of the beginning, three cards; now live
			h.add(3)
		}
		e := l.next()
		c := e.doc.Context
		if e.id != want || e.seq != want || e.event != string(c.Type) || c.SpecVersion != journal.SpecVersion || c.ID == "" || c.Source != "/andon" ||
			c.Timestamp == "" || e.doc.Subject.ID == "" || !strings.HasPrefix(string(c.Type), "dev.cdevents") {
			t.Fatalf("event %d is %+v", want, e)
		}
	}
	var list struct{ Items []journal.CDEvent }
	h.ask("GET", "/v1/events?after=5&limit=2", "").into(t, &list)
	if len(list.Items) != 2 || list.Items[0].Context.Type != journal.TicketCreated {
		t.Errorf("%+v", list)
	}
	h.ask("GET", "/v1/events?newest=true&limit=1&about=card:SHOP-2&about=card:SHOP-4", "").into(t, &list)
	if len(list.Items) != 1 || list.Items[0].Subject.ID != "SHOP-4" {
		t.Errorf("%+v", list)
	}
}

func TestEventsGoOnAfterTheLastOne(t *testing.T) {
	h := open(t)
	h.add(2)
	first := h.listen("/v1/events?after=0")
	last := first.next()
	for range 2 {
		last = first.next()
	}
	first.stop()
	h.add(2) // while nobody listens
	second := h.listen("/v1/events?after=0", with("Last-Event-ID", fmt.Sprint(last.id)))
	for i := range int64(3) {
		if e := second.next(); e.id != last.id+1+i {
			t.Fatalf("event %d, want %d", e.id, last.id+1+i)
		}
	}
	about := h.listen("/v1/events?after=0&about=card:SHOP-2")
	if e := about.next(); e.doc.Subject.ID != "SHOP-2" {
		t.Errorf("%+v", e)
	}
	h.write("POST", "/v1/cards/SHOP-1/block", `{"reason": "no"}`)
	h.write("POST", "/v1/cards/SHOP-2/block", `{"reason": "yes"}`)
	if e := about.next(); e.doc.Subject.ID != "SHOP-2" || e.doc.Context.Type != journal.CardBlocked {
		t.Errorf("%+v", e)
	}
}

// Many listeners and many writers: each listener hears everything, once and in order.
func TestEveryListenerHearsEverything(t *testing.T) {
	h := open(t)
	const listeners, cards = 8, 60
	var ended atomic.Int64
	for range listeners {
		l := h.listen("/v1/events?after=2")
		go func() {
			defer ended.Add(1)
			for want := int64(3); want < 3+cards; want++ {
				if e := l.next(); e.id != want {
					t.Errorf("event %d, want %d", e.id, want)
					return
				}
			}
		}()
	}
	h.add(cards)
	until(t, "every listener to hear everything", func() bool { return ended.Load() == listeners })
}

func TestNothingIsLeftOfAListenerWhoWent(t *testing.T) {
	h := open(t)
	for range 20 {
		l := h.listen("/v1/events?after=0")
		l.next()
		defer l.stop()
	}
	until(t, "the listeners to be served", func() bool { return serving() == 20 })
	for range 5 {
		h.listen("/v1/events?after=0").stop()
	}
	until(t, "those who went to be forgotten", func() bool { return serving() == 20 })
	h.CloseClientConnections()
	until(t, "all streams to end", func() bool { return serving() == 0 })
	until(t, "nobody to wait for them", func() bool {
		text := stacks()
		return !strings.Contains(text, "waitOrBeat") && !strings.Contains(text, "(*Ledger).Wait")
	})
}

// serving counts the streams that are served at this moment.
func serving() int { return strings.Count(stacks(), "surface/api.(*api).stream(") }

func stacks() string {
	buf := make([]byte, 8<<20)
	return string(buf[:runtime.Stack(buf, true)])
}
