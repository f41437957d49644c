package web

import (
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"
	"time"

	"andon/engine/store/storetest"
	"andon/flow/floor"
	"andon/journal"
)

func TestFilterIsItsAddress(t *testing.T) {
	for _, address := range []string{"", "line=shop&q=gift+wrap&owner=Bo", "class=expedite&kind=change&lanes=epic", "blocked=1&lit=1&mine=1&all=backlog&all=review"} {
		q, err := url.ParseQuery(address)
		if err != nil {
			t.Fatal(err)
		}
		f, err := filterOf(q, "Ana")
		if err != nil {
			t.Fatal(err)
		}
		if back := f.query().Encode(); back != q.Encode() {
			t.Errorf("%q came back as %q", address, back)
		}
	}
	for _, wrong := range []string{"lanes=colour", "kind=fun", "class=first"} {
		q, _ := url.ParseQuery(wrong)
		if _, err := filterOf(q, "Ana"); err == nil || !strings.Contains(err.Error(), "use ") {
			t.Errorf("%q is answered %v", wrong, err)
		}
	}
}

func TestFilterAdmits(t *testing.T) {
	c := floor.Card{Key: "SHOP-7", Title: "Wrap gifts", Note: "with a bow", Owner: "Bo", Helpers: []string{"Ana"}, Epic: "Christmas", Kind: floor.Business, Class: floor.Standard}
	blocked, lit := c, c
	blocked.Blocked, lit.Lamp = &floor.Block{}, &floor.Lamp{}
	for _, x := range []struct {
		f    filter
		c    floor.Card
		want bool
	}{
		{filter{}, c, true},
		{filter{Text: "shop-7"}, c, true},
		{filter{Text: "BOW christmas"}, c, true},
		{filter{Text: "bow easter"}, c, false},
		{filter{Owner: "Bo"}, c, true},
		{filter{Owner: "Ana"}, c, false},
		{filter{Mine: true, Me: "Ana"}, c, true},
		{filter{Mine: true, Me: "Cy"}, c, false},
		{filter{Kind: "change"}, c, false},
		{filter{Class: "standard"}, c, true},
		{filter{Epic: "Easter"}, c, false},
		{filter{Blocked: true}, c, false},
		{filter{Blocked: true}, blocked, true},
		{filter{Lit: true}, c, false},
		{filter{Lit: true}, lit, true},
	} {
		if got := x.f.admits(x.c); got != x.want {
			t.Errorf("%+v admits the card: %v", x.f, got)
		}
	}
}

// TestFloorIsLaidOut counts against limits over all cards, folds long lists,
// splits a station, and gives what is urgent a row of its own.
func TestFloorIsLaidOut(t *testing.T) {
	line := floor.Line{Name: "shop", Rules: floor.Rules{ExpediteWIP: 1}, Stations: []floor.Station{{Name: "backlog", Kind: floor.Queue},
		{Name: "work", Kind: floor.Work, WIP: 2, Split: true}, {Name: "done", Kind: floor.Done}}}
	now := time.Date(2031, 5, 1, 12, 0, 0, 0, time.UTC)
	all := []floor.Card{
		{Key: "S-1", Station: "work", Class: floor.Standard, Owner: "Bo", StartedAt: now},
		{Key: "S-2", Station: "work", Class: floor.Standard, FinishedAt: now, StartedAt: now},
		{Key: "S-3", Station: "work", Class: floor.Expedite, Owner: "Bo", StartedAt: now},
	}
	for range fold + 5 {
		all = append(all, floor.Card{Key: "S-9", Station: "backlog", Class: floor.Standard, Owner: "Bo"})
	}
	v := floorView{Line: line, Now: now, Filter: filter{Owner: "Bo", Lanes: "owner"}, same: func(floor.Card, floor.Station) bool { return false }}
	v.lay(all, machines{})

	var titles []string
	for _, r := range v.Rows {
		titles = append(titles, r.Title)
	}
	if got := strings.Join(titles, ", "); got != "Expedite, Bo, Nobody's" {
		t.Fatalf("the rows are %s", got)
	}
	if v.Heads[1].wip() != "2 / 2" || !v.Heads[1].Over {
		t.Errorf("the station holds %s; the expedited card counts in its lane only, and the filter hides none from the limit", v.Heads[1].wip())
	}
	if v.Rows[0].Figure != "1 / 1" || !v.Rows[0].Over {
		t.Errorf("the lane says %q", v.Rows[0].Figure)
	}
	if backlog := v.Rows[1].Cells[0]; len(backlog.Lists[0].Cards) != fold || backlog.Lists[0].More != 5 || backlog.Lists[0].Next != "S-9" {
		t.Errorf("the long list shows %d and counts %d more", len(backlog.Lists[0].Cards), backlog.Lists[0].More)
	}
	if work := v.Rows[2].Cells[1]; work.Held != 1 || work.Shown != 0 || len(work.Lists) != 2 {
		t.Errorf("nobody's work: %+v", work)
	}
	v = floorView{Line: line, Now: now, Filter: filter{All: []string{"backlog"}}, same: v.same}
	v.lay(all, machines{})
	if n := len(v.Rows[1].Cells[0].Lists[0].Cards); n != fold+5 {
		t.Errorf("asked for all, the list shows %d", n)
	}
	if finished := v.Rows[1].Cells[1].Lists[1]; len(finished.Cards) != 1 || finished.Cards[0].Key != "S-2" {
		t.Errorf("the done half holds %+v", finished.Cards)
	}
}

