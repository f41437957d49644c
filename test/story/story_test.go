// Package story_test walks the story of one good and one bad change.
package story_test

import (
	"encoding/json"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"andon/engine/store/storetest"
	"andon/test/stage"
)

func TestMain(m *testing.M) { stage.Main(m) }

// The story that the README tells, walked by its own script.
func TestStory(t *testing.T) {
	s := stage.New(t, "--visitors", "50")
	script, err := filepath.Abs("../../examples/storefront/story.sh")
	if err != nil {
		t.Fatal(err)
	}
	cmd := s.Command()
	cmd.Path, cmd.Args = script, []string{script, "all"}
	cmd.Env = append(cmd.Env, "ANDON="+stage.Program, "WORK="+filepath.Join(s.Dir, ".andon", "work", "storefront"))
	out, err := cmd.CombinedOutput()
	if err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	for _, want := range []string{
		"development holds 2 of 2 cards; finish one there before taking another. Swarm on SHOP-",
		"SHOP-7 is done", "rolledback", "CORD pulled by andon", "INC-1 is resolved", "## Timeline", "SHOP-9", "That is the story",
	} {
		if !strings.Contains(string(out), want) {
			t.Errorf("the story lacks %q", want)
		}
	}
	if t.Failed() {
		t.Logf("%s", out)
	}
	count := s.Facts()
	for fact, want := range map[string]int{
		"release.rejected storefront-3": 1, "service.rolledback storefront/production": 1, "incident.detected INC-1": 1,
		"postmortem.drafted PM-1": 1, "cord.pulled storefront/production": 1, "ticket.closed SHOP-7": 1, "card.concerned SHOP-8": 1,
	} {
		if find(count, fact) != want {
			t.Errorf("%d facts %q, want %d", find(count, fact), fact, want)
		}
	}
	visitorsLostNothing(t, s)
}

// visitorsLostNothing checks what the storefront's users met: no request was
// dropped, and none failed but on the bad revision itself.
func visitorsLostNothing(t *testing.T, s *stage.Shop) {
	t.Helper()
	var status struct {
		Visitors struct{ Sent, Dropped int64 }
	}
	if err := json.Unmarshal([]byte(s.Andon("status", "-o", "json")), &status); err != nil {
		t.Fatal(err)
	}
	t.Logf("visitors: %s", s.Andon("status"))
	if status.Visitors.Sent == 0 || status.Visitors.Dropped > 0 {
		t.Errorf("of %d requests %d were dropped", status.Visitors.Sent, status.Visitors.Dropped)
	}
	if failed := s.Metric(`sum(andon_proxy_requests_total{code="5xx",revision!="storefront-3"})`); failed > 0 {
		t.Errorf("%g requests failed on revisions that are not bad", failed)
	}
	if failed := s.Metric(`sum(andon_proxy_requests_total{code="5xx",revision="storefront-3"})`); failed == 0 {
		t.Error("the bad revision failed no request, so nothing was proved")
	}
}

func find(count map[string]int, fact string) (n int) {
	for k, v := range count {
		if strings.TrimPrefix(k, "andon-") == fact {
			n += v
		}
	}
	return n
}

// A good commit reaches all users although Andon is killed ten times on the
// way, at moments that differ with each run of the test; nothing is done
// twice, and the instances that serve are never restarted.
func TestTenKills(t *testing.T) {
	seed := uint64(time.Now().UnixNano())
	t.Logf("seed %d", seed)
	random := rand.New(rand.NewPCG(seed, 1))
	s := stage.New(t)
	s.Until("the first release", func() bool {
		return strings.Contains(s.Andon("rollout", "status"), "production-2") && serves(s, "Revision")
	})
	before := pids(s)
	s.Commit("note.txt", "a note\n", "Say thank you on the front page\n\nCard: SHOP-7")
	for range 10 {
		time.Sleep(time.Duration(random.IntN(2500)) * time.Millisecond)
		s.Kill()
		if now := pids(s); !holdsAll(now, before) {
			t.Fatalf("instances %v served, after a kill %v are left", before, now)
		}
		s.Start()
	}
	s.Until("SHOP-7 to be done", func() bool { return s.IsIn("SHOP-7", "done") })
	for fact, n := range s.Facts() {
		kind, _, _ := strings.Cut(strings.TrimPrefix(fact, "andon-"), " ")
		once := map[string]bool{"pipelinerun.queued": true, "pipelinerun.started": true, "pipelinerun.finished": true, "taskrun.started": true,
			"taskrun.finished": true, "artifact.packaged": true, "release.created": true, "deployment.started": true,
			"deployment.promoted": true, "deployment.finished": true, "change.merged": true, "ticket.closed": true}
		if once[kind] && n != 1 {
			t.Errorf("%d facts %q", n, fact)
		}
	}
	if n := strings.Count(s.Andon("releases"), "storefront-"); n != 2 {
		t.Errorf("%d releases, want 2", n)
	}
}

func serves(s *stage.Shop, text string) bool {
	page, err := s.Page()
	return err == nil && strings.Contains(page, text)
}

// pids lists the storefront's processes of this test.
func pids(s *stage.Shop) (list []string) {
	dirs, _ := filepath.Glob("/proc/[0-9]*")
	for _, dir := range dirs {
		environ, err := os.ReadFile(filepath.Join(dir, "environ"))
		if err == nil && strings.Contains(string(environ), "ANDON_RUNTIME="+filepath.Join(s.Dir, ".andon")) &&
			strings.Contains(string(environ), "ANDON_REVISION=storefront-1\x00") && strings.Contains(string(environ), "ANDON_ENVIRONMENT=production") {
			list = append(list, filepath.Base(dir))
		}
	}
	return list
}

func holdsAll(have, want []string) bool {
	set := map[string]bool{}
	for _, p := range have {
		set[p] = true
	}
	for _, p := range want {
		if !set[p] {
			return len(have) == 0 // the new release has replaced them all
		}
	}
	return true
}

func TestDeliveryOnPostgreSQL(t *testing.T) {
	s := stage.New(t, "--database", storetest.PostgresURL(t))
	s.Until("the first release", func() bool { return serves(s, "Revision") })
	if out := s.Andon("status"); !strings.Contains(out, "PostgreSQL") {
		t.Fatal(out)
	}
	s.Commit("note.txt", "a note\n", "A note\n\nCard: SHOP-7")
	s.Until("SHOP-7 to be in production", func() bool { return s.IsIn("SHOP-7", "production") })
	s.Kill()
	s.Start()
	s.Andon("rollout", "status")
	s.Until("the canary to be steered", func() bool {
		_, err := s.Try("rollout", "promote", "--full")
		return err == nil || s.IsIn("SHOP-7", "done")
	})
	s.Until("SHOP-7 to be done", func() bool { return s.IsIn("SHOP-7", "done") })
}

func TestSecondAndonIsRefused(t *testing.T) {
	s := stage.New(t)
	out, err := s.Try(append(s.Args[:len(s.Args):len(s.Args)], "--listen", stage.Free(t))...)
	if err == nil || !strings.Contains(out, "another andon up is using") {
		t.Fatalf("%v %s", err, out)
	}
	out, err = s.Try("up", "--data", t.TempDir(), "--copy", filepath.Join(s.Dir, "storefront"), "--listen", "0.0.0.0:0")
	if err == nil || !strings.Contains(out, "--allow-remote") {
		t.Fatalf("%v %s", err, out)
	}
}
