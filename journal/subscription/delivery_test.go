package subscription_test

import (
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"andon/engine/store"
	"andon/engine/store/storetest"
	"andon/journal"
	"andon/journal/cloudevent"
	"andon/journal/intake"
	"andon/journal/subscription"
)

func TestFactsArriveInOrderAndSigned(t *testing.T) {
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		a, rec := start(t, s, quick(), nil), receive(t, nil)
		a.note(t, "before")
		_, secret := a.add(t, rec.URL)
		rec.know(secret)
		var wg sync.WaitGroup
		for w := range 4 {
			wg.Go(func() { a.note(t, names(fmt.Sprint("W", w, "-"), 10)...) })
		}
		wg.Wait()
		facts, err := a.ledger.Facts(t.Context(), journal.Query{Types: []journal.Type{journal.CardMoved}, After: 1})
		if err != nil {
			t.Fatal(err)
		}
		var want []string
		for _, f := range facts {
			want = append(want, f.Subject)
		}
		eventually(t, "the first 40 facts arrive", rec.has(want))
		// It sleeps by now or soon; a fact that comes later wakes it.
		later := names("L", 3)
		a.note(t, later...)
		eventually(t, "facts that came later arrive", rec.has(later))
		rec.inOrder(t, append(want, later...))
	})
}

func TestSubscriptionCanBeginAnywhere(t *testing.T) {
	s := storetest.SQLite(t)
	a := start(t, s, quick(), nil)
	a.note(t, names("A", 5)...)
	for from, want := range map[int64][]string{0: names("A", 5), 3: {"A3", "A4"}} {
		rec := receive(t, nil)
		if _, _, err := a.subs.Add(t.Context(), subscription.New{URL: rec.URL, Types: []string{"dev.cdeventsx.andon-card.*"}, From: &from}); err != nil {
			t.Fatal(err)
		}
		eventually(t, "old facts arrive", rec.has(want))
		rec.inOrder(t, want)
	}
	for _, from := range []int64{-1, 1000} {
		var invalid *subscription.Invalid
		if _, _, err := a.subs.Add(t.Context(), subscription.New{URL: "http://127.0.0.1", From: &from}); !errors.As(err, &invalid) || invalid.Field != "from" {
			t.Errorf("from %d: %v", from, err)
		}
	}
}

// A cursor far behind, with nothing wanted for long, is brought up in pieces.
func TestManyUnwantedFactsArePassed(t *testing.T) {
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		a, rec := start(t, s, quick(), nil), receive(t, nil)
		err := a.ledger.Write(t.Context(), func(tx journal.Tx) error {
			for range 1700 {
				tx.Append(journal.Fact{Type: journal.ForecastMade, Subject: "x", Text: "x."})
			}
			return nil
		})
		if err != nil {
			t.Fatal(err)
		}
		a.note(t, "A1")
		zero := int64(0)
		sub, _, err := a.subs.Add(t.Context(), subscription.New{URL: rec.URL, Types: []string{"dev.cdeventsx.andon-card.*"}, From: &zero})
		if err != nil {
			t.Fatal(err)
		}
		eventually(t, "the one fact that is wanted arrives", rec.has([]string{"A1"}))
		eventually(t, "the cursor is at the head", func() bool {
			head, err := a.ledger.Head(t.Context())
			return err == nil && a.get(t, sub.ID).Cursor == head
		})
	})
}

// Closing calls couriers back; the next Andon on the same store goes on.
func TestNothingIsLostWhenAndonIsClosed(t *testing.T) {
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		rec := receive(t, nil)
		want := names("A", 60)
		a := start(t, s, quick(), nil)
		sub, _ := a.add(t, rec.URL)
		for i := 0; i < len(want); i += 20 {
			a.note(t, want[i:i+10]...)
			eventually(t, "some arrive", func() bool { return len(rec.got()) > i })
			a.stop()
			a.note(t, want[i+10:i+20]...) // nobody is listening
			a = start(t, s, quick(), nil)
		}
		eventually(t, "all arrive", rec.has(want))
		rec.inOrder(t, want)
		if now := a.get(t, sub.ID); now.State != subscription.StateActive || now.Attempts != 0 {
			t.Errorf("closing counted as a failure: %+v", now)
		}
	})
}

