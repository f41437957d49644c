// Package story_test runs the andon program as its users do: built, started
// in a folder of its own, killed and started again.
package story_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"
)

var program string // the andon program, built once

func TestMain(m *testing.M) {
	dir, err := os.MkdirTemp("", "andon-story-")
	if err != nil {
		panic(err)
	}
	program = filepath.Join(dir, "andon")
	build := exec.Command("go", "build", "-o", program, "andon/cmd/andon")
	build.Stdout, build.Stderr = os.Stderr, os.Stderr
	code := 1
	if build.Run() == nil {
		code = m.Run()
	}
	os.RemoveAll(dir)
	os.Exit(code)
}

// shop is a running Andon that looks after a copy of the storefront.
type shop struct {
	t        *testing.T
	dir      string // where andon up is run
	args     []string
	process  *exec.Cmd
	output   *bytes.Buffer
	users    string // the address of production
	restarts int
}

// newShop copies the storefront with addresses of its own and pauses that
// leave the judge time on a slow machine.
func newShop(t *testing.T, args ...string) *shop {
	t.Helper()
	s := &shop{t: t, dir: t.TempDir(), output: &bytes.Buffer{}}
	source := filepath.Join(s.dir, "storefront")
	if err := os.CopyFS(source, os.DirFS("../../examples/storefront")); err != nil {
		t.Fatal(err)
	}
	s.users = free(t)
	file := filepath.Join(source, "andon.yaml")
	text, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	for _, change := range [][2]string{{"127.0.0.1:7431", free(t)}, {"127.0.0.1:7430", s.users}, {"duration: 10s", "duration: 15s"}, {"duration: 5s", "duration: 15s"}} {
		if !bytes.Contains(text, []byte(change[0])) {
			t.Fatalf("andon.yaml of the storefront no longer holds %q", change[0])
		}
		text = bytes.ReplaceAll(text, []byte(change[0]), []byte(change[1]))
	}
	if err := os.WriteFile(file, text, 0o644); err != nil {
		t.Fatal(err)
	}
	s.args = append([]string{"up", "--copy", source, "--listen", free(t)}, args...)
	s.start()
	t.Cleanup(func() {
		s.stop()
		if t.Failed() {
			t.Logf("andon up said:\n%s", s.output)
			journal, _ := s.try("journal", "--after", "0", "--limit", "1000")
			t.Logf("journal:\n%s", journal)
		}
	})
	return s
}

func free(t *testing.T) string {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	return l.Addr().String()
}

func (s *shop) start() {
	s.t.Helper()
	s.process = exec.Command(program, s.args...)
	s.process.Dir = s.dir
	s.process.Stdout, s.process.Stderr = s.output, s.output
	// Who commits and acts does not depend on this host's settings.
	s.process.Env = append(os.Environ(), "GIT_CONFIG_GLOBAL=/dev/null")
	if err := s.process.Start(); err != nil {
		s.t.Fatal(err)
	}
	s.until("Andon to answer", func() bool { _, err := s.try("status"); return err == nil })
}

func (s *shop) kill() {
	_ = s.process.Process.Kill()
	_ = s.process.Wait()
	s.restarts++
}

func (s *shop) stop() {
	if s.process.ProcessState != nil {
		return
	}
	_ = s.process.Process.Signal(syscall.SIGTERM)
	ended := make(chan struct{})
	go func() { _ = s.process.Wait(); close(ended) }()
	select {
	case <-ended:
	case <-time.After(40 * time.Second):
		s.t.Error("andon up did not stop when asked to")
		_ = s.process.Process.Kill()
	}
}

func (s *shop) command(args ...string) *exec.Cmd {
	cmd := exec.Command(program, args...)
	cmd.Dir = s.dir
	cmd.Env = append(os.Environ(), "GIT_CONFIG_GLOBAL=/dev/null")
	return cmd
}

func (s *shop) try(args ...string) (string, error) {
	out, err := s.command(args...).CombinedOutput()
	return string(out), err
}

func (s *shop) andon(args ...string) string {
	s.t.Helper()
	out, err := s.try(args...)
	if err != nil {
		s.t.Fatalf("andon %v: %v\n%s", args, err, out)
	}
	return out
}

// patience is how long anything may take on a slow and busy machine.
const patience = 4 * time.Minute

func (s *shop) until(what string, holds func() bool) {
	s.t.Helper()
	for deadline := time.Now().Add(patience); !holds(); time.Sleep(50 * time.Millisecond) {
		if time.Now().After(deadline) {
			s.t.Fatalf("gave up waiting for %s", what)
		}
	}
}

func (s *shop) isIn(card, station string) bool {
	out, err := s.try("card", "show", card, "-o", "json")
	var v struct{ Card struct{ Station string } }
	return err == nil && json.Unmarshal([]byte(out), &v) == nil && v.Card.Station == station
}

func (s *shop) commit(file, text, message string) {
	s.t.Helper()
	work := filepath.Join(s.dir, ".andon", "work", "storefront")
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

// facts counts the journal's facts by type and subject.
func (s *shop) facts() map[string]int {
	s.t.Helper()
	count := map[string]int{}
	for after := 0; ; {
		out := s.andon("journal", "-o", "json", "--limit", "1000", "--after", fmt.Sprint(after))
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

func (s *shop) page() (string, error) {
	resp, err := http.Get("http://" + s.users + "/")
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
