package status

import (
	"context"
	"net/http"
	"net/http/httptest"
	"sync/atomic"
	"testing"
	"time"

	"andon/engine/store"
	"andon/engine/store/storetest"
	"andon/journal"
)

func TestWordsAreSaidOnceAndUntilTheyAreHeard(t *testing.T) {
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		now := time.Date(2030, 1, 1, 0, 0, 0, 0, time.UTC)
		ledger := journal.NewLedger(s, nil, func() time.Time { return now })
		var asked atomic.Int32
		var code atomic.Int32
		code.Store(http.StatusCreated)
		server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { asked.Add(1); w.WriteHeader(int(code.Load())) }))
		defer server.Close()
		poster, err := New(GitHub, server.URL, "token")
		if err != nil {
			t.Fatal(err)
		}
		word := Due{"github", Word{Repo: "you/shop", SHA: "abc", Text: "review holds 3 of 3 cards"}}
		other := Due{"svn", word.Word} // nobody can be told
		keeper := func() *Keeper {
			return &Keeper{Ledger: ledger, Posters: map[string]*Poster{"github": poster}, Words: func(context.Context) ([]Due, error) { return []Due{word, other}, nil }}
		}
		k := keeper()
		tick := func(want int32, fails bool) {
			t.Helper()
			if err := k.Tick(t.Context()); (err != nil) != fails {
				t.Fatal(err)
			}
			if asked.Load() != want {
				t.Fatalf("asked %d times, want %d", asked.Load(), want)
			}
		}
		tick(1, false)
		tick(1, false) // it stands already
		k = keeper()   // and is known to after a restart
		tick(1, false)
		word.Room, word.Text = true, "review has room"
		code.Store(http.StatusBadGateway)
		tick(2, true)
		tick(2, false) // not before the pause is over
		now = now.Add(11 * time.Second)
		tick(3, true)
		now = now.Add(11 * time.Second)
		tick(3, false) // the pause has grown
		code.Store(http.StatusCreated)
		now = now.Add(time.Minute)
		tick(4, false)
		word.Room = false
		code.Store(http.StatusNotFound)
		tick(5, true)
		now = now.Add(time.Hour)
		tick(5, false) // what is refused for good is not asked again
	})
}
