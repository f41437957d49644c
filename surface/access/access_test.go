package access_test

import (
	"fmt"
	"io"
	"net/http"
	"net/http/cookiejar"
	"net/http/httptest"
	"testing"

	"andon/journal"
	"andon/surface/access"
)

func serve(t *testing.T, loopback bool) (*httptest.Server, *access.Guard, string) {
	t.Helper()
	token := access.NewToken()
	g := access.NewGuard(token, loopback, "ana")
	s := httptest.NewServer(g.Wrap(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		fmt.Fprint(w, journal.ActorOf(r.Context()))
	})))
	t.Cleanup(s.Close)
	return s, g, token
}

func ask(t *testing.T, c *http.Client, method, url string, change func(*http.Request)) (int, string) {
	t.Helper()
	r, err := http.NewRequestWithContext(t.Context(), method, url, nil)
	if err != nil {
		t.Fatal(err)
	}
	if change != nil {
		change(r)
	}
	resp, err := c.Do(r)
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	body, err := io.ReadAll(resp.Body)
	if err != nil {
		t.Fatal(err)
	}
	return resp.StatusCode, string(body)
}

func TestWhoMayDoWhat(t *testing.T) {
	bearer := func(token string) func(*http.Request) {
		return func(r *http.Request) { r.Header.Set("Authorization", "Bearer "+token) }
	}
	for _, loopback := range []bool{true, false} {
		s, _, token := serve(t, loopback)
		read := http.StatusUnauthorized
		if loopback {
			read = http.StatusOK
		}
		for _, c := range []struct {
			what, method string
			change       func(*http.Request)
			want         int
		}{
			{"read without token", "GET", nil, read},
			{"write without token", "POST", nil, http.StatusUnauthorized},
			{"write with a wrong token", "POST", bearer("andon_wrong"), http.StatusUnauthorized},
			{"write with an empty token", "POST", bearer(""), http.StatusUnauthorized},
			{"write with the token", "POST", bearer(token), http.StatusOK},
		} {
			if got, _ := ask(t, s.Client(), c.method, s.URL, c.change); got != c.want {
				t.Errorf("loopback %v, %s: %d, want %d", loopback, c.what, got, c.want)
			}
		}
	}
}

func TestForeignHostNamesAreRefused(t *testing.T) {
	s, _, token := serve(t, true)
	got, _ := ask(t, s.Client(), "GET", s.URL, func(r *http.Request) {
		r.Host = "evil.example:7420"
		r.Header.Set("Authorization", "Bearer "+token)
	})
	if got != http.StatusMisdirectedRequest {
		t.Fatal(got)
	}
}

func TestPrintedAddressLogsTheBrowserIn(t *testing.T) {
	s, g, _ := serve(t, true)
	jar, err := cookiejar.New(nil)
	if err != nil {
		t.Fatal(err)
	}
	browser := &http.Client{Jar: jar}
	if got, _ := ask(t, browser, "POST", s.URL, nil); got != http.StatusUnauthorized {
		t.Fatal(got)
	}
	if got, _ := ask(t, browser, "GET", s.URL+"/login?token=no", nil); got != http.StatusUnauthorized {
		t.Fatal(got)
	}
	if got, _ := ask(t, browser, "GET", g.LoginURL(s.URL)+"&next=//evil.example", nil); got != http.StatusOK {
		t.Fatal(got)
	}
	if got, who := ask(t, browser, "POST", s.URL, nil); got != http.StatusOK || who != "ana" {
		t.Fatal(got, who)
	}
}
