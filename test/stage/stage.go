// Package stage is where tests play with the andon program as its users do:
// built, started in a folder of its own, killed and started again.
package stage

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"
)

// Program is the andon program, built once by Main.
var Program string

// Main builds the program, runs the tests and exits.
func Main(m *testing.M) {
	dir, err := os.MkdirTemp("", "andon-stage-")
	if err != nil {
		panic(err)
	}
	Program = filepath.Join(dir, "andon")
	build := exec.Command("go", "build", "-o", Program, "andon/cmd/andon")
	build.Stdout, build.Stderr = os.Stderr, os.Stderr
	code := 1
	if build.Run() == nil {
		code = m.Run()
	}
	os.RemoveAll(dir)
	os.Exit(code)
}

// Shop is a running Andon that looks after a copy of the storefront.
type Shop struct {
	Dir      string // where andon up is run
	Args     []string
	Process  *exec.Cmd
	Users    string // the address of production
	Base     string // the address of the pages
	Restarts int

	t      *testing.T
	output *bytes.Buffer
}

// New copies the storefront with addresses of its own and pauses that
// leave the judge time on a slow machine.
func New(t *testing.T, args ...string) *Shop {
	t.Helper()
	dir, err := os.MkdirTemp("", "andon-shop-")
	if err != nil {
		t.Fatal(err)
	}
	s := &Shop{t: t, Dir: dir, output: &bytes.Buffer{}}
	source := filepath.Join(s.Dir, "storefront")
	if err := os.CopyFS(source, os.DirFS("../../examples/storefront")); err != nil {
		t.Fatal(err)
	}
	s.Users = Free(t)
	file := filepath.Join(source, "andon.yaml")
	text, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	for _, change := range [][2]string{{"127.0.0.1:7431", Free(t)}, {"127.0.0.1:7430", s.Users}, {"duration: 10s", "duration: 15s"}, {"duration: 5s", "duration: 15s"}} {
		if !bytes.Contains(text, []byte(change[0])) {
			t.Fatalf("andon.yaml of the storefront no longer holds %q", change[0])
		}
		text = bytes.ReplaceAll(text, []byte(change[0]), []byte(change[1]))
	}
	if err := os.WriteFile(file, text, 0o644); err != nil {
		t.Fatal(err)
	}
	s.Base = Free(t)
	s.Args = append([]string{"up", "--copy", source, "--listen", s.Base}, args...)
	s.Start()
	t.Cleanup(func() {
		if t.Failed() {
			journal, _ := s.Try("journal", "--after", "0", "--limit", "1000")
			t.Logf("journal:\n%s", journal)
		}
		s.Stop()
		if t.Failed() {
			t.Logf("andon up said:\n%s", s.output)
		}
		s.clear()
	})
	return s
}

// Free is an address that nobody listens on.
func Free(t *testing.T) string {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	return l.Addr().String()
}

// clear ends what Andon left at work, such as a step of a pipeline, which goes
// on by itself, and removes the folder.
func (s *Shop) clear() {
	for range 100 {
		environs, _ := filepath.Glob("/proc/[0-9]*/environ")
		for _, file := range environs {
			environ, err := os.ReadFile(file)
			var pid int
			if _, scanned := fmt.Sscanf(file, "/proc/%d/", &pid); err == nil && scanned == nil && pid != os.Getpid() && bytes.Contains(environ, []byte(s.Dir)) {
				_ = syscall.Kill(pid, syscall.SIGKILL)
			}
		}
		if os.RemoveAll(s.Dir) == nil {
			return
		}
		time.Sleep(50 * time.Millisecond)
	}
	s.t.Errorf("%s could not be removed", s.Dir)
}

// Start runs andon up and waits until it answers.
func (s *Shop) Start() {
	s.t.Helper()
	s.Process = exec.Command(Program, s.Args...)
	s.Process.Dir = s.Dir
	s.Process.Stdout, s.Process.Stderr = s.output, s.output
	// Who commits and acts does not depend on this host's settings.
	s.Process.Env = append(os.Environ(), "GIT_CONFIG_GLOBAL=/dev/null")
	if err := s.Process.Start(); err != nil {
		s.t.Fatal(err)
	}
	s.Until("Andon to answer", func() bool { _, err := s.Try("status"); return err == nil })
}

// Kill ends andon up as kill -9 does.
func (s *Shop) Kill() {
	_ = s.Process.Process.Kill()
	_ = s.Process.Wait()
	s.Restarts++
}

// Stop asks andon up to end, as Ctrl-C does.
func (s *Shop) Stop() {
	if s.Process.ProcessState != nil {
		return
	}
	_ = s.Process.Process.Signal(syscall.SIGTERM)
	ended := make(chan struct{})
	go func() { _ = s.Process.Wait(); close(ended) }()
	select {
	case <-ended:
	case <-time.After(40 * time.Second):
		s.t.Error("andon up did not stop when asked to")
		_ = s.Process.Process.Kill()
	}
}

