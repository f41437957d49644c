package api_test

import (
	"net/http"
	"strings"
	"testing"

	"andon/surface/api"
)

func TestEveryErrorIsAProblem(t *testing.T) {
	h := open(t)
	h.write("POST", "/v1/cards", `{"line": "shop", "title": "One"}`)
	h.write("POST", "/v1/cards", `{"line": "shop", "title": "Two"}`)
	h.write("POST", "/v1/pull", `{"line": "shop"}`)
	for _, c := range []struct {
		what, method, path, body string
		change                   func(*http.Request)
		status                   int
		says                     string // in the detail
		field                    string
	}{
		{what: "an unknown path", method: "GET", path: "/v1/nowhere", status: 404, says: "/openapi.json lists"},
		{what: "an unknown path to write to", method: "POST", path: "/v1/nowhere", body: "{}", status: 404, says: "/v1/nowhere"},
		{what: "a wrong method", method: "PUT", path: "/v1/cards", body: "{}", status: 405, says: "it takes POST"},
		{what: "a wrong method on a stream", method: "DELETE", path: "/v1/events", status: 405, says: "it takes GET"},
		{what: "a wrong method on the description", method: "POST", path: "/openapi.json", body: "{}", status: 405, says: "takes GET"},
		{what: "no JSON", method: "POST", path: "/v1/cards", body: `{"line": `, status: 400},
		{what: "no body", method: "POST", path: "/v1/cards", status: 400},
		{what: "an unknown field", method: "POST", path: "/v1/cards", body: `{"line": "shop", "title": "T", "colour": "red"}`, status: 422, field: "colour"},
		{what: "a field of the wrong type", method: "POST", path: "/v1/cards", body: `{"line": "shop", "title": 5}`, status: 422, field: "title"},
		{what: "a field out of its words", method: "POST", path: "/v1/cards", body: `{"line": "shop", "title": "T", "kind": "fun"}`, status: 422, field: "kind"},
		{what: "a missing field", method: "POST", path: "/v1/cards", body: `{"line": "shop"}`, status: 422, says: "title"},
		{what: "a reason without words", method: "POST", path: "/v1/cards/SHOP-1/block", body: `{"reason": ""}`, status: 422, field: "reason"},
		{what: "an empty title", method: "POST", path: "/v1/cards", body: `{"line": "shop", "title": " "}`, status: 422, field: "title"},
		{what: "a line that is not there", method: "POST", path: "/v1/cards", body: `{"line": "hop", "title": "T"}`, status: 404, says: `no line "hop"`},
		{what: "a card that is not there", method: "GET", path: "/v1/cards/SHOP-99", status: 404, says: "SHOP-99"},
		{what: "a wrong limit", method: "GET", path: "/v1/runs?limit=0", status: 422, field: "limit"},
		{what: "a limit that is no number", method: "GET", path: "/v1/events?limit=many", status: 422, says: "1 to 1000"},
		{what: "a wrong position", method: "GET", path: "/v1/events?after=-1", status: 422, says: "position"},
		{what: "a thing without kind", method: "GET", path: "/v1/events?about=SHOP-1", status: 422, says: "card:SHOP-7"},
		{what: "neither yes nor no", method: "GET", path: "/v1/events?newest=perhaps", status: 422, says: "true or false"},
		{what: "an unknown parameter", method: "GET", path: "/v1/events?afer=3", status: 422, says: `"afer"`},
		{what: "an unknown parameter of a list", method: "GET", path: "/v1/runs?sort=up", status: 422, field: "sort"},
		{what: "a run that is not there", method: "GET", path: "/v1/runs/ci-99", status: 404, says: "ci-99"},
		{what: "a log that is not there", method: "GET", path: "/v1/runs/ci-99/log", status: 404, says: "ci-99"},
		{what: "an unknown parameter of a log", method: "GET", path: "/v1/runs/ci-99/log?tail=1", status: 422, says: `"tail"`},
		{what: "a workflow that is not there", method: "POST", path: "/v1/runs", body: `{"workflow": "cd", "commit": "` + h.head + `"}`, status: 404, says: "ci.yml"},
		{what: "a deployment that is not there", method: "POST", path: "/v1/deployments/x-1/pause", status: 404, says: "x-1"},
		{what: "a release that is not there", method: "POST", path: "/v1/deployments", body: `{"release": "x-1", "environment": "production"}`, status: 404, says: "x-1"},
		{what: "an incident that is not there", method: "GET", path: "/v1/incidents/INC-9", status: 404, says: "INC-9"},
		{what: "a postmortem that is not there", method: "GET", path: "/v1/postmortems/PM-9", status: 404, says: "PM-9"},
		{what: "a revision that is old", method: "PATCH", path: "/v1/cards/SHOP-1", body: `{"title": "T", "rev": 99}`, status: 409, says: "look again"},
		{what: "no token", method: "POST", path: "/v1/cards", body: `{}`, change: func(r *http.Request) { r.Header.Del("Authorization") }, status: 401, says: "token"},
		{what: "a wrong token", method: "POST", path: "/v1/cards", body: `{}`, change: with("Authorization", "Bearer andon_guess"), status: 401},
		{what: "another host's name", method: "POST", path: "/v1/cards", body: `{}`, change: func(r *http.Request) { r.Host = "evil.example" }, status: 421, says: "evil.example"},
		{what: "another site's page", method: "POST", path: "/v1/cards", body: `{}`, change: with("Origin", "https://evil.example"), status: 403, says: "another site"},
		{what: "another site's page, as browsers tell it", method: "POST", path: "/v1/cards", body: `{}`, change: with("Sec-Fetch-Site", "cross-site"), status: 403},
		{what: "a key that is too long", method: "POST", path: "/v1/pull", body: `{}`, change: with(api.KeyHeader, strings.Repeat("k", 201)), status: 422, says: "200 bytes"},
		{what: "a body that is too large", method: "POST", path: "/v1/cards", body: `{"title": "` + strings.Repeat("a", 2<<20) + `"}`, change: with(api.KeyHeader, "large"), status: 413},
		{what: "a body that is not JSON", method: "POST", path: "/v1/cards", body: `a=b`, change: with("Content-Type", "application/x-www-form-urlencoded"), status: 415},
	} {
		t.Run(c.what, func(t *testing.T) {
			change := c.change
			if change == nil {
				change = func(*http.Request) {}
			}
			h := &house{T: t, Server: h.Server, services: h.services, token: h.token, contract: h.contract}
			a := h.ask(c.method, c.path, c.body, change)
			if ct := a.header.Get("Content-Type"); a.status != c.status || ct != "application/problem+json" {
				t.Fatalf("%d %s, want %d as a problem\n%.300s", a.status, ct, c.status, a.body)
			}
			var p api.Problem
			a.into(t, &p)
			if p.Status != c.status || p.Title != http.StatusText(c.status) || p.Detail == "" || !strings.Contains(p.Detail, c.says) || p.Field != c.field {
				t.Errorf("%+v\nwant status %d, field %q and a detail with %q", p, c.status, c.field, c.says)
			}
			if c.status == http.StatusMethodNotAllowed && a.header.Get("Allow") == "" {
				t.Error("405 without Allow")
			}
		})
	}
	if n := len(h.cards()); n != 2 {
		t.Errorf("%d cards; an error had an effect", n)
	}
}

