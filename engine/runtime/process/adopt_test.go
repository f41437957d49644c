package process

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"golang.org/x/sys/unix"
)

func TestCloseThenOpenAdopts(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	r := open(t, dir, Options{})
	w := workload("r1", 2)
	ensure(t, r, w)
	before := settled(t, r, w, 2)
	was := pidsOf(t, before)
	if err := r.Close(); err != nil {
		t.Fatal(err)
	}
	if err := r.Ensure(context.Background(), w); !errors.Is(err, ErrClosed) {
		t.Errorf("Ensure after Close: %v, want ErrClosed", err)
	}
	r = open(t, dir, Options{})
	if n := countReady(r.Instances(shop, "r1")); n != 2 {
		t.Errorf("%d instances are ready at once after adoption, want 2", n)
	}
	after := settled(t, r, w, 2)
	if is := pidsOf(t, after); !slices.Equal(is, was) {
		t.Errorf("pids %v became %v", was, is)
	}
	for n := range after {
		if after[n].ID != before[n].ID || after[n].Addr != before[n].Addr || !after[n].StartedAt.Equal(before[n].StartedAt) {
			t.Errorf("%v became %v", before[n], after[n])
		}
	}
	// Adopted instances are supervised like all others.
	ask(after[0], "/crash")
	eventually(t, "the restart", func() bool {
		all := r.Instances(shop, "r1")
		return countReady(all) == 2 && all[0].Restarts == 1
	})
}

// killedSupervisor runs another Andon on dir until two instances are ready,
// and kills it with SIGKILL.
func killedSupervisor(t *testing.T, dir string) {
	t.Helper()
	cmd := exec.Command(os.Args[0])
	cmd.Env = append(os.Environ(), "FAKE=supervisor", "FAKE_DIR="+dir)
	cmd.Stderr = os.Stderr
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	if s := bufio.NewScanner(out); !s.Scan() || s.Text() != "up" {
		t.Errorf("the supervisor said %q, want up", s.Text())
	}
	cmd.Process.Kill()
	cmd.Wait() // says "killed"
}

func TestAdoptsAfterKill(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	killedSupervisor(t, dir)
	r := open(t, dir, Options{})
	was := []int{}
	for _, p := range scan(r.dir) {
		was = append(was, p.pid)
	}
	slices.Sort(was)
	w := workload("r1", 2)
	all := settled(t, r, w, 2)
	if is := pidsOf(t, all); !slices.Equal(is, was) || len(was) != 2 {
		t.Errorf("the processes %v are supervised, %v ran before", is, was)
	}
	get(t, all[0], "/print?line=still+writing")
	eventually(t, "the log", func() bool {
		b, _ := os.ReadFile(r.Log(shop, "r1", all[0].ID))
		return strings.Contains(string(b), "still writing")
	})
	// These are not our children: their end is seen without wait.
	ask(all[1], "/crash")
	eventually(t, "the restart", func() bool {
		now := r.Instances(shop, "r1")
		return countReady(now) == 2 && now[1].Restarts == 1
	})
	if err := r.Shutdown(context.Background()); err != nil {
		t.Fatal(err)
	}
	if n := len(scan(r.dir)); n != 0 {
		t.Errorf("%d processes after Shutdown", n)
	}
}

func TestEndedWhileAway(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	r := open(t, dir, Options{})
	w := workload("r1", 1, "FAKE_CHILDREN=plain daemon")
	ensure(t, r, w)
	i := settled(t, r, w, 1)[0]
	var family []marked
	eventually(t, "the family of three", func() bool { family = scan(r.dir); return len(family) == 3 })
	r.Close()
	pid := pidOf(t, i)
	ask(i, "/crash")
	eventually(t, "the crash", func() bool { return gone(pid) })
	r = open(t, dir, Options{})
	after := settled(t, r, w, 1)[0]
	if after.ID != i.ID || after.Restarts != 1 || pidOf(t, after) == pid {
		t.Errorf("%v became %v; want the same instance, restarted", i, after)
	}
	eventually(t, "the old family gone", func() bool {
		return !slices.ContainsFunc(family, func(p marked) bool { return !gone(p.pid) })
	})
}

