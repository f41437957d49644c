package cli

import (
	"bytes"
	"context"
	"crypto/rand"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"os"
	"os/exec"
	"os/user"
	"path/filepath"
	"strings"
	"time"

	"andon/surface/access"
	"andon/surface/api"
)

// client speaks to a running Andon.
type client struct {
	output, url, as string
	token           string
	found           bool
}

func (c *client) json() bool { return c.output == "json" }

// find looks for a running Andon: what was told, then the nearest data folder.
func (c *client) find() error {
	if c.found {
		return nil
	}
	c.found = true
	c.token = os.Getenv("ANDON_TOKEN")
	if c.url != "" {
		c.url = strings.TrimSuffix(c.url, "/")
		return nil
	}
	dir, err := os.Getwd()
	if err != nil {
		return err
	}
	return c.findFrom(dir)
}

// findFrom looks for the Andon of a folder, or of one above it.
func (c *client) findFrom(dir string) error {
	for at := dir; ; at = filepath.Dir(at) {
		for _, place := range []string{filepath.Join(at, ".andon"), at} {
			b, err := os.ReadFile(filepath.Join(place, access.ServerFile))
			if err != nil {
				continue
			}
			var s access.Server
			if err := json.Unmarshal(b, &s); err != nil {
				return fmt.Errorf("%s: %w", filepath.Join(place, access.ServerFile), err)
			}
			c.url = s.URL
			if c.token == "" {
				c.token = s.Token
			}
			return nil
		}
		if at == filepath.Dir(at) {
			return fmt.Errorf("no Andon was started in %s or above; start one with: andon up (or set ANDON_URL and ANDON_TOKEN)", dir)
		}
	}
}

func (c *client) person() string {
	if c.as != "" {
		return c.as
	}
	if out, err := exec.Command("git", "config", "user.name").Output(); err == nil && len(bytes.TrimSpace(out)) > 0 {
		return string(bytes.TrimSpace(out))
	}
	if u, err := user.Current(); err == nil {
		return u.Username
	}
	return ""
}

// tries is how often a request is sent when no answer comes. A write carries
// a key, so sending it again does nothing twice.
const tries = 3

func (c *client) send(ctx context.Context, method, path string, body any, header map[string]string) (*http.Response, error) {
	if err := c.find(); err != nil {
		return nil, err
	}
	var text []byte
	if body != nil {
		var err error
		if text, err = json.Marshal(body); err != nil {
			return nil, err
		}
	}
	key := rand.Text()
	var last error
	for try := range tries {
		if try > 0 {
			select {
			case <-ctx.Done():
				return nil, ctx.Err()
			case <-time.After(time.Duration(try) * 300 * time.Millisecond):
			}
		}
		r, err := http.NewRequestWithContext(ctx, method, c.url+path, bytes.NewReader(text))
		if err != nil {
			return nil, err
		}
		if body != nil {
			r.Header.Set("Content-Type", "application/json")
		}
		if c.token != "" {
			r.Header.Set("Authorization", "Bearer "+c.token)
		}
		r.Header.Set(access.ActorHeader, c.person())
		if method != http.MethodGet {
			r.Header.Set(api.KeyHeader, key)
		}
		for k, v := range header {
			r.Header.Set(k, v)
		}
		resp, err := http.DefaultClient.Do(r)
		if err == nil {
			return resp, problemIn(resp)
		}
		last = err
		if ctx.Err() != nil {
			return nil, ctx.Err()
		}
	}
	return nil, fmt.Errorf("%s does not answer; is andon up running? (%w)", c.url, last)
}

// problemIn turns an error answer into an error.
func problemIn(resp *http.Response) error {
	if resp.StatusCode < 400 {
		return nil
	}
	defer resp.Body.Close()
	text, _ := io.ReadAll(io.LimitReader(resp.Body, 1<<20))
	var p api.Problem
	if json.Unmarshal(text, &p) != nil || p.Detail == "" {
		return fmt.Errorf("%s answered %s: %s", resp.Request.URL.Host, resp.Status, bytes.TrimSpace(text))
	}
	if p.Refusal != nil {
		return &exit{refused, p.Refusal}
	}
	return errors.New(p.Detail)
}

// get asks for a value.
func get[T any](ctx context.Context, c *client, path string) (v T, err error) {
	return call[T](ctx, c, http.MethodGet, path, nil)
}

// call sends a request and reads the answer; an answer without a body gives
// the zero value.
func call[T any](ctx context.Context, c *client, method, path string, body any) (v T, err error) {
	ctx, cancel := context.WithTimeout(ctx, time.Minute)
	defer cancel()
	resp, err := c.send(ctx, method, path, body, nil)
	if err != nil {
		return v, err
	}
	defer resp.Body.Close()
	text, err := io.ReadAll(resp.Body)
	if err != nil || len(text) == 0 {
		return v, err
	}
	return v, json.Unmarshal(text, &v)
}

// items is a list as the API answers it.
type items[T any] struct {
	Items []T `json:"items"`
}

func (c *client) print(out io.Writer, v any, table func(*columns)) error {
	if c.json() {
		e := json.NewEncoder(out)
		e.SetIndent("", "  ")
		return e.Encode(v)
	}
	t := newColumns(out)
	table(t)
	return t.flush()
}
