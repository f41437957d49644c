package process

import (
	"context"
	"errors"
	"os"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"andon/flow/delivery"
)

func TestInstancesBecomeReadyAndScale(t *testing.T) {
	t.Parallel()
	r := open(t, t.TempDir(), Options{})
	w := workload("r1", 3)
	ensure(t, r, w)
	three := settled(t, r, w, 3)
	ensure(t, r, w)
	if got := r.Instances(shop, "r1"); !slices.Equal(got, three) {
		t.Errorf("the same wish again changed the instances: %v, then %v", three, got)
	}
	if got := r.Revisions(shop); !slices.Equal(got, []string{"r1"}) {
		t.Errorf("Revisions = %q, want r1", got)
	}
	w.Replicas = 1
	ensure(t, r, w)
	one := settled(t, r, w, 1)
	if one[0] != three[0] {
		t.Errorf("after scaling down %v is left; the oldest of %v should be", one[0], three)
	}
	w.Replicas = 2
	ensure(t, r, w)
	if two := settled(t, r, w, 2); two[0] != one[0] {
		t.Errorf("scaling up replaced %v by %v", one[0], two[0])
	}
	eventually(t, "two processes", func() bool { return leaders(r) == 2 })
}

func TestEnvironmentIsClean(t *testing.T) {
	t.Setenv("ANDON_TEST_SECRET", "of Andon itself")
	r := open(t, t.TempDir(), Options{Path: "/usr/bin:/bin"})
	w := workload("r1", 1, "COLOUR=blue", "PORT=1")
	ensure(t, r, w)
	i := settled(t, r, w, 1)[0]
	env := map[string]string{}
	for _, line := range strings.Split(get(t, i, "/env"), "\n") {
		k, v, _ := strings.Cut(line, "=")
		env[k] = v
	}
	_, port, _ := strings.Cut(i.Addr, ":")
	for k, want := range map[string]string{"COLOUR": "blue", "PORT": port, "HOST": "127.0.0.1", "PATH": "/usr/bin:/bin", "LANG": "C.UTF-8",
		"ANDON_SERVICE": "shop", "ANDON_ENVIRONMENT": "production", "ANDON_REVISION": "r1", "ANDON_INSTANCE": i.ID, "ANDON_RUNTIME": r.dir} {
		if env[k] != want {
			t.Errorf("%s = %q, want %q", k, env[k], want)
		}
	}
	if _, ok := env["ANDON_TEST_SECRET"]; ok {
		t.Error("Andon's own environment came through")
	}
	for _, k := range []string{"HOME", "TMPDIR"} {
		if info, err := os.Stat(env[k]); err != nil || info.Mode().Perm() != 0o700 || !strings.HasPrefix(env[k], r.dir) {
			t.Errorf("%s = %q is not a private folder (%v)", k, env[k], err)
		}
	}
}

func TestCrashIsRestarted(t *testing.T) {
	t.Parallel()
	r := open(t, t.TempDir(), Options{})
	w := workload("r1", 1)
	ensure(t, r, w)
	before := settled(t, r, w, 1)[0]
	pid := pidOf(t, before)
	ask(before, "/crash") // breaks the connection
	eventually(t, "the restart", func() bool {
		all := r.Instances(shop, "r1")
		return len(all) == 1 && all[0].Ready && all[0].Restarts == 1
	})
	after := settled(t, r, w, 1)[0]
	if after.ID != before.ID || pidOf(t, after) == pid {
		t.Errorf("want the same instance with another process, got %v after %v", after, before)
	}
	if s, err := readStat(pid); err == nil && s.gone() {
		t.Errorf("process %d was not reaped", pid)
	}
}

func TestCrashLoopSaysWhyAndBacksOff(t *testing.T) {
	t.Parallel()
	r := open(t, t.TempDir(), Options{})
	w := workload("r1", 1, "FAKE_EXIT=3")
	began := time.Now()
	ensure(t, r, w)
	eventually(t, "three restarts", func() bool {
		all := r.Instances(shop, "r1")
		if len(all) != 1 || all[0].Restarts < 3 {
			return false
		}
		for _, part := range []string{"exit code 3", "first line | no database at db:5432"} {
			if !strings.Contains(all[0].Trouble, part) {
				t.Errorf("Trouble %q does not say %q", all[0].Trouble, part)
			}
		}
		return true
	})
	// 100 ms and 200 ms must have passed before the third end.
	if took := time.Since(began); took < 300*time.Millisecond {
		t.Errorf("three ends took %v; the back-off asks for at least 300ms", took)
	}
}

