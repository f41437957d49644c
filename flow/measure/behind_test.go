package measure_test

import (
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"
	"time"

	"andon/engine/store"
	"andon/engine/store/storetest"
	"andon/flow/floor"
	"andon/flow/measure"
	"andon/journal"
)

func TestTheCardsBehindWhatIsHeldAndWhatLeft(t *testing.T) {
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		f, ctx := shop(t, s), journal.WithActor(t.Context(), "ana")
		m := measure.NewService(f.ledger)
		var keys []string
		for range 3 {
			f.tick(time.Minute)
			c, err := f.Create(ctx, floor.NewCard{Line: "shop", Title: "A card"})
			if err != nil {
				t.Fatal(err)
			}
			keys = append(keys, c.Key)
		}
		move := func(n int, to string) {
			t.Helper()
			f.tick(time.Hour)
			if _, err := f.Move(ctx, floor.Move{Card: keys[n], To: to, By: "ana"}); err != nil {
				t.Fatal(err)
			}
		}
		first := f.now
		move(0, "development")
		move(1, "development")
		f.tick(48 * time.Hour)
		move(0, "review")
		move(1, "review")
		move(2, "development")
		move(1, "development") // back
		f.tick(48 * time.Hour)
		move(0, "done")
		f.tick(time.Minute)
		last := f.now
		window := func(day time.Time, days int) measure.Window {
			t.Helper()
			w, err := measure.NewWindow(day, f.now, days)
			if err != nil {
				t.Fatal(err)
			}
			return w
		}
		is := func(what string, rows []measure.Row, err error, want ...int) {
			t.Helper()
			var got, wanted []string
			for _, r := range rows {
				got = append(got, r.Card)
			}
			for _, n := range want {
				wanted = append(wanted, keys[n])
			}
			if err != nil || strings.Join(got, " ") != strings.Join(wanted, " ") {
				t.Errorf("%s: %v, %v; want %v", what, got, err, wanted)
			}
		}
		held := func(station string, day time.Time, want ...int) {
			t.Helper()
			rows, err := m.Held(ctx, "shop", station, window(day, 1))
			is("held in "+station+" on "+day.Format(time.DateOnly), rows, err, want...)
		}
		left := func(station string, day time.Time, days int, want ...int) {
			t.Helper()
			rows, err := m.Left(ctx, "shop", station, window(day, days))
			is("left "+station, rows, err, want...)
		}
		held("", first, 1, 0)
		held("development", last, 2, 1)
		held("review", last)
		held("", last, 2, 1)
		held("backlog", last) // what waits is not in progress
		left("development", last, 30, 1, 0)
		left("review", last, 30, 0, 1)
		left("backlog", first, 1, 1, 0)
		left("development", first, 1)
		if _, err := m.Left(ctx, "shop", "nowhere", window(last, 1)); err == nil {
			t.Error("a station that is not there was left")
		}
		if _, err := m.Held(ctx, "shop", "nowhere", window(last, 1)); err == nil {
			t.Error("a station that is not there held something")
		}
	})
}

// TestHowOldWorkWasIsWhatTheCardsSay moves cards about, back to the queue and
// out of done again, and holds the mean age that Flow tells for the beginning
// of a window against the cards that were in progress then.
func TestHowOldWorkWasIsWhatTheCardsSay(t *testing.T) {
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		f, ctx, random := shop(t, s), journal.WithActor(t.Context(), "ana"), rand.New(rand.NewPCG(8, 9))
		m := measure.NewService(f.ledger)
		first := f.now
		stations := []string{"backlog", "development", "review", "development", "done"}
		for n := range 200 {
			f.tick(3 * time.Hour) // some things happen at midnight, as in histories that tell days only
			if n%20 == 0 {
				f.add("A card")
			}
			key := fmt.Sprintf("SHOP-%d", 1+random.IntN(n/20+1))
			_, _ = f.Move(ctx, floor.Move{Card: key, To: stations[random.IntN(len(stations))], By: "ana"}) // one that is there already is refused
		}
		for day := first.AddDate(0, 0, 1); day.Before(f.now); day = day.AddDate(0, 0, 1) {
			midnight := day.Truncate(24 * time.Hour)
			w, err := measure.NewWindow(midnight.Add(-time.Hour), f.now, 1)
			if err != nil {
				t.Fatal(err)
			}
			rows, err := m.Held(ctx, "shop", "", w)
			if err != nil {
				t.Fatal(err)
			}
			age := 0.0
			for _, r := range rows {
				age += midnight.Add(-time.Microsecond).Sub(r.Started).Hours() / 24 / float64(len(rows))
			}
			flow, err := m.Flow(ctx, "shop", measure.Window{From: midnight, To: f.now})
			if err != nil {
				t.Fatal(err)
			}
			if text := flow.Little.Conditions[3].Text; !strings.HasPrefix(text, fmt.Sprintf("the mean age was %.1f days at the beginning", age)) {
				t.Errorf("on %s %d cards were %.3f days old, and Flow says %q", midnight.Format(time.DateOnly), len(rows), age, text)
			}
		}
	})
}
