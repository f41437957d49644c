package subscription_test

import (
	"errors"
	"fmt"
	"net/http"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"andon/engine/store"
	"andon/engine/store/storetest"
	"andon/journal"
	"andon/journal/journaltest"
	"andon/journal/subscription"
)

func TestFailingReceiverIsTriedAgainInOrder(t *testing.T) {
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		a := start(t, s, quick(), nil)
		rec := receive(t, func(w http.ResponseWriter, _ *http.Request, try int) int {
			switch try % 5 {
			case 1:
				return http.StatusInternalServerError
			case 2:
				conn, _, _ := http.NewResponseController(w).Hijack()
				conn.Close()
				return hijacked
			case 3:
				w.Header().Set("Location", "/elsewhere")
				return http.StatusFound
			}
			return 0
		})
		sub, _ := a.add(t, rec.URL)
		want := names("A", 4)
		a.note(t, want...)
		// What arrived on a connection that broke is sent again.
		eventually(t, "all facts arrive in spite of failures", func() bool { return a.get(t, sub.ID).Delivered == 4 })
		rec.inOrder(t, want)
		if now := a.get(t, sub.ID); now.Attempts != 0 || !now.FailingSince.IsZero() || now.LastProblem != "" || now.LastStatus != 204 {
			t.Errorf("%+v", now)
		}
	})
}

func TestRetryAfterIsHonouredUntilSomebodyRetries(t *testing.T) {
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		a := start(t, s, quick(), nil)
		rec := receive(t, func(w http.ResponseWriter, _ *http.Request, try int) int {
			if try == 1 {
				w.Header().Set("Retry-After", "3600")
				return http.StatusTooManyRequests
			}
			return 0
		})
		sub, _ := a.add(t, rec.URL)
		a.note(t, "A1")
		eventually(t, "the first try fails", func() bool { return a.get(t, sub.ID).Attempts == 1 })
		now := a.get(t, sub.ID)
		if wait := now.Due.Sub(now.LastAt); wait != time.Hour || now.LastStatus != 429 || !strings.Contains(now.LastProblem, "429 Too Many Requests") {
			t.Fatalf("wait %v, %+v", wait, now)
		}
		eventually(t, "the machine waits until it is due", func() bool {
			again, err := a.subs.Advance(t.Context(), sub.ID)
			return err == nil && again > 50*time.Minute
		})
		if n := rec.tried(); n != 1 {
			t.Fatalf("%d tries before it is due", n)
		}
		if err := a.subs.Retry(t.Context(), sub.ID); err != nil {
			t.Fatal(err)
		}
		eventually(t, "it arrives when somebody retries", rec.has([]string{"A1"}))
	})
}

func TestGoneReceiverIsPausedUntilResumed(t *testing.T) {
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		a := start(t, s, quick(), nil)
		rec := receive(t, func(_ http.ResponseWriter, _ *http.Request, try int) int {
			if try == 1 {
				return http.StatusGone
			}
			return 0
		})
		sub, _ := a.add(t, rec.URL+"/hooks/sesame")
		want := names("A", 3)
		a.note(t, want...)
		eventually(t, "it is paused", func() bool { return a.get(t, sub.ID).State == subscription.StatePaused })
		var conflict *subscription.Conflict
		if err := a.subs.Retry(t.Context(), sub.ID); !errors.As(err, &conflict) {
			t.Errorf("a retry of what is paused: %v", err)
		}
		if rec.tried() != 1 {
			t.Errorf("%d tries", rec.tried())
		}
		for range 2 { // the second time changes nothing
			if err := a.subs.Resume(journal.WithActor(t.Context(), "ana"), sub.ID); err != nil {
				t.Fatal(err)
			}
		}
		eventually(t, "all facts arrive after it was resumed", rec.has(want))
		rec.inOrder(t, want)
		facts, err := a.ledger.Facts(t.Context(), journal.Query{About: []journal.Ref{{Kind: subscription.Kind, ID: sub.ID}}})
		if err != nil || len(facts) != 3 || facts[1].Type != subscription.Paused || facts[2].Type != subscription.Resumed || facts[2].Actor != "ana" {
			t.Fatalf("%+v, %v", facts, err)
		}
		journaltest.Valid(t, facts...)
		if !strings.Contains(facts[1].Text, "410 Gone") || strings.Contains(fmt.Sprint(facts), "sesame") {
			t.Error(facts)
		}
	})
}

// The clock is the test's: days pass at once.
func TestReceiverThatFailsForDaysIsPaused(t *testing.T) {
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		var shift atomic.Int64
		a := start(t, s, quick(), func() time.Time { return time.Now().Add(time.Duration(shift.Load())) })
		rec := receive(t, func(http.ResponseWriter, *http.Request, int) int { return http.StatusBadGateway })
		sub, _ := a.add(t, rec.URL)
		a.note(t, "A1")
		eventually(t, "it fails more than once", func() bool { return a.get(t, sub.ID).Attempts > 1 })
		if now := a.get(t, sub.ID); now.State != subscription.StateActive {
			t.Fatalf("%+v", now)
		}
		shift.Store(int64(5*24*time.Hour + time.Minute))
		eventually(t, "it is paused", func() bool { return a.get(t, sub.ID).State == subscription.StatePaused })
		if now := a.get(t, sub.ID); !strings.Contains(now.Reason, "has failed since") || now.Cursor >= now.LastFact {
			t.Errorf("%+v", now)
		}
	})
}

// More receivers hang than the queue has workers, and a service of the test's
// own uses the queue: nobody else notices.
func TestHangingReceiversHoldNobodyUp(t *testing.T) {
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		release := make(chan struct{})
		hanging := receive(t, func(http.ResponseWriter, *http.Request, int) int { <-release; return http.StatusTeapot })
		defer close(release)
		a, good := start(t, s, quick(), nil), receive(t, nil)
		const stuck = 24
		for range stuck {
			a.add(t, hanging.URL)
		}
		a.note(t, "first")
		eventually(t, "all hang", func() bool { return hanging.tried() == stuck })
		a.add(t, good.URL)
		want := names("A", 10)
		a.note(t, want...)
		eventually(t, "the good receiver gets everything", good.has(want))
		good.inOrder(t, want)
		if n := hanging.tried(); n != stuck {
			t.Errorf("%d tries of %d that hang", n, stuck)
		}
	})
}
