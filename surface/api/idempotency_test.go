package api_test

import (
	"context"
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"time"

	"andon/flow/floor"
	"andon/journal"
	"andon/surface/access"
	"andon/surface/api"
)

func key(k string) func(*http.Request) { return with(api.KeyHeader, k) }

func TestSameKeySameAnswerOneEffect(t *testing.T) {
	h := open(t)
	const body = `{"line": "shop", "title": "Once"}`
	first := h.write("POST", "/v1/cards", body, key("a"))
	again := h.write("POST", "/v1/cards", body, key("a"))
	if again.body != first.body || again.status != first.status || again.header.Get("Content-Type") != first.header.Get("Content-Type") {
		t.Errorf("first %v, then %v", first, again)
	}
	if first.header.Get(api.ReplayedHeader) != "" || again.header.Get(api.ReplayedHeader) != "true" {
		t.Error("only the second answer is a replay")
	}
	if n := len(h.cards()); n != 1 {
		t.Errorf("%d cards, want 1", n)
	}
	h.write("POST", "/v1/cards", body, key("b"))
	h.write("POST", "/v1/cards", body, key("a"), with(access.ActorHeader, "ben")) // keys are each person's own
	h.write("POST", "/v1/cards", body)
	if n := len(h.cards()); n != 4 {
		t.Errorf("%d cards, want 4", n)
	}
}

func TestSameKeyForAnAnswerWithoutBody(t *testing.T) {
	h := open(t)
	const cord = "/v1/lines/shop/stations/work/cord"
	for range 2 {
		if a := h.write("POST", cord, `{"reason": "slow"}`, key("c")); a.status != http.StatusNoContent || a.body != "" {
			t.Fatal(a)
		}
	}
	h.write("DELETE", cord, "")
	h.write("POST", cord, `{"reason": "slow"}`, key("c"))
	var f api.FloorView
	h.ask("GET", "/v1/lines/shop", "").into(t, &f)
	if f.Line.Stations[1].Cord != nil {
		t.Error("a repeated key pulled the cord again")
	}
}

// A secret is told once: who repeats the request is told that it was done.
func TestAnAnswerWithASecretIsNotKept(t *testing.T) {
	h := open(t)
	first := h.write("POST", "/v1/subscriptions", `{"url": "http://127.0.0.1:1/x"}`, key("s"))
	if first.status != http.StatusOK || !strings.Contains(first.body, "whsec_") || first.header.Get("Cache-Control") != "no-store" {
		t.Fatal(first)
	}
	again := h.ask("POST", "/v1/subscriptions", `{"url": "http://127.0.0.1:1/x"}`, key("s"))
	if again.status != http.StatusConflict || strings.Contains(again.body, "whsec_") {
		t.Error(again)
	}
	if all := h.ask("GET", "/v1/subscriptions", ""); strings.Count(all.body, `"id"`) != 1 {
		t.Error(all)
	}
}

func TestKeysAreForgotten(t *testing.T) {
	h := open(t)
	const body = `{"line": "shop", "title": "Twice"}`
	h.write("POST", "/v1/cards", body, key("old"))
	if n, err := h.services.Ledger.ForgetAnswers(t.Context(), time.Now().Add(-time.Hour)); err != nil || n != 0 {
		t.Fatal(n, err)
	}
	if n, err := h.services.Ledger.ForgetAnswers(t.Context(), time.Now().Add(time.Hour)); err != nil || n != 1 {
		t.Fatal(n, err)
	}
	h.write("POST", "/v1/cards", body, key("old"))
	if n := len(h.cards()); n != 2 {
		t.Errorf("%d cards, want 2", n)
	}
}

func TestSameKeyOtherBodyIsRefused(t *testing.T) {
	h := open(t)
	h.write("POST", "/v1/cards", `{"line": "shop", "title": "One"}`, key("a"))
	a := h.ask("POST", "/v1/cards", `{"line": "shop", "title": "Two"}`, key("a"))
	if a.status != http.StatusUnprocessableEntity || !strings.Contains(a.body, "new key") {
		t.Errorf("%d %s", a.status, a.body)
	}
	if c := h.cards(); len(c) != 1 || c[0].Title != "One" {
		t.Errorf("%v", c)
	}
}

// A refused pull is a fact: it is told once, and its key answers the same again.
func TestRefusalIsAnsweredAgain(t *testing.T) {
	h := open(t)
	first := h.ask("POST", "/v1/pull", `{"line": "shop"}`, key("a"))
	h.write("POST", "/v1/cards", `{"line": "shop", "title": "One"}`)
	again := h.ask("POST", "/v1/pull", `{"line": "shop"}`, key("a"))
	if first.status != http.StatusConflict || first.status != again.status || first.body != again.body ||
		again.header.Get("Content-Type") != "application/problem+json" {
		t.Errorf("first %v, then %v", first, again)
	}
	if n := strings.Count(h.ask("GET", "/v1/events", "").body, string(journal.PullRefused)); n != 1 {
		t.Errorf("%d refusals were recorded, want 1", n)
	}
}

// What wrote nothing leaves its key free.
func TestWrongRequestMayBeMendedUnderItsKey(t *testing.T) {
	h := open(t)
	if a := h.ask("POST", "/v1/cards", `{"line": "hop", "title": "One"}`, key("a")); a.status != http.StatusNotFound {
		t.Fatal(a)
	}
	if a := h.write("POST", "/v1/cards", `{"line": "shop", "title": "One"}`, key("a")); a.header.Get(api.ReplayedHeader) != "" {
		t.Error(a)
	}
}

func TestManyWithOneKeyAtOnceHaveOneEffect(t *testing.T) {
	h := open(t)
	const many, keys = 24, 3
	answers := make([]answer, many)
	var wg sync.WaitGroup
	for i := range many {
		wg.Go(func() {
			answers[i] = h.ask("POST", "/v1/cards", fmt.Sprintf(`{"line": "shop", "title": "Card %d"}`, i%keys), key(fmt.Sprint("k", i%keys)))
		})
	}
	wg.Wait()
	fresh := 0
	for i, a := range answers {
		if a.status != http.StatusOK || a.body != answers[i%keys].body {
			t.Errorf("%d %s, want what the others got", a.status, a.body)
		}
		if a.header.Get(api.ReplayedHeader) == "" {
			fresh++
		}
	}
	if n := len(h.cards()); n != keys || fresh != keys {
		t.Errorf("%d cards and %d fresh answers, want %d of each", n, fresh, keys)
	}
}

// Whoever lost the connection before the answer gets it with the same key.
func TestAnswerIsKeptForWhoLostTheConnection(t *testing.T) {
	h := open(t)
	const body = `{"line": "shop", "title": "Once"}`
	ctx, leave := context.WithCancel(journal.WithActor(t.Context(), "ana"))
	r := h.request("POST", "/v1/cards", body, key("lost")).WithContext(ctx)
	api.New(h.services, "test").ServeHTTP(leaver{httptest.NewRecorder(), leave}, r)
	a := h.write("POST", "/v1/cards", body, key("lost"))
	var c floor.Card
	a.into(t, &c)
	if a.header.Get(api.ReplayedHeader) != "true" || c.Key != "SHOP-1" || len(h.cards()) != 1 {
		t.Errorf("%v %v", a, h.cards())
	}
}

// leaver is a connection whose other side goes away with the answer's first byte.
type leaver struct {
	http.ResponseWriter
	leave func()
}

func (l leaver) WriteHeader(status int) {
	l.leave()
	l.ResponseWriter.WriteHeader(status)
}
