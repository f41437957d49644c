package outlook_test

import (
	"errors"
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"
	"time"

	"andon/engine/store"
	"andon/engine/store/storetest"
	"andon/flow/floor"
	"andon/flow/forecast"
	"andon/flow/measure"
	"andon/flow/outlook"
	"andon/journal"
	"andon/journal/journaltest"
)

const day = 24 * time.Hour

type house struct {
	*outlook.Service
	t      *testing.T
	floor  *floor.Service
	ledger *journal.Ledger
	now    time.Time
}

func open(t *testing.T, s *store.Store, rules floor.Rules) *house {
	t.Helper()
	h := &house{t: t, now: time.Date(2030, 6, 3, 12, 0, 0, 0, time.UTC)}
	h.ledger = journal.NewLedger(s, nil, func() time.Time { return h.now })
	h.ledger.Project(measure.Record)
	h.floor = floor.NewService(h.ledger, nil)
	h.Service = outlook.NewService(h.ledger, measure.NewService(h.ledger))
	line := floor.Line{Name: "shop", Title: "Shop", Key: "SHOP", Rules: rules, Stations: []floor.Station{
		{Name: "backlog", Kind: floor.Queue}, {Name: "development", Kind: floor.Work, Hands: 4}, {Name: "review", Kind: floor.Work, Hands: 1},
		{Name: "done", Kind: floor.Done}}}
	if err := h.floor.Define(t.Context(), []floor.Line{line}, nil); err != nil {
		t.Fatal(err)
	}
	return h
}

// history imports cards as a line with four developers and one reviewer who is
// busy nine tenths of the time would have done them, day for day.
func (h *house) history(days int) {
	h.t.Helper()
	random := rand.New(rand.NewPCG(5, 6))
	at := h.now.Add(-time.Duration(days) * day)
	free := at // when the reviewer is
	var cards []floor.History
	for n := 1; ; n++ {
		at = at.Add(time.Duration(random.ExpFloat64() * 0.5 * float64(day))).Truncate(time.Microsecond)
		developed := at.Add(time.Duration(random.ExpFloat64() * 1.2 * float64(day))).Truncate(time.Microsecond)
		if free.Before(developed) {
			free = developed
		}
		free = free.Add(time.Duration(random.ExpFloat64() * 0.45 * float64(day))).Truncate(time.Microsecond)
		if free.After(h.now) {
			break
		}
		cards = append(cards, floor.History{Source: "test", Card: floor.Card{Key: fmt.Sprintf("SHOP-%d", n), Title: "A card"}, Stays: []floor.Past{
			{Station: "backlog", Entered: at.Add(-time.Hour), Left: at},
			{Station: "development", Entered: at, Left: developed},
			{Station: "review", Entered: developed, Left: free},
			{Station: "done", Entered: free}}})
	}
	if _, err := h.floor.Import(h.t.Context(), "shop", cards); err != nil {
		h.t.Fatal(err)
	}
}

func TestForecastsAreKeptAndScored(t *testing.T) {
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		h, ctx := open(t, s, floor.Rules{}), t.Context()
		ask := func(q outlook.Question) (outlook.Answer, error) {
			q.Line, q.By = "shop", "ana"
			return h.Ask(ctx, q)
		}
		var unknown *outlook.Unknown
		if _, err := ask(outlook.Question{Items: 3}); !errors.As(err, &unknown) {
			t.Fatalf("a forecast without history: %v", err)
		}
		h.history(120)
		when, err := ask(outlook.Question{Items: 20})
		if err != nil || when.ID != "F-1" || when.Kind != forecast.AskWhen || len(when.Promises) != 4 || len(when.History) != 60 {
			t.Fatalf("%+v, %v", when, err)
		}
		for i, p := range when.Promises {
			if p.Chance < p.P || i > 0 && p.Value < when.Promises[i-1].Value || p.Day.Sub(h.now.Truncate(day)) != time.Duration(p.Value)*day {
				t.Errorf("%+v", p)
			}
		}
		many, err := ask(outlook.Question{Until: h.now.Add(10 * day)})
		if err != nil || many.Days != 10 || many.Promises[0].Value < many.Promises[3].Value {
			t.Fatalf("%+v, %v", many, err)
		}
		for i := range 3 { // what is open: two in the backlog, the last of them of an epic
			epic := ""
			if i == 2 {
				epic = "checkout"
			}
			if _, err := h.floor.Create(ctx, floor.NewCard{Line: "shop", Title: "New", Epic: epic}); err != nil {
				t.Fatal(err)
			}
		}
		epic, err := ask(outlook.Question{Epic: "checkout"})
		if err != nil || epic.Items != 3 {
			t.Fatalf("%+v, %v", epic, err)
		}
		var invalid *outlook.Invalid
		for _, q := range []outlook.Question{{}, {Items: 1, Epic: "x"}, {Card: "SHOP-1"}, {Epic: "none"}, {Until: h.now}, {Items: -1}, {Items: 1, History: 3}} {
			if _, err := ask(q); !errors.As(err, &invalid) {
				t.Errorf("%+v: %v", q, err)
			}
		}
		// Nothing is finished from here on: every promise is missed once due.
		h.now = h.now.Add(30 * day)
		scored, err := h.Scores(ctx, "shop")
		if err != nil || len(scored.Forecasts) != 3 || len(scored.Calibrations) != 4 {
			t.Fatalf("%+v, %v", scored, err)
		}
		for _, c := range scored.Calibrations {
			if c.Due != 3 || c.Hits != 0 || c.Rate != 0 {
				t.Errorf("%+v", c)
			}
		}
		facts, err := h.ledger.Facts(ctx, journal.Query{Types: []journal.Type{journal.ForecastMade}})
		if err != nil || len(facts) != 3 {
			t.Fatalf("%d facts, %v", len(facts), err)
		}
		journaltest.Valid(t, facts...)
	})
}

