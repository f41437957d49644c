package fetch

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"andon/flow/floor"
	"andon/flow/tracker"
)

// The answers have the form that the forges' own API descriptions give.
const githubFirst = `{"data":{"rateLimit":{"remaining":1,"cost":1,"resetAt":"2030-01-01T00:10:00Z"},"repository":{"issues":{"pageInfo":{"hasNextPage":true,"endCursor":"c1"},"nodes":[
 {"number":1,"title":"Pay by invoice","createdAt":"2029-01-01T08:00:00Z","closedAt":"2029-01-09T08:00:00Z","state":"CLOSED","stateReason":"COMPLETED",
  "labels":{"nodes":[{"name":"enhancement"}]},"assignees":{"nodes":[{"login":"ana"}]},"milestone":{"title":"Checkout","dueOn":"2029-02-01T00:00:00Z"},
  "timelineItems":{"nodes":[{"__typename":"CrossReferencedEvent","createdAt":"2029-01-02T08:00:00Z","source":{"__typename":"Issue"}},
   {"__typename":"AssignedEvent","createdAt":"2029-01-03T08:00:00Z"},{"__typename":"LabeledEvent","createdAt":"2029-01-05T08:00:00Z","label":{"name":"review"}},
   {"__typename":"LabeledEvent","createdAt":"2029-01-05T09:00:00Z","label":{"name":"help wanted"}},
   {"__typename":"ClosedEvent","createdAt":"2029-01-06T08:00:00Z"},{"__typename":"ReopenedEvent","createdAt":"2029-01-07T08:00:00Z"},{"__typename":"ClosedEvent","createdAt":"2029-01-09T08:00:00Z"}]}}]}}}}`

const githubSecond = `{"data":{"rateLimit":{"remaining":5000,"cost":1,"resetAt":"2030-01-01T00:10:00Z"},"repository":{"issues":{"pageInfo":{"hasNextPage":false,"endCursor":"c2"},"nodes":[
 {"number":2,"title":"It is slow","createdAt":"2029-01-04T08:00:00Z","closedAt":"2029-01-08T08:00:00Z","state":"CLOSED","stateReason":"NOT_PLANNED",
  "labels":{"nodes":[{"name":"bug"}]},"assignees":{"nodes":[]},"milestone":null,"timelineItems":{"nodes":[{"__typename":"CrossReferencedEvent","createdAt":"2029-01-05T08:00:00Z","source":{"__typename":"PullRequest"}}]}},
 {"number":3,"title":"Open","createdAt":"2029-01-05T08:00:00Z","closedAt":null,"state":"OPEN","stateReason":null,"labels":{"nodes":[]},"assignees":{"nodes":[]},"milestone":null,"timelineItems":{"nodes":[]}}]}}}}`

const gitlabOnly = `{"data":{"project":{"issues":{"pageInfo":{"hasNextPage":false,"endCursor":"x"},"nodes":[
 {"iid":"7","title":"Sell hats","createdAt":"2029-01-01T08:00:00Z","closedAt":"2029-01-05T08:00:00Z","state":"closed","dueDate":null,
  "labels":{"nodes":[{"title":"incident"}]},"assignees":{"nodes":[{"username":"bo"}]},"milestone":{"title":"Hats","dueDate":"2029-03-01"},
  "relatedMergeRequests":{"nodes":[{"createdAt":"2029-01-02T08:00:00Z"}]}}]}}}}`

type asked struct {
	after any
	token string
}

// forge answers with one text after the other, and notes what it is asked.
func forge(t *testing.T, answers ...func(http.ResponseWriter)) (*Forge, *[]asked, *[]time.Duration) {
	t.Helper()
	var log []asked
	var waits []time.Duration
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		var body struct{ Variables map[string]any }
		if err := json.NewDecoder(r.Body).Decode(&body); err != nil {
			t.Error(err)
		}
		log = append(log, asked{body.Variables["after"], r.Header.Get("Authorization")})
		answers[min(len(log), len(answers))-1](w)
	}))
	t.Cleanup(server.Close)
	f := New(server.URL, "secret", func(string) {})
	f.Now = func() time.Time { return time.Date(2030, 1, 1, 0, 0, 0, 0, time.UTC) }
	f.Wait = func(_ context.Context, d time.Duration) error { waits = append(waits, d); return nil }
	return f, &log, &waits
}

func text(s string) func(http.ResponseWriter) {
	return func(w http.ResponseWriter) { _, _ = w.Write([]byte(s)) }
}

func status(code int, header ...string) func(http.ResponseWriter) {
	return func(w http.ResponseWriter) {
		for i := 0; i+1 < len(header); i += 2 {
			w.Header().Set(header[i], header[i+1])
		}
		w.WriteHeader(code)
	}
}