// Two Andons on one store: each subscription has one sender at a time.
func TestTwoAndonsSendOnce(t *testing.T) {
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		one, other := start(t, s, quick(), nil), start(t, s, quick(), nil)
		recs := []*receiver{receive(t, nil), receive(t, nil)}
		for _, rec := range recs {
			one.add(t, rec.URL)
		}
		want := names("A", 30)
		for i, name := range want {
			[]*andon{one, other}[i%2].note(t, name)
		}
		for _, rec := range recs {
			eventually(t, "all arrive", rec.has(want))
			rec.inOrder(t, want)
			if n := len(rec.got()); n != len(want) {
				t.Errorf("%d messages for %d facts", n, len(want))
			}
		}
	})
}

// While one Andon waits for a receiver, the other must not send, whoever asks
// it to.
func TestLeaseKeepsTheOtherAway(t *testing.T) {
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		release := make(chan struct{})
		rec := receive(t, func(http.ResponseWriter, *http.Request, int) int { <-release; return 0 })
		both := []*andon{start(t, s, quick(), nil), start(t, s, quick(), nil)}
		sub, _ := both[0].add(t, rec.URL)
		both[0].note(t, "A1", "A2")
		eventually(t, "the first is on its way", func() bool { return rec.tried() == 1 })
		kept := 0
		for _, a := range both {
			again, err := a.subs.Advance(t.Context(), sub.ID)
			if err != nil || again <= 0 {
				t.Error(again, err)
			}
			if again > time.Second {
				kept++ // told how long the lease is
			}
		}
		close(release)
		eventually(t, "both arrive", rec.has([]string{"A1", "A2"}))
		rec.inOrder(t, []string{"A1", "A2"})
		if kept != 1 {
			t.Errorf("%d of 2 were kept away by the lease", kept)
		}
	})
}

// Facts come just when the subscription falls asleep: each wakes it.
func TestNoWakeUpIsLost(t *testing.T) {
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		a, rec := start(t, s, quick(), nil), receive(t, nil)
		a.add(t, rec.URL)
		want := names("A", 200)
		for i, name := range want {
			a.note(t, name)
			if i%3 != 0 {
				eventually(t, name+" arrives", rec.has(want[:i+1]))
			}
		}
		eventually(t, "the last arrives", rec.has(want))
		rec.inOrder(t, want)
	})
}

func TestEventsOfOthersAreSentAsTheyCame(t *testing.T) {
	a, rec := start(t, storetest.SQLite(t), quick(), nil), receive(t, nil)
	if _, _, err := a.subs.Add(t.Context(), subscription.New{URL: rec.URL, Types: []string{"dev.cdevents.build.*"}}); err != nil {
		t.Fatal(err)
	}
	events, err := cloudevent.Parse(http.Header{"Content-Type": {"application/json"}}, []byte(`{
		"context": {"specversion": "0.5.1", "id": "e1", "source": "/ci", "type": "dev.cdevents.build.started.0.3.0", "timestamp": "2026-03-20T14:27:05Z",
			"chainId": "c1"}, "subject": {"id": "b1", "content": {}}, "customData": {"n": 1.50}}`))
	if err != nil {
		t.Fatal(err)
	}
	if _, err := intake.NewService(a.ledger, "/andon").Receive(t.Context(), events); err != nil {
		t.Fatal(err)
	}
	eventually(t, "the event goes on", rec.has([]string{"b1"}))
	rec.mu.Lock()
	defer rec.mu.Unlock()
	if got := rec.events[0]; got.ID != "e1" || got.Source != "/ci" || string(got.Document) != string(events[0].Document) {
		t.Errorf("%+v", got)
	}
}

