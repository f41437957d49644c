package api_test

import (
	"bufio"
	"encoding/json"
	"io"
	"net/http"
	"os"
	"strings"
	"testing"

	"andon/flow/pipeline"
)

// A run is started, its log is followed while it works, and read when it ended.
func TestLogOfARun(t *testing.T) {
	h := open(t)
	var run pipeline.Run
	h.write("POST", "/v1/runs", `{"workflow": "ci", "commit": "`+h.head+`"}`).into(t, &run)
	until(t, "the first step to speak", func() bool {
		return strings.Contains(h.ask("GET", "/v1/runs/"+run.ID+"/log", "").body, "hello")
	})
	resp, err := h.Client().Do(h.request("GET", "/v1/runs/"+run.ID+"/log?follow=true", ""))
	must(t, err)
	defer resp.Body.Close()
	if ct := resp.Header.Get("Content-Type"); ct != "text/plain; charset=utf-8" {
		t.Errorf("the log comes as %s", ct)
	}
	in := bufio.NewReader(resp.Body)
	for { // it arrives although nothing follows it
		line, err := in.ReadString('\n')
		must(t, err)
		if strings.Contains(line, "hello") {
			break
		}
	}
	must(t, os.WriteFile(h.word(), nil, 0o600))
	rest, err := io.ReadAll(in) // the stream ends with the run
	must(t, err)
	if !strings.Contains(string(rest), "heard") {
		t.Errorf("the rest of the log is %q", rest)
	}
	var d pipeline.Detail
	h.ask("GET", "/v1/runs/"+run.ID, "").into(t, &d)
	if d.State != pipeline.Ended || d.Conclusion != "success" || len(d.Jobs) != 1 {
		t.Errorf("%+v", d)
	}
	whole := h.ask("GET", "/v1/runs/"+run.ID+"/log?job=build", "").body
	for _, want := range []string{"── build: Greet\n", "hello", "── build: Wait for the word\n", "heard"} {
		before, after, ok := strings.Cut(whole, want)
		if !ok {
			t.Fatalf("%q lacks %q, or has it too early", before, want)
		}
		whole = after
	}
	if a := h.ask("GET", "/v1/runs/"+run.ID+"/log?job=deploy", ""); a.status != http.StatusNotFound || !strings.Contains(a.body, "build") {
		t.Errorf("%d %s", a.status, a.body)
	}
}

// Every operation that only reads answers what it promises, on an empty house too.
func TestEveryReadKeepsItsPromise(t *testing.T) {
	h := open(t)
	for _, path := range []string{"/v1/status", "/v1/lines", "/v1/lines/shop", "/v1/runs", "/v1/releases", "/v1/places", "/v1/deployments",
		"/v1/incidents", "/v1/postmortems", "/v1/objectives", "/v1/events"} {
		a := h.ask("GET", path, "")
		if !json.Valid([]byte(a.body)) || a.status != http.StatusOK || strings.Contains(a.body, `"items":null`) {
			t.Errorf("%s: %d %s", path, a.status, a.body)
		}
	}
}

// The loop from an incident to a postmortem and its action, over the API.
func TestIncidentBecomesAPostmortem(t *testing.T) {
	h := open(t)
	h.write("POST", "/v1/incidents", `{"title": "The basket is empty", "service": "shop", "severity": "major"}`)
	h.write("POST", "/v1/incidents/INC-1/acknowledge", "")
	h.write("POST", "/v1/incidents/INC-1/notes", `{"text": "the cache is cold"}`)
	h.write("POST", "/v1/incidents/INC-1/resolve", `{"note": "warmed the cache"}`)
	a := h.write("GET", "/v1/incidents/INC-1", "")
	for _, want := range []string{"the cache is cold", "warmed the cache", `"state":"resolved"`} {
		if !strings.Contains(a.body, want) {
			t.Errorf("%s lacks %q", a.body, want)
		}
	}
}
