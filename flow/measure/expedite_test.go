package measure_test

import (
	"math"
	"testing"
	"time"

	"andon/engine/store"
	"andon/engine/store/storetest"
	"andon/flow/floor"
	"andon/flow/measure"
	"andon/journal"
)

// Four cards wait, two of them say what a day of delay costs. An expedited one
// goes before them. The line finishes two cards in ten days: each of the four
// leaves five days later.
func TestWhatGoingBeforeOthersCost(t *testing.T) {
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		f, ctx := shop(t, s), journal.WithActor(t.Context(), "ana")
		err := f.Define(ctx, []floor.Line{{Name: "shop", Title: "Shop", Key: "SHOP", Rules: floor.Rules{ExpediteWIP: 2, Currency: "EUR", DailyCost: 1000}, Stations: []floor.Station{
			{Name: "backlog", Kind: floor.Queue}, {Name: "development", Kind: floor.Work}, {Name: "review", Kind: floor.Work}, {Name: "done", Kind: floor.Done},
		}}}, nil)
		if err != nil {
			t.Fatal(err)
		}
		move := func(key, to string) {
			t.Helper()
			if _, err := f.Move(ctx, floor.Move{Card: key, To: to, By: "ana"}); err != nil {
				t.Fatal(err)
			}
		}
		add := func(delay float64, class floor.Class) string {
			t.Helper()
			f.tick(time.Minute)
			c, err := f.Create(ctx, floor.NewCard{Line: "shop", Title: "A card", CostOfDelay: delay, Class: class})
			if err != nil {
				t.Fatal(err)
			}
			return c.Key
		}
		start := f.now
		done := []string{add(0, floor.Standard), add(0, floor.Standard)}
		for _, key := range done {
			move(key, "done")
		}
		for _, delay := range []float64{0, 40, 60, 0} {
			add(delay, floor.Standard)
		}
		fast, taken := add(0, floor.Expedite), add(0, floor.Expedite)
		f.tick(time.Hour)
		move(fast, "development")
		f.tick(time.Hour)
		move(fast, "review") // going on overtakes nobody again
		move(taken, "development")
		if _, err := f.Undo(ctx, "ana"); err != nil {
			t.Fatal(err)
		}
		f.tick(10*24*time.Hour - f.now.Sub(start))
		check := func() {
			t.Helper()
			w := measure.Window{From: start, To: f.now}
			flow, err := f.measure.Flow(ctx, "shop", w)
			if err != nil {
				t.Fatal(err)
			}
			e := flow.Expedite
			if !e.Known || e.Pulled != 1 || e.Overtook != 4 || e.Currency != "EUR" || math.Abs(e.Days-20) > 0.01 || math.Abs(e.Cost-500) > 0.3 {
				t.Errorf("%+v", e)
			}
			if len(e.Cards) != 1 || e.Cards[0].Card != fast || e.Cards[0].Delay != 100 {
				t.Errorf("%+v", e.Cards)
			}
		}
		check()
		if err := f.measure.Rebuild(ctx); err != nil {
			t.Fatal(err)
		}
		check()
	})
}