func TestPausedAndRemovedAreLeftAlone(t *testing.T) {
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		a, rec, other := start(t, s, quick(), nil), receive(t, nil), receive(t, nil)
		paused, _ := a.add(t, rec.URL)
		removed, _ := a.add(t, rec.URL)
		a.add(t, other.URL)
		for range 2 {
			if err := a.subs.Pause(journal.WithActor(t.Context(), "ana"), paused.ID); err != nil {
				t.Fatal(err)
			}
		}
		if err := a.subs.Remove(t.Context(), removed.ID); err != nil {
			t.Fatal(err)
		}
		a.note(t, "A1")
		eventually(t, "the other gets it", other.has([]string{"A1"}))
		if rec.tried() != 0 {
			t.Error("a paused or removed subscription was sent to")
		}
		if now := a.get(t, paused.ID); now.Reason != "Paused by ana." {
			t.Errorf("%+v", now)
		}
		var missing *subscription.Missing
		for name, do := range map[string]func() error{
			"remove": func() error { return a.subs.Remove(t.Context(), removed.ID) },
			"pause":  func() error { return a.subs.Pause(t.Context(), removed.ID) },
			"resume": func() error { return a.subs.Resume(t.Context(), removed.ID) },
			"retry":  func() error { return a.subs.Retry(t.Context(), removed.ID) },
			"get":    func() error { _, err := a.subs.Get(t.Context(), removed.ID); return err },
		} {
			if err := do(); !errors.As(err, &missing) {
				t.Errorf("%s: %v", name, err)
			}
		}
		if next, _ := a.add(t, rec.URL); next.ID != "SUB-4" {
			t.Errorf("%s: ids are used again", next.ID)
		}
	})
}

// A subscription that is removed or paused while a message is on its way ends
// quietly.
func TestRemovalWhileAMessageIsOnItsWay(t *testing.T) {
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		var once sync.Once
		arrived, release := make(chan struct{}), make(chan struct{})
		rec := receive(t, func(http.ResponseWriter, *http.Request, int) int {
			once.Do(func() { close(arrived) })
			<-release
			return 0
		})
		a := start(t, s, quick(), nil)
		first, _ := a.add(t, rec.URL)
		a.note(t, "A1", "A2")
		<-arrived
		if err := a.subs.Remove(t.Context(), first.ID); err != nil {
			t.Fatal(err)
		}
		close(release)
		other := receive(t, nil)
		a.add(t, other.URL)
		a.note(t, "A3")
		eventually(t, "others go on", other.has([]string{"A3"}))
		if got := rec.got(); slices.Contains(got, "A2") {
			t.Errorf("after the removal: %v", got)
		}
	})
}

func TestSecretsAreNowhereInTheJournal(t *testing.T) {
	a := start(t, storetest.SQLite(t), quick(), nil)
	rec := receive(t, func(http.ResponseWriter, *http.Request, int) int { return http.StatusGone })
	sub, secret, err := a.subs.Add(t.Context(), subscription.New{URL: rec.URL + "/hooks/x/sesame?token=sesame"})
	if err != nil {
		t.Fatal(err)
	}
	a.note(t, "A1")
	eventually(t, "it is paused", func() bool { return a.get(t, sub.ID).State == subscription.StatePaused })
	facts, err := a.ledger.Facts(t.Context(), journal.Query{Linked: true})
	if err != nil {
		t.Fatal(err)
	}
	list, err := a.subs.List(t.Context())
	if err != nil || len(list) != 1 {
		t.Fatal(list, err)
	}
	text, err := json.Marshal([]any{facts, list, sub})
	if err != nil {
		t.Fatal(err)
	}
	if all := string(text); strings.Contains(all, "sesame") || strings.Contains(all, strings.TrimPrefix(secret.Reveal(), "whsec_")) {
		t.Error(all)
	}
	if _, _, err := a.subs.Add(t.Context(), subscription.New{URL: rec.URL, Secret: "whsec_sesame"}); err == nil || strings.Contains(err.Error(), "sesame") {
		t.Error(err)
	}
}
