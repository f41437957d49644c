package floor_test

import (
	"errors"
	"testing"

	"andon/engine/store"
	"andon/engine/store/storetest"
	"andon/flow/floor"
	"andon/journal"
	"andon/journal/journaltest"
)

func TestDeedsAreTakenBackOneAfterAnother(t *testing.T) {
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		f := open(t, s, 3)
		ana := journal.WithActor(t.Context(), "ana")
		before := f.card("SHOP-1")
		title := "Another title"
		f.must(f.Edit(ana, "SHOP-1", floor.Edit{Title: &title}))
		f.must(f.Pull(ana, floor.Pull{Line: "shop", Card: "SHOP-1", By: "ana"}))
		f.must(f.Block(ana, "SHOP-1", "waits for the copy", "ana"))
		f.must(f.Unblock(ana, "SHOP-1"))
		f.must(f.Finish(ana, "SHOP-1", "ana"))
		f.must(f.Discard(ana, "SHOP-2", "nobody wants it", "ana"))
		f.must(f.Pull(journal.WithActor(t.Context(), "bo"), floor.Pull{Line: "shop", Card: "SHOP-3", By: "bo"}))

		undo := func() {
			t.Helper()
			if _, err := f.Undo(ana, "ana"); err != nil {
				t.Fatal(err)
			}
		}
		undo()
		if c := f.card("SHOP-2"); c.Station != "backlog" || c.Discarded != "" || !c.DoneAt.IsZero() {
			t.Fatalf("the discard: %+v", c)
		}
		undo()
		if c := f.card("SHOP-1"); !c.FinishedAt.IsZero() {
			t.Fatalf("the finish: %+v", c)
		}
		undo()
		if c := f.card("SHOP-1"); c.Blocked == nil || c.Blocked.Reason != "waits for the copy" {
			t.Fatalf("the unblock: %+v", c)
		}
		undo()
		undo()
		if c := f.card("SHOP-1"); c.Station != "backlog" || !c.StartedAt.IsZero() || c.Owner != "" || c.Blocked != nil {
			t.Fatalf("the pull: %+v", c)
		}
		undo()
		if c := f.card("SHOP-1"); c.Title != before.Title {
			t.Fatalf("the edit: %+v", c)
		}
		// What is left is not ana's.
		if _, err := f.Undo(ana, "ana"); err == nil {
			t.Fatal("something was undone that ana did not do")
		}
		if c := f.card("SHOP-3"); c.Station != "development" {
			t.Fatalf("bo's pull: %+v", c)
		}
		facts, err := f.ledger.Facts(t.Context(), journal.Query{})
		if err != nil {
			t.Fatal(err)
		}
		journaltest.Valid(t, facts...)
	})
}

func TestNothingBlocksWhatIsDone(t *testing.T) {
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		f := open(t, s, 1)
		f.must(f.Move(t.Context(), floor.Move{Card: "SHOP-1", To: "done"}))
		if _, err := f.Block(t.Context(), "SHOP-1", "why", "ana"); err == nil {
			t.Error("a card that is done was blocked")
		}
	})
}

func TestAnUndoKeepsTheLimits(t *testing.T) {
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		f := open(t, s, 4)
		ana := journal.WithActor(t.Context(), "ana")
		for _, key := range []string{"SHOP-1", "SHOP-2"} {
			f.must(f.Pull(ana, floor.Pull{Line: "shop", Card: key, By: "ana"}))
		}
		f.must(f.Move(ana, floor.Move{Card: "SHOP-1", To: "review", By: "ana"}))
		f.must(f.Pull(journal.WithActor(t.Context(), "bo"), floor.Pull{Line: "shop", Card: "SHOP-3", By: "bo"}))
		_, err := f.Undo(ana, "ana")
		refused(t, err, floor.StationFull)
		if c := f.card("SHOP-1"); c.Station != "review" {
			t.Fatalf("%+v", c)
		}
	})
}

func TestBulkIsAllOrNothing(t *testing.T) {
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		f := open(t, s, 4)
		ctx := journal.WithActor(t.Context(), "ana")
		keys := []string{"SHOP-1", "SHOP-2", "SHOP-3"}
		_, err := f.Bulk(ctx, keys, floor.Bulk{Move: "development"}, "ana")
		refused(t, err, floor.StationFull)
		for _, key := range keys {
			if c := f.card(key); c.Station != "backlog" {
				t.Fatalf("%s is in %s", key, c.Station)
			}
		}
		cards, err := f.Bulk(ctx, keys[:2], floor.Bulk{Move: "development"}, "ana")
		if err != nil || len(cards) != 2 || cards[1].Station != "development" {
			t.Fatalf("%+v, %v", cards, err)
		}
		urgent := floor.FixedDate
		if _, err := f.Bulk(ctx, keys, floor.Bulk{Edit: &floor.Edit{Class: &urgent}}, "ana"); err != nil {
			t.Fatal(err)
		}
		// One deed is undone as one.
		if u, err := f.Undo(ctx, "ana"); err != nil || len(u.Cards) != 3 {
			t.Fatalf("%+v, %v", u, err)
		}
		if u, err := f.Undo(ctx, "ana"); err != nil || len(u.Cards) != 2 || f.card("SHOP-2").Station != "backlog" {
			t.Fatalf("%+v, %v", u, err)
		}
		for _, b := range []floor.Bulk{{}, {Unblock: true, Finish: true}} {
			if _, err := f.Bulk(ctx, keys, b, "ana"); err == nil {
				t.Errorf("%+v was done", b)
			}
		}
		var missing *floor.Missing
		if _, err := f.Bulk(ctx, []string{"SHOP-1", "SHOP-99"}, floor.Bulk{Block: "why"}, "ana"); !errors.As(err, &missing) || f.card("SHOP-1").Blocked != nil {
			t.Errorf("a card that does not exist: %v", err)
		}
	})
}
