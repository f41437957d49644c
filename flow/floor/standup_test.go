package floor_test

import (
	"slices"
	"strings"
	"testing"
	"time"

	"andon/engine/store"
	"andon/engine/store/storetest"
	"andon/flow/floor"
)

func TestTheStandUpWalksFromTheEnd(t *testing.T) {
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		f, ctx := open(t, s, 6), t.Context()
		f.define(func(l *floor.Line) { l.Rules.Ready = []floor.Readiness{floor.Estimated} })
		days := 1.0
		for n := range 5 {
			f.must(f.Edit(ctx, f.key(n+1), floor.Edit{Estimate: &days}))
		}
		f.must(f.Pull(ctx, floor.Pull{Line: "shop", Card: "SHOP-1", By: "ana"}))
		f.must(f.Move(ctx, floor.Move{Card: "SHOP-1", To: "review"}))
		f.must(f.Pull(ctx, floor.Pull{Line: "shop", Card: "SHOP-2", By: "bo"}))
		f.must(f.Pull(ctx, floor.Pull{Line: "shop", Card: "SHOP-3", By: "cy"}))
		f.must(f.Block(ctx, "SHOP-3", "waits for *the* copy", "cy"))
		f.must(f.Finish(ctx, "SHOP-2", "bo"))
		u, err := f.StandUp(ctx, "shop")
		if err != nil {
			t.Fatal(err)
		}
		var walk []string
		for _, stop := range u.Stops {
			for _, talk := range stop.Talks {
				walk = append(walk, stop.Station.Name+" "+talk.Card.Key+" "+string(talk.Cause))
			}
		}
		if want := []string{"review SHOP-1 old", "development SHOP-3 blocked", "development SHOP-2 reviewer"}; !slices.Equal(walk, want) {
			t.Errorf("%q, want %q", walk, want)
		}
		if !slices.Equal(u.Free, []string{"bo"}) || u.Unready != 1 || len(u.Next) != 2 {
			t.Errorf("free %v, %d unready, %d next", u.Free, u.Unready, len(u.Next))
		}
		text := u.Markdown()
		for _, want := range []string{"## review (1 of 3 cards)", `blocked for 0 s: waits for \*the\* copy (cy)`, "Free: bo.", "1 more wait"} {
			if !strings.Contains(text, want) {
				t.Errorf("%q is missing in\n%s", want, text)
			}
		}
		needs, err := f.Swarm(ctx, "shop", "")
		if err != nil || len(needs) != 3 || needs[0].Card != "SHOP-3" || needs[0].Cause != floor.IsBlocked ||
			!slices.Equal(needs[0].Free, []string{"bo"}) || needs[1].Free != nil {
			t.Errorf("%+v, %v", needs, err)
		}
	})
}

func TestTheDemonstrationShowsWhatWasFinished(t *testing.T) {
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		f, ctx := open(t, s, 3), t.Context()
		since := f.ledger.Now()
		f.must(f.Pull(ctx, floor.Pull{Line: "shop", Card: "SHOP-1", By: "ana"}))
		f.must(f.Move(ctx, floor.Move{Card: "SHOP-1", To: "done"}))
		f.must(f.Discard(ctx, "SHOP-2", "nobody wants it", "ana"))
		d, err := f.Demo(ctx, "shop", since)
		if err != nil || len(d.Cards) != 1 || d.Cards[0].Key != "SHOP-1" || d.More != 0 {
			t.Fatalf("%+v, %v", d, err)
		}
		if text := d.Markdown(); !strings.Contains(text, "## Business work") || !strings.Contains(text, "**SHOP-1** Card 1") || strings.Contains(text, "SHOP-2") {
			t.Error(text)
		}
		if d, err := f.Demo(ctx, "shop", f.ledger.Now().Add(time.Hour)); err != nil || len(d.Cards) != 0 {
			t.Fatalf("%+v, %v", d, err)
		}
	})
}
