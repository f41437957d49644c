package fetch

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"strconv"
	"strings"
	"time"

	"andon/flow/tracker"
)

// Forge reads issues.
type Forge struct {
	// Base is the address of the API, as in https://api.github.com.
	Base string
	// Token may read the repository. It is sent to Base only.
	Token string
	HTTP  *http.Client
	Now   func() time.Time
	// Wait pauses; it is replaced in tests.
	Wait func(ctx context.Context, d time.Duration) error
	// Told is given what a person should know, such as a wait.
	Told func(text string)
}

// Give takes one page; an error ends the fetch.
type Give func(tracker.Page) error

// New makes a Forge with the usual clock and client.
func New(base, token string, told func(string)) *Forge {
	return &Forge{Base: strings.TrimSuffix(base, "/"), Token: token, Told: told, Now: time.Now, Wait: wait,
		HTTP: &http.Client{Timeout: time.Minute, CheckRedirect: func(*http.Request, []*http.Request) error {
			return errors.New("it answers with a redirect, which would take the token elsewhere; give its own address")
		}}}
}

func wait(ctx context.Context, d time.Duration) error {
	t := time.NewTimer(d)
	defer t.Stop()
	select {
	case <-t.C:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}

const (
	tries       = 5
	firstPause  = 2 * time.Second
	longestWait = time.Hour + time.Minute
	maxAnswer   = 64 << 20
)

// query asks a GraphQL API and reads data into out.
func (f *Forge) query(ctx context.Context, path, text string, variables map[string]any, out any) error {
	body, err := json.Marshal(map[string]any{"query": text, "variables": variables})
	if err != nil {
		return err
	}
	pause := firstPause
	for try := 1; ; try++ {
		again, err := f.once(ctx, path, body, out)
		if err == nil || again < 0 || try == tries {
			return err
		}
		if again == 0 {
			again, pause = pause, 2*pause
		}
		if again > longestWait {
			return fmt.Errorf("%w; it asks to come back in %s", err, again)
		}
		f.Told(fmt.Sprintf("%v; trying again in %s", err, again.Round(time.Second)))
		if err := f.Wait(ctx, again); err != nil {
			return err
		}
	}
}

// once asks once. again is when to ask again: below 0 never, 0 soon.
func (f *Forge) once(ctx context.Context, path string, body []byte, out any) (again time.Duration, err error) {
	r, err := http.NewRequestWithContext(ctx, http.MethodPost, f.Base+path, bytes.NewReader(body))
	if err != nil {
		return -1, err
	}
	r.Header.Set("Content-Type", "application/json")
	r.Header.Set("User-Agent", "andon")
	if f.Token != "" {
		r.Header.Set("Authorization", "Bearer "+f.Token)
	}
	resp, err := f.HTTP.Do(r)
	if err != nil {
		if ctx.Err() != nil {
			return -1, ctx.Err()
		}
		return 0, fmt.Errorf("%s does not answer: %w", f.Base, err)
	}
	defer resp.Body.Close()
	text, err := io.ReadAll(io.LimitReader(resp.Body, maxAnswer))
	if err != nil {
		return 0, fmt.Errorf("%s: %w", f.Base, err)
	}
	switch {
	case resp.StatusCode == http.StatusUnauthorized:
		return -1, fmt.Errorf("%s does not accept the token; give one that may read the repository", f.Base)
	case resp.StatusCode == http.StatusTooManyRequests, resp.StatusCode == http.StatusForbidden && limited(resp.Header):
		return f.until(resp.Header), fmt.Errorf("%s has had enough requests for now", f.Base)
	case resp.StatusCode >= 500:
		return 0, fmt.Errorf("%s answered %s", f.Base, resp.Status)
	case resp.StatusCode != http.StatusOK:
		return -1, fmt.Errorf("%s answered %s: %s", f.Base, resp.Status, brief(text))
	}
	var answer struct {
		Data   json.RawMessage `json:"data"`
		Errors []struct {
			Type    string `json:"type"`
			Message string `json:"message"`
		} `json:"errors"`
	}
	if err := json.Unmarshal(text, &answer); err != nil {
		return 0, fmt.Errorf("%s answered what is no JSON: %w", f.Base, err)
	}
	if len(answer.Errors) > 0 {
		if answer.Errors[0].Type == "RATE_LIMITED" {
			return f.until(resp.Header), fmt.Errorf("%s has had enough requests for now", f.Base)
		}
		return -1, fmt.Errorf("%s: %s", f.Base, answer.Errors[0].Message)
	}
	return -1, json.Unmarshal(answer.Data, out)
}

func limited(h http.Header) bool {
	return h.Get("Retry-After") != "" || h.Get("X-RateLimit-Remaining") == "0" || h.Get("RateLimit-Remaining") == "0"
}

// until is how long to wait, by what the answer's header says.
func (f *Forge) until(h http.Header) time.Duration {
	if s, err := strconv.Atoi(h.Get("Retry-After")); err == nil && s > 0 {
		return time.Duration(s) * time.Second
	}
	for _, name := range []string{"X-RateLimit-Reset", "RateLimit-Reset"} {
		if at, err := strconv.ParseInt(h.Get(name), 10, 64); err == nil {
			return max(time.Second, time.Unix(at, 0).Sub(f.Now())+time.Second)
		}
	}
	return time.Minute
}

func brief(text []byte) string {
	const most = 200
	return strings.TrimSpace(string(text[:min(len(text), most)]))
}

// origin names an issue as webhooks of the same repository do.
func origin(forge, repo string, number any) string {
	return fmt.Sprintf("%s:%s#%v", forge, strings.ToLower(repo), number)
}

// split reads "owner/name".
func split(repo string) (owner, name string, err error) {
	owner, name, ok := strings.Cut(repo, "/")
	if !ok || owner == "" || name == "" || strings.ContainsAny(repo, " ?#") {
		return "", "", fmt.Errorf("%q is not a repository; write it as owner/name", repo)
	}
	return owner, name, nil
}
