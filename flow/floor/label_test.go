package floor_test

import (
	"slices"
	"strings"
	"testing"

	"andon/engine/store"
	"andon/engine/store/storetest"
	"andon/flow/floor"
	"andon/journal"
)

func TestLabels(t *testing.T) {
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		f, ctx := open(t, s, 0), journal.WithActor(t.Context(), "ana")
		is := func(c floor.Card, want ...string) {
			t.Helper()
			if again := f.card(c.Key); !slices.Equal(c.Labels, want) || !slices.Equal(again.Labels, want) {
				t.Errorf("labels are %q and %q, want %q", c.Labels, again.Labels, want)
			}
		}
		c := f.must(f.Create(ctx, floor.NewCard{Line: "shop", Title: "One", Labels: []string{"web", " mobile ", "web", ""}}))
		is(c, "mobile", "web")
		is(f.must(f.Edit(ctx, c.Key, floor.Edit{AddLabels: []string{"a11y"}, DropLabels: []string{"web", "none"}})), "a11y", "mobile")
		all := []string{"only"}
		is(f.must(f.Edit(ctx, c.Key, floor.Edit{Labels: &all})), "only")
		title := "Two"
		is(f.must(f.Edit(journal.WithActor(ctx, "bo"), c.Key, floor.Edit{Title: &title})), "only")
		if _, err := f.Undo(ctx, "ana"); err != nil {
			t.Fatal(err)
		}
		is(f.card(c.Key), "a11y", "mobile")
		if c := f.card(c.Key); c.Title != "Two" {
			t.Error("the undo took somebody else's title away")
		}
		if _, err := f.Undo(ctx, "ana"); err != nil {
			t.Fatal(err)
		}
		is(f.card(c.Key), "mobile", "web")
		before := f.card(c.Key).Rev
		f.must(f.Edit(ctx, c.Key, floor.Edit{AddLabels: []string{"web"}}))
		if f.card(c.Key).Rev != before {
			t.Error("a label that was there changed the card")
		}
		for _, bad := range [][]string{{strings.Repeat("x", 256)}, {"a\nb"}, slices.Collect(many(51))} {
			if _, err := f.Edit(ctx, c.Key, floor.Edit{AddLabels: bad}); err == nil {
				t.Errorf("%d labels were taken, the first is %q", len(bad), bad[0])
			}
		}
	})
}

func many(n int) func(func(string) bool) {
	return func(yield func(string) bool) {
		for i := range n {
			if !yield(strings.Repeat("l", i+1)) {
				return
			}
		}
	}
}