func TestOldCardsAreAtRisk(t *testing.T) {
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		h, ctx := open(t, s, floor.Rules{SLE: floor.SLE{Percent: 85}}), t.Context()
		h.history(120)
		pull := func() string {
			c, err := h.floor.Create(ctx, floor.NewCard{Line: "shop", Title: "New"})
			if err == nil {
				c, err = h.floor.Pull(ctx, floor.Pull{Line: "shop", Card: c.Key, By: "ana"})
			}
			if err != nil {
				t.Fatal(err)
			}
			return c.Key
		}
		old := pull()
		h.now = h.now.Add(6 * day)
		young := pull()
		a, err := h.Ageing(ctx, "shop")
		if err != nil || !a.Known || !a.Own || len(a.Cards) != 2 {
			t.Fatalf("%+v, %v", a, err)
		}
		if a.Cards[0].Card != old || a.Cards[1].Card != young || a.Cards[0].P <= a.Cards[1].P || a.Cards[1].P > 0.3 {
			t.Errorf("%+v", a.Cards)
		}
		h.now = h.now.Add(30 * day)
		if a, err = h.Ageing(ctx, "shop"); err != nil || a.Cards[0].P != 1 {
			t.Errorf("%+v, %v", a, err)
		}
		if err := h.floor.Light(ctx, "shop", a.Risks()); err != nil {
			t.Fatal(err)
		}
		if c, err := h.floor.Card(ctx, old); err != nil || c.Lamp == nil {
			t.Errorf("%+v, %v", c, err)
		}
	})
}

func TestTheCopyShowsWhatASecondReviewerWouldDo(t *testing.T) {
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		h, ctx := open(t, s, floor.Rules{DailyCost: 1000}), t.Context()
		h.history(180)
		c, err := h.WhatIf(ctx, outlook.WhatIf{Line: "shop", Servers: map[string]int{"review": 1}, Seed: 1})
		if err != nil {
			t.Fatal(err)
		}
		t.Logf("seen %+v, simulated %+v", c.Seen, c.Now.Throughput)
		// The copy does about as much as was seen, and a second reviewer
		// shortens the wait before a reviewer who is busy nine tenths.
		if d := c.Now.Throughput.Mean / c.Seen.Throughput; d < 0.85 || d > 1.15 {
			t.Errorf("throughput %.2f, seen %.2f", c.Now.Throughput.Mean, c.Seen.Throughput)
		}
		if c.Then.Lead85.High >= c.Now.Lead85.Low || c.Then.Stations[1].Servers != 2 || c.Now.Cost == nil {
			t.Errorf("now %+v\nthen %+v", c.Now, c.Then)
		}
		limited, err := h.WhatIf(ctx, outlook.WhatIf{Line: "shop", WIP: map[string]int{"review": 1}, Seed: 1})
		if err != nil || limited.Then.Stations[1].Holds > 1 {
			t.Errorf("%+v, %v", limited.Then, err)
		}
		for _, q := range []outlook.WhatIf{{WIP: map[string]int{"backlog": 1}}, {Servers: map[string]int{"review": -1}}, {Arrivals: -1}, {Days: 1},
			{Hands: map[string]int{"review": 0}}, {WIP: map[string]int{"nowhere": 1}}} {
			q.Line = "shop"
			if _, err := h.WhatIf(ctx, q); err == nil {
				t.Errorf("%+v was simulated", q)
			}
		}
	})
}

// A limit that the history did not keep is no limit of the line as it ran: the
// copy does what was seen, and keeping the limit is what can be tried.
func TestTheCopyOfALineThatDidNotKeepItsLimits(t *testing.T) {
	s := storetest.SQLite(t)
	h, ctx := open(t, s, floor.Rules{}), t.Context()
	h.history(180)
	line := floor.Line{Name: "shop", Title: "Shop", Key: "SHOP", Stations: []floor.Station{
		{Name: "backlog", Kind: floor.Queue}, {Name: "development", Kind: floor.Work, Hands: 4, WIP: 1}, {Name: "review", Kind: floor.Work, Hands: 1},
		{Name: "done", Kind: floor.Done}}}
	if err := h.floor.Define(ctx, []floor.Line{line}, nil); err != nil {
		t.Fatal(err)
	}
	c, err := h.WhatIf(ctx, outlook.WhatIf{Line: "shop", WIP: map[string]int{"development": 1}, Seed: 1})
	if err != nil {
		t.Fatal(err)
	}
	if now, seen := c.Now.Throughput.Mean, c.Seen.Throughput; now < 0.85*seen || now > 1.15*seen {
		t.Errorf("the copy does %.2f cards a day, and %.2f were seen", now, seen)
	}
	if c.Then.Throughput.High > 0.7*c.Now.Throughput.Mean || c.Now.Stations[0].WIP < 4 || c.Then.Stations[0].WIP != 1 {
		t.Errorf("with the limit kept: %+v; now: %+v", c.Then, c.Now)
	}
	if len(c.Notes) == 0 || !strings.Contains(c.Notes[0], "Set the limit to 1") {
		t.Errorf("the notes are %q", c.Notes)
	}
}