// ways reads pages as an import does.
func ways(t *testing.T, pages []tracker.Page) (list []string) {
	t.Helper()
	m, err := tracker.NewMapping(floor.Line{Name: "shop", Stations: []floor.Station{{Name: "backlog", Kind: floor.Queue}, {Name: "work", Kind: floor.Work},
		{Name: "review", Kind: floor.Work}, {Name: "done", Kind: floor.Done}}}, nil)
	if err != nil {
		t.Fatal(err)
	}
	var lines strings.Builder
	for _, p := range pages {
		if err := json.NewEncoder(&lines).Encode(p); err != nil {
			t.Fatal(err)
		}
	}
	for h, err := range tracker.Issues(strings.NewReader(lines.String()), m) {
		if err != nil {
			t.Fatal(err)
		}
		if number := h.Card.Key[3:]; h.Origin != "github:you/shop#"+number && h.Origin != "gitlab:group/sub/shop#"+number {
			t.Errorf("%s was %q", h.Card.Key, h.Origin)
		}
		way := fmt.Sprintf("%s %s %s %s%s:", h.Card.Key, h.Card.Kind, h.Card.Class, h.Card.Owner, h.Card.Epic)
		for _, s := range h.Stays {
			way += fmt.Sprintf(" %s %d", s.Station, s.Entered.Day())
		}
		list = append(list, way+h.Card.Discarded)
	}
	return list
}

func TestIssuesOfGitHub(t *testing.T) {
	f, log, waits := forge(t, status(502), text(githubFirst), text(githubSecond))
	var pages []tracker.Page
	if err := f.GitHub(t.Context(), "you/shop", "", func(p tracker.Page) error { pages = append(pages, p); return nil }); err != nil {
		t.Fatal(err)
	}
	want := []string{"GH-1 business fixed-date anaCheckout: backlog 1 work 3 review 5 done 6 work 7 done 9",
		"GH-2 unplanned standard : backlog 4 work 5 done 8not planned", "GH-3 business standard : backlog 5"}
	if got := ways(t, pages); strings.Join(got, "\n") != strings.Join(want, "\n") {
		t.Errorf("got\n%s\nwant\n%s", strings.Join(got, "\n"), strings.Join(want, "\n"))
	}
	// A bad gateway was tried again, and the used up limit waited for.
	if len(*log) != 3 || (*log)[2].after != "c1" || (*log)[0].token != "Bearer secret" || len(*waits) != 2 || (*waits)[1] != 10*time.Minute+time.Second {
		t.Errorf("%+v %v", *log, *waits)
	}
	if !pages[1].Last || pages[0].Cursor != "c1" {
		t.Errorf("%+v", pages)
	}
	// A fetch goes on from a cursor.
	f, log, _ = forge(t, text(githubSecond))
	if err := f.GitHub(t.Context(), "you/shop", "c1", func(tracker.Page) error { return nil }); err != nil || (*log)[0].after != "c1" {
		t.Errorf("%v %+v", err, *log)
	}
}

func TestIssuesOfGitLab(t *testing.T) {
	f, _, _ := forge(t, text(gitlabOnly))
	var pages []tracker.Page
	if err := f.GitLab(t.Context(), "group/sub/shop", "", func(p tracker.Page) error { pages = append(pages, p); return nil }); err != nil {
		t.Fatal(err)
	}
	if got := ways(t, pages); len(got) != 1 || got[0] != "GL-7 unplanned fixed-date boHats: backlog 1 work 2 done 5" {
		t.Errorf("%q", got)
	}
}

func TestWhatForgesRefuse(t *testing.T) {
	for _, c := range []struct {
		repo    string
		answers []func(http.ResponseWriter)
		want    string
		waits   []int // seconds
	}{
		{"shop", nil, "write it as owner/name", nil},
		{"you/shop", []func(http.ResponseWriter){status(401)}, "does not accept the token", nil},
		{"you/shop", []func(http.ResponseWriter){status(404)}, "404", nil},
		{"you/shop", []func(http.ResponseWriter){text(`{"data":{"repository":null}}`)}, "there is no repository you/shop", nil},
		{"you/shop", []func(http.ResponseWriter){text(`{"errors":[{"message":"Field 'x' doesn't exist"}]}`)}, "Field 'x'", nil},
		{"you/shop", []func(http.ResponseWriter){status(302, "Location", "https://elsewhere.example")}, "redirect", []int{2, 4, 8, 16}},
		{"you/shop", []func(http.ResponseWriter){status(429, "Retry-After", "30"), status(403, "X-RateLimit-Remaining", "0", "X-RateLimit-Reset", "1893456060"), status(401)},
			"does not accept", []int{30, 61}},
		{"you/shop", []func(http.ResponseWriter){status(429, "Retry-After", "999999")}, "it asks to come back in", nil},
		{"you/shop", []func(http.ResponseWriter){text(`{"data":{"repository":{"issues":{"pageInfo":{"hasNextPage":true},"nodes":[]}}}}`)}, "and not where", nil},
	} {
		answers := c.answers
		if answers == nil {
			answers = []func(http.ResponseWriter){status(200)}
		}
		f, _, waits := forge(t, answers...)
		err := f.GitHub(t.Context(), c.repo, "", func(tracker.Page) error { return nil })
		if err == nil || !strings.Contains(err.Error(), c.want) || strings.Contains(err.Error(), "secret") {
			t.Errorf("%s: %v, want %q", c.repo, err, c.want)
		}
		if len(*waits) != len(c.waits) {
			t.Errorf("%s: waited %v", c.want, *waits)
			continue
		}
		for i, w := range *waits {
			if w != time.Duration(c.waits[i])*time.Second {
				t.Errorf("%s: waited %v", c.want, *waits)
			}
		}
	}
	f, _, _ := forge(t, text(githubFirst))
	full := errors.New("the disk is full")
	if err := f.GitHub(t.Context(), "you/shop", "", func(tracker.Page) error { return full }); !errors.Is(err, full) {
		t.Error(err)
	}
}