func TestNotStartableSaysWhy(t *testing.T) {
	t.Parallel()
	r := open(t, t.TempDir(), Options{})
	w := workload("r1", 1)
	w.Dir, w.Command = t.TempDir(), []string{"./storefront"}
	ensure(t, r, w)
	eventually(t, "the trouble", func() bool {
		all := r.Instances(shop, "r1")
		return len(all) == 1 && strings.Contains(all[0].Trouble, "storefront: no such file")
	})
	// The artifact comes: a relative program is one of the workload's folder.
	exe, _ := os.Executable()
	if err := os.Symlink(exe, w.Dir+"/storefront"); err != nil {
		t.Fatal(err)
	}
	settled(t, r, w, 1)
}

func TestNeverReadyIsStartedAgain(t *testing.T) {
	t.Parallel()
	r := open(t, t.TempDir(), Options{})
	w := workload("r1", 1, "FAKE_SICK=1")
	w.Health.StartWithin = time.Second
	ensure(t, r, w)
	eventually(t, "the trouble", func() bool {
		all := r.Instances(shop, "r1")
		return len(all) == 1 && all[0].Restarts > 0 && !all[0].Ready && strings.Contains(all[0].Trouble, "not ready within 1s: GET /healthz answered 503 Service Unavailable: warming up")
	})
}

