package api_test

import (
	"fmt"
	"net/http"
	"strings"
	"testing"
	"time"

	"andon/flow/floor"
	"andon/flow/measure"
	"andon/flow/outlook"
	"andon/surface/api"
)

func TestWhatMayBeDoneToCards(t *testing.T) {
	h := open(t)
	var c floor.Card
	h.write("POST", "/v1/cards", `{"line":"shop","title":"One","epic":"checkout","due":"2030-01-31","cost_of_delay":50}`).into(t, &c)
	if c.Epic != "checkout" || c.DueAt.Format(time.DateOnly) != "2030-01-31" || c.CostOfDelay != 50 {
		t.Fatalf("%+v", c)
	}
	h.write("POST", "/v1/cards", `{"line":"shop","title":"Two"}`)
	h.write("POST", "/v1/cards/SHOP-1/analyse", `{"text":"a page more"}`)
	h.write("POST", "/v1/cards/SHOP-1/schedule", `{"day":"2030-01-02"}`).into(t, &c)
	if c.AnalysedBy != "ana" || c.ScheduledFor.IsZero() {
		t.Fatalf("%+v", c)
	}
	h.write("PATCH", "/v1/cards/SHOP-1", `{"due":"","estimate":2}`)
	h.write("POST", "/v1/pull", `{"card":"SHOP-1"}`)
	h.write("POST", "/v1/cards/SHOP-1/finish", "")
	if c := h.cards()[1]; c.Key != "SHOP-1" || c.Station != "done" {
		t.Fatalf("%+v", c)
	}
	var u floor.Undone
	h.write("POST", "/v1/undo", "").into(t, &u)
	if c := h.cards()[0]; len(u.Cards) != 1 || c.Key != "SHOP-1" || c.Station != "work" || !c.FinishedAt.IsZero() {
		t.Fatalf("%+v", u)
	}
	if a := h.ask("POST", "/v1/cards/SHOP-1/accept", `{"reason":"why not"}`); a.status != http.StatusUnprocessableEntity {
		t.Errorf("a lamp that is not lit: %d %s", a.status, a.body)
	}
	h.write("POST", "/v1/bulk", `{"cards":["SHOP-1","SHOP-2"],"edit":{"class":"fixed-date"}}`)
	if a := h.ask("POST", "/v1/bulk", `{"cards":["SHOP-1","SHOP-2"],"move":"work","unblock":true}`); a.status != http.StatusUnprocessableEntity {
		t.Errorf("two things at once: %d %s", a.status, a.body)
	}
	h.write("POST", "/v1/cards/SHOP-2/discard", `{"reason":"nobody wants it"}`)
	for path, want := range map[string]string{"swarm": `"items":`, "standup": `"stops":`, "demo": `"cards":`, "swarm?station=work": `"items":`} {
		if a := h.write("GET", "/v1/lines/shop/"+path, ""); !strings.Contains(a.body, want) {
			t.Errorf("%s: %s", path, a.body)
		}
	}
	if a := h.ask("GET", "/v1/lines/shop/demo?since=soon", ""); a.status != http.StatusUnprocessableEntity {
		t.Errorf("%d %s", a.status, a.body)
	}
}

func TestNumbers(t *testing.T) {
	h := open(t)
	var cards []floor.History
	for n := range 40 {
		at := time.Now().UTC().Truncate(time.Microsecond).Add(-time.Duration(40-n) * 24 * time.Hour)
		cards = append(cards, floor.History{Source: "test", Card: floor.Card{Key: fmt.Sprintf("SHOP-%d", n+1), Title: "Past"}, Stays: []floor.Past{
			{Station: "backlog", Entered: at.Add(-time.Hour), Left: at}, {Station: "work", Entered: at, Left: at.Add(20 * time.Hour)},
			{Station: "done", Entered: at.Add(20 * time.Hour)}}})
	}
	_, err := h.services.Floor.Import(t.Context(), "shop", cards)
	must(t, err)
	var f measure.Flow
	h.write("GET", "/v1/lines/shop/flow?days=30", "").into(t, &f)
	if len(f.Days) != 30 || f.Cycle.N < 28 || len(f.Cycle.Percentiles) != 4 || f.Cycle.Percentiles[0].Within != 20*time.Hour {
		t.Errorf("%+v", f.Cycle)
	}
	for _, path := range []string{"flow?days=0", "flow?at=2999-01-01", "flow?at=soon"} {
		if a := h.ask("GET", "/v1/lines/shop/"+path, ""); a.status != http.StatusUnprocessableEntity {
			t.Errorf("%s: %d %s", path, a.status, a.body)
		}
	}
	if a := h.ask("GET", "/v1/lines/none/flow", ""); a.status != http.StatusNotFound {
		t.Errorf("%d %s", a.status, a.body)
	}
	h.write("GET", "/v1/lines/shop/ageing", "")
	h.write("GET", "/v1/lines/shop/cost", "")
	for _, profile := range []string{"dora-2025", "devlake-2023", "gitlab"} {
		if a := h.write("GET", "/v1/lines/shop/dora?profile="+profile, ""); strings.Count(a.body, `"key"`) != 5 {
			t.Errorf("%s", a.body)
		}
	}
	if a := h.write("GET", "/v1/lines/shop/bottleneck?days=30", ""); !strings.Contains(a.body, `"slowest":"work"`) {
		t.Errorf("%s", a.body)
	}
	if a := h.write("GET", "/v1/untracked?days=7", ""); !strings.Contains(a.body, `"without":1`) {
		t.Errorf("%s", a.body)
	}
	var a outlook.Answer
	h.write("POST", "/v1/lines/shop/forecasts", `{"items":3}`).into(t, &a)
	if a.ID != "F-1" || len(a.Promises) != 4 {
		t.Errorf("%+v", a)
	}
	h.write("GET", "/v1/lines/shop/forecasts", "")
	if a := h.ask("POST", "/v1/lines/shop/forecasts", `{}`); a.status != http.StatusUnprocessableEntity {
		t.Errorf("%d %s", a.status, a.body)
	}
	h.write("POST", "/v1/lines/shop/simulations", `{"wip":{"work":3},"seed":1}`)
	var p api.Problem
	h.ask("POST", "/v1/lines/shop/simulations", `{"wip":{"backlog":3}}`).into(t, &p)
	if p.Status != http.StatusUnprocessableEntity || p.Field != "station" {
		t.Errorf("%+v", p)
	}
}
