package floor_test

import (
	"context"
	"fmt"
	"math/rand/v2"
	"reflect"
	"testing"
	"time"

	"andon/engine/store"
	"andon/engine/store/storetest"
	"andon/flow/floor"
	"andon/journal"
)

// TestAFloorFollowedIsTheFloorReadAnew does all kinds of things to a line and
// follows them: what comes out is what a whole reading gives.
func TestAFloorFollowedIsTheFloorReadAnew(t *testing.T) {
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		f, ctx, random := open(t, s, 20), journal.WithActor(t.Context(), "ana"), rand.New(rand.NewPCG(3, 7))
		followed, err := f.Floor(ctx, "shop")
		if err != nil {
			t.Fatal(err)
		}
		stations := []string{"backlog", "development", "review", "test", "production", "done"}
		for i := range 250 {
			for range random.IntN(4) {
				f.anything(ctx, random, f.key(1+random.IntN(20)), f.key(1+random.IntN(20)), stations[random.IntN(6)])
			}
			if i == 200 {
				f.define(func(l *floor.Line) { l.Rules.ExpediteWIP = 1 })
			}
			if followed, err = f.Again(ctx, followed); err != nil {
				t.Fatal(err)
			}
			whole, err := f.Floor(ctx, "shop")
			if err != nil {
				t.Fatal(err)
			}
			if a, b := unranked(followed), unranked(whole); !reflect.DeepEqual(a, b) {
				for n := range b.Cards {
					if n >= len(a.Cards) || !reflect.DeepEqual(a.Cards[n], b.Cards[n]) {
						t.Fatalf("after %d turns card %d of %d is\n%+v, want\n%+v", i, n, len(b.Cards), a.Cards[min(n, len(a.Cards)-1)], b.Cards[n])
					}
				}
				t.Fatalf("after %d turns the floor is\n%+v, want\n%+v", i, a, b)
			}
		}
	})
}

// unranked is a floor without what may differ.
func unranked(f floor.Floor) floor.Floor {
	cards := make([]floor.Card, len(f.Cards))
	for i, c := range f.Cards {
		c.Rank = 0
		cards[i] = c
	}
	f.Cards, f.At = cards, time.Time{}
	return f
}

// anything does one thing; most refusals are as good as deeds.
func (f fixture) anything(ctx context.Context, random *rand.Rand, key, other, to string) {
	text := fmt.Sprint(random.IntN(1000))
	class := floor.Classes[random.IntN(4)]
	var forge floor.Forge
	_ = [](func() error){
		func() error { _, err := f.Pull(ctx, floor.Pull{Line: "shop", By: "ana"}); return err },
		func() error { _, err := f.Move(ctx, floor.Move{Card: key, To: to, By: "bo"}); return err },
		func() error {
			_, err := f.Move(ctx, floor.Move{Card: key, To: to, Before: other, By: "bo"})
			return err
		},
		func() error {
			_, err := f.Edit(ctx, key, floor.Edit{Class: &class, AddLabels: []string{text}})
			return err
		},
		func() error { _, err := f.Edit(ctx, key, floor.Edit{Title: &text, Owner: &text}); return err },
		func() error { _, err := f.Block(ctx, key, text, "ana"); return err },
		func() error { _, err := f.Unblock(ctx, key); return err },
		func() error { _, err := f.Finish(ctx, key, "ana"); return err },
		func() error { _, err := f.Resume(ctx, key, "ana"); return err },
		func() error { _, err := f.Help(ctx, key, text); return err },
		func() error { _, err := f.Comment(ctx, key, text, "ana"); return err },
		func() error { _, err := f.Analyse(ctx, key, text, "ana"); return err },
		func() error { _, err := f.Accept(ctx, key, text, "ana"); return err },
		func() error { _, err := f.Discard(ctx, key, text, "ana"); return err },
		func() error { _, err := f.Create(ctx, floor.NewCard{Line: "shop", Title: text}); return err },
		func() error { _, err := f.Undo(ctx, "ana"); return err },
		func() error { _, err := f.Bulk(ctx, []string{key, other}, floor.Bulk{Move: to}, "ana"); return err },
		func() error { return f.Light(ctx, "shop", []floor.Risk{{Card: key, P: random.Float64()}}) },
		func() error { return f.PullCord(ctx, "shop", "review", text, "ana") },
		func() error { return f.ReleaseCord(ctx, "shop", "review", "ana") },
		func() error {
			f.write(func(tx journal.Tx) error { return forge.ReadyForReview(ctx, tx, key) })
			return nil
		},
	}[random.IntN(21)]()
}