// editRecord changes the one record of r1 as a crash would have left it.
func editRecord(t *testing.T, r *Runtime, edit func(*record) bool) {
	t.Helper()
	paths, err := filepath.Glob(r.folder(key{shop, "r1"}).record("*"))
	if err != nil || len(paths) != 1 {
		t.Fatalf("records %v, %v; want one", paths, err)
	}
	var rec record
	if _, err := readJSON(paths[0], &rec); err != nil {
		t.Fatal(err)
	}
	if !edit(&rec) {
		err = os.Remove(paths[0])
	} else {
		err = writeJSON(paths[0], rec, false)
	}
	if err != nil {
		t.Fatal(err)
	}
}

func TestIntentWithoutRecordIsAdopted(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	r := open(t, dir, Options{})
	w := workload("r1", 1, "FAKE_CHILDREN=daemon") // which must not be taken for the instance
	ensure(t, r, w)
	i := settled(t, r, w, 1)[0]
	pid := pidOf(t, i)
	r.Close()
	editRecord(t, r, func(rec *record) bool {
		rec.identity, rec.Ready = identity{}, false
		return true
	})
	r = open(t, dir, Options{})
	if after := settled(t, r, w, 1)[0]; after.ID != i.ID || after.Restarts != 0 || pidOf(t, after) != pid {
		t.Errorf("%v (process %d) became %v", i, pid, after)
	}
	if n := len(scan(r.dir)); n != 2 {
		t.Errorf("%d processes, want the instance and its daemon", n)
	}
}

func TestReusedPidIsNotOurs(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	r := open(t, dir, Options{})
	w := workload("r1", 1)
	ensure(t, r, w)
	i := settled(t, r, w, 1)[0]
	pid := pidOf(t, i)
	r.Close()
	stranger := exec.Command("sleep", "1000")
	if err := stranger.Start(); err != nil {
		t.Fatal(err)
	}
	defer stranger.Wait()
	defer stranger.Process.Kill()
	editRecord(t, r, func(rec *record) bool {
		rec.PID = stranger.Process.Pid
		return true
	})
	r = open(t, dir, Options{})
	after := settled(t, r, w, 1)[0]
	if now := pidOf(t, after); now == stranger.Process.Pid || now == pid {
		t.Errorf("process %d serves; want a new one", now)
	}
	eventually(t, "the unrecorded process gone", func() bool { return gone(pid) })
	if gone(stranger.Process.Pid) {
		t.Error("a stranger's process was ended")
	}
}

func TestProcessWithoutRecordIsStopped(t *testing.T) {
	t.Parallel()
	for _, lost := range []string{"record", "folder"} {
		t.Run(lost, func(t *testing.T) {
			t.Parallel()
			dir := t.TempDir()
			r := open(t, dir, Options{})
			w := workload("r1", 1)
			ensure(t, r, w)
			pid := pidOf(t, settled(t, r, w, 1)[0])
			r.Close()
			if lost == "record" {
				editRecord(t, r, func(*record) bool { return false })
			} else if err := os.RemoveAll(string(r.folder(key{shop, "r1"}))); err != nil {
				t.Fatal(err)
			}
			r = open(t, dir, Options{})
			eventually(t, "the orphan gone", func() bool { return gone(pid) })
			if lost == "record" {
				settled(t, r, w, 1)
			} else {
				eventually(t, "the revision gone", func() bool { return r.Instances(shop, "r1") == nil && leaders(r) == 0 })
			}
		})
	}
}

func TestRemovingGoesOnAfterOpen(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	r := open(t, dir, Options{})
	w := workload("r1", 2, "FAKE_STUBBORN=1")
	w.StopGrace = 2 * time.Second
	ensure(t, r, w)
	was := pidsOf(t, settled(t, r, w, 2))
	if err := r.Remove(context.Background(), shop, "r1"); err != nil {
		t.Fatal(err)
	}
	r.Close()
	if gone(was[0]) {
		t.Log("the grace was over before Close; the test says little this time")
	}
	r = open(t, dir, Options{})
	if got := r.Revisions(shop); len(got) != 0 {
		t.Errorf("Revisions = %q", got)
	}
	eventually(t, "both gone", func() bool { return gone(was[0]) && gone(was[1]) && r.Instances(shop, "r1") == nil })
}

