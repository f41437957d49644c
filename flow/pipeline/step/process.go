package step

import (
	"bytes"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"syscall"
)

// bootID tells one boot of the host from another: process ids start again.
var bootID = sync.OnceValue(func() string {
	b, err := os.ReadFile("/proc/sys/kernel/random/boot_id")
	if err != nil {
		return ""
	}
	return strings.TrimSpace(string(b))
})

// startTime is when a process started, in ticks since boot, or 0 when there
// is no such process or it is a zombie (proc_pid_stat(5), fields 3 and 22).
func startTime(pid int) uint64 {
	b, err := os.ReadFile("/proc/" + strconv.Itoa(pid) + "/stat")
	if err != nil {
		return 0
	}
	_, rest, _ := bytes.Cut(b[bytes.LastIndexByte(b, ')'):], []byte(" "))
	fields := strings.Fields(string(rest))
	if len(fields) < 20 || fields[0] == "Z" || fields[0] == "X" {
		return 0
	}
	t, err := strconv.ParseUint(fields[19], 10, 64)
	if err != nil {
		return 0
	}
	return t
}

func (c claim) alive() bool {
	return c.PID > 0 && c.Boot == bootID() && startTime(c.PID) == c.Start
}

// TrackingVar is the environment variable that every process of a job
// inherits, with the job's id as value.
const TrackingVar = "ANDON_TRACKING_ID"

// Sweep kills every process of this user that still carries a job's tracking
// id, as GitHub's runner does when a job ends.
func Sweep(id string) (killed int) {
	want := []byte(TrackingVar + "=" + id)
	dirs, _ := filepath.Glob("/proc/[0-9]*")
	for _, dir := range dirs {
		pid, err := strconv.Atoi(filepath.Base(dir))
		if err != nil || pid == os.Getpid() {
			continue
		}
		environ, err := os.ReadFile(filepath.Join(dir, "environ"))
		if err != nil {
			continue
		}
		for v := range bytes.SplitSeq(environ, []byte{0}) {
			if bytes.Equal(v, want) && syscall.Kill(pid, syscall.SIGKILL) == nil {
				killed++
			}
		}
	}
	return killed
}
