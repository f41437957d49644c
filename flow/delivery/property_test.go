package delivery_test

import (
	"flag"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"andon/engine/store/storetest"
	"andon/exposure"
	"andon/flow/delivery"
)

// Whatever people, judges and kills do, and in whatever order: stable keeps
// its instances, users are never sent to what was taken back, nothing is
// withdrawn while users meet it, and a place has one deployment at a time.
func TestUsersAreSafeWhateverHappens(t *testing.T) {
	if err := flag.Set("rapid.checks", "30"); err != nil { // each has a database of its own
		t.Fatal(err)
	}
	rapid.Check(t, func(rt *rapid.T) {
		w := newWorld(t, storetest.SQLite(t))
		w.t = rt
		w.build(1)
		w.advance()
		built := 1
		id := func() string { return w.newest(production).ID }
		actions := map[string]func(*rapid.T){
			"build":   func(*rapid.T) { built++; w.build(built) },
			"advance": func(*rapid.T) { w.advance() },
			"pass": func(t *rapid.T) {
				w.pass(time.Duration(rapid.IntRange(1, 40).Draw(t, "seconds")) * time.Second)
			},
			"promote": func(t *rapid.T) { _, _ = w.Promote(w.ctx, id(), "Ana", rapid.Bool().Draw(t, "full")) },
			"pause":   func(*rapid.T) { _, _ = w.Pause(w.ctx, id(), "Ana") },
			"resume":  func(*rapid.T) { _, _ = w.Resume(w.ctx, id(), "Ana") },
			"abort":   func(*rapid.T) { _, _ = w.Abort(w.ctx, id(), "customers call") },
			"rule":    func(t *rapid.T) { w.judge(exposure.Ruling(rapid.IntRange(0, 2).Draw(t, "ruling"))) },
			"restart": func(*rapid.T) { w.restart() },
			"": func(t *rapid.T) {
				w.check(t)
			},
		}
		rt.Repeat(actions)
		w.judge(exposure.Unknown)
		w.advance()
		w.check(rt)
	})
}

func (w *world) check(t *rapid.T) {
	list, err := w.Deployments(w.ctx, 200)
	if err != nil {
		t.Fatal(err)
	}
	busy := map[delivery.Target]int{}
	for _, d := range list {
		if !d.State.Over() && !d.State.Waiting() {
			busy[d.Target]++
		}
		w.mu.Lock()
		if d.State == delivery.RolledBack {
			w.rejected[d.Target.String()+" "+d.Release] = true
		}
		w.mu.Unlock()
	}
	for target, n := range busy {
		if n > 1 {
			t.Fatalf("%d deployments are under way in %s", n, target)
		}
	}
	w.mu.Lock()
	defer w.mu.Unlock()
	if len(w.faults) > 0 {
		t.Fatal(strings.Join(w.faults, "\n"))
	}
}
