package source_test

import (
	"slices"
	"testing"

	"andon/engine/store"
	"andon/engine/store/storetest"
	"andon/flow/floor"
	"andon/flow/source"
)

func TestIssuesThatATextCloses(t *testing.T) {
	for text, want := range map[string][]string{
		"Fixes #12":                                           {"acme/shop#12"},
		"fix: the cart\n\nCloses #3, #4 and #5.":              {"acme/shop#3", "acme/shop#4", "acme/shop#5"},
		"Resolves: acme/site#9":                               {"acme/site#9"},
		"Implemented group/sub/shop#7":                        {"group/sub/shop#7"},
		"closes https://github.com/acme/shop/issues/12":       {"acme/shop#12"},
		"Closes https://gitlab.com/group/sub/shop/-/issues/8": {"group/sub/shop#8"},
		"Closes issue #2":                                     {"acme/shop#2"},
		"fixed #1 and fixes #1":                               {"acme/shop#1"},
		"See #12":                                             nil,
		"Fixes 12":                                            nil,
		"prefixes #12":                                        nil,
		"A cart (#34)":                                        nil,
		"Fixes #0":                                            nil,
		"Fixes #12a":                                          nil,
		"":                                                    nil,
	} {
		if got := source.Closing(text, "acme/shop"); !slices.Equal(got, want) {
			t.Errorf("%q closes %v, want %v", text, got, want)
		}
	}
}

// A team that took its issues over from a forge names issues, not cards.
func TestCardsThatWereIssues(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.Store) {
		s := open(t, db, 0)
		var past []floor.History
		for _, key := range []string{"GH-12", "GH-13", "GH-14"} {
			past = append(past, floor.History{Source: "github", Origin: "github:acme/shop#" + key[3:], Card: floor.Card{Key: key, Title: "A cart"},
				Stays: []floor.Past{{Station: "backlog", Entered: minute(0)}}})
		}
		if _, err := s.cards.floor.Import(t.Context(), "shop", past); err != nil {
			t.Fatal(err)
		}
		issue := func(action string, number int, more map[string]any) source.Receipt {
			t.Helper()
			i := map[string]any{"number": number, "title": "A cart", "state": "open", "user": map[string]any{"login": "ana"}, "updated_at": stamp(number)}
			for k, v := range more {
				i[k] = v
			}
			return s.receive("issues", encode(map[string]any{"action": action, "issue": i}))
		}
		if r := issue("edited", 12, nil); !slices.Equal(r.Cards, []string{"GH-12"}) || r.Untracked {
			t.Errorf("an issue that became a card: %+v", r)
		}
		if r := issue("opened", 99, nil); len(r.Cards) != 0 || !r.Untracked {
			t.Errorf("an issue that did not: %+v", r)
		}
		s.receive("pull_request", pr("opened", 1, map[string]any{"title": "A cart", "body": "Fixes #12"}))
		if p := s.pull(); !slices.Equal(p.Cards, []string{"GH-12"}) || p.Untracked || !slices.Equal(s.cards.ready, []string{"GH-12"}) {
			t.Errorf("%+v, ready are %v", p, s.cards.ready)
		}
		push := encode(map[string]any{"ref": "refs/heads/main", "before": "1111111111111111111111111111111111111111", "after": "2222222222222222222222222222222222222222",
			"commits": []any{map[string]any{"id": "2222222222222222222222222222222222222222", "message": "A cart\n\nCloses #13", "timestamp": stamp(2)}}})
		if r := s.receive("push", push); !slices.Equal(r.Cards, []string{"GH-13"}) {
			t.Errorf("a push: %+v", r)
		}
		// Closed as done: the card goes on until its work runs. Closed as not to be
		// done: a card that nobody began is off the line, one that was begun stays.
		if _, err := s.cards.floor.Pull(t.Context(), floor.Pull{Line: "shop", Card: "GH-14", By: "ana"}); err != nil {
			t.Fatal(err)
		}
		for number, reason := range map[int]string{12: "completed", 13: "not_planned", 14: "not_planned"} {
			issue("closed", number, map[string]any{"state": "closed", "state_reason": reason, "closed_at": stamp(30)})
		}
		for key, want := range map[string][2]string{"GH-12": {"backlog", ""}, "GH-13": {"done", "acme/shop#13 was closed as not planned"}, "GH-14": {"development", ""}} {
			c, err := s.cards.floor.Card(t.Context(), key)
			if err != nil || c.Station != want[0] || c.Discarded != want[1] {
				t.Errorf("%s is in %s, discarded %q, %v", key, c.Station, c.Discarded, err)
			}
		}
	})
}
