package subscription_test

import (
	"sync"
	"testing"
	"time"

	"andon/engine/notify"
	"andon/engine/queue"
	"andon/engine/store"
	"andon/engine/store/storetest"
	"andon/journal"
	"andon/journal/subscription"
)

// A service that is closed just when it takes a lease gives it back, so that
// the next one need not wait for it to run out.
func TestALeaseTakenWhileClosingIsGivenBack(t *testing.T) {
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		var subs *subscription.Service
		var armed sync.Once
		closing := false
		now := func() time.Time {
			if closing {
				armed.Do(func() { subs.Close() })
			}
			return time.Now()
		}
		sender := notify.NewSender()
		defer sender.Close()
		rec := receive(t, nil)
		jobs, err := queue.New(t.Context(), s) // never started: the test is the queue
		if err != nil {
			t.Fatal(err)
		}
		ledger := journal.NewLedger(s, jobs, now)
		subs = subscription.NewService(subscription.Options{Ledger: ledger, Sender: sender, Source: "/andon"})
		sub, secret, err := subs.Add(t.Context(), subscription.New{URL: rec.URL})
		if err != nil {
			t.Fatal(err)
		}
		rec.know(secret)
		err = ledger.Write(t.Context(), func(tx journal.Tx) error {
			tx.Append(journal.Fact{Type: journal.CardMoved, Subject: "A1", Text: "A1 moved."})
			return nil
		})
		if err != nil {
			t.Fatal(err)
		}
		closing = true
		if _, err := subs.Advance(t.Context(), sub.ID); err != nil {
			t.Fatal(err)
		}
		// The next service may send at once: it gets the lease, not the time
		// until the old one runs out.
		next := subscription.NewService(subscription.Options{Ledger: journal.NewLedger(s, jobs, nil), Sender: sender, Source: "/andon"})
		defer next.Close()
		if again, err := next.Advance(t.Context(), sub.ID); err != nil || again > time.Second {
			t.Fatalf("look again in %v, %v", again, err)
		}
		eventually(t, "the fact arrives", rec.has([]string{"A1"}))
	})
}
