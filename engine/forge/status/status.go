// Package status puts a word beside a commit at a forge: whether the station
// that its change would enter has room. People see it on the pull request, and
// a branch rule may wait for it.
package status

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strings"
	"time"
)

// Context is the name under which the word stands.
const Context = "andon/wip"

// Word is what to say of a commit.
type Word struct {
	Repo string // owner/name
	SHA  string
	// Room says that there is room; else the change should wait.
	Room bool
	// Text says why, in at most 140 characters; what is longer is cut.
	Text string
	// URL is a page that tells more; empty for none.
	URL string
}

// Forge is one forge's way to be told.
type Forge string

// The forges.
const (
	GitHub Forge = "github"
	GitLab Forge = "gitlab"
	Gitea  Forge = "gitea"
)

// Poster tells one forge. The token is sent to its address only.
type Poster struct {
	forge       Forge
	base, token string
	http        *http.Client
}

const timeout = 20 * time.Second

// New tells a forge at the address of its API: https://api.github.com,
// https://gitlab.example.com, https://gitea.example.com.
func New(forge Forge, base, token string) (*Poster, error) {
	switch forge {
	case GitHub, GitLab, Gitea:
	default:
		return nil, fmt.Errorf("%q is no forge that can be told; use github, gitlab or gitea", forge)
	}
	u, err := url.Parse(base)
	if err != nil || u.Scheme != "https" && u.Scheme != "http" || u.Host == "" {
		return nil, fmt.Errorf("%q is no address of an API; write it as in https://api.github.com", base)
	}
	client := &http.Client{Timeout: timeout, CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
	return &Poster{forge, strings.TrimSuffix(base, "/"), token, client}, nil
}

// ErrForGood says that telling the same again will not help.
var ErrForGood = errors.New("the forge refuses it")

// Post says a word. Saying it twice changes nothing. An error that is
// [ErrForGood] will not go away by itself.
func (p *Poster) Post(ctx context.Context, w Word) error {
	path, body, err := p.request(w)
	if err != nil {
		return errors.Join(ErrForGood, err)
	}
	text, err := json.Marshal(body)
	if err != nil {
		return err
	}
	r, err := http.NewRequestWithContext(ctx, http.MethodPost, p.base+path, bytes.NewReader(text))
	if err != nil {
		return errors.Join(ErrForGood, err)
	}
	r.Header.Set("Content-Type", "application/json")
	r.Header.Set("User-Agent", "andon")
	switch {
	case p.token == "":
	case p.forge == GitLab:
		r.Header.Set("PRIVATE-TOKEN", p.token)
	case p.forge == Gitea:
		r.Header.Set("Authorization", "token "+p.token)
	default:
		r.Header.Set("Authorization", "Bearer "+p.token)
		r.Header.Set("Accept", "application/vnd.github+json")
		r.Header.Set("X-GitHub-Api-Version", "2022-11-28")
	}
	resp, err := p.http.Do(r)
	if err != nil {
		return fmt.Errorf("%s does not answer: %w", p.base, err)
	}
	defer resp.Body.Close()
	answer, _ := io.ReadAll(io.LimitReader(resp.Body, 1<<16))
	return p.verdict(resp, answer)
}

func (p *Poster) verdict(resp *http.Response, answer []byte) error {
	switch code := resp.StatusCode; {
	case code >= 200 && code < 300:
		return nil
	case p.forge == GitLab && code == http.StatusBadRequest && bytes.Contains(answer, []byte("Cannot transition status")):
		return nil // it says so already
	case code == http.StatusTooManyRequests, code >= 500, code == http.StatusForbidden && resp.Header.Get("Retry-After") != "":
		return fmt.Errorf("%s answered %s", p.base, resp.Status)
	case code == http.StatusUnauthorized || code == http.StatusForbidden || code == http.StatusNotFound:
		return fmt.Errorf("%w: %s answered %s; the token must be allowed to set commit statuses", ErrForGood, p.base, resp.Status)
	default:
		return fmt.Errorf("%w: %s answered %s", ErrForGood, p.base, resp.Status)
	}
}

// request is what each forge wants to be told, by its own API description.
func (p *Poster) request(w Word) (path string, body any, err error) {
	owner, name, ok := strings.Cut(w.Repo, "/")
	if !ok || owner == "" || name == "" || w.SHA == "" {
		return "", nil, fmt.Errorf("commit %q of repository %q cannot be told of; a repository is owner/name", w.SHA, w.Repo)
	}
	text := cut(w.Text)
	if p.forge == GitLab {
		state := "pending"
		if w.Room {
			state = "success"
		}
		return "/api/v4/projects/" + url.PathEscape(w.Repo) + "/statuses/" + url.PathEscape(w.SHA),
			map[string]string{"state": state, "name": Context, "description": text, "target_url": w.URL}, nil
	}
	state := "pending"
	if w.Room {
		state = "success"
	}
	path = "/repos/" + url.PathEscape(owner) + "/" + url.PathEscape(name) + "/statuses/" + url.PathEscape(w.SHA)
	if p.forge == Gitea {
		path = "/api/v1" + path
	}
	fields := map[string]string{"state": state, "context": Context, "description": text}
	if w.URL != "" {
		fields["target_url"] = w.URL
	}
	return path, fields, nil
}

// cut keeps a text within what GitHub takes.
func cut(text string) string {
	const most = 140
	runes := []rune(text)
	if len(runes) <= most {
		return text
	}
	return string(runes[:most-1]) + "…"
}