func TestHangingInstanceIsReplacedFirst(t *testing.T) {
	t.Parallel()
	r := open(t, t.TempDir(), Options{})
	gate := t.TempDir() + "/gate" // new instances become ready only while it exists
	if err := os.WriteFile(gate, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	w := workload("r1", 2, "FAKE_GATE="+gate)
	w.Health.Timeout = 500 * time.Millisecond
	ensure(t, r, w)
	hung := settled(t, r, w, 2)[0]
	pid := pidOf(t, hung)
	if err := os.Remove(gate); err != nil {
		t.Fatal(err)
	}
	get(t, hung, "/hang")
	eventually(t, "the replacement beside the hanging instance", func() bool {
		all := r.Instances(shop, "r1")
		return len(all) == 3 && strings.Contains(all[0].Trouble, "is being replaced: GET /healthz: no answer within 500ms") && leaders(r) == 3
	})
	if gone(pid) {
		t.Error("the hanging instance was stopped before its replacement was ready")
	}
	if err := os.WriteFile(gate, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	eventually(t, "the replacement in its place", func() bool {
		if n := leaders(r); n > 3 {
			t.Fatalf("%d processes for 2 replicas", n)
		}
		all := r.Instances(shop, "r1")
		return len(all) == 2 && countReady(all) == 2 && !slices.ContainsFunc(all, func(i delivery.Instance) bool { return i.ID == hung.ID })
	})
	if !gone(pid) {
		t.Errorf("the hanging process %d still runs", pid)
	}
}

func TestStubbornIsKilledAfterGrace(t *testing.T) {
	t.Parallel()
	r := open(t, t.TempDir(), Options{})
	w := workload("r1", 1, "FAKE_STUBBORN=1")
	w.StopGrace = 300 * time.Millisecond
	ensure(t, r, w)
	pid := pidOf(t, settled(t, r, w, 1)[0])
	began := time.Now()
	if err := r.Remove(context.Background(), shop, "r1"); err != nil {
		t.Fatal(err)
	}
	eventually(t, "the end", func() bool { return gone(pid) })
	if took := time.Since(began); took < w.StopGrace {
		t.Errorf("it ended after %v, before its grace of %v", took, w.StopGrace)
	}
}

func TestRemoveStopsDescendants(t *testing.T) {
	t.Parallel()
	r := open(t, t.TempDir(), Options{})
	w := workload("r1", 1, "FAKE_CHILDREN=plain daemon")
	w.StopGrace = 300 * time.Millisecond // the children ignore SIGTERM
	ensure(t, r, w)
	settled(t, r, w, 1)
	eventually(t, "the family of three", func() bool { return len(scan(r.dir)) == 3 })
	for range 2 {
		if err := r.Remove(context.Background(), shop, "r1"); err != nil {
			t.Fatal(err)
		}
	}
	if got := r.Revisions(shop); len(got) != 0 {
		t.Errorf("Revisions = %q after Remove", got)
	}
	f := r.folder(key{shop, "r1"})
	eventually(t, "everything gone", func() bool {
		return len(scan(r.dir)) == 0 && r.Instances(shop, "r1") == nil && !exists(f.tombstone())
	})
	if exists(f.wish()) || exists(string(f)+"/home") || !exists(string(f)+"/logs") {
		t.Error("only the logs should be left of a removed revision")
	}
	r.purgeLogs(time.Now().Add(time.Hour))
	if exists(string(f)) || exists(r.dir+"/shop") {
		t.Error("empty folders are left after the logs were purged")
	}
}

// A shell around the server dies at SIGTERM at once. The server must hear the
// signal too, and keep its grace.
func TestWrappedServerEndsItsWork(t *testing.T) {
	t.Parallel()
	r := open(t, t.TempDir(), Options{})
	leave := t.TempDir() + "/leave"
	w := workload("r1", 1, "FAKE_FAREWELL="+leave)
	w.StopGrace = 10 * patience
	w.Command = []string{"sh", "-c", w.Command[0] + "; true"}
	ensure(t, r, w)
	i := settled(t, r, w, 1)[0]
	server := pidOf(t, i)
	if err := r.Remove(context.Background(), shop, "r1"); err != nil {
		t.Fatal(err)
	}
	eventually(t, "the end of the shell", func() bool { return leaders(r) == 0 })
	if gone(server) || len(r.Instances(shop, "r1")) != 1 {
		t.Error("the server went with its shell")
	}
	if err := os.WriteFile(leave, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	eventually(t, "the end of the server", func() bool { return gone(server) && r.Instances(shop, "r1") == nil })
	if b, err := os.ReadFile(r.Log(shop, "r1", i.ID)); err != nil || !strings.Contains(string(b), "farewell") {
		t.Errorf("the server did not end its work; its log is %q (%v)", b, err)
	}
}

func TestCrashKillsDescendants(t *testing.T) {
	t.Parallel()
	r := open(t, t.TempDir(), Options{})
	w := workload("r1", 1, "FAKE_CHILDREN=plain daemon")
	ensure(t, r, w)
	i := settled(t, r, w, 1)[0]
	var first []marked
	eventually(t, "the family of three", func() bool { first = scan(r.dir); return len(first) == 3 })
	ask(i, "/crash")
	eventually(t, "the whole family replaced", func() bool {
		for _, p := range first {
			if !gone(p.pid) {
				return false
			}
		}
		return len(scan(r.dir)) == 3
	})
}

func TestEnsureAfterRemoveBringsItBack(t *testing.T) {
	t.Parallel()
	r := open(t, t.TempDir(), Options{})
	w := workload("r1", 1)
	for range 5 {
		ensure(t, r, w)
		settled(t, r, w, 1)
		if err := r.Remove(context.Background(), shop, "r1"); err != nil {
			t.Fatal(err)
		}
	}
	ensure(t, r, w)
	settled(t, r, w, 1)
	eventually(t, "one process", func() bool { return leaders(r) == 1 })
}

func TestChangedIsClosedOnReadiness(t *testing.T) {
	t.Parallel()
	r := open(t, t.TempDir(), Options{})
	w := workload("r1", 1)
	ensure(t, r, w)
	late := time.After(patience)
	for {
		changed := r.Changed()
		if countReady(r.Instances(shop, "r1")) == 1 {
			break
		}
		select {
		case <-changed:
		case <-late:
			t.Fatal("Changed was never closed though the instance must have become ready")
		}
	}
}

func TestConcurrentUse(t *testing.T) {
	t.Parallel()
	r := open(t, t.TempDir(), Options{})
	var wg sync.WaitGroup
	for n := range 4 {
		wg.Go(func() {
			w := workload("r"+string(rune('0'+n%2)), 1+n%2)
			for range 5 {
				if err := r.Ensure(context.Background(), w); err != nil {
					t.Error(err)
				}
				r.Instances(shop, w.Revision)
				r.Revisions(shop)
				if err := r.Remove(context.Background(), shop, w.Revision); err != nil {
					t.Error(err)
				}
			}
		})
	}
	wg.Wait()
	eventually(t, "nothing left", func() bool { return leaders(r) == 0 })
}

func TestInvalidWorkloads(t *testing.T) {
	t.Parallel()
	r := open(t, t.TempDir(), Options{})
	for want, spoil := range map[string]func(*delivery.Workload){
		"the revision has no name":       func(w *delivery.Workload) { w.Revision = "" },
		"the command is empty":           func(w *delivery.Workload) { w.Command = nil },
		"-1 replicas":                    func(w *delivery.Workload) { w.Replicas = -1 },
		`"A=B" is not valid`:             func(w *delivery.Workload) { w.Env["A=B"] = "" },
		`"healthz" must begin with /`:    func(w *delivery.Workload) { w.Health.Path = "healthz" },
		"the service has a name that is": func(w *delivery.Workload) { w.Target.Service = strings.Repeat("x", 300) },
	} {
		w := workload("r1", 1)
		spoil(&w)
		err := r.Ensure(context.Background(), w)
		var invalid *InvalidWorkload
		if !errors.As(err, &invalid) || !strings.Contains(err.Error(), want) {
			t.Errorf("got %v, want an InvalidWorkload with %q", err, want)
		}
	}
}
