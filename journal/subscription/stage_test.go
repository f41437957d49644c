package subscription_test

import (
	"context"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"sync"
	"testing"
	"time"

	"andon/engine/notify"
	"andon/engine/queue"
	"andon/engine/store"
	"andon/journal"
	"andon/journal/cloudevent"
	"andon/journal/subscription"
)

// andon is one running Andon, as far as subscriptions are concerned.
type andon struct {
	ledger *journal.Ledger
	subs   *subscription.Service
	stop   func()
}

type patience = subscription.Patience

// quick is patience for tests: failures are tried again soon.
func quick() patience {
	return patience{Timeout: 30 * time.Second, FirstWait: 2 * time.Millisecond, MostWait: 20 * time.Millisecond}
}

// start runs an Andon on a store until the test ends. now may be nil.
func start(t testing.TB, s *store.Store, p patience, now func() time.Time) *andon {
	t.Helper()
	a, err := run(s, p, now)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(a.stop)
	return a
}

// run runs an Andon on a store until it is stopped.
func run(s *store.Store, p patience, now func() time.Time) (*andon, error) {
	q, err := queue.New(context.Background(), s)
	if err != nil {
		return nil, err
	}
	a := &andon{ledger: journal.NewLedger(s, q, now)}
	sender := notify.NewSender()
	a.subs = subscription.NewService(subscription.Options{Ledger: a.ledger, Sender: sender, Source: "/andon", Patience: p})
	q.Handle(subscription.Machine, a.subs)
	if err := q.Start(context.Background()); err != nil {
		return nil, err
	}
	ctx, cancel := context.WithCancel(context.Background())
	ended := make(chan struct{})
	go func() { defer close(ended); _ = a.subs.Run(ctx) }()
	a.stop = sync.OnceFunc(func() {
		cancel()
		<-ended
		a.subs.Close()
		_ = q.Stop(context.Background())
		sender.Close()
	})
	return a, nil
}

// note appends facts about cards, one transaction each.
func (a *andon) note(t testing.TB, subjects ...string) {
	t.Helper()
	for _, subject := range subjects {
		err := a.ledger.Write(context.Background(), func(tx journal.Tx) error {
			tx.Append(journal.Fact{Type: journal.CardMoved, Subject: subject, Text: subject + " moved."})
			return nil
		})
		if err != nil {
			t.Fatal(err)
		}
	}
}

func names(prefix string, n int) (all []string) {
	for i := range n {
		all = append(all, fmt.Sprint(prefix, i))
	}
	return all
}

// add subscribes a receiver to cards that move.
func (a *andon) add(t testing.TB, url string) (subscription.Subscription, subscription.Secret) {
	t.Helper()
	sub, secret, err := a.subs.Add(context.Background(), subscription.New{URL: url, Types: []string{"dev.cdeventsx.andon-card.*"}})
	if err != nil {
		t.Fatal(err)
	}
	return sub, secret
}

func (a *andon) get(t testing.TB, id string) subscription.Subscription {
	t.Helper()
	sub, err := a.subs.Get(context.Background(), id)
	if err != nil {
		t.Fatal(err)
	}
	return sub
}

// eventually polls until it holds, with a deadline that only a hang meets.
func eventually(t testing.TB, what string, holds func() bool) {
	t.Helper()
	for deadline := time.Now().Add(60 * time.Second); !holds(); time.Sleep(2 * time.Millisecond) {
		if time.Now().After(deadline) {
			t.Fatalf("never: %s", what)
		}
	}
}

// receiver is a real HTTP server that keeps what it accepted.
type receiver struct {
	*httptest.Server
	mu       sync.Mutex
	secret   subscription.Secret
	subjects []string
	ids      []string
	events   []cloudevent.Event
	wrong    []string
	flying   int
	most     int
	tries    int
}

// hijacked says that the message was taken and the connection broken before
// the answer.
const hijacked = -1

// receive starts a receiver. answer is asked for each request; what it
// accepts with 0 is kept and answered 204.
func receive(t testing.TB, answer func(w http.ResponseWriter, r *http.Request, try int) int) *receiver {
	t.Helper()
	rec := &receiver{}
	rec.Server = httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		rec.mu.Lock()
		rec.tries++
		rec.flying++
		rec.most = max(rec.most, rec.flying)
		try, secret := rec.tries, rec.secret
		rec.mu.Unlock()
		defer func() { rec.mu.Lock(); rec.flying--; rec.mu.Unlock() }()
		body, err := io.ReadAll(r.Body)
		if err != nil {
			return
		}
		if answer != nil {
			switch status := answer(w, r, try); status {
			case 0:
			case hijacked:
				rec.keep(r, body, secret)
				return
			default:
				w.WriteHeader(status)
				return
			}
		}
		rec.keep(r, body, secret)
		w.WriteHeader(http.StatusNoContent)
	}))
	t.Cleanup(rec.Close)
	return rec
}

func (r *receiver) keep(req *http.Request, body []byte, secret subscription.Secret) {
	events, err := cloudevent.Parse(req.Header, body)
	r.mu.Lock()
	defer r.mu.Unlock()
	if err != nil {
		r.wrong = append(r.wrong, err.Error())
		return
	}
	if secret.Key() != nil && len(secret.Key()) > 0 {
		if err := notify.Verify(secret, req.Header, body, time.Now()); err != nil {
			r.wrong = append(r.wrong, err.Error())
		}
	}
	r.subjects, r.ids = append(r.subjects, events[0].Subject), append(r.ids, req.Header.Get(notify.IDHeader))
	r.events = append(r.events, events[0])
}

func (r *receiver) know(s subscription.Secret) { r.mu.Lock(); defer r.mu.Unlock(); r.secret = s }

func (r *receiver) got() []string {
	r.mu.Lock()
	defer r.mu.Unlock()
	return append([]string{}, r.subjects...)
}

func (r *receiver) tried() int { r.mu.Lock(); defer r.mu.Unlock(); return r.tries }

// inOrder fails unless every one of want arrived, in order, with nothing but
// repeats of the newest in between.
func (r *receiver) inOrder(t testing.TB, want []string) {
	t.Helper()
	r.mu.Lock()
	defer r.mu.Unlock()
	n := 0
	for i, subject := range r.subjects {
		switch {
		case n < len(want) && subject == want[n]:
			n++
		case n > 0 && subject == want[n-1] && r.ids[i] == r.ids[i-1]:
		default:
			t.Fatalf("message %d is %s; after %d in order", i, subject, n)
		}
	}
	if n != len(want) {
		t.Fatalf("%d of %d arrived", n, len(want))
	}
	if len(r.wrong) > 0 {
		t.Fatal(r.wrong)
	}
	if r.most > 1 {
		t.Fatalf("%d messages were in flight at once", r.most)
	}
}

// has says whether the last of want arrived.
func (r *receiver) has(want []string) func() bool {
	return func() bool {
		got := r.got()
		return len(got) > 0 && got[len(got)-1] == want[len(want)-1]
	}
}
