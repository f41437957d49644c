package notify_test

import (
	"context"
	"errors"
	"io"
	"log"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"andon/engine/notify"
	"andon/journal/subscription"
)

// secret is the one of the specification's own example.
func secret(t testing.TB) subscription.Secret {
	t.Helper()
	s, err := subscription.ParseSecret("whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw")
	if err != nil {
		t.Fatal(err)
	}
	return s
}

var now = time.Unix(1614265330, 0).UTC()

// The values are those that the Standard Webhooks and Svix documentation give
// as an example.
func TestSignatureIsTheStandards(t *testing.T) {
	got := notify.Sign(secret(t), "msg_p5jXN8AQM9LWM0D4loKWxJek", now, []byte(`{"test": 2432232314}`))
	if want := "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE="; got != want {
		t.Fatalf("%s, want %s", got, want)
	}
}

func message(t testing.TB, url string) subscription.Message {
	return subscription.Message{URL: url, Secret: secret(t), ID: "fact1", At: now, Body: []byte(`{"a":1}`)}
}

func TestReceiverCanVerify(t *testing.T) {
	var verified, header atomic.Value
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		body, _ := io.ReadAll(r.Body)
		header.Store(r.Header.Clone())
		verified.Store([]any{notify.Verify(secret(t), r.Header, body, now.Add(time.Minute)),
			notify.Verify(secret(t), r.Header, append(body, ' '), now), notify.Verify(subscription.NewSecret(), r.Header, body, now),
			notify.Verify(secret(t), r.Header, body, now.Add(6*time.Minute)), notify.Verify(secret(t), r.Header, body, now.Add(-6*time.Minute))})
		w.WriteHeader(http.StatusNoContent)
	}))
	defer server.Close()
	s := notify.NewSender()
	defer s.Close()
	if o := s.Send(t.Context(), message(t, server.URL)); !o.Accepted() || o.Status != 204 || o.Problem != "" {
		t.Fatalf("%+v", o)
	}
	got := verified.Load().([]any)
	for i, want := range []error{nil, notify.ErrForged, notify.ErrForged, notify.ErrStale, notify.ErrStale} {
		if err, _ := got[i].(error); !errors.Is(err, want) {
			t.Errorf("case %d: %v, want %v", i, err, want)
		}
	}
	h := header.Load().(http.Header)
	if h.Get("Content-Type") != "application/cloudevents+json" || h.Get("webhook-id") != "fact1" || h.Get("webhook-timestamp") != "1614265330" {
		t.Error(h)
	}
	h.Set(notify.SignatureHeader, "v1,abc v1a,def "+h.Get(notify.SignatureHeader))
	if err := notify.Verify(secret(t), h, []byte(`{"a":1}`), now); err != nil {
		t.Errorf("one of several signatures: %v", err)
	}
	h.Del(notify.IDHeader)
	if err := notify.Verify(secret(t), h, []byte(`{"a":1}`), now); !errors.Is(err, notify.ErrUnsigned) {
		t.Error(err)
	}
}

func TestAnswersAreTold(t *testing.T) {
	later := now.Add(90 * time.Second).Format(http.TimeFormat)
	for name, c := range map[string]struct {
		status int
		header http.Header
		want   subscription.Outcome
	}{
		"taken":             {202, nil, subscription.Outcome{Status: 202}},
		"too many, seconds": {429, http.Header{"Retry-After": {"7"}}, subscription.Outcome{Status: 429, RetryAfter: 7 * time.Second}},
		"too many, date":    {503, http.Header{"Retry-After": {later}}, subscription.Outcome{Status: 503, RetryAfter: 90 * time.Second}},
		"nonsense":          {503, http.Header{"Retry-After": {"soon"}}, subscription.Outcome{Status: 503}},
		"negative":          {503, http.Header{"Retry-After": {"-7"}}, subscription.Outcome{Status: 503}},
		"gone":              {410, nil, subscription.Outcome{Status: 410}},
	} {
		server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
			for k, v := range c.header {
				w.Header()[k] = v
			}
			w.WriteHeader(c.status)
			_, _ = io.WriteString(w, strings.Repeat("a long answer ", 10_000))
		}))
		if got := notify.NewSender().Send(t.Context(), message(t, server.URL)); got != c.want {
			t.Errorf("%s: %+v, want %+v", name, got, c.want)
		}
		server.Close()
	}
}

func TestRedirectsAreNotFollowed(t *testing.T) {
	var visited atomic.Bool
	inside := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { visited.Store(true) }))
	defer inside.Close()
	for _, status := range []int{301, 302, 303, 307, 308} {
		server := httptest.NewServer(http.RedirectHandler(inside.URL, status))
		if o := notify.NewSender().Send(t.Context(), message(t, server.URL)); o.Status != status || o.Accepted() {
			t.Errorf("%+v", o)
		}
		server.Close()
	}
	if visited.Load() {
		t.Error("a redirect was followed")
	}
}

// What goes wrong is said in a sentence that gives no secret away.
func TestProblemsGiveNothingAway(t *testing.T) {
	broken := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		conn, _, _ := http.NewResponseController(w).Hijack()
		conn.Close()
	}))
	defer broken.Close()
	hanging := make(chan struct{})
	hang := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { <-hanging }))
	defer hang.Close()
	defer close(hanging)
	untrusted := httptest.NewUnstartedServer(http.NotFoundHandler())
	untrusted.Config.ErrorLog = log.New(io.Discard, "", 0)
	untrusted.StartTLS()
	defer untrusted.Close()
	gone := httptest.NewServer(http.NotFoundHandler())
	gone.Close()
	for name, c := range map[string]struct{ url, want string }{
		"breaks off":     {broken.URL, "broke the connection"},
		"hangs":          {hang.URL, "did not answer in time"},
		"untrusted":      {untrusted.URL, "certificate cannot be trusted"},
		"nobody there":   {gone.URL, "refused the connection"},
		"metadata":       {"http://169.254.169.254", "link-local"},
		"metadata in v6": {"http://[::ffff:169.254.169.254]", "link-local"},
		"link-local v6":  {"http://[fe80::1]", "link-local"},
		"unspecified":    {"http://0.0.0.0:1", "link-local"},
	} {
		patience := time.Minute
		if name == "hangs" {
			patience = 100 * time.Millisecond
		}
		ctx, end := context.WithTimeout(t.Context(), patience)
		o := notify.NewSender().Send(ctx, message(t, c.url+"/hook/sesame?token=sesame"))
		end()
		if o.Status != 0 || !strings.Contains(o.Problem, c.want) || strings.Contains(o.Problem, "sesame") {
			t.Errorf("%s: %+v, want %q", name, o, c.want)
		}
	}
}
