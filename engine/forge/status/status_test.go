package status

import (
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
)

// recorded is a request as a forge got it.
type recorded struct {
	method, path string
	header       http.Header
	body         map[string]string
}

func server(t *testing.T, code int, answer string) (*httptest.Server, *recorded) {
	t.Helper()
	got := &recorded{}
	s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		text, err := io.ReadAll(r.Body)
		if err != nil {
			t.Error(err)
		}
		*got = recorded{r.Method, r.URL.EscapedPath(), r.Header, map[string]string{}}
		if err := json.Unmarshal(text, &got.body); err != nil {
			t.Error(err)
		}
		w.WriteHeader(code)
		_, _ = w.Write([]byte(answer))
	}))
	t.Cleanup(s.Close)
	return s, got
}

// What each forge is asked is what its API description wants.
func TestWhatForgesAreTold(t *testing.T) {
	word := Word{Repo: "you/shop", SHA: "abc", Text: "review holds 3 of 3 cards" + strings.Repeat("!", 200), URL: "http://127.0.0.1:7420/floor"}
	for _, c := range []struct {
		forge        Forge
		path, header string
		value        string
		name         string
	}{
		{GitHub, "/repos/you/shop/statuses/abc", "Authorization", "Bearer secret", "context"},
		{GitLab, "/api/v4/projects/you%2Fshop/statuses/abc", "Private-Token", "secret", "name"},
		{Gitea, "/api/v1/repos/you/shop/statuses/abc", "Authorization", "token secret", "context"},
	} {
		s, got := server(t, http.StatusCreated, "{}")
		p, err := New(c.forge, s.URL+"/", "secret")
		if err != nil {
			t.Fatal(err)
		}
		if err := p.Post(t.Context(), word); err != nil {
			t.Fatal(err)
		}
		if got.method != "POST" || got.path != c.path || got.header.Get(c.header) != c.value || got.body[c.name] != Context || got.body["state"] != "pending" ||
			len([]rune(got.body["description"])) != 140 || got.body["target_url"] != word.URL {
			t.Errorf("%s: %+v", c.forge, got)
		}
		room := word
		room.Room = true
		if err := p.Post(t.Context(), room); err != nil || got.body["state"] != "success" {
			t.Errorf("%s: %v %+v", c.forge, err, got)
		}
	}
}

func TestWhatWillNotGoAway(t *testing.T) {
	for _, c := range []struct {
		forge  Forge
		code   int
		answer string
		ok     bool
		good   bool
	}{
		{GitHub, 500, "", false, false}, {GitHub, 429, "", false, false}, {GitHub, 401, "", false, true}, {GitHub, 404, "", false, true},
		{GitHub, 422, "", false, true}, {GitHub, 302, "", false, true}, {GitLab, 400, `{"message":"Cannot transition status via :enqueue from :pending"}`, true, false},
		{GitLab, 400, `{}`, false, true},
	} {
		s, _ := server(t, c.code, c.answer)
		p, err := New(c.forge, s.URL, "secret")
		if err != nil {
			t.Fatal(err)
		}
		err = p.Post(t.Context(), Word{Repo: "you/shop", SHA: "abc"})
		if (err == nil) != c.ok || errors.Is(err, ErrForGood) != c.good || err != nil && strings.Contains(err.Error(), "secret") {
			t.Errorf("%s %d: %v", c.forge, c.code, err)
		}
	}
	for _, wrong := range []string{"", "api.github.com", "ftp://x"} {
		if _, err := New(GitHub, wrong, ""); err == nil {
			t.Errorf("%q is an address", wrong)
		}
	}
	if _, err := New("svn", "https://x.example", ""); err == nil {
		t.Error("any forge can be told")
	}
	p, err := New(GitHub, "http://127.0.0.1:1", "")
	if err != nil {
		t.Fatal(err)
	}
	if err := p.Post(t.Context(), Word{Repo: "shop", SHA: "abc"}); !errors.Is(err, ErrForGood) {
		t.Error(err)
	}
}
