package floor_test

import (
	"strings"
	"testing"

	"andon/engine/store/storetest"
	"andon/flow/floor"
	"andon/journal"
	"andon/journal/journaltest"
)

func TestCommentsStandInTheHistory(t *testing.T) {
	f, ctx := open(t, storetest.SQLite(t), 1), journal.WithActor(t.Context(), "ana")
	before := f.card("SHOP-1")
	long := "The carrier\nanswers on " + strings.Repeat("Monday ", 60)
	f.must(f.Comment(ctx, "SHOP-1", long, "ana"))
	f.must(f.Comment(ctx, "SHOP-1", "  short  ", "ana"))
	facts, err := f.ledger.Facts(ctx, journal.Query{Types: []journal.Type{journal.CardCommented}})
	if err != nil || len(facts) != 2 {
		t.Fatal(len(facts), err)
	}
	journaltest.Valid(t, facts...)
	var c floor.Commented
	if err := facts[0].Into(&c); err != nil || c.Text != strings.TrimSpace(long) {
		t.Errorf("%q, %v", c.Text, err)
	}
	if text := facts[0].Text; !strings.HasPrefix(text, "ana on SHOP-1: The carrier answers on Monday") || !strings.HasSuffix(text, "…") || facts[1].Text != "ana on SHOP-1: short" {
		t.Errorf("%q, %q", text, facts[1].Text)
	}
	if c := f.card("SHOP-1"); c.Rev != before.Rev {
		t.Error("a comment changed the card")
	}
	for _, bad := range []string{"", " \n", strings.Repeat("x", floor.MostComment+1)} {
		if _, err := f.Comment(ctx, "SHOP-1", bad, "ana"); err == nil {
			t.Errorf("%d bytes were taken", len(bad))
		}
	}
	if _, err := f.Comment(ctx, "SHOP-99", "x", "ana"); err == nil {
		t.Error("a comment on no card was taken")
	}
}