// TestChangesNameTheCardsThatChanged looks at what a browser is told after
// facts of each kind.
func TestChangesNameTheCardsThatChanged(t *testing.T) {
	ledger := storetest.Ledger(t)
	s := &site{Services: Services{Ledger: ledger}}
	happen := func(f journal.Fact) {
		t.Helper()
		f.Content = journal.JSON(map[string]string{})
		if err := ledger.Write(t.Context(), func(tx journal.Tx) error { tx.Append(f); return nil }); err != nil {
			t.Fatal(err)
		}
	}
	queue, machine := floor.Station{Kind: floor.Queue}, floor.Station{Kind: floor.Deploy}
	one, other := floor.Card{Key: "S-1"}, floor.Card{Key: "S-2"}
	changed := func(query string, after int64) changes {
		t.Helper()
		c, err := s.changed(httptest.NewRequest(http.MethodGet, "/floor/changes?"+query, nil), after)
		if err != nil {
			t.Fatal(err)
		}
		return c
	}
	happen(journal.Fact{Type: journal.CardMoved, Subject: "S-1", Text: "moved", About: []journal.Ref{{Kind: journal.Card, ID: "S-1"}}})
	happen(journal.Fact{Type: journal.CardBlocked, Subject: "S-1", Text: "blocked", About: []journal.Ref{{Kind: journal.Card, ID: "S-1"}}})
	if c := changed("", 1); c.same(one, queue) || !c.same(other, queue) || !c.same(other, machine) {
		t.Errorf("after a fact of S-1 the changes are %+v", c)
	}
	if c := changed("need=S-2,S-3", 2); !c.same(one, queue) || c.same(other, queue) {
		t.Errorf("a browser that lacks S-2 is told %+v", c)
	}
	if c := changed("", 0); c.same(other, queue) {
		t.Error("a browser that knows nothing is told of no card")
	}
	happen(journal.Fact{Type: journal.CordPulled, Subject: "shop/work", Text: "pulled", About: []journal.Ref{{Kind: journal.Line, ID: "shop"}}})
	if c := changed("", 2); c.same(other, machine) || !c.same(other, queue) {
		t.Errorf("a fact of no card concerns cards at machines only: %+v", c)
	}
	happen(journal.Fact{Type: journal.LineChanged, Subject: "shop", Text: "other stations", About: []journal.Ref{{Kind: journal.Line, ID: "shop"}}})
	if c := changed("", 3); c.same(other, queue) {
		t.Error("the line changed, and cards are left as they were")
	}
}
