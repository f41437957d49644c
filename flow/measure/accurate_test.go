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

// Four cards go to review, one of them twice, for it was sent back: of the
// five times that a card left development it came back once. It left review
// five times, too, once backwards, and came back once.
func TestCompleteAndAccurateByHand(t *testing.T) {
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		f, ctx := shop(t, s), journal.WithActor(t.Context(), "ana")
		from := f.now
		move := func(key string, to ...string) {
			t.Helper()
			for _, station := range to {
				f.tick(time.Hour)
				if _, err := f.Move(ctx, floor.Move{Card: key, To: station, By: "ana"}); err != nil {
					t.Fatal(err)
				}
			}
		}
		move(f.add("Sent back"), "development", "review", "development", "review", "done")
		for range 3 {
			move(f.add("Well done"), "development", "review", "done")
		}
		f.tick(time.Hour)
		flow, err := f.measure.Flow(ctx, "shop", measure.Window{From: from, To: f.now})
		if err != nil {
			t.Fatal(err)
		}
		for i, want := range map[int]measure.StationFlow{
			0: {Left: 4, Accurate: 1},
			1: {Left: 5, Returned: 1, Accurate: 0.8},
			2: {Left: 5, Returned: 1, Accurate: 0.8},
		} {
			got := flow.Stations[i]
			if got.Left != want.Left || got.Returned != want.Returned || math.Abs(got.Accurate-want.Accurate) > 1e-12 {
				t.Errorf("%+v, want %+v", got, want)
			}
		}
		// 1 · 0.8 · 0.8; nothing has left done.
		if got, ok := measure.StreamOf(flow.Stations); !ok || math.Abs(got.Accurate-0.64) > 1e-12 {
			t.Errorf("%+v", got)
		}
	})
}
