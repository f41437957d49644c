package measure_test

import (
	"strings"
	"testing"
	"time"

	"andon/engine/store"
	"andon/engine/store/storetest"
	"andon/flow/change"
	"andon/flow/floor"
	"andon/flow/measure"
	"andon/journal"
)

func TestWorkWithoutACardIsSeen(t *testing.T) {
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		f, ctx := shop(t, s), t.Context()
		key := f.add("A card")
		a, b := strings.Repeat("a", 40), strings.Repeat("b", 40)
		err := change.NewBook(f.ledger, "shop").Record(ctx, "main", "", []change.Change{{SHA: a, Author: "Ana", Message: key + " done"}, {SHA: b, Author: "Bo", Message: "Quickly\n\nno card"}})
		if err == nil {
			err = f.ledger.Write(ctx, func(tx journal.Tx) error {
				c, err := change.Of(ctx, tx, a)
				if err == nil {
					_, err = floor.LinkIn(ctx, tx, c, []string{key})
				}
				return err
			})
		}
		if err != nil {
			t.Fatal(err)
		}
		f.tick(time.Minute)
		w, err := measure.NewWindow(f.ledger.Now(), f.ledger.Now(), 7)
		if err != nil {
			t.Fatal(err)
		}
		u, err := f.measure.Untracked(ctx, w)
		if err != nil || u.Commits != 2 || u.Without != 1 || len(u.Newest) != 1 || u.Newest[0].Title != "Quickly" {
			t.Errorf("%+v, %v", u, err)
		}
	})
}