// A refusal is a problem with a name, and says what to do instead.
func TestRefusalNamesItself(t *testing.T) {
	h := open(t)
	h.write("POST", "/v1/cards", `{"line": "shop", "title": "One"}`)
	h.write("POST", "/v1/cards", `{"line": "shop", "title": "Two"}`)
	h.write("POST", "/v1/pull", `{"line": "shop"}`)
	a := h.ask("POST", "/v1/pull", `{"line": "shop"}`)
	var p api.Problem
	a.into(t, &p)
	if a.status != http.StatusConflict || p.Type != "urn:andon:refusal:station-full" || p.Refusal == nil ||
		p.Refusal.Limit != 1 || p.Refusal.Holds != 1 || len(p.Refusal.Swarm) != 1 || p.Refusal.Swarm[0].Card != "SHOP-1" {
		t.Errorf("%d %s", a.status, a.body)
	}
	h.write("POST", "/v1/lines/shop/stations/done/cord", `{"reason": "the shop is slow"}`)
	a = h.ask("POST", "/v1/cards/SHOP-1/move", `{"to": "done"}`)
	a.into(t, &p)
	if a.status != http.StatusConflict || p.Type != "urn:andon:refusal:cord-pulled" || !strings.Contains(p.Detail, "the shop is slow") {
		t.Errorf("%d %s", a.status, a.body)
	}
	h.write("DELETE", "/v1/lines/shop/stations/done/cord", "")
	h.write("POST", "/v1/cards/SHOP-1/move", `{"to": "done"}`)
}
