package process

import (
	"errors"
	"fmt"
	"maps"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"sync"
	"syscall"

	"andon/flow/delivery"
)

// ports hands out loopback ports that no other instance of the runtime has.
type ports struct {
	mu    sync.Mutex
	taken map[string]bool // by address
}

// take finds a free port. Another program may still come first; then the
// instance fails to listen, ends, and is started again with another port.
func (p *ports) take() (addr string, err error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	for range 100 {
		l, err := net.Listen("tcp", "127.0.0.1:0")
		if err != nil {
			return "", fmt.Errorf("no free port on loopback: %w", err)
		}
		addr := l.Addr().String()
		if err := l.Close(); err != nil {
			return "", err
		}
		if !p.taken[addr] {
			p.taken[addr] = true
			return addr, nil
		}
	}
	return "", errors.New("no free port on loopback: 100 tries gave only ports that other instances have")
}

func (p *ports) keep(addr string) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.taken[addr] = true
}

func (p *ports) free(addr string) {
	p.mu.Lock()
	defer p.mu.Unlock()
	delete(p.taken, addr)
}

// start runs the command. It returns the process as a child of ours; logFile
// may be closed afterwards.
func (r *Runtime) start(w delivery.Workload, m *member, f folder, logFile *os.File) (*child, error) {
	env := r.environment(w, m, f)
	program, err := resolve(w.Dir, w.Command[0], env["PATH"])
	if err != nil {
		return nil, err
	}
	cmd := &exec.Cmd{Path: program, Args: w.Command, Dir: w.Dir, Stdout: logFile, Stderr: logFile,
		SysProcAttr: &syscall.SysProcAttr{Setsid: true}}
	for _, k := range slices.Sorted(maps.Keys(env)) {
		cmd.Env = append(cmd.Env, k+"="+env[k])
	}
	if err := cmd.Start(); err != nil {
		return nil, err
	}
	c := &child{identity: identity{PID: cmd.Process.Pid, Boot: r.boot}, dir: r.dir, instance: m.id, launch: m.launch}
	// child.wait watches and reaps it, the same way as an adopted one.
	if err := cmd.Process.Release(); err != nil {
		r.log.Warn("a process handle could not be released", "pid", c.PID, "error", err)
	}
	c.open()
	s, err := readStat(c.PID) // a child stays in /proc until it is reaped
	if err != nil {
		c.close()
		syscall.Kill(-c.PID, syscall.SIGKILL)
		return nil, fmt.Errorf("its start time cannot be read: %w", err)
	}
	c.Start = s.start
	return c, nil
}

// environment is what an instance sees: nothing of Andon's own but PATH.
func (r *Runtime) environment(w delivery.Workload, m *member, f folder) map[string]string {
	host, port, _ := net.SplitHostPort(m.addr) // ports.take made it
	env := map[string]string{"PATH": r.opts.Path, "LANG": "C.UTF-8", "HOME": f.home(m.id), "TMPDIR": f.tempDir(m.id)}
	maps.Copy(env, w.Env)
	maps.Copy(env, map[string]string{
		"PORT": port, "HOST": host,
		markRuntime: r.dir, markService: w.Target.Service, markEnvironment: w.Target.Environment,
		markRevision: w.Revision, markInstance: m.id, markLaunch: strconv.Itoa(m.launch),
	})
	return env
}

// resolve finds the program: with a slash in the workload's directory,
// otherwise in the instance's PATH.
func resolve(dir, name, path string) (string, error) {
	if filepath.IsAbs(name) {
		return name, executable(name)
	}
	if strings.ContainsRune(name, '/') {
		full := filepath.Join(dir, name)
		return full, executable(full)
	}
	for _, p := range filepath.SplitList(path) {
		if full := filepath.Join(p, name); filepath.IsAbs(full) && executable(full) == nil {
			return full, nil
		}
	}
	return "", fmt.Errorf("the program %q is not in PATH (%s); for a file of the artifact write ./%s", name, path, name)
}

func executable(path string) error {
	info, err := os.Stat(path)
	switch {
	case err != nil:
		return err
	case info.IsDir():
		return fmt.Errorf("%s is a directory, not a program", path)
	case info.Mode()&0o111 == 0:
		return fmt.Errorf("%s is not executable; its mode is %s", path, info.Mode())
	}
	return nil
}
