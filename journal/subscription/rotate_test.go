package subscription_test

import (
	"io"
	"net/http"
	"net/http/httptest"
	"sync/atomic"
	"testing"
	"time"

	"andon/engine/notify"
	"andon/engine/store"
	"andon/engine/store/storetest"
	"andon/journal/subscription"
)

// Receivers may change their secret at any moment of the day after a rotation.
func TestBothSecretsSignForADay(t *testing.T) {
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		var ahead atomic.Int64
		clock := func() time.Time { return time.Now().Add(time.Duration(ahead.Load())) }
		a := start(t, s, quick(), clock)
		type arrival struct {
			header http.Header
			body   []byte
		}
		arrivals := make(chan arrival, 100)
		receiver := httptest.NewServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
			body, _ := io.ReadAll(r.Body)
			arrivals <- arrival{r.Header.Clone(), body}
		}))
		defer receiver.Close()
		sub, first, err := a.subs.Add(t.Context(), subscription.New{URL: receiver.URL, Types: []string{"dev.cdeventsx.andon-card.moved.*"}})
		if err != nil {
			t.Fatal(err)
		}
		good := func(secrets ...subscription.Secret) (signed []bool) {
			t.Helper()
			a.note(t, "SHOP-1")
			select {
			case got := <-arrivals:
				for _, secret := range secrets {
					signed = append(signed, notify.Verify(secret, got.header, got.body, clock()) == nil)
				}
			case <-time.After(30 * time.Second):
				t.Fatal("nothing arrives")
			}
			return signed
		}
		if _, _, err := a.subs.Rotate(t.Context(), sub.ID, "whsec_short"); err == nil {
			t.Fatal("a short secret was taken")
		}
		_, second, err := a.subs.Rotate(t.Context(), sub.ID, "")
		if err != nil {
			t.Fatal(err)
		}
		if signed := good(first, second); !signed[0] || !signed[1] {
			t.Errorf("after the rotation the old one and the new one sign: %v", signed)
		}
		ahead.Store(int64(25 * time.Hour))
		if signed := good(first, second); signed[0] || !signed[1] {
			t.Errorf("a day later the new one alone signs: %v", signed)
		}
		_, third, err := a.subs.Rotate(t.Context(), sub.ID, first.Reveal())
		if err != nil || third != first {
			t.Fatal(third, err)
		}
		if signed := good(first, second); !signed[0] || !signed[1] {
			t.Errorf("a secret that was chosen: %v", signed)
		}
		if _, _, err := a.subs.Rotate(t.Context(), "SUB-99", ""); err == nil {
			t.Error("the secret of no subscription was changed")
		}
	})
}
