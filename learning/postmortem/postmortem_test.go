package postmortem_test

import (
	"errors"
	"strings"
	"testing"
	"time"

	"andon/engine/store"
	"andon/engine/store/storetest"
	"andon/journal"
	"andon/journal/journaltest"
	"andon/learning/postmortem"
)

func TestDraftEditAndActions(t *testing.T) {
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		ctx := t.Context()
		l := journal.NewLedger(s, nil, nil)
		service := postmortem.NewService(l)
		at := time.Date(2026, 3, 6, 16, 0, 0, 0, time.UTC)
		i := postmortem.Incident{ID: "INC-1", Title: "one in five <b>fails</b>", Service: "shop", Environment: "production", Severity: "major",
			OpenedAt: at, ResolvedAt: at.Add(90 * time.Second), Timeline: []journal.Fact{
				{At: at, Text: "shop-2 was aborted | badly", Actor: "andon"}}}
		for range 2 {
			if err := l.Write(ctx, func(tx journal.Tx) error { return postmortem.DraftIn(ctx, tx, i) }); err != nil {
				t.Fatal(err)
			}
		}
		list, err := service.List(ctx, 10)
		if err != nil || len(list) != 1 {
			t.Fatal(list, err)
		}
		p, err := service.Get(ctx, "INC-1")
		if err != nil {
			t.Fatal(err)
		}
		for _, want := range []string{"- 16:00:00 shop-2 was aborted \\| badly (andon)", "one in five &lt;b>fails&lt;/b>", "after 1m30s"} {
			if !strings.Contains(p.Text, want) {
				t.Fatalf("the draft lacks %q:\n%s", want, p.Text)
			}
		}
		if p, err = service.Edit(ctx, p.ID, "We learned much.", "ana", p.Rev); err != nil || p.Rev != 2 {
			t.Fatal(p, err)
		}
		var conflict *postmortem.Conflict
		if _, err := service.Edit(ctx, p.ID, "Mine!", "bo", 1); !errors.As(err, &conflict) {
			t.Fatal(err)
		}
		if p, err = service.AddAction(ctx, p.ID, "Warm the cache before traffic", "bo", "ana"); err != nil || len(p.Actions) != 1 {
			t.Fatal(p, err)
		}
		if err := l.Write(ctx, func(tx journal.Tx) error { return postmortem.CardedIn(ctx, tx, p.ID, 1, "SHOP-9") }); err != nil {
			t.Fatal(err)
		}
		if p, err = service.Get(ctx, p.ID); err != nil || p.Actions[0].Card != "SHOP-9" || p.Text != "We learned much." {
			t.Fatal(p, err)
		}
		facts, err := l.Facts(ctx, journal.Query{})
		if err != nil || len(facts) != 3 {
			t.Fatal(facts, err)
		}
		journaltest.Valid(t, facts...)
	})
}
