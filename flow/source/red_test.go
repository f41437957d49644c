package source_test

import (
	"strings"
	"testing"

	"andon/engine/store"
	"andon/engine/store/storetest"
	"andon/flow/floor"
	"andon/flow/source"
)

func TestARedRunAsksForHelp(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.Store) {
		s, sha := open(t, db, 2), strings.Repeat("a", 40)
		if _, err := s.cards.floor.Pull(t.Context(), floor.Pull{Line: "shop", Card: "SHOP-1", By: "ana"}); err != nil {
			t.Fatal(err)
		}
		id := 0
		run := func(workflow, conclusion string) {
			t.Helper()
			id++
			s.receive("workflow_run", encode(map[string]any{"action": "completed", "workflow_run": map[string]any{"id": id, "run_attempt": 1,
				"name": workflow, "head_sha": sha, "head_branch": "shop-1-cart", "status": "completed", "conclusion": conclusion,
				"created_at": stamp(id), "run_started_at": stamp(id), "updated_at": stamp(id), "html_url": "https://github.com/acme/shop/actions/runs/5"}}))
		}
		red := func(want string) {
			t.Helper()
			c, err := s.cards.floor.Card(t.Context(), "SHOP-1")
			if err != nil || c.Red != want || c.Blocked != nil {
				t.Errorf("red is %q, want %q (%v)", c.Red, want, err)
			}
			needs, err := s.cards.floor.Swarm(t.Context(), "shop", "")
			if err != nil || len(needs) != 1 || (needs[0].Cause == floor.RunIsRed) != (want != "") || want != "" && needs[0].Why != want {
				t.Errorf("who needs help: %+v, %v", needs, err)
			}
		}
		run("test", "success")
		red("")
		run("lint", "failure")
		red("lint of acme/shop failed for aaaaaaa")
		run("test", "failure")
		red("test of acme/shop failed for aaaaaaa")
		run("test", "cancelled") // no verdict
		red("test of acme/shop failed for aaaaaaa")
		run("test", "success")
		red("lint of acme/shop failed for aaaaaaa")
		run("lint", "success")
		red("")

		tied, err := s.OfCard(t.Context(), "SHOP-1", 4)
		if err != nil || len(tied.Runs) != 4 || tied.Runs[0].ID != "6" || tied.Empty() {
			t.Errorf("the runs of the card are %+v, %v", tied.Runs, err)
		}
		if tied, err := s.OfCard(t.Context(), "SHOP-2", 4); err != nil || !tied.Empty() {
			t.Errorf("the other card has %+v, %v", tied, err)
		}
	})
}

func TestWhatForgesToldIsFoundByTheCard(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.Store) {
		s, sha := open(t, db, 2), strings.Repeat("a", 40)
		s.receive("pull_request", pr("opened", 0, nil)) // of SHOP-1
		s.receive("issues", encode(map[string]any{"action": "opened", "issue": map[string]any{"number": 3, "title": "SHOP-1: it breaks", "state": "open",
			"user": map[string]any{"login": "ana"}, "updated_at": stamp(1), "html_url": "https://github.com/acme/shop/issues/3"}}))
		s.receive("deployment_status", encode(map[string]any{"deployment": map[string]any{"id": 9, "sha": sha, "environment": "production"},
			"deployment_status": map[string]any{"state": "success", "updated_at": stamp(4)}}))
		tied, err := s.OfCard(t.Context(), "SHOP-1", 10)
		if err != nil || len(tied.Pulls) != 1 || len(tied.Issues) != 1 || tied.Issues[0].Number != 3 || len(tied.Deployments) != 1 || tied.Deployments[0].ID != "9" {
			t.Errorf("%+v, %v", tied, err)
		}
		if list, err := s.Deployments(t.Context(), source.Look{Card: "SHOP-1", State: "failed"}); err != nil || len(list) != 0 {
			t.Errorf("failed deployments are %+v, %v", list, err)
		}
	})
}
