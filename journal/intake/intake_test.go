package intake_test

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"sync"
	"testing"
	"time"

	"andon/engine/store"
	"andon/engine/store/storetest"
	"andon/journal"
	"andon/journal/cloudevent"
	"andon/journal/intake"
	"andon/journal/journaltest"
)

const source = "/andon"

func event(t testing.TB, from, id, subject string) cloudevent.Event {
	t.Helper()
	doc := journal.JSON(map[string]any{
		"context": map[string]any{"specversion": "0.5.1", "id": id, "source": from, "type": "dev.cdevents.service.deployed.0.3.0", "timestamp": "2026-03-20T14:27:05Z"},
		"subject": map[string]any{"id": subject, "content": map[string]any{"environment": map[string]any{"id": "production"}, "artifactId": "a"}},
	})
	events, err := cloudevent.Parse(http.Header{"Content-Type": {"application/json"}}, doc)
	if err != nil {
		t.Fatal(err)
	}
	return events[0]
}

func TestEventIsTakenOnce(t *testing.T) {
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		at := time.Date(2026, 4, 1, 0, 0, 0, 0, time.UTC)
		l := journal.NewLedger(s, nil, func() time.Time { return at })
		in := intake.NewService(l, source)
		ctx := journal.WithActor(t.Context(), "jenkins")
		first, err := in.Receive(ctx, []cloudevent.Event{event(t, "/ci", "e1", "shop"), event(t, "/ci", "e1", "shop"), event(t, "/other", "e1", "shop")})
		if err != nil || len(first) != 3 || first[0].Known || !first[1].Known || first[2].Known || first[1].Fact != first[0].Fact {
			t.Fatalf("%+v, %v", first, err)
		}
		again, err := in.Receive(ctx, []cloudevent.Event{event(t, "/ci", "e1", "shop"), event(t, "/ci", "e2", "shop")})
		if err != nil || !again[0].Known || again[0].Fact != first[0].Fact || again[1].Known {
			t.Fatalf("%+v, %v", again, err)
		}
		facts, err := l.Facts(t.Context(), journal.Query{About: []journal.Ref{{Kind: journal.Environment, ID: "shop/production"}}})
		if err != nil || len(facts) != 3 {
			t.Fatalf("%d facts, %v", len(facts), err)
		}
		journaltest.Valid(t, facts...)
		if facts[0].Actor != "jenkins" || !facts[0].At.Equal(at) || facts[0].ID != first[0].Fact {
			t.Errorf("%+v", facts[0])
		}
		shown, err := cloudevent.Of(facts[0], source)
		if err != nil || shown.ID != "e1" || shown.Source != "/ci" || shown.Time.Year() != 2026 || shown.Time.Month() != 3 {
			t.Errorf("%+v, %v", shown, err)
		}
	})
}

// Many senders bring the same events at once: each is one fact.
func TestEventsThatRaceAreTakenOnce(t *testing.T) {
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		const senders, events = 8, 20
		l := journal.NewLedger(s, nil, nil)
		in := intake.NewService(l, source)
		var wg sync.WaitGroup
		for range senders {
			wg.Go(func() {
				for i := range events {
					if _, err := in.Receive(t.Context(), []cloudevent.Event{event(t, "/ci", fmt.Sprint("e", i), "shop")}); err != nil {
						t.Error(err)
					}
				}
			})
		}
		wg.Wait()
		if head, err := l.Head(t.Context()); err != nil || head != events {
			t.Fatalf("%d facts, want %d; %v", head, events, err)
		}
	})
}

func TestBatchIsTakenWholeOrNotAtAll(t *testing.T) {
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		l := journal.NewLedger(s, nil, nil)
		boom := errors.New("boom")
		fail := true
		l.Project(func(context.Context, journal.SQL, []journal.Fact) error {
			if fail {
				return boom
			}
			return nil
		})
		in := intake.NewService(l, source)
		batch := []cloudevent.Event{event(t, "/ci", "e1", "shop"), event(t, "/ci", "e2", "shop")}
		if got, err := in.Receive(t.Context(), batch); !errors.Is(err, boom) || got != nil {
			t.Fatal(got, err)
		}
		fail = false
		got, err := in.Receive(t.Context(), batch)
		if err != nil || got[0].Known || got[1].Known {
			t.Fatalf("what was undone is known: %+v, %v", got, err)
		}
		if got, err := in.Receive(t.Context(), nil); err != nil || len(got) != 0 {
			t.Fatal(got, err)
		}
	})
}

// Two Andons that tell each other everything do not echo for ever.
func TestOwnFactsThatComeBackAreKnown(t *testing.T) {
	l := storetest.Ledger(t)
	in := intake.NewService(l, source)
	err := l.Write(t.Context(), func(tx journal.Tx) error {
		tx.Append(journal.Fact{ID: "own", Type: journal.CardMoved, Subject: "A-1", Text: "A-1 moved."})
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	got, err := in.Receive(t.Context(), []cloudevent.Event{event(t, source, "own", "x"), event(t, "/ci", "own", "x"), event(t, source, "new", "x")})
	if err != nil || !got[0].Known || got[0].Fact != "own" || got[1].Known || got[2].Known {
		t.Fatalf("%+v, %v", got, err)
	}
}
