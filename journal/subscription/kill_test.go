package subscription_test

import (
	"bufio"
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"andon/engine/store"
	"andon/engine/store/storetest"
)

// victimStore tells the test program to be the Andon that is killed, on that
// store.
const victimStore = "ANDON_TEST_VICTIM_STORE"

func TestMain(m *testing.M) {
	if where := os.Getenv(victimStore); where != "" {
		if err := beVictim(where); err != nil {
			fmt.Fprintln(os.Stderr, err)
			os.Exit(1)
		}
	}
	os.Exit(m.Run())
}

// hasty makes a lease that was left behind run out soon.
func hasty() (p patience) {
	p = quick()
	p.Timeout = 500 * time.Millisecond
	return p
}

// beVictim runs an Andon until the process is killed.
func beVictim(where string) error {
	s, err := store.Open(context.Background(), where)
	if err != nil {
		return err
	}
	if _, err := run(s, hasty(), nil); err != nil {
		return err
	}
	fmt.Println("running")
	select {}
}

// An Andon is killed with SIGKILL again and again while it sends: every fact
// arrives, in order, whoever sends it in the end.
func TestKillLosesNothing(t *testing.T) {
	for name, where := range map[string]func(testing.TB) string{
		"sqlite":   func(t testing.TB) string { return filepath.Join(t.TempDir(), "andon.db") },
		"postgres": storetest.PostgresURL,
	} {
		t.Run(name, func(t *testing.T) {
			where := where(t)
			rec := receive(t, nil)
			want := names("A", 400)
			func() { // the facts and the subscription are there before the first victim
				s, err := store.Open(t.Context(), where)
				if err != nil {
					t.Fatal(err)
				}
				defer s.Close()
				a := start(t, s, quick(), nil)
				sub, _ := a.add(t, rec.URL)
				if err := a.subs.Pause(t.Context(), sub.ID); err != nil {
					t.Fatal(err)
				}
				a.note(t, want...)
				if err := a.subs.Resume(t.Context(), sub.ID); err != nil {
					t.Fatal(err)
				}
				a.stop()
			}()
			for range 3 {
				victim := exec.Command(os.Args[0])
				victim.Env = append(os.Environ(), victimStore+"="+where)
				victim.Stderr = os.Stderr
				out, err := victim.StdoutPipe()
				if err != nil {
					t.Fatal(err)
				}
				if err := victim.Start(); err != nil {
					t.Fatal(err)
				}
				line, _ := bufio.NewReader(out).ReadString('\n')
				before := len(rec.got())
				eventually(t, "the victim sends", func() bool { return len(rec.got()) > before+3 || rec.has(want)() })
				if err := victim.Process.Kill(); err != nil {
					t.Fatal(err)
				}
				_ = victim.Wait()
				if strings.TrimSpace(line) != "running" {
					t.Fatalf("the victim said %q", line)
				}
			}
			t.Logf("%d of %d facts had arrived when the last was killed", len(rec.got()), len(want))
			start(t, storetest.Open(t, where), hasty(), nil)
			eventually(t, "all facts arrive", rec.has(want))
			rec.inOrder(t, want)
		})
	}
}
