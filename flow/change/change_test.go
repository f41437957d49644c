package change_test

import (
	"slices"
	"strings"
	"testing"

	"andon/engine/store"
	"andon/engine/store/storetest"
	"andon/flow/change"
	"andon/journal"
	"andon/journal/journaltest"
)

func TestCommitsAreRecordedOnceAndInOrder(t *testing.T) {
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		ledger := journal.NewLedger(s, nil, nil)
		book := change.NewBook(ledger, "shop")
		a, b, c := strings.Repeat("a", 40), strings.Repeat("b", 40), strings.Repeat("c", 40)
		record := func(before string, list ...change.Change) {
			t.Helper()
			if err := book.Record(t.Context(), "main", before, list); err != nil {
				t.Fatal(err)
			}
		}
		record("", change.Change{SHA: a, Author: "Ana", Message: "First\n\nCard: SHOP-1"}, change.Change{SHA: b, Author: "Bo", Message: "Second \x00 \xff", Head: true})
		record("", change.Change{SHA: a, Author: "Ana", Message: "First"}, change.Change{SHA: b, Author: "Bo", Message: "Second", Head: true})
		record(b, change.Change{SHA: c, Author: "Ana", Message: "Third", Head: true})
		facts, err := ledger.Facts(t.Context(), journal.Query{Types: []journal.Type{journal.ChangeMerged}})
		if err != nil || len(facts) != 3 {
			t.Fatalf("%d facts, %v", len(facts), err)
		}
		journaltest.Valid(t, facts...)
		var order []int64
		err = ledger.Read(t.Context(), func(r journal.Reader) error {
			for _, sha := range []string{a, b, c} {
				got, err := change.Of(t.Context(), r, sha)
				if err != nil {
					return err
				}
				order = append(order, got.Ord)
			}
			_, err := change.Of(t.Context(), r, strings.Repeat("d", 40))
			if !journal.NotFound(err) {
				t.Errorf("a commit that was never seen gives %v", err)
			}
			return nil
		})
		if err != nil || !slices.IsSorted(order) || order[0] == order[2] {
			t.Errorf("the order is %v, %v", order, err)
		}
		if seen, err := book.Seen(t.Context(), "main"); err != nil || seen != c {
			t.Errorf("the branch was last seen at %q, %v", seen, err)
		}
		var merged change.Merged
		if err := facts[2].Into(&merged); err != nil || merged.Before != b || !merged.Head {
			t.Errorf("the second push is told as %+v, %v", merged, err)
		}
	})
}
