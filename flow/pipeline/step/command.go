package step

import (
	"encoding/json"
	"errors"
	"os"
	"path/filepath"
	"time"
)

// Command is what a step runs.
type Command struct {
	Args []string `json:"args"`
	Dir  string   `json:"dir"`
	Env  []string `json:"env"` // NAME=value, the whole environment
	// Masks are secrets that the log must not show.
	Masks []string `json:"masks"`
	// Deadline is when the command is stopped, with TimedOut.
	Deadline time.Time `json:"deadline"`
	// Grace is the time between the signals of a stop.
	Grace time.Duration `json:"grace"`
}

// Result is how a command ended.
type Result struct {
	Exit     int       `json:"exit"` // exit code; 128+n when signal n ended it
	TimedOut bool      `json:"timed_out,omitempty"`
	Canceled bool      `json:"canceled,omitempty"`
	Trouble  string    `json:"trouble,omitempty"` // why it could not be started
	Started  time.Time `json:"started"`
	Ended    time.Time `json:"ended"`
}

// Succeeded says whether the command ended by itself with code 0.
func (r Result) Succeeded() bool {
	return r.Exit == 0 && !r.TimedOut && !r.Canceled && r.Trouble == ""
}

// ErrLost says that the supervisor disappeared without leaving a result.
var ErrLost = errors.New("the step's process disappeared without a result (was the host restarted?); it is not run a second time")

// The files of a step's folder.
const (
	claimFile  = "claim.json"
	resultFile = "result.json"
	// LogFile holds the output: a time (RFC 3339, nanoseconds), a space and
	// the text on each line.
	LogFile = "log.txt"
)

// claim is written by the supervisor before it runs anything.
type claim struct {
	PID   int    `json:"pid"`
	Start uint64 `json:"start"` // of the process, in clock ticks since boot
	Boot  string `json:"boot"`  // which boot of this host
}

// ResultOf reads the result that a step left, if it has ended.
func ResultOf(dir string) (r Result, ended bool, err error) {
	ended, err = readJSON(filepath.Join(dir, resultFile), &r)
	return r, ended, err
}

// Claimed says whether the step was started, ever.
func Claimed(dir string) bool {
	_, err := os.Stat(filepath.Join(dir, claimFile))
	return err == nil
}

func readJSON(path string, v any) (found bool, err error) {
	b, err := os.ReadFile(path)
	if errors.Is(err, os.ErrNotExist) {
		return false, nil
	}
	if err != nil {
		return false, err
	}
	return true, json.Unmarshal(b, v)
}

// writeJSON replaces a file as a whole, durably.
func writeJSON(path string, v any) error {
	b, err := json.Marshal(v)
	if err != nil {
		return err
	}
	f, err := os.OpenFile(path+".new", os.O_CREATE|os.O_WRONLY|os.O_TRUNC, 0o600)
	if err != nil {
		return err
	}
	if _, err = f.Write(b); err == nil {
		err = f.Sync()
	}
	if closed := f.Close(); err == nil {
		err = closed
	}
	if err != nil {
		return err
	}
	return os.Rename(path+".new", path)
}