// Command is a command of the program, to be run beside andon up.
func (s *Shop) Command(args ...string) *exec.Cmd {
	cmd := exec.Command(Program, args...)
	cmd.Dir = s.Dir
	cmd.Env = append(os.Environ(), "GIT_CONFIG_GLOBAL=/dev/null")
	return cmd
}

// Try runs a command and gives what it printed.
func (s *Shop) Try(args ...string) (string, error) {
	out, err := s.Command(args...).CombinedOutput()
	return string(out), err
}

// Andon is Try for what must succeed.
func (s *Shop) Andon(args ...string) string {
	s.t.Helper()
	out, err := s.Try(args...)
	if err != nil {
		s.t.Fatalf("andon %v: %v\n%s", args, err, out)
	}
	return out
}

// Patience is how long anything may take on a slow and busy machine.
const Patience = 4 * time.Minute

// Until waits until something holds.
func (s *Shop) Until(what string, holds func() bool) {
	s.t.Helper()
	for deadline := time.Now().Add(Patience); !holds(); time.Sleep(50 * time.Millisecond) {
		if time.Now().After(deadline) {
			s.t.Fatalf("gave up waiting for %s", what)
		}
	}
}

// IsIn says whether a card is in a station.
func (s *Shop) IsIn(card, station string) bool {
	out, err := s.Try("card", "show", card, "-o", "json")
	var v struct{ Card struct{ Station string } }
	return err == nil && json.Unmarshal([]byte(out), &v) == nil && v.Card.Station == station
}

// Commit writes one file, commits and pushes it.
func (s *Shop) Commit(file, text, message string) {
	s.t.Helper()
	work := filepath.Join(s.Dir, ".andon", "work", "storefront")
	if err := os.WriteFile(filepath.Join(work, file), []byte(text), 0o644); err != nil {
		s.t.Fatal(err)
	}
	for _, args := range [][]string{{"add", "--all"}, {"-c", "user.name=Ana", "-c", "user.email=ana@example.org", "commit", "-qm", message}, {"push", "-q"}} {
		cmd := exec.Command("git", args...)
		cmd.Dir = work
		if out, err := cmd.CombinedOutput(); err != nil {
			s.t.Fatalf("git %v: %v\n%s", args, err, out)
		}
	}
}

// Facts counts the journal's facts by type and subject.
func (s *Shop) Facts() map[string]int {
	s.t.Helper()
	count := map[string]int{}
	for after := 0; ; {
		out := s.Andon("journal", "-o", "json", "--limit", "1000", "--after", fmt.Sprint(after))
		var page struct {
			Items []struct {
				Context    struct{ Type string }
				Subject    struct{ ID string }
				CustomData struct{ Seq int }
			}
		}
		if err := json.Unmarshal([]byte(out), &page); err != nil {
			s.t.Fatal(err)
		}
		if len(page.Items) == 0 {
			return count
		}
		for _, f := range page.Items {
			if f.CustomData.Seq != after+1 {
				s.t.Fatalf("fact %d follows %d", f.CustomData.Seq, after)
			}
			after = f.CustomData.Seq
			parts := strings.Split(f.Context.Type, ".")
			count[strings.Join(parts[2:4], ".")+" "+f.Subject.ID]++
		}
	}
}

// Page is what a user gets from the shop in production.
func (s *Shop) Page() (string, error) {
	resp, err := http.Get("http://" + s.Users + "/")
	if err != nil {
		return "", err
	}
	defer resp.Body.Close()
	b, err := io.ReadAll(resp.Body)
	if err == nil && resp.StatusCode != http.StatusOK {
		err = fmt.Errorf("%s", resp.Status)
	}
	return string(b), err
}

// Login is the address that logs a browser in.
func (s *Shop) Login() string {
	s.t.Helper()
	token, err := os.ReadFile(filepath.Join(s.Dir, ".andon", "token"))
	if err != nil {
		s.t.Fatal(err)
	}
	return "http://" + s.Base + "/login?token=" + url.QueryEscape(strings.TrimSpace(string(token)))
}

// Runs says whether something serves users in an environment.
func (s *Shop) Runs(environment string) bool {
	out, err := s.Try("rollout", "status", "-o", "json")
	return err == nil && strings.Contains(out, environment)
}

// Metric is the value of an instant query that gives one number, or 0.
func (s *Shop) Metric(promql string) float64 {
	s.t.Helper()
	resp, err := http.Get("http://" + s.Base + "/api/v1/query?query=" + url.QueryEscape(promql))
	if err != nil {
		s.t.Fatal(err)
	}
	defer resp.Body.Close()
	var answer struct {
		Data struct{ Result []struct{ Value [2]any } }
	}
	if err := json.NewDecoder(resp.Body).Decode(&answer); err != nil {
		s.t.Fatal(err)
	}
	if len(answer.Data.Result) == 0 {
		return 0
	}
	text, _ := answer.Data.Result[0].Value[1].(string)
	v, err := strconv.ParseFloat(text, 64)
	if err != nil {
		s.t.Fatalf("%s gave %q", promql, text)
	}
	return v
}
