package step

import (
	"context"
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"syscall"
	"time"
)

// Arg is the first argument that makes this program a step's supervisor.
const Arg = "__andon_step"

// Start runs the command under a supervisor that outlives this process.
// It returns when the supervisor has the command; see [Wait] for its end.
// A folder that is claimed already is left alone.
func Start(dir string, c Command) error {
	if Claimed(dir) {
		return nil
	}
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return err
	}
	self, err := os.Executable()
	if err != nil {
		return err
	}
	cmd := exec.Command(self, Arg, dir)
	cmd.Env = []string{"ANDON_STEP=1"}
	cmd.Dir = dir
	cmd.SysProcAttr = &syscall.SysProcAttr{Setsid: true}
	in, err := cmd.StdinPipe()
	if err != nil {
		return err
	}
	if err := cmd.Start(); err != nil {
		return fmt.Errorf("start the step's supervisor: %w", err)
	}
	go cmd.Wait() //nolint:errcheck // only reaps the child; its result is in the folder
	if err := json.NewEncoder(in).Encode(c); err != nil {
		return fmt.Errorf("hand the command to the step's supervisor: %w", err)
	}
	return in.Close()
}

// Wait returns the result once the step has ended. When stop closes first,
// the step is stopped and its result, with Canceled, is waited for. When ctx
// ends first, the step is left running and ctx's error is returned. A claimed
// step whose supervisor is gone gives [ErrLost].
func Wait(ctx context.Context, stop <-chan struct{}, dir string) (Result, error) {
	// A supervisor that was just started needs a moment to claim the folder.
	const patience = 30 * time.Second
	began, stopped := time.Now(), false
	tick := time.NewTicker(10 * time.Millisecond)
	defer tick.Stop()
	for {
		var c claim
		claimed, err := readJSON(filepath.Join(dir, claimFile), &c)
		if err != nil {
			return Result{}, err
		}
		alive := claimed && c.alive()
		// Only after looking at the process: it may end between the two looks.
		if r, ended, err := ResultOf(dir); ended || err != nil {
			return r, err
		}
		if claimed && !alive || !claimed && time.Since(began) > patience {
			return Result{}, ErrLost
		}
		if stopped {
			stop = nil
		}
		select {
		case <-ctx.Done():
			return Result{}, ctx.Err()
		case <-stop:
			if claimed {
				stopped = true
				_ = syscall.Kill(c.PID, syscall.SIGTERM)
			}
		case <-tick.C:
		}
	}
}
