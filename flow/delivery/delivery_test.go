package delivery_test

import (
	"errors"
	"strings"
	"testing"
	"time"

	"andon/engine/store"
	"andon/engine/store/storetest"
	"andon/exposure"
	"andon/flow/delivery"
	"andon/journal"
	"andon/journal/journaltest"
)

// first brings shop-1 to all users, so that there is a stable release.
func first(t *testing.T, s *store.Store) *world {
	t.Helper()
	w := newWorld(t, s)
	w.build(1)
	w.advance()
	if d := w.newest(production); d.State != delivery.Succeeded {
		t.Fatalf("the first release ends as %s: %s", d.State, d.Reason)
	}
	return w
}

func (w *world) wants(t *testing.T, target delivery.Target, stable, canary string, weight int) {
	t.Helper()
	r := w.route(target)
	got := ""
	if r.Canary != nil {
		got = r.Canary.Revision
	}
	if r.Stable.Revision != stable || got != canary || r.Weight != weight {
		t.Fatalf("%s goes to %s and %d %% to %q, want %s and %d %% to %q", target, r.Stable.Revision, r.Weight, got, stable, weight, canary)
	}
}

func TestAReleaseVisitsItsEnvironmentsStepByStep(t *testing.T) {
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		w := first(t, s)
		w.build(2)
		w.advance()
		w.wants(t, staging, "shop-2", "", 0)
		w.wants(t, production, "shop-1", "shop-2", 10)
		w.pass(9 * time.Second)
		w.advance()
		w.wants(t, production, "shop-1", "shop-2", 10)
		w.pass(2 * time.Second)
		w.advance()
		w.wants(t, production, "shop-1", "shop-2", 50)
		w.pass(time.Hour) // the last pause waits for a person
		w.advance()
		w.wants(t, production, "shop-1", "shop-2", 50)
		if _, err := w.Promote(t.Context(), w.newest(production).ID, "Ana", false); err != nil {
			t.Fatal(err)
		}
		w.wants(t, production, "shop-2", "", 0)
		w.advance()
		if d := w.newest(production); d.State != delivery.Succeeded || d.Stable != "shop-1" {
			t.Fatalf("%+v", d)
		}
		if gone := <-w.removed; gone != "shop-1" {
			t.Errorf("%s was withdrawn first", gone)
		}
		if len(w.faults) > 0 {
			t.Error(strings.Join(w.faults, "\n"))
		}
		facts, err := w.ledger.Facts(t.Context(), journal.Query{About: []journal.Ref{{Kind: journal.Release, ID: "shop-2"}}})
		if err != nil || len(facts) < 8 {
			t.Fatalf("%d facts, %v", len(facts), err)
		}
		journaltest.Valid(t, facts...)
	})
}

func TestAReleaseIsMadeOnceAndNeverChanges(t *testing.T) {
	w := newWorld(t, storetest.SQLite(t))
	w.build(1)
	w.build(1) // the same run again
	list, err := w.Releases(t.Context(), "shop", 10)
	if err != nil || len(list) != 1 {
		t.Fatalf("%d releases, %v", len(list), err)
	}
	before := list[0]
	changed := plan()
	changed.Config.Command = []string{"./other"}
	if err := w.Define([]delivery.Plan{changed}); err != nil {
		t.Fatal(err)
	}
	after, err := w.Release(t.Context(), before.ID)
	if err != nil || after.Config.Command[0] != "./shop" {
		t.Errorf("the release became %+v, %v", after, err)
	}
}

func TestABadRulingTakesTheReleaseBackForGood(t *testing.T) {
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		w := first(t, s)
		w.build(2)
		w.advance()
		w.judge(exposure.Bad)
		w.advance()
		w.wants(t, production, "shop-1", "", 0)
		d := w.newest(production)
		if d.State != delivery.RolledBack || d.Reason != "the judge says so" {
			t.Fatalf("%+v", d)
		}
		r, err := w.Release(t.Context(), "shop-2")
		if err != nil || r.Rejected == "" {
			t.Fatalf("%+v, %v", r, err)
		}
		var refused *delivery.Invalid
		if _, err := w.Deploy(t.Context(), "shop-2", "production", "Ana", false); !errors.As(err, &refused) {
			t.Errorf("a rejected release was queued: %v", err)
		}
		w.judge(exposure.Unknown)
		if _, err := w.Deploy(t.Context(), "shop-2", "production", "Ana", true); err != nil {
			t.Errorf("a person may, on purpose: %v", err)
		}
		w.advance()
		w.wants(t, production, "shop-1", "shop-2", 10)
	})
}

func TestAbortWinsFromEveryState(t *testing.T) {
	for name, reach := range map[string]func(w *world){
		"starting":       func(w *world) { w.sick["shop-2"] = true; w.advance() },
		"exposing":       func(w *world) { w.advance() },
		"held by hand":   func(w *world) { w.advance(); _, _ = w.Pause(w.ctx, w.newest(production).ID, "Ana") },
		"half the users": func(w *world) { w.advance(); w.pass(11 * time.Second); w.advance() },
	} {
		t.Run(name, func(t *testing.T) {
			w := first(t, storetest.SQLite(t))
			if _, err := w.deployTo(2, "production"); err != nil {
				t.Fatal(err)
			}
			reach(w)
			if _, err := w.Abort(t.Context(), w.newest(production).ID, "customers call"); err != nil {
				t.Fatal(err)
			}
			w.wants(t, production, "shop-1", "", 0)
			w.advance()
			if d := w.newest(production); d.State != delivery.RolledBack && d.State != delivery.Failed || d.Reason != "customers call" {
				t.Errorf("%+v", d)
			}
			if len(w.faults) > 0 {
				t.Error(strings.Join(w.faults, "\n"))
			}
		})
	}
}

