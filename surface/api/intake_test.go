package api_test

import (
	"context"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"andon/engine/notify"
	"andon/journal/subscription"
	"andon/surface/api"
)

const incidentDetected = `{"context":{"specversion":"0.5.1","id":"271069a8-fc18-44f1-b38f-9d70a1695819","source":"/pager/1","type":"dev.cdevents.incident.detected.0.3.0",
 "timestamp":"2029-03-20T14:27:05.315384Z"},"subject":{"id":"inc-7","source":"/pager/1","content":{"description":"the shop is slow","environment":{"id":"production"}}}}`

func TestEventsOfOthersComeInOnce(t *testing.T) {
	h := open(t)
	a := h.ask("POST", "/v1/events", incidentDetected)
	if a.status != http.StatusAccepted || !strings.Contains(a.body, `"known":false`) {
		t.Fatalf("%d %s", a.status, a.body)
	}
	structured := `{"specversion":"1.0","id":"271069a8-fc18-44f1-b38f-9d70a1695819","source":"/pager/1","type":"dev.cdevents.incident.detected.0.3.0","datacontenttype":"application/json","data":` + incidentDetected + `}`
	a = h.ask("POST", "/v1/events", structured, with("Content-Type", "application/cloudevents+json"))
	if a.status != http.StatusAccepted || !strings.Contains(a.body, `"known":true`) {
		t.Fatalf("%d %s", a.status, a.body)
	}
	for _, wrong := range []string{"{}", "nothing", strings.Replace(incidentDetected, "0.3.0", "9.9.9", 1)} {
		if a := h.ask("POST", "/v1/events", wrong); a.status != http.StatusUnprocessableEntity {
			t.Errorf("%s: %d %s", wrong, a.status, a.body)
		}
	}
	if a := h.ask("POST", "/v1/events", strings.Repeat(" ", 9<<20)); a.status != http.StatusRequestEntityTooLarge {
		t.Errorf("nine megabytes: %d %s", a.status, a.body)
	}
	if a := h.ask("GET", "/v1/events?about=incident:inc-7", ""); !strings.Contains(a.body, "inc-7") {
		t.Errorf("%s", a.body)
	}
}

func TestFactsGoOutSigned(t *testing.T) {
	h := open(t)
	ctx, enough := context.WithCancel(t.Context())
	done := make(chan struct{})
	go func() { defer close(done); _ = h.services.Subscriptions.Run(ctx) }()
	t.Cleanup(func() { enough(); <-done; h.services.Subscriptions.Close() })
	type message struct {
		header http.Header
		body   []byte
	}
	came := make(chan message, 100)
	receiver := httptest.NewServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
		body, _ := io.ReadAll(r.Body)
		came <- message{r.Header, body}
	}))
	t.Cleanup(receiver.Close)
	var s api.Subscribed
	h.write("POST", "/v1/subscriptions", `{"url":"`+receiver.URL+`","types":["dev.cdevents.ticket.*"],"from":0}`).into(t, &s)
	h.write("POST", "/v1/cards", `{"line":"shop","title":"One"}`)
	secret, err := subscription.ParseSecret(s.Secret)
	must(t, err)
	select {
	case m := <-came:
		if err := notify.Verify(secret, m.header, m.body, time.Now()); err != nil || !strings.Contains(string(m.body), "dev.cdevents.ticket.created") {
			t.Errorf("%v %s", err, m.body)
		}
	case <-time.After(time.Minute):
		t.Fatal("nothing was sent")
	}
	if a := h.write("GET", "/v1/subscriptions", ""); strings.Contains(a.body, s.Secret) || !strings.Contains(a.body, s.ID) {
		t.Errorf("%s", a.body)
	}
	h.write("POST", "/v1/subscriptions/"+s.ID+"/pause", "")
	if a := h.ask("POST", "/v1/subscriptions/"+s.ID+"/retry", ""); a.status != http.StatusConflict {
		t.Errorf("%d %s", a.status, a.body)
	}
	h.write("POST", "/v1/subscriptions/"+s.ID+"/resume", "")
	h.write("DELETE", "/v1/subscriptions/"+s.ID, "")
	if a := h.ask("GET", "/v1/subscriptions/"+s.ID, ""); a.status != http.StatusNotFound {
		t.Errorf("%d %s", a.status, a.body)
	}
	if a := h.ask("POST", "/v1/subscriptions", `{"url":"ftp://x"}`); a.status != http.StatusUnprocessableEntity {
		t.Errorf("%d %s", a.status, a.body)
	}
}
