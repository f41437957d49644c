package process

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"strings"
	"time"

	"andon/flow/delivery"
)

// prober asks instances whether they can take traffic.
type prober struct {
	dial   func(ctx context.Context, network, addr string) (net.Conn, error)
	client *http.Client
}

func newProber(dial func(ctx context.Context, network, addr string) (net.Conn, error)) *prober {
	return &prober{dial: dial, client: &http.Client{
		// A kept connection would say nothing about new ones.
		Transport:     &http.Transport{DialContext: dial, DisableKeepAlives: true, DisableCompression: true},
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	}}
}

// check asks once. Without a path, a port that accepts is enough. The error is
// a sentence without the address, so that it reads the same after a restart.
func (p *prober) check(ctx context.Context, addr string, h delivery.Health) error {
	ctx, cancel := context.WithTimeout(ctx, h.Timeout)
	defer cancel()
	if h.Path == "" {
		conn, err := p.dial(ctx, "tcp", addr)
		if err != nil {
			return fmt.Errorf("its port does not accept connections: %s", reason(err, h.Timeout))
		}
		return conn.Close()
	}
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, "http://"+addr+h.Path, nil)
	if err != nil {
		return fmt.Errorf("GET %s is not a valid request: %w", h.Path, err)
	}
	req.Header.Set("User-Agent", "andon-health")
	res, err := p.client.Do(req)
	if err != nil {
		return fmt.Errorf("GET %s: %s", h.Path, reason(err, h.Timeout))
	}
	defer res.Body.Close()
	if res.StatusCode < 200 || res.StatusCode > 399 {
		body, _ := io.ReadAll(io.LimitReader(res.Body, 200)) // what came is enough for a message
		text := strings.TrimSpace(string(body))
		if text != "" {
			text = ": " + text
		}
		return fmt.Errorf("GET %s answered %s%s", h.Path, res.Status, text)
	}
	return nil
}

// reason is the innermost cause.
func reason(err error, timeout time.Duration) string {
	if errors.Is(err, context.DeadlineExceeded) || errors.Is(err, os.ErrDeadlineExceeded) {
		return fmt.Sprintf("no answer within %v", timeout)
	}
	for inner := errors.Unwrap(err); inner != nil; inner = errors.Unwrap(inner) {
		err = inner
	}
	return err.Error()
}
