//go:build integration

// Package integration builds the real program, starts it, buys something
// over HTTP and stops it the way a supervisor does.
package integration

import (
	"bufio"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/cookiejar"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"
)

// start runs the program on a free port and waits until it is healthy.
func start(t *testing.T) (url string, stop func() error) {
	t.Helper()
	binary := filepath.Join(t.TempDir(), "storefront")
	if out, err := exec.Command("go", "build", "-o", binary, "..").CombinedOutput(); err != nil {
		t.Fatalf("build: %v\n%s", err, out)
	}
	free, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	address := free.Addr().String()
	free.Close()
	_, port, _ := net.SplitHostPort(address)
	cmd := exec.Command(binary)
	cmd.Env = append(os.Environ(), "PORT="+port)
	cmd.Stdout, cmd.Stderr = t.Output(), t.Output()
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	ended := make(chan error, 1)
	go func() { ended <- cmd.Wait() }()
	t.Cleanup(func() { cmd.Process.Kill() })
	url = "http://" + address
	for deadline := time.Now().Add(30 * time.Second); ; time.Sleep(20 * time.Millisecond) {
		if answer, err := http.Get(url + "/healthz"); err == nil {
			answer.Body.Close()
			break
		}
		if time.Now().After(deadline) {
			t.Fatal("never became healthy")
		}
	}
	return url, func() error {
		if err := cmd.Process.Signal(syscall.SIGTERM); err != nil {
			return err
		}
		return <-ended
	}
}

func TestBuyOverHTTP(t *testing.T) {
	url, stop := start(t)
	jar, _ := cookiejar.New(nil)
	client := &http.Client{Jar: jar}
	do := func(method, path, body string, code int) string {
		t.Helper()
		r, err := http.NewRequest(method, url+path, strings.NewReader(body))
		if err != nil {
			t.Fatal(err)
		}
		answer, err := client.Do(r)
		if err != nil {
			t.Fatal(err)
		}
		defer answer.Body.Close()
		text, _ := io.ReadAll(answer.Body)
		if answer.StatusCode != code {
			t.Fatalf("%s %s: %d %s, want %d", method, path, answer.StatusCode, text, code)
		}
		return string(text)
	}
	for i := range 20 {
		do("PUT", "/api/basket/kettle", fmt.Sprintf(`{"quantity": %d}`, i+1), 200)
	}
	if order := do("POST", "/api/checkout", "", 201); !strings.Contains(order, `"total":129000`) {
		t.Fatalf("order %s, want a total of 129000", order)
	}
	if counts := do("GET", "/metrics", "", 200); !strings.Contains(counts, `route="PUT /api/basket/{id}",method="PUT",code="200"} 20`) {
		t.Fatalf("counts:\n%s", counts)
	}
	if err := stop(); err != nil {
		t.Fatalf("the program ended with %v, want a clean stop", err)
	}
}

// A request in flight when the stop is asked for must still be answered.
func TestStopLetsRequestsEnd(t *testing.T) {
	url, stop := start(t)
	address := strings.TrimPrefix(url, "http://")
	conn, err := net.Dial("tcp", address)
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	conn.SetDeadline(time.Now().Add(30 * time.Second))
	const body = `{"quantity": 1}`
	fmt.Fprintf(conn, "PUT /api/basket/mug HTTP/1.1\r\nHost: shop\r\nExpect: 100-continue\r\nContent-Length: %d\r\n\r\n", len(body))
	in := bufio.NewReader(conn)
	// "Continue" is said when the handler begins to read: it is in flight now.
	if line, err := in.ReadString('\n'); err != nil || !strings.Contains(line, " 100 ") {
		t.Fatalf("%q, %v", line, err)
	}
	if _, err := in.ReadString('\n'); err != nil {
		t.Fatal(err)
	}
	stopped := make(chan error, 1)
	go func() { stopped <- stop() }()
	for refused := false; !refused; time.Sleep(5 * time.Millisecond) {
		other, err := net.Dial("tcp", address)
		if refused = err != nil; !refused {
			other.Close()
		}
	}
	io.WriteString(conn, body)
	answer, err := http.ReadResponse(in, nil)
	if err != nil || answer.StatusCode != 200 {
		t.Fatalf("the request in flight: %v, %v", answer, err)
	}
	if err := <-stopped; err != nil {
		t.Fatalf("the program ended with %v", err)
	}
}
