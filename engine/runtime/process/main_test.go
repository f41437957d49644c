package process

import (
	"context"
	"fmt"
	"net"
	"net/http"
	"os"
	"os/exec"
	"os/signal"
	"strings"
	"sync/atomic"
	"syscall"
	"testing"
	"time"

	"andon/flow/delivery"
)

// The test binary plays all parts: FAKE says which.
func TestMain(m *testing.M) {
	switch os.Getenv("FAKE") {
	case "":
		os.Exit(m.Run())
	case "server":
		fakeServer()
	case "supervisor":
		fakeSupervisor()
	case "sleeper":
		signal.Ignore(syscall.SIGTERM)
		select {}
	}
}

// fakeServer is a small service that can be told to misbehave, by its
// environment at the start and by requests later.
func fakeServer() {
	if code := os.Getenv("FAKE_EXIT"); code != "" {
		fmt.Println("first line")
		fmt.Println("no database at db:5432")
		var n int
		fmt.Sscan(code, &n)
		os.Exit(n)
	}
	if os.Getenv("FAKE_STUBBORN") != "" {
		signal.Ignore(syscall.SIGTERM)
	}
	if leave := os.Getenv("FAKE_FAREWELL"); leave != "" {
		term := make(chan os.Signal, 1)
		signal.Notify(term, syscall.SIGTERM)
		go func() { // ends its work before it goes, which takes until the file is there
			<-term
			for !exists(leave) {
				time.Sleep(time.Millisecond)
			}
			fmt.Println("farewell")
			os.Exit(0)
		}()
	}
	for _, own := range strings.Fields(os.Getenv("FAKE_CHILDREN")) {
		child := exec.Command(os.Args[0])
		child.Env = append(os.Environ(), "FAKE=sleeper")
		child.SysProcAttr = &syscall.SysProcAttr{Setsid: own == "daemon"}
		if err := child.Start(); err != nil {
			panic(err)
		}
	}
	var hung, sick, open atomic.Bool
	sick.Store(os.Getenv("FAKE_SICK") != "")
	mux := http.NewServeMux()
	mux.HandleFunc("/healthz", func(w http.ResponseWriter, r *http.Request) {
		if gate := os.Getenv("FAKE_GATE"); gate != "" && !open.Load() {
			if _, err := os.Stat(gate); err != nil {
				http.Error(w, "the gate is shut", http.StatusServiceUnavailable)
				return
			}
			open.Store(true)
		}
		if hung.Load() {
			<-r.Context().Done()
		}
		if sick.Load() {
			http.Error(w, "warming up", http.StatusServiceUnavailable)
		}
	})
	mux.HandleFunc("/pid", func(w http.ResponseWriter, r *http.Request) { fmt.Fprint(w, os.Getpid()) })
	mux.HandleFunc("/crash", func(w http.ResponseWriter, r *http.Request) { fmt.Println("crashing on request"); os.Exit(7) })
	mux.HandleFunc("/hang", func(w http.ResponseWriter, r *http.Request) { hung.Store(true) })
	mux.HandleFunc("/heal", func(w http.ResponseWriter, r *http.Request) { hung.Store(false) })
	mux.HandleFunc("/env", func(w http.ResponseWriter, r *http.Request) { fmt.Fprint(w, strings.Join(os.Environ(), "\n")) })
	mux.HandleFunc("/print", func(w http.ResponseWriter, r *http.Request) { fmt.Println(r.URL.Query().Get("line")) })
	l, err := net.Listen("tcp", net.JoinHostPort(os.Getenv("HOST"), os.Getenv("PORT")))
	if err != nil {
		fmt.Println(err)
		os.Exit(1)
	}
	fmt.Println("listening")
	fmt.Println(http.Serve(l, mux))
	os.Exit(1)
}

// fakeSupervisor is an Andon that waits to be killed.
func fakeSupervisor() {
	r, err := Open(os.Getenv("FAKE_DIR"), Options{Path: os.Getenv("PATH")})
	if err != nil {
		panic(err)
	}
	w := workload("r1", 2)
	if err := r.Ensure(context.Background(), w); err != nil {
		panic(err)
	}
	for {
		changed := r.Changed()
		if countReady(r.Instances(w.Target, w.Revision)) == 2 {
			fmt.Println("up")
		}
		<-changed
	}
}

var shop = delivery.Target{Service: "shop", Environment: "production"}

// workload is a fake server with quick health checks.
func workload(revision string, replicas int, env ...string) delivery.Workload {
	exe, err := os.Executable()
	if err != nil {
		panic(err)
	}
	w := delivery.Workload{Target: shop, Revision: revision, Dir: os.TempDir(), Command: []string{exe},
		Env: map[string]string{"FAKE": "server"}, Replicas: replicas, StopGrace: 20 * time.Second,
		Health: delivery.Health{Path: "/healthz", Interval: 20 * time.Millisecond, Timeout: time.Second, Failures: 2, StartWithin: 40 * time.Second}}
	for _, e := range env {
		k, v, _ := strings.Cut(e, "=")
		w.Env[k] = v
	}
	return w
}

func countReady(all []delivery.Instance) (n int) {
	for _, i := range all {
		if i.Ready {
			n++
		}
	}
	return n
}