func TestShutdownKeepsTheWish(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	r := open(t, dir, Options{})
	w := workload("r1", 2, "FAKE_STUBBORN=1")
	ensure(t, r, w)
	was := pidsOf(t, settled(t, r, w, 2))
	ctx, cancel := context.WithTimeout(context.Background(), 50*time.Millisecond)
	defer cancel()
	if err := r.Shutdown(ctx); !errors.Is(err, context.DeadlineExceeded) {
		t.Errorf("Shutdown of stubborn instances: %v, want deadline exceeded", err)
	}
	if !gone(was[0]) || !gone(was[1]) {
		t.Error("instances outlived Shutdown")
	}
	r = open(t, dir, Options{})
	for _, pid := range pidsOf(t, settled(t, r, w, 2)) {
		if slices.Contains(was, pid) {
			t.Errorf("process %d is back", pid)
		}
	}
}

func TestOnlyOneRuntimePerFolder(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	open(t, dir, Options{})
	if r, err := Open(dir, Options{}); err == nil || !strings.Contains(err.Error(), "in use by another Andon") {
		t.Errorf("second Open: %v, %v", r, err)
	}
}

// However early or late in its starts Andon is killed, the next one ends up
// with exactly the processes that were wished for.
func TestKilledAtAnyMoment(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	for n := range 12 {
		cmd := exec.Command(os.Args[0])
		cmd.Env = append(os.Environ(), "FAKE=supervisor", "FAKE_DIR="+dir)
		if err := cmd.Start(); err != nil {
			t.Fatal(err)
		}
		time.Sleep(time.Duration(n) * 3 * time.Millisecond) // the moment of the kill, not a wait for anything
		cmd.Process.Kill()
		cmd.Wait() // says "killed"
		if n%3 == 0 {
			for _, p := range scan(dir) { // some starts have to be made again
				unix.Kill(p.pid, unix.SIGKILL)
			}
		}
	}
	r := open(t, dir, Options{})
	w := workload("r1", 2)
	ensure(t, r, w)
	all := settled(t, r, w, 2)
	eventually(t, "no process too many", func() bool { return len(scan(r.dir)) == 2 })
	if len(pidsOf(t, all)) != 2 {
		t.Error("the instances do not answer")
	}
}

func TestEndIsSeen(t *testing.T) {
	t.Parallel()
	boot, err := bootID()
	if err != nil {
		t.Fatal(err)
	}
	for _, pidfd := range []bool{true, false} {
		t.Run(fmt.Sprintf("pidfd=%t", pidfd), func(t *testing.T) {
			cmd := exec.Command("sleep", "1000")
			if err := cmd.Start(); err != nil {
				t.Fatal(err)
			}
			s, err := readStat(cmd.Process.Pid)
			if err != nil {
				t.Fatal(err)
			}
			c := &child{identity: identity{PID: cmd.Process.Pid, Start: s.start, Boot: boot}, dir: t.TempDir(), instance: "x"}
			if pidfd {
				if c.open(); c.pidfd == nil {
					cmd.Process.Kill()
					cmd.Wait()
					t.Skip("this kernel has no pidfd")
				}
				defer c.close()
			}
			ctx, cancel := context.WithCancel(context.Background())
			cancel()
			if how, err := c.wait(ctx); !errors.Is(err, context.Canceled) {
				t.Errorf("wait said %q, %v of a living process and an ended context", how, err)
			}
			if pidfd { // the ended context must not spoil the descriptor for good
				if err := c.pidfd.SetReadDeadline(time.Time{}); err != nil {
					t.Fatal(err)
				}
			}
			done := make(chan string, 1)
			go func() {
				how, err := c.wait(context.Background())
				done <- fmt.Sprint(how, err)
			}()
			cmd.Process.Kill()
			select {
			case how := <-done:
				if !strings.Contains(how, "SIGKILL") {
					t.Errorf("wait said %q", how)
				}
			case <-time.After(patience):
				t.Fatal("the end of the process was not seen")
			}
		})
	}
}
