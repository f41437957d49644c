package step

import (
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"os/signal"
	"path/filepath"
	"syscall"
	"time"
)

// Main is the supervisor: call it first thing in main when the program's
// first argument is [Arg]. It gives the process's exit code.
func Main(dir string) int {
	var c Command
	if err := json.NewDecoder(os.Stdin).Decode(&c); err != nil {
		return 1 // Andon died before it handed the command over: nothing was claimed
	}
	if err := claimFolder(dir); err != nil {
		return 1
	}
	r := supervise(dir, c)
	if err := writeJSON(filepath.Join(dir, resultFile), r); err != nil {
		return 1
	}
	return 0
}

// claimFolder makes this process the only one that ever runs the step.
func claimFolder(dir string) error {
	me := claim{PID: os.Getpid(), Start: startTime(os.Getpid()), Boot: bootID()}
	b, err := json.Marshal(me)
	if err != nil {
		return err
	}
	draft := filepath.Join(dir, fmt.Sprintf("claim.%d", me.PID))
	if err := os.WriteFile(draft, b, 0o600); err != nil {
		return err
	}
	defer os.Remove(draft)
	// A link, unlike a rename, fails when the name is taken.
	return os.Link(draft, filepath.Join(dir, claimFile))
}

func supervise(dir string, c Command) Result {
	r := Result{Started: time.Now().UTC()}
	stop := make(chan os.Signal, 1)
	signal.Notify(stop, syscall.SIGTERM, syscall.SIGINT, syscall.SIGHUP)
	file, err := os.OpenFile(filepath.Join(dir, LogFile), os.O_CREATE|os.O_WRONLY|os.O_APPEND, 0o600)
	if err != nil {
		return Result{Exit: 1, Trouble: err.Error(), Started: r.Started, Ended: time.Now().UTC()}
	}
	defer file.Close()
	log := newLines(file, time.Now, c.Masks)
	defer log.end()

	cmd := exec.Command(c.Args[0], c.Args[1:]...)
	cmd.Dir, cmd.Env = c.Dir, c.Env
	cmd.Stdout, cmd.Stderr = log, log
	cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}
	// What the command leaves running may keep the pipe open; it belongs to
	// the job and is swept when that ends.
	cmd.WaitDelay = 500 * time.Millisecond
	if err := cmd.Start(); err != nil {
		fmt.Fprintf(log, "::error::%v\n", err)
		return Result{Exit: 127, Trouble: err.Error(), Started: r.Started, Ended: time.Now().UTC()}
	}
	ended := make(chan error, 1)
	go func() { ended <- cmd.Wait() }()

	deadline := make(<-chan time.Time)
	if !c.Deadline.IsZero() {
		deadline = time.After(time.Until(c.Deadline))
	}
	select {
	case err = <-ended:
	case <-deadline:
		r.TimedOut = true
		fmt.Fprintf(log, "::error::The step took longer than its timeout and is stopped.\n")
		err = stopGroup(cmd.Process.Pid, c.Grace, ended)
	case <-stop:
		r.Canceled = true
		fmt.Fprintf(log, "::error::The step is canceled.\n")
		err = stopGroup(cmd.Process.Pid, c.Grace, ended)
	}
	r.Exit, r.Ended = exitCode(err), time.Now().UTC()
	return r
}

// stopGroup ends a process group the polite way first.
func stopGroup(pid int, grace time.Duration, ended <-chan error) error {
	for _, s := range []syscall.Signal{syscall.SIGINT, syscall.SIGTERM} {
		_ = syscall.Kill(-pid, s)
		select {
		case err := <-ended:
			_ = syscall.Kill(-pid, syscall.SIGKILL) // what it started in its group
			return err
		case <-time.After(grace):
		}
	}
	_ = syscall.Kill(-pid, syscall.SIGKILL)
	return <-ended
}

func exitCode(err error) int {
	var exit *exec.ExitError
	switch {
	case err == nil || errors.Is(err, exec.ErrWaitDelay):
		return 0
	case errors.As(err, &exit):
		if status, ok := exit.Sys().(syscall.WaitStatus); ok && status.Signaled() {
			return 128 + int(status.Signal())
		}
		return exit.ExitCode()
	}
	return 1
}
