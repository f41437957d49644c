package source_test

import (
	"strings"
	"testing"
	"time"

	"andon/engine/store"
	"andon/engine/store/storetest"
	"andon/flow/source"
	"andon/journal"
)

// Deployments end at minutes 1 to 5, the pull request is merged at 9.
func TestWhatForgesToldWithinATime(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.Store) {
		s, ctx := open(t, db, 1), t.Context()
		began := time.Now().Add(-time.Hour)
		for i, environment := range []string{"staging", "Production – web", "Shop", "prod", "unprod"} {
			s.receive("deployment_status", encode(map[string]any{
				"deployment":        map[string]any{"id": i + 1, "sha": strings.Repeat("a", 40), "environment": environment, "created_at": stamp(0)},
				"deployment_status": map[string]any{"state": "success", "updated_at": stamp(i + 1)}}))
		}
		s.receive("deployment_status", encode(map[string]any{"deployment": map[string]any{"id": 2, "sha": strings.Repeat("a", 40)},
			"deployment_status": map[string]any{"state": "inactive", "updated_at": stamp(8)}}))
		s.receive("deployment_status", encode(map[string]any{"deployment": map[string]any{"id": 6, "sha": strings.Repeat("a", 40), "environment": "prod"},
			"deployment_status": map[string]any{"state": "in_progress", "updated_at": stamp(4)}}))
		s.receive("pull_request", pr("opened", 0, nil))
		s.receive("pull_request", merged(9))
		s.receive("push", encode(map[string]any{"ref": "refs/heads/cart", "before": strings.Repeat("b", 40), "after": strings.Repeat("a", 40),
			"commits": []any{map[string]any{"id": strings.Repeat("a", 40), "message": "SHOP-1", "timestamp": stamp(0)}}}))
		err := s.ledger.Read(ctx, func(r journal.Reader) error {
			for _, c := range []struct {
				from, to, most int
				want           string
			}{{0, 9, 10, "432"}, {2, 4, 10, "32"}, {3, 9, 10, "43"}, {0, 9, 1, "4"}, {5, 9, 10, ""}} {
				got := ""
				list, err := source.DeployedIn(ctx, r, []string{"prod"}, []string{"shop"}, minute(c.from), minute(c.to), c.most)
				if err != nil {
					return err
				}
				for _, d := range list {
					got += d.ID
				}
				if got != c.want {
					t.Errorf("%+v: %s", c, got)
				}
			}
			for _, c := range []struct{ from, to, want int }{{0, 10, 1}, {9, 10, 1}, {0, 9, 0}, {10, 12, 0}} {
				list, err := source.MergedIn(ctx, r, minute(c.from), minute(c.to), 10)
				if err != nil || len(list) != c.want {
					t.Errorf("%+v: %+v, %v", c, list, err)
				}
				if len(list) == 1 && (list[0].MergeSHA != mergeSHA || !list[0].MergedAt.Equal(minute(9)) || !list[0].OpenedAt.Equal(minute(0)) || list[0].Branch != "cart") {
					t.Errorf("%+v", list[0])
				}
			}
			pushes, err := source.PushedSince(ctx, r, began, 10)
			if err != nil || len(pushes) != 1 || pushes[0].Branch != "cart" || len(pushes[0].Commits) != 1 || !pushes[0].Commits[0].At.Equal(minute(0)) {
				t.Errorf("%+v, %v", pushes, err)
			}
			if pushes, err = source.PushedSince(ctx, r, time.Now().Add(time.Hour), 10); len(pushes) != 0 {
				t.Errorf("%+v", pushes)
			}
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
	})
}
