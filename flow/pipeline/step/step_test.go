package step_test

import (
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"andon/flow/pipeline/step"
)

func TestMain(m *testing.M) {
	if len(os.Args) == 3 && os.Args[1] == step.Arg {
		os.Exit(step.Main(os.Args[2]))
	}
	if len(os.Args) == 3 && os.Args[1] == "start-and-die" {
		if err := step.Start(os.Args[2], shell("sleep 1; echo done >> count")); err != nil {
			os.Exit(1)
		}
		for !step.Claimed(os.Args[2]) {
			time.Sleep(time.Millisecond)
		}
		_ = syscall.Kill(os.Getpid(), syscall.SIGKILL)
	}
	os.Exit(m.Run())
}

func shell(script string) step.Command {
	return step.Command{Args: []string{"/bin/sh", "-c", script}, Env: []string{"PATH=" + os.Getenv("PATH")}, Grace: 200 * time.Millisecond}
}

func run(t *testing.T, stop <-chan struct{}, c step.Command) (step.Result, string) {
	t.Helper()
	dir := t.TempDir()
	if c.Dir == "" {
		c.Dir = dir
	}
	if err := step.Start(dir, c); err != nil {
		t.Fatal(err)
	}
	r, err := step.Wait(t.Context(), stop, dir)
	if err != nil {
		t.Fatal(err)
	}
	log, err := os.ReadFile(filepath.Join(dir, step.LogFile))
	if err != nil {
		t.Fatal(err)
	}
	var text strings.Builder
	for line := range strings.Lines(string(log)) {
		stamp, rest, ok := strings.Cut(line, " ")
		if _, err := time.Parse(time.RFC3339Nano, stamp); err != nil || !ok {
			t.Fatalf("log line without a time: %q", line)
		}
		text.WriteString(rest)
	}
	return r, text.String()
}

func TestExitCodesAndOutput(t *testing.T) {
	for script, want := range map[string]int{"echo hello": 0, "echo hello; exit 3": 3, "echo hello; kill -9 $$": 137} {
		r, log := run(t, nil, shell(script))
		if r.Exit != want || log != "hello\n" || r.Succeeded() != (want == 0) {
			t.Errorf("%q: %+v, log %q", script, r, log)
		}
	}
}

func TestSecretsAreMasked(t *testing.T) {
	c := shell(`printf 'a s3cret-token b\n'; echo "::add-mask::later"; echo now and later; echo first-line; printf 's3cret'`)
	c.Masks = []string{"s3cret", "s3cret-token", "first-line\nsecond-line"}
	_, log := run(t, nil, c)
	if log != "a *** b\nnow and ***\n***\n***\n" {
		t.Fatalf("%q", log)
	}
}

func TestTimeoutAndCancelStopTheWholeGroup(t *testing.T) {
	c := shell("trap '' INT TERM; echo $$; sleep 60 & echo $!; wait; sleep 60")
	c.Deadline = time.Now().Add(300 * time.Millisecond)
	r, log := run(t, nil, c)
	if !r.TimedOut || r.Succeeded() {
		t.Fatalf("%+v", r)
	}
	for _, pid := range strings.Fields(log)[:2] {
		waitGone(t, pid)
	}
	stop := make(chan struct{})
	time.AfterFunc(300*time.Millisecond, func() { close(stop) })
	if r, _ := run(t, stop, shell("sleep 60")); !r.Canceled {
		t.Fatalf("%+v", r)
	}
}

func waitGone(t *testing.T, pid string) {
	t.Helper()
	n, err := strconv.Atoi(pid)
	if err != nil {
		t.Fatal(err)
	}
	for deadline := time.Now().Add(20 * time.Second); ; time.Sleep(5 * time.Millisecond) {
		stat, err := os.ReadFile("/proc/" + strconv.Itoa(n) + "/stat")
		if err != nil || strings.Contains(string(stat), ") Z ") {
			return
		}
		if time.Now().After(deadline) {
			t.Fatalf("process %d still runs", n)
		}
	}
}

func TestBackgroundProcessIsSweptByItsTrackingID(t *testing.T) {
	c := shell("sleep 60 & echo $!")
	c.Env = append(c.Env, step.TrackingVar+"=job-1")
	r, log := run(t, nil, c)
	if !r.Succeeded() {
		t.Fatalf("%+v", r)
	}
	if n := step.Sweep("job-1"); n != 1 {
		t.Fatalf("swept %d processes, want 1", n)
	}
	waitGone(t, strings.TrimSpace(log))
}

// The program that started a step is killed; the step ends all the same, its
// result is found, and starting it again does not run it again.
func TestStepOutlivesItsStarter(t *testing.T) {
	dir := t.TempDir()
	starter := exec.Command(os.Args[0], "start-and-die", dir)
	if err := starter.Run(); err == nil {
		t.Fatal("the starter was not killed")
	}
	if err := step.Start(dir, shell("echo again >> count")); err != nil {
		t.Fatal(err)
	}
	r, err := step.Wait(t.Context(), nil, dir)
	if err != nil || !r.Succeeded() {
		t.Fatalf("%+v %v", r, err)
	}
	if count, _ := os.ReadFile(filepath.Join(dir, "count")); string(count) != "done\n" {
		t.Fatalf("the step ran otherwise than once: %q", count)
	}
}

func TestLostStepIsSaid(t *testing.T) {
	dir := t.TempDir()
	if err := step.Start(dir, shell("echo $PPID; exec sleep 60")); err != nil {
		t.Fatal(err)
	}
	var pid int
	for pid == 0 {
		log, _ := os.ReadFile(filepath.Join(dir, step.LogFile))
		if fields := strings.Fields(string(log)); len(fields) == 2 {
			pid, _ = strconv.Atoi(fields[1])
		}
		time.Sleep(time.Millisecond)
	}
	if err := syscall.Kill(pid, syscall.SIGKILL); err != nil {
		t.Fatal(err)
	}
	if _, err := step.Wait(t.Context(), nil, dir); !errors.Is(err, step.ErrLost) {
		t.Fatal(err)
	}
}
