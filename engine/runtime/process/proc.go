package process

import (
	"bytes"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"
)

// identity names one process for good. A process id alone is reused; with
// the start time (clock ticks since boot) and the boot it is unique.
type identity struct {
	PID   int    `json:"pid,omitempty"`
	Start uint64 `json:"start,omitempty"`
	Boot  string `json:"boot,omitempty"`
}

// stat is what this package needs of /proc/<pid>/stat.
type stat struct {
	state   byte
	session int
	start   uint64
}

// gone says that the process has ended, though nobody may have reaped it.
func (s stat) gone() bool { return s.state == 'Z' || s.state == 'X' || s.state == 'x' }

func readStat(pid int) (stat, error) {
	b, err := os.ReadFile(fmt.Sprintf("/proc/%d/stat", pid))
	if err != nil {
		return stat{}, err
	}
	return parseStat(b)
}

// parseStat reads the fields of proc(5): 3 state, 6 session, 22 starttime.
// Field 2 is the command in brackets and may itself hold blanks and brackets,
// so the fields are counted from the last bracket.
func parseStat(b []byte) (stat, error) {
	end := bytes.LastIndexByte(b, ')')
	if end < 0 {
		return stat{}, errors.New("stat line without a command in brackets")
	}
	f := strings.Fields(string(b[end+1:]))
	if len(f) < 20 {
		return stat{}, fmt.Errorf("stat line with %d fields after the command; at least 20 are needed", len(f))
	}
	session, err := strconv.Atoi(f[3])
	if err != nil {
		return stat{}, fmt.Errorf("stat line: session: %w", err)
	}
	start, err := strconv.ParseUint(f[19], 10, 64)
	if err != nil {
		return stat{}, fmt.Errorf("stat line: start time: %w", err)
	}
	return stat{state: f[0][0], session: session, start: start}, nil
}

// bootID changes with each boot of the host.
func bootID() (string, error) {
	b, err := os.ReadFile("/proc/sys/kernel/random/boot_id")
	return strings.TrimSpace(string(b)), err
}

// alive says whether exactly this process still runs.
func (id identity) alive(boot string) bool {
	if id.PID <= 0 || id.Boot != boot {
		return false
	}
	s, err := readStat(id.PID)
	return err == nil && s.start == id.Start && !s.gone()
}

// Marks in the environment of every instance. Children inherit them.
const (
	markRuntime     = "ANDON_RUNTIME"
	markService     = "ANDON_SERVICE"
	markEnvironment = "ANDON_ENVIRONMENT"
	markRevision    = "ANDON_REVISION"
	markInstance    = "ANDON_INSTANCE"
	markLaunch      = "ANDON_LAUNCH"
)

// marked is a process that bears a runtime's marks.
type marked struct {
	pid, session int
	start        uint64
	marks        map[string]string
}

func (m marked) launch() int {
	n, err := strconv.Atoi(m.marks[markLaunch])
	if err != nil {
		return -1
	}
	return n
}

// scan lists the living processes that bear the marks of the runtime in dir.
// Those of other users cannot be read, and are not ours.
func scan(dir string) []marked {
	var found []marked
	want := []byte(markRuntime + "=" + dir)
	for _, pid := range pids() {
		env, err := os.ReadFile(fmt.Sprintf("/proc/%d/environ", pid))
		if err != nil || !bytes.Contains(env, want) {
			continue
		}
		marks := map[string]string{}
		for entry := range bytes.SplitSeq(env, []byte{0}) {
			if key, value, ok := strings.Cut(string(entry), "="); ok && strings.HasPrefix(key, "ANDON_") {
				marks[key] = value
			}
		}
		s, err := readStat(pid)
		if err != nil || s.gone() || marks[markRuntime] != dir {
			continue
		}
		found = append(found, marked{pid: pid, session: s.session, start: s.start, marks: marks})
	}
	return found
}

func pids() []int {
	dirs, _ := filepath.Glob("/proc/[0-9]*") // the pattern is a constant and well formed
	all := make([]int, 0, len(dirs))
	for _, d := range dirs {
		if pid, err := strconv.Atoi(filepath.Base(d)); err == nil {
			all = append(all, pid)
		}
	}
	return all
}
