package process

import (
	"context"
	"fmt"
	"os"
	"strconv"
	"sync/atomic"
	"time"

	"golang.org/x/sys/unix"
)

// child is the process of one launch, started here or adopted. Both are
// watched in the same way, and reaped if they are really our children.
type child struct {
	identity
	dir      string // the runtime's, for the marks
	instance string
	launch   int

	pidfd      *os.File // nil where the kernel has none
	terminated atomic.Bool
	killed     atomic.Bool
}

// pollEvery is how often processes are looked at where the kernel cannot tell.
const pollEvery = 200 * time.Millisecond

// open takes hold of the process. It must be called before the identity is
// verified, so that the descriptor is known to mean the verified process.
func (c *child) open() {
	fd, err := unix.PidfdOpen(c.PID, unix.PIDFD_NONBLOCK)
	if err != nil {
		return
	}
	f := os.NewFile(uintptr(fd), "pidfd:"+strconv.Itoa(c.PID))
	// A descriptor that Go's poller does not take would block a thread each.
	if f.SetReadDeadline(time.Time{}) != nil {
		f.Close()
		return
	}
	c.pidfd = f
}

func (c *child) close() {
	if c.pidfd != nil {
		c.pidfd.Close()
	}
}

// wait returns how the process ended, once it and all its children are gone,
// or an error when ctx ended first. What a crashed process leaves behind is
// killed at once; the children of one that was asked to stop have its grace.
func (c *child) wait(ctx context.Context) (how string, err error) {
	if err := c.waitLeader(ctx); err != nil {
		return "", err
	}
	seen := map[int]bool{}
	for delay := 5 * time.Millisecond; ; delay = min(2*delay, pollEvery) {
		left := c.members()
		if len(left) == 0 {
			break
		}
		for _, pid := range left {
			seen[pid] = true
		}
		if !c.terminated.Load() || c.killed.Load() {
			for _, pid := range left {
				unix.Kill(pid, unix.SIGKILL)
			}
		}
		select {
		case <-ctx.Done():
			return "", ctx.Err()
		case <-time.After(delay):
		}
	}
	// Orphans are handed to init. Where Andon itself is init, as in a
	// container, they are ours to reap; elsewhere this does nothing.
	for pid := range seen {
		unix.Wait4(pid, nil, unix.WNOHANG, nil)
	}
	return c.reap(), nil
}

func (c *child) waitLeader(ctx context.Context) error {
	if c.pidfd != nil {
		raw, err := c.pidfd.SyscallConn()
		if err == nil {
			stop := context.AfterFunc(ctx, func() { c.pidfd.SetReadDeadline(time.Unix(1, 0)) })
			defer stop()
			err = raw.Read(func(fd uintptr) bool {
				p := []unix.PollFd{{Fd: int32(fd), Events: unix.POLLIN}}
				n, err := unix.Poll(p, 0)
				return err == nil && n > 0
			})
		}
		if err == nil || ctx.Err() != nil {
			return ctx.Err()
		}
	}
	tick := time.NewTicker(pollEvery)
	defer tick.Stop()
	for c.alive(c.Boot) {
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-tick.C:
		}
	}
	return nil
}

// members lists what still runs of this launch: its session, and children
// that left the session but bear its marks.
func (c *child) members() []int {
	// While any member lives the kernel keeps the leader's id from being
	// reused; if it bears another start time, the session is a stranger's.
	leader, err := readStat(c.PID)
	foreign := err == nil && leader.start != c.Start
	var left []int
	for _, pid := range pids() {
		if s, err := readStat(pid); err == nil && s.session == c.PID && !foreign && !s.gone() {
			left = append(left, pid)
		}
	}
	for _, m := range scan(c.dir) {
		if m.marks[markInstance] == c.instance && m.launch() == c.launch && m.session != c.PID {
			left = append(left, m.pid)
		}
	}
	return left
}

// reap collects the exit status. Only a parent can; an adopted process is its
// former parent's or init's, and how it ended is not told to us.
func (c *child) reap() string {
	var status unix.WaitStatus
	for {
		pid, err := unix.Wait4(c.PID, &status, unix.WNOHANG, nil)
		switch {
		case err == unix.EINTR:
			continue
		case err != nil || pid != c.PID:
			return "it ended, and its exit code is not known because it was started by an earlier Andon"
		case status.Signaled():
			return fmt.Sprintf("it was ended by signal %d (%s)", status.Signal(), unix.SignalName(status.Signal()))
		}
		return fmt.Sprintf("it ended with exit code %d", status.ExitStatus())
	}
}

// terminate asks the whole group to end.
func (c *child) terminate() {
	c.terminated.Store(true)
	c.signalGroup(unix.SIGTERM)
}

// kill ends the whole group and everything that wait still finds of it.
func (c *child) kill() {
	c.killed.Store(true)
	c.signalGroup(unix.SIGKILL)
	for _, pid := range c.members() {
		unix.Kill(pid, unix.SIGKILL)
	}
}

func (c *child) signalGroup(sig unix.Signal) {
	if s, err := readStat(c.PID); err == nil && s.start == c.Start {
		unix.Kill(-c.PID, sig) // ESRCH: it ended by itself, which wait will see
	}
}
