package process

import (
	"errors"
	"fmt"
	"path/filepath"
	"strings"
	"time"

	"andon/flow/delivery"
)

// wishFile is a workload on disk. Times are in milliseconds.
type wishFile struct {
	Version     int               `json:"version"`
	Service     string            `json:"service"`
	Environment string            `json:"environment"`
	Revision    string            `json:"revision"`
	Dir         string            `json:"dir"`
	Command     []string          `json:"command"`
	Env         map[string]string `json:"env,omitempty"`
	Replicas    int               `json:"replicas"`
	StopGrace   int64             `json:"stopGraceMs"`
	HealthPath  string            `json:"healthPath,omitempty"`
	Interval    int64             `json:"healthIntervalMs"`
	Timeout     int64             `json:"healthTimeoutMs"`
	Failures    int               `json:"healthFailures"`
	StartWithin int64             `json:"startWithinMs"`
}

func toFile(w delivery.Workload) wishFile {
	return wishFile{Version: 1, Service: w.Target.Service, Environment: w.Target.Environment, Revision: w.Revision,
		Dir: w.Dir, Command: w.Command, Env: w.Env, Replicas: w.Replicas, StopGrace: w.StopGrace.Milliseconds(),
		HealthPath: w.Health.Path, Interval: w.Health.Interval.Milliseconds(), Timeout: w.Health.Timeout.Milliseconds(),
		Failures: w.Health.Failures, StartWithin: w.Health.StartWithin.Milliseconds()}
}

func (f wishFile) workload() delivery.Workload {
	ms := func(n int64) time.Duration { return time.Duration(n) * time.Millisecond }
	return delivery.Workload{Target: delivery.Target{Service: f.Service, Environment: f.Environment}, Revision: f.Revision,
		Dir: f.Dir, Command: f.Command, Env: f.Env, Replicas: f.Replicas, StopGrace: ms(f.StopGrace),
		Health: delivery.Health{Path: f.HealthPath, Interval: ms(f.Interval), Timeout: ms(f.Timeout),
			Failures: f.Failures, StartWithin: ms(f.StartWithin)}}
}

// InvalidWorkload says what is wrong with a workload.
type InvalidWorkload struct {
	Target   delivery.Target
	Revision string
	Problem  string
}

func (e *InvalidWorkload) Error() string {
	return fmt.Sprintf("workload %s revision %q: %s", e.Target, e.Revision, e.Problem)
}

// complete checks a workload and fills in what it leaves open.
func complete(w delivery.Workload, grace time.Duration) (delivery.Workload, error) {
	if problem := problem(w); problem != "" {
		return w, &InvalidWorkload{w.Target, w.Revision, problem}
	}
	dir, err := filepath.Abs(w.Dir)
	if err != nil {
		return w, err
	}
	w.Dir = dir
	orElse := func(d *time.Duration, def time.Duration) {
		if *d <= 0 {
			*d = def
		}
		*d = max(d.Truncate(time.Millisecond), time.Millisecond)
	}
	orElse(&w.StopGrace, grace)
	orElse(&w.Health.Interval, time.Second)
	orElse(&w.Health.Timeout, time.Second)
	orElse(&w.Health.StartWithin, 30*time.Second)
	if w.Health.Failures <= 0 {
		w.Health.Failures = 3
	}
	return w, nil
}

func problem(w delivery.Workload) string {
	names := []struct{ what, name string }{
		{"service", w.Target.Service}, {"environment", w.Target.Environment}, {"revision", w.Revision}}
	for _, n := range names {
		if err := checkName(n.name); err != nil {
			return "the " + n.what + " " + err.Error()
		}
	}
	switch {
	case len(w.Command) == 0 || w.Command[0] == "":
		return "the command is empty; name a program and its arguments"
	case w.Dir == "":
		return "the directory is empty; name where the artifact is unpacked"
	case w.Replicas < 0:
		return fmt.Sprintf("%d replicas are asked for; the number must be 0 or more", w.Replicas)
	case w.Health.Path != "" && !strings.HasPrefix(w.Health.Path, "/"):
		return fmt.Sprintf("the health path %q must begin with /", w.Health.Path)
	}
	for _, arg := range w.Command {
		if strings.ContainsRune(arg, 0) {
			return fmt.Sprintf("the command's argument %q holds a NUL byte", arg)
		}
	}
	for k, v := range w.Env {
		if k == "" || strings.ContainsAny(k, "=\x00") || strings.ContainsRune(v, 0) {
			return fmt.Sprintf("the environment variable %q is not valid; a name has no = and neither side has a NUL byte", k)
		}
	}
	return ""
}

func checkName(name string) error {
	switch {
	case name == "":
		return errors.New("has no name")
	case len(escape(name)) > 200:
		return errors.New("has a name that is too long for a folder; 200 bytes are the limit")
	case strings.ContainsRune(name, 0):
		return errors.New("has a NUL byte in its name")
	}
	return nil
}
