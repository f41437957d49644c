package process

import (
	"context"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"os"
	"slices"
	"strconv"
	"testing"
	"time"

	"golang.org/x/sys/unix"

	"andon/flow/delivery"
)

const patience = 60 * time.Second

// eventually polls until the condition holds.
func eventually(t *testing.T, what string, holds func() bool) {
	t.Helper()
	for end := time.Now().Add(patience); !holds(); time.Sleep(2 * time.Millisecond) {
		if time.Now().After(end) {
			t.Fatalf("waited %v in vain: %s", patience, what)
		}
	}
}

// open opens a runtime and makes sure that nothing of it outlives the test.
func open(t *testing.T, dir string, opts Options) *Runtime {
	t.Helper()
	if opts.Logger == nil {
		opts.Logger = slog.New(slog.NewTextHandler(testWriter{t}, nil))
	}
	r, err := Open(dir, opts)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		r.Close()
		for _, p := range scan(r.dir) {
			unix.Kill(p.pid, unix.SIGKILL)
			eventually(t, "a left process is gone", func() bool {
				unix.Wait4(p.pid, nil, unix.WNOHANG, nil)
				s, err := readStat(p.pid)
				return err != nil || s.gone()
			})
		}
	})
	return r
}

type testWriter struct{ t *testing.T }

func (w testWriter) Write(b []byte) (int, error) {
	w.t.Logf("%s", b)
	return len(b), nil
}

func ensure(t *testing.T, r *Runtime, w delivery.Workload) {
	t.Helper()
	if err := r.Ensure(context.Background(), w); err != nil {
		t.Fatal(err)
	}
}

// settled waits until exactly n instances exist and all are ready.
func settled(t *testing.T, r *Runtime, w delivery.Workload, n int) []delivery.Instance {
	t.Helper()
	var all []delivery.Instance
	eventually(t, fmt.Sprintf("%d ready instances of %s", n, w.Revision), func() bool {
		all = r.Instances(w.Target, w.Revision)
		return len(all) == n && countReady(all) == n
	})
	return all
}

func ask(i delivery.Instance, path string) (string, error) {
	ctx, cancel := context.WithTimeout(context.Background(), patience)
	defer cancel()
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, "http://"+i.Addr+path, nil)
	if err != nil {
		return "", err
	}
	req.Close = true
	res, err := http.DefaultClient.Do(req)
	if err != nil {
		return "", err
	}
	defer res.Body.Close()
	b, err := io.ReadAll(res.Body)
	return string(b), err
}

func get(t *testing.T, i delivery.Instance, path string) string {
	t.Helper()
	body, err := ask(i, path)
	if err != nil {
		t.Fatal(err)
	}
	return body
}

func pidOf(t *testing.T, i delivery.Instance) int {
	t.Helper()
	pid, err := strconv.Atoi(get(t, i, "/pid"))
	if err != nil {
		t.Fatal(err)
	}
	return pid
}

func pidsOf(t *testing.T, all []delivery.Instance) []int {
	t.Helper()
	var list []int
	for _, i := range all {
		list = append(list, pidOf(t, i))
	}
	slices.Sort(list)
	return list
}

// leaders counts the instances' own processes, from the system's view.
func leaders(r *Runtime) (n int) {
	for _, p := range scan(r.dir) {
		if p.pid == p.session && p.marks[markRuntime] == r.dir {
			n++
		}
	}
	return n
}

func gone(pid int) bool {
	s, err := readStat(pid)
	return err != nil || s.gone()
}

func exists(path string) bool {
	_, err := os.Stat(path)
	return err == nil
}
