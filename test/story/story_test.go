package story_test

import (
	"math/rand/v2"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"andon/engine/store/storetest"
)

// The story that the README tells, walked by its own script.
func TestStory(t *testing.T) {
	s := newShop(t, "--visitors", "50")
	script, err := filepath.Abs("../../examples/storefront/story.sh")
	if err != nil {
		t.Fatal(err)
	}
	cmd := s.command()
	cmd.Path, cmd.Args = script, []string{script, "all"}
	cmd.Env = append(cmd.Env, "ANDON="+program, "WORK="+filepath.Join(s.dir, ".andon", "work", "storefront"))
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
	count := s.facts()
	for fact, want := range map[string]int{
		"release.rejected storefront-3": 1, "service.rolledback storefront/production": 1, "incident.detected INC-1": 1,
		"postmortem.drafted PM-1": 1, "cord.pulled storefront/production": 1, "ticket.closed SHOP-7": 1,
	} {
		if find(count, fact) != want {
			t.Errorf("%d facts %q, want %d", find(count, fact), fact, want)
		}
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
	s := newShop(t)
	s.until("the first release", func() bool {
		return strings.Contains(s.andon("rollout", "status"), "production-2") && s.serves("Revision")
	})
	before := s.pids()
	s.commit("note.txt", "a note\n", "Say thank you on the front page\n\nCard: SHOP-7")
	for range 10 {
		time.Sleep(time.Duration(random.IntN(2500)) * time.Millisecond)
		s.kill()
		if now := s.pids(); !holdsAll(now, before) {
			t.Fatalf("instances %v served, after a kill %v are left", before, now)
		}
		s.start()
	}
	s.until("SHOP-7 to be done", func() bool { return s.isIn("SHOP-7", "done") })
	for fact, n := range s.facts() {
		kind, _, _ := strings.Cut(strings.TrimPrefix(fact, "andon-"), " ")
		once := map[string]bool{"pipelinerun.queued": true, "pipelinerun.started": true, "pipelinerun.finished": true, "taskrun.started": true,
			"taskrun.finished": true, "artifact.packaged": true, "release.created": true, "deployment.started": true,
			"deployment.promoted": true, "deployment.finished": true, "change.merged": true, "ticket.closed": true}
		if once[kind] && n != 1 {
			t.Errorf("%d facts %q", n, fact)
		}
	}
	if n := strings.Count(s.andon("releases"), "storefront-"); n != 2 {
		t.Errorf("%d releases, want 2", n)
	}
}

func (s *shop) serves(text string) bool {
	page, err := s.page()
	return err == nil && strings.Contains(page, text)
}

// pids lists the storefront's processes of this test.
func (s *shop) pids() (list []string) {
	dirs, _ := filepath.Glob("/proc/[0-9]*")
	for _, dir := range dirs {
		environ, err := os.ReadFile(filepath.Join(dir, "environ"))
		if err == nil && strings.Contains(string(environ), "ANDON_RUNTIME="+filepath.Join(s.dir, ".andon")) &&
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
	s := newShop(t, "--database", storetest.PostgresURL(t))
	s.until("the first release", func() bool { return s.serves("Revision") })
	if out := s.andon("status"); !strings.Contains(out, "PostgreSQL") {
		t.Fatal(out)
	}
	s.commit("note.txt", "a note\n", "A note\n\nCard: SHOP-7")
	s.until("SHOP-7 to be in production", func() bool { return s.isIn("SHOP-7", "production") })
	s.kill()
	s.start()
	s.andon("rollout", "status")
	s.until("the canary to be steered", func() bool {
		_, err := s.try("rollout", "promote", "--full")
		return err == nil || s.isIn("SHOP-7", "done")
	})
	s.until("SHOP-7 to be done", func() bool { return s.isIn("SHOP-7", "done") })
}

func TestSecondAndonIsRefused(t *testing.T) {
	s := newShop(t)
	out, err := s.try(append(s.args[:len(s.args):len(s.args)], "--listen", free(t))...)
	if err == nil || !strings.Contains(out, "another andon up is using") {
		t.Fatalf("%v %s", err, out)
	}
	out, err = s.try("up", "--data", t.TempDir(), "--copy", filepath.Join(s.dir, "storefront"), "--listen", "0.0.0.0:0")
	if err == nil || !strings.Contains(out, "--allow-remote") {
		t.Fatalf("%v %s", err, out)
	}
}
