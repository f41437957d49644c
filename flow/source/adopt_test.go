package source_test

import (
	"errors"
	"slices"
	"strings"
	"testing"

	"andon/engine/store"
	"andon/engine/store/storetest"
	"andon/flow/floor"
	"andon/flow/source"
	"andon/journal"
)

func TestWhatHasNoCardIsTakenOver(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.Store) {
		s, ctx := open(t, db, 0), journal.WithActor(t.Context(), "ana")
		issue := func(action string, at int) map[string]any {
			return map[string]any{"action": action, "issue": map[string]any{"number": 3, "title": strings.Repeat("é", 150), "state": "open", "user": map[string]any{"login": "ana"},
				"updated_at": stamp(at), "html_url": "https://github.com/acme/shop/issues/3", "labels": []any{map[string]any{"name": "bug"}}}}
		}
		s.receive("issues", encode(issue("opened", 0)))
		key, err := s.Adopt(ctx, "github:acme/shop#3", "shop")
		if err != nil {
			t.Fatal(err)
		}
		if again, err := s.Adopt(ctx, "github:acme/shop#3", "shop"); err != nil || again != key {
			t.Errorf("again it is %q, %v", again, err)
		}
		c, err := s.cards.floor.Card(ctx, key)
		if err != nil || c.Station != "backlog" || c.Title != strings.Repeat("é", 100) || !slices.Equal(c.Labels, []string{"bug"}) || c.Note != "https://github.com/acme/shop/issues/3" {
			t.Errorf("%+v, %v", c, err)
		}
		if r := s.receive("issues", encode(issue("reopened", 1))); !slices.Equal(r.Cards, []string{key}) {
			t.Errorf("what is told later is of %v", r.Cards)
		}
		if list, err := s.Issues(ctx, source.Look{Untracked: true}); err != nil || len(list) != 0 {
			t.Errorf("untracked: %+v, %v", list, err)
		}

		s.receive("pull_request", pr("opened", 0, map[string]any{"title": "A hurry", "body": "", "head": map[string]any{"ref": "hurry", "sha": strings.Repeat("a", 40)}}))
		pulls, err := s.Pulls(ctx, source.Look{Untracked: true})
		if err != nil || len(pulls) != 1 {
			t.Fatalf("%+v, %v", pulls, err)
		}
		key, err = s.Adopt(ctx, pulls[0].Name(), "shop")
		if c, err2 := s.cards.floor.Card(ctx, key); err != nil || err2 != nil || c.Kind != floor.Unplanned || c.Title != "A hurry" {
			t.Errorf("%+v, %v, %v", c, err, err2)
		}
		if !slices.Contains(s.cards.ready, key) {
			t.Error("the card of an open pull request waits for no reviewers")
		}
		if tied, err := s.OfCard(ctx, key, 10); err != nil || len(tied.Pulls) != 1 {
			t.Errorf("%+v, %v", tied, err)
		}
		upper := map[string]any{"action": "opened", "issue": map[string]any{"number": 4, "title": "Loud",
			"state": "open", "user": map[string]any{"login": "ana"}, "updated_at": stamp(5), "html_url": "https://github.com/Acme/Shop/issues/4"}}
		s.receive("issues", strings.Replace(encode(upper), "acme/shop", "Acme/Shop", 1))
		if key, err = s.Adopt(ctx, "github:Acme/Shop#4", "shop"); err != nil {
			t.Fatal(err)
		}
		if r := s.receive("pull_request", pr("opened", 6, map[string]any{"number": 44, "title": "Quieter", "body": "Fixes Acme/Shop#4", "head": map[string]any{"ref": "quiet", "sha": strings.Repeat("c", 40)}})); !slices.Contains(r.Cards, key) {
			t.Errorf("what closes the issue of a repository with capitals is of %v, want %s", r.Cards, key)
		}
		for _, bad := range []string{"", "12", "github:acme/shop", "github:#1", "github:acme/shop#0", "github:acme/shop#1x"} {
			if _, err := s.Adopt(ctx, bad, "shop"); err == nil || !strings.Contains(err.Error(), "write github:acme/shop#12") {
				t.Errorf("%q: %v", bad, err)
			}
		}
		for _, none := range []string{"github:acme/shop#99", "gitlab:acme/shop#7", "gitlab:acme/shop!7"} {
			if _, err := s.Adopt(ctx, none, "shop"); !is[*source.Missing](err) {
				t.Errorf("%s: %v", none, err)
			}
		}
	})
}

func is[T error](err error) bool { _, ok := errors.AsType[T](err); return ok }
