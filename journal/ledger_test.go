package journal_test

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"testing"
	"time"

	"andon/engine/store"
	"andon/engine/store/storetest"
	"andon/journal"
)

func note(subject string) journal.Fact {
	return journal.Fact{Type: journal.CardMoved, Subject: subject, Text: subject + " moved",
		About: []journal.Ref{{Kind: journal.Card, ID: subject}}}
}

func TestStateAndFactCommitTogetherOrNot(t *testing.T) {
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		l := journal.NewLedger(s, nil, nil)
		boom := errors.New("boom")
		err := l.Write(t.Context(), func(tx journal.Tx) error {
			tx.Append(note("A-1"))
			return boom
		})
		if !errors.Is(err, boom) {
			t.Fatal(err)
		}
		facts, err := l.Facts(t.Context(), journal.Query{})
		if err != nil || len(facts) != 0 {
			t.Fatalf("facts of an undone write: %v, %v", facts, err)
		}
	})
}

// A reader that polls with a cursor must see every fact, although facts are
// written from many goroutines at once.
func TestCursorMissesNothing(t *testing.T) {
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		const writers, each = 16, 25
		l := journal.NewLedger(s, nil, nil)
		var wg sync.WaitGroup
		for w := range writers {
			wg.Go(func() {
				for i := range each {
					err := l.Write(t.Context(), func(tx journal.Tx) error {
						tx.Append(note(fmt.Sprintf("W%d-%d", w, i)))
						return nil
					})
					if err != nil {
						t.Error(err)
					}
				}
			})
		}
		seen, at := map[string]bool{}, int64(0)
		for len(seen) < writers*each {
			facts, err := l.Facts(t.Context(), journal.Query{After: at, Limit: 7})
			if err != nil {
				t.Fatal(err)
			}
			for _, f := range facts {
				if f.Seq != at+1 {
					t.Fatalf("position %d follows %d", f.Seq, at)
				}
				seen[f.Subject], at = true, f.Seq
			}
			if len(facts) == 0 {
				if err := l.Wait(t.Context(), at); err != nil {
					t.Fatalf("after %d facts: %v", len(seen), err)
				}
			}
		}
		wg.Wait()
	})
}

func TestFollowerReactsOnceToEachFact(t *testing.T) {
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		l := journal.NewLedger(s, nil, nil)
		failures := 3
		var mu sync.Mutex
		var got []string
		f := journal.Follower{Name: "test", Types: []journal.Type{journal.CardMoved},
			React: func(_ context.Context, tx journal.Tx, f journal.Fact) error {
				mu.Lock()
				defer mu.Unlock()
				if failures > 0 {
					failures--
					return errors.New("not yet")
				}
				got = append(got, f.Subject)
				if f.Subject != "echo" {
					tx.Append(journal.Fact{Type: journal.CardMoved, Subject: "echo"})
				}
				return nil
			}}
		seen := func(n int) bool { mu.Lock(); defer mu.Unlock(); return len(got) == n }
		// A reaction may still be rolled back; the cursor moves with its commit.
		committed := func(n int) bool {
			var seq int64
			err := l.Read(t.Context(), func(r journal.Reader) error {
				return r.QueryRow(t.Context(), `SELECT seq FROM journal_cursor WHERE name = 'test'`).Scan(&seq)
			})
			return err == nil && seq >= int64(n)
		}

		for range 2 { // the second follower goes on where the first stopped
			ctx, stop := context.WithCancel(t.Context())
			ended := make(chan error, 1)
			go func() { ended <- l.Follow(ctx, f) }()
			mu.Lock()
			want := len(got) + 2
			mu.Unlock()
			err := l.Write(t.Context(), func(tx journal.Tx) error { tx.Append(note("A-1")); return nil })
			if err != nil {
				t.Fatal(err)
			}
			for deadline := time.Now().Add(30 * time.Second); !seen(want) || !committed(want); {
				if time.Now().After(deadline) {
					t.Fatalf("reacted to %v, want %d", got, want)
				}
				time.Sleep(time.Millisecond)
			}
			stop()
			<-ended
		}
		if fmt.Sprint(got) != "[A-1 echo A-1 echo]" {
			t.Fatalf("reactions: %v", got)
		}
	})
}

func TestKeyIsSpentOnce(t *testing.T) {
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		l := journal.NewLedger(s, nil, nil)
		try := func(fail error) error {
			return l.Write(journal.WithKey(t.Context(), "k"), func(tx journal.Tx) error {
				tx.Append(note("A-1"))
				return fail
			})
		}
		boom := errors.New("boom")
		for i, want := range []error{boom, nil, journal.ErrRepeated} {
			var fail error
			if i == 0 {
				fail = boom
			}
			if err := try(fail); !errors.Is(err, want) {
				t.Fatalf("try %d: %v, want %v", i, err, want)
			}
		}
		if head, _ := l.Head(t.Context()); head != 1 {
			t.Fatalf("%d facts, want 1", head)
		}
	})
}

func TestFactsAreFoundByWhatTheyAreAbout(t *testing.T) {
	l := storetest.Ledger(t)
	err := l.Write(journal.WithActor(t.Context(), "ana"), func(tx journal.Tx) error {
		for i := range 5 {
			tx.Append(note(fmt.Sprintf("A-%d", i)))
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	facts, err := l.Facts(t.Context(), journal.Query{About: []journal.Ref{{journal.Card, "A-1"}, {journal.Card, "A-3"}}, Newest: true, Linked: true})
	if err != nil || len(facts) != 2 || facts[0].Subject != "A-3" || facts[0].Actor != "ana" {
		t.Fatalf("%+v, %v", facts, err)
	}
	if len(facts[0].About) != 1 || facts[0].About[0] != (journal.Ref{Kind: journal.Card, ID: "A-3"}) {
		t.Fatalf("the fact is about %v", facts[0].About)
	}
}