// deployTo builds release n and queues it for one place by hand.
func (w *world) deployTo(n int, environment string) (delivery.Deployment, error) {
	w.build(n)
	list, err := w.Releases(w.ctx, "shop", 1)
	if err != nil {
		return delivery.Deployment{}, err
	}
	for _, d := range []delivery.Target{staging} { // its way through staging is another story
		if _, err := w.Abort(w.ctx, w.newest(d).ID, "not now"); err != nil {
			return delivery.Deployment{}, err
		}
	}
	return w.Deploy(w.ctx, list[0].ID, environment, "Ana", false)
}

func TestWhatNeverBecomesReadyNeverHasTraffic(t *testing.T) {
	w := first(t, storetest.SQLite(t))
	if _, err := w.deployTo(2, "production"); err != nil {
		t.Fatal(err)
	}
	w.sick["shop-2"] = true
	w.advance()
	w.wants(t, production, "shop-1", "", 0)
	w.pass(32 * time.Second)
	w.advance()
	d := w.newest(production)
	if d.State != delivery.Failed || !strings.Contains(d.Reason, "0 of 2 instances became ready") || !strings.Contains(d.Reason, "503") {
		t.Fatalf("%s: %s", d.State, d.Reason)
	}
	w.wants(t, production, "shop-1", "", 0)
}

func TestTheGateHoldsAndLetsGo(t *testing.T) {
	w := first(t, storetest.SQLite(t))
	w.refusal = "the cord is pulled"
	w.build(2)
	w.advance()
	if d := w.newest(staging); d.State != delivery.Held || d.Reason != "the cord is pulled" {
		t.Fatalf("%+v", d)
	}
	w.build(3) // a newer one takes the place in the queue
	w.advance()
	w.refusal = ""
	w.advance()
	w.wants(t, staging, "shop-3", "", 0)
	list, err := w.Deployments(t.Context(), 10)
	if err != nil {
		t.Fatal(err)
	}
	for _, d := range list {
		if d.Release == "shop-2" && d.State != delivery.Superseded {
			t.Errorf("shop-2 is %s in %s", d.State, d.Target)
		}
	}
}

func TestOneAtATimeInAPlace(t *testing.T) {
	w := first(t, storetest.SQLite(t))
	w.build(2)
	w.advance()
	w.build(3)
	w.advance()
	w.wants(t, production, "shop-1", "shop-2", 10)
	if d := w.newest(production); d.Release != "shop-3" || d.State != delivery.Held || !strings.Contains(d.Reason, "under way") {
		t.Fatalf("%+v", d)
	}
	if _, err := w.Promote(t.Context(), "production-"+strings.Split(w.place(t).Active.ID, "-")[1], "Ana", true); err != nil {
		t.Fatal(err)
	}
	w.advance()
	w.wants(t, production, "shop-2", "shop-3", 10)
}

func (w *world) place(t *testing.T) delivery.Place {
	t.Helper()
	places, err := w.Places(t.Context())
	if err != nil || len(places) != 2 {
		t.Fatalf("%d places, %v", len(places), err)
	}
	return places[1]
}

func TestPauseByHandStopsTheClock(t *testing.T) {
	w := first(t, storetest.SQLite(t))
	w.build(2)
	w.advance()
	id := w.newest(production).ID
	if _, err := w.Pause(t.Context(), id, "Ana"); err != nil {
		t.Fatal(err)
	}
	w.pass(time.Hour)
	w.advance()
	w.wants(t, production, "shop-1", "shop-2", 10)
	if _, err := w.Resume(t.Context(), id, "Ana"); err != nil {
		t.Fatal(err)
	}
	w.advance()
	w.wants(t, production, "shop-1", "shop-2", 10)
	w.pass(11 * time.Second)
	w.advance()
	w.wants(t, production, "shop-1", "shop-2", 50)
	var wrong *delivery.Invalid
	if _, err := w.Pause(t.Context(), w.newest(staging).ID, "Ana"); !errors.As(err, &wrong) {
		t.Errorf("what is over was paused: %v", err)
	}
}

func TestARestartGoesOnWhereItWas(t *testing.T) {
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		w := first(t, s)
		w.build(2)
		w.advance()
		before, err := w.ledger.Head(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		w.routes = map[delivery.Target]delivery.Route{} // a proxy that was killed has no routes
		w.restart()
		w.wants(t, production, "shop-1", "shop-2", 10)
		w.advance()
		if after, err := w.ledger.Head(t.Context()); err != nil || after != before {
			t.Errorf("the restart added %d facts, %v", after-before, err)
		}
		w.pass(11 * time.Second)
		w.advance()
		w.wants(t, production, "shop-1", "shop-2", 50)
	})
}
