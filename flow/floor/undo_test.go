package floor_test

import (
	"errors"
	"testing"
	"time"

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

func TestWhatWasSaidOfACardIsTakenBack(t *testing.T) {
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		f := open(t, s, 2)
		f.define(func(l *floor.Line) { l.Rules.SLE = floor.SLE{Stop: true} })
		ana := journal.WithActor(t.Context(), "ana")
		f.must(f.Pull(ana, floor.Pull{Line: "shop", Card: "SHOP-1", By: "ana"}))
		if err := f.Light(t.Context(), "shop", []floor.Risk{{Card: "SHOP-1", P: 0.9}}); err != nil {
			t.Fatal(err)
		}
		f.must(f.Analyse(ana, "SHOP-2", "two pages change", "ana"))
		f.must(f.Schedule(ana, "SHOP-2", time.Date(2026, 12, 1, 0, 0, 0, 0, time.UTC)))
		f.must(f.Accept(ana, "SHOP-1", "the customer agreed", "ana"))
		if err := f.Light(t.Context(), "shop", []floor.Risk{{Card: "SHOP-1", P: 0.1}}); err != nil { // out, so that help answers anew
			t.Fatal(err)
		}
		if err := f.Light(t.Context(), "shop", []floor.Risk{{Card: "SHOP-1", P: 0.9}}); err != nil {
			t.Fatal(err)
		}
		f.must(f.Help(ana, "SHOP-1", "bo"))
		// Somebody else's later edit of another field stays.
		title := "Another title"
		f.must(f.Edit(journal.WithActor(t.Context(), "cy"), "SHOP-2", floor.Edit{Title: &title}))

		undo := func() floor.Undone {
			t.Helper()
			u, err := f.Undo(ana, "ana")
			if err != nil {
				t.Fatal(err)
			}
			return u
		}
		undo()
		if c := f.card("SHOP-1"); len(c.Helpers) != 0 || c.Lamp == nil || c.Lamp.Answer != "" {
			t.Fatalf("the help: %+v, lamp %+v", c, c.Lamp)
		}
		_, err := f.Pull(ana, floor.Pull{Line: "shop", Card: "SHOP-2", By: "ana"})
		refused(t, err, floor.AndonIsLit)
		undo() // the acceptance, of a lamp that went out meanwhile and is lit without an answer
		if c := f.card("SHOP-2"); c.ScheduledFor.IsZero() {
			t.Fatalf("one undo too many: %+v", c)
		}
		undo()
		if c := f.card("SHOP-2"); !c.ScheduledFor.IsZero() || c.AnalysedAt.IsZero() {
			t.Fatalf("the schedule: %+v", c)
		}
		undo()
		if c := f.card("SHOP-2"); !c.AnalysedAt.IsZero() || c.AnalysedBy != "" || c.Note != "" || c.Title != title {
			t.Fatalf("the analysis: %+v", c)
		}
		f.must(f.Discard(ana, "SHOP-2", "nobody wants it", "ana"))
		if u := undo(); u.Text != "ana discarded SHOP-2 in backlog: nobody wants it" {
			t.Errorf("the undo of a discard says %q", u.Text)
		}
		if _, err := f.Leave(ana, "SHOP-1", "bo"); err == nil {
			t.Error("somebody left who had not come")
		}
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
