package telemetry_test

import (
	"runtime"
	"testing"
	"time"

	"github.com/prometheus/client_golang/prometheus"

	"andon/engine/telemetry"
)

func TestCloseLeavesNoGoroutineBehind(t *testing.T) {
	_, srv, _ := service(t)
	dir := t.TempDir()
	var before int
	for life := range 6 {
		tel, err := telemetry.Open(dir, telemetry.Options{ScrapeInterval: quick})
		if err != nil {
			t.Fatal(err)
		}
		if err := tel.SetTargets([]telemetry.Target{{Job: "a", URL: srv.URL}}); err != nil {
			t.Fatal(err)
		}
		if err := tel.Gather("b", prometheus.NewRegistry(), nil); err != nil {
			t.Fatal(err)
		}
		until(t, tel, "count(up == 1)", is(2))
		if err := tel.Close(); err != nil {
			t.Fatal(err)
		}
		if life == 0 {
			// What the first life leaves (idle HTTP connections of the test's
			// server, pools of the runtime) the others may leave too.
			before = runtime.NumGoroutine() + 5
			continue
		}
		for end := time.Now().Add(20 * time.Second); runtime.NumGoroutine() > before; time.Sleep(quick) {
			if time.Now().After(end) {
				stacks := make([]byte, 1<<16)
				t.Fatalf("life %d: %d goroutines, %d after the first\n%s", life, runtime.NumGoroutine(), before, stacks[:runtime.Stack(stacks, true)])
			}
		}
	}
}
