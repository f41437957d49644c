package store_test

import (
	"context"
	"errors"
	"fmt"
	"path/filepath"
	"sync"
	"testing"

	"andon/engine/store"
	"andon/engine/store/storetest"
	"andon/journal"
)

func put(ctx context.Context, s *store.Store, id string, fail error) error {
	return s.Write(ctx, func(tx journal.SQL) error {
		_, err := tx.Exec(ctx, `INSERT INTO journal_cursor (name, seq) VALUES ($1, 1)`, id)
		if err != nil {
			return err
		}
		return fail
	})
}

func names(t *testing.T, s *store.Store) (n int) {
	t.Helper()
	err := s.Read(t.Context(), func(r journal.Reader) error {
		return r.QueryRow(t.Context(), `SELECT count(*) FROM journal_cursor`).Scan(&n)
	})
	if err != nil {
		t.Fatal(err)
	}
	return n
}

func TestFailingWriteIsUndoneAlone(t *testing.T) {
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		boom := errors.New("boom")
		var wg sync.WaitGroup
		for i := range 200 {
			wg.Go(func() {
				var fail error
				if i%2 == 1 {
					fail = boom
				}
				if err := put(t.Context(), s, fmt.Sprint(i), fail); !errors.Is(err, fail) {
					t.Errorf("write %d: %v, want %v", i, err, fail)
				}
			})
		}
		wg.Wait()
		if n := names(t, s); n != 100 {
			t.Errorf("%d rows survived, want the 100 that did not fail", n)
		}
	})
}

func TestPanicFailsOnlyItsOwnWrite(t *testing.T) {
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		err := s.Write(t.Context(), func(journal.SQL) error { panic("oops") })
		if err == nil {
			t.Fatal("a panicking write was reported as done")
		}
		if err := put(t.Context(), s, "after", nil); err != nil {
			t.Fatalf("the store does not write any more: %v", err)
		}
	})
}

func TestCancelledWriteSaysSo(t *testing.T) {
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		ctx, cancel := context.WithCancel(t.Context())
		cancel()
		if err := put(ctx, s, "x", nil); !errors.Is(err, context.Canceled) {
			t.Fatalf("got %v", err)
		}
		if n := names(t, s); n != 0 {
			t.Fatal("a cancelled write was done")
		}
	})
}

func TestTextThatOneDatabaseRefusesIsRefusedByBoth(t *testing.T) {
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		for _, text := range []string{"a\x00b", "\xff"} {
			if err := put(t.Context(), s, text, nil); !errors.Is(err, store.ErrText) {
				t.Errorf("%q: got %v", text, err)
			}
		}
	})
}

func TestSecondServerIsRefused(t *testing.T) {
	for name, where := range map[string]string{
		"sqlite":   filepath.Join(t.TempDir(), "andon.db"),
		"postgres": storetest.PostgresURL(t),
	} {
		t.Run(name, func(t *testing.T) {
			first, err := store.Open(t.Context(), where)
			if err != nil {
				t.Fatal(err)
			}
			if _, err := store.Open(t.Context(), where); !errors.Is(err, store.ErrInUse) {
				t.Fatalf("second open: %v", err)
			}
			first.Close()
			storetest.Open(t, where)
		})
	}
}
