package floor_test

import (
	"slices"
	"testing"

	"andon/engine/store"
	"andon/engine/store/storetest"
	"andon/flow/floor"
	"andon/journal"
)

func TestWhatAForgeTellsMovesCards(t *testing.T) {
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		f, ctx := open(t, s, 6), t.Context()
		var forge floor.Forge
		ready := func(key string) {
			t.Helper()
			f.write(func(tx journal.Tx) error { return forge.ReadyForReview(ctx, tx, key) })
		}
		f.must(f.Pull(ctx, floor.Pull{Line: "shop", Card: "SHOP-1", By: "ana"}))
		ready("SHOP-1")
		ready("SHOP-1")
		if c := f.card("SHOP-1"); c.Station != "review" {
			t.Fatalf("%+v", c)
		}
		for _, key := range []string{"SHOP-2", "SHOP-3"} { // review holds three
			ready(key)
		}
		ready("SHOP-4")
		if c := f.card("SHOP-4"); c.Station != "backlog" || c.ReadyFor != "review" {
			t.Fatalf("without room: %+v", c)
		}
		f.must(f.Move(ctx, floor.Move{Card: "SHOP-1", To: "done"}))
		if c := f.card("SHOP-4"); c.Station != "review" {
			t.Fatalf("with room: %+v", c)
		}
		ready("SHOP-1") // what is further on stays
		ready("NONE-1")
		if c := f.card("SHOP-1"); c.Station != "done" {
			t.Fatalf("%+v", c)
		}
		err := f.ledger.Read(ctx, func(r journal.Reader) error {
			known, err := forge.Known(ctx, r, []string{"SHOP-9", "SHOP-2", "SHOP-1"})
			if !slices.Equal(known, []string{"SHOP-2", "SHOP-1"}) {
				t.Errorf("%v", known)
			}
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
	})
}
