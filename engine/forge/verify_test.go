package forge_test

import (
	"crypto/hmac"
	"crypto/sha1"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"net/http"
	"strings"
	"testing"

	"andon/engine/forge/gitea"
	"andon/engine/forge/github"
	"andon/engine/forge/gitlab"
	"andon/flow/source"
)

func hexMAC(secret, body string) string {
	m := hmac.New(sha256.New, []byte(secret))
	m.Write([]byte(body))
	return hex.EncodeToString(m.Sum(nil))
}

func standardMAC(key []byte, id, at, body string) string {
	m := hmac.New(sha256.New, key)
	m.Write([]byte(id + "." + at + "." + body))
	return base64.StdEncoding.EncodeToString(m.Sum(nil))
}

func headers(pairs ...string) http.Header {
	h := http.Header{}
	for i := 0; i < len(pairs); i += 2 {
		h.Set(pairs[i], pairs[i+1])
	}
	return h
}

func TestOnlyWhoKnowsTheSecretIsBelieved(t *testing.T) {
	const secret, body = "It's a Secret to Everybody", "Hello, World!"
	// The example in GitHub's documentation of webhooks.
	const documented = "757107ea0eb2509fc211221cce984b8a37570b6d7586c22c46f4379c8b043e17"
	weak := hmac.New(sha1.New, []byte(secret))
	weak.Write([]byte(body))
	const signing = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"
	raw, err := base64.StdEncoding.DecodeString(strings.TrimPrefix(signing, "whsec_"))
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		name   string
		reader source.Reader
		header http.Header
		secret string
		want   string // of the error; empty: believed
	}{
		{"github", github.Reader{}, headers("X-Hub-Signature-256", "sha256="+documented), secret, ""},
		{"github, another secret", github.Reader{}, headers("X-Hub-Signature-256", "sha256="+documented), "other", "does not fit"},
		{"github, no secret", github.Reader{}, headers("X-Hub-Signature-256", "sha256="+hexMAC("", body)), "", "no secret is set"},
		{"github, unsigned", github.Reader{}, headers(), secret, "is missing"},
		{"github, SHA-1 alone", github.Reader{}, headers("X-Hub-Signature", "sha1="+hex.EncodeToString(weak.Sum(nil))), secret, "too weak"},
		{"github, without its prefix", github.Reader{}, headers("X-Hub-Signature-256", documented), secret, "must begin with sha256="},
		{"github, cut short", github.Reader{}, headers("X-Hub-Signature-256", "sha256="+documented[:32]), secret, "64 hexadecimal digits"},
		{"gitea", gitea.Reader{}, headers("X-Gitea-Signature", documented), secret, ""},
		{"gitea, unsigned", gitea.Reader{}, headers(), secret, "is missing"},
		{"gitea, another secret", gitea.Reader{}, headers("X-Gitea-Signature", documented), "other", "does not fit"},
		{"gitlab, by token", gitlab.Reader{}, headers("X-Gitlab-Token", secret), secret, ""},
		{"gitlab, another token", gitlab.Reader{}, headers("X-Gitlab-Token", secret+"!"), secret, "is not the secret"},
		{"gitlab, no token", gitlab.Reader{}, headers(), secret, "is missing"},
		{"gitlab, no secret", gitlab.Reader{}, headers("X-Gitlab-Token", ""), "", "no secret is set"},
		{"gitlab, signed", gitlab.Reader{}, headers("webhook-id", "msg_1", "webhook-timestamp", "1614265330",
			"webhook-signature", "v1,AAAA v1,"+standardMAC(raw, "msg_1", "1614265330", body)), signing, ""},
		{"gitlab, signed with plain text", gitlab.Reader{}, headers("webhook-id", "msg_1", "webhook-timestamp", "1614265330",
			"webhook-signature", "v1,"+standardMAC([]byte(secret), "msg_1", "1614265330", body)), secret, ""},
		{"gitlab, signed under another id", gitlab.Reader{}, headers("webhook-id", "msg_2", "webhook-timestamp", "1614265330",
			"webhook-signature", "v1,"+standardMAC(raw, "msg_1", "1614265330", body)), signing, "does not fit"},
		{"gitlab, a wrong signature beside a right token", gitlab.Reader{}, headers("X-Gitlab-Token", secret, "webhook-id", "msg_1",
			"webhook-timestamp", "1", "webhook-signature", "v1,AAAA"), secret, "does not fit"},
		{"gitlab, an unknown version", gitlab.Reader{}, headers("webhook-id", "msg_1", "webhook-timestamp", "1614265330",
			"webhook-signature", "v2,"+standardMAC(raw, "msg_1", "1614265330", body)), signing, "does not fit"},
		{"gitlab, a signature without an id", gitlab.Reader{}, headers("webhook-signature", "v1,AAAA"), signing, "without webhook-id"},
	} {
		t.Run(c.name, func(t *testing.T) {
			err := c.reader.Verify(c.header, []byte(body), c.secret)
			if c.want == "" {
				if err != nil {
					t.Fatal(err)
				}
				if c.reader.Verify(c.header, []byte(body+" "), c.secret) == nil && c.name != "gitlab, by token" {
					t.Error("another body is believed, too")
				}
				return
			}
			if err == nil || !strings.Contains(err.Error(), c.want) {
				t.Fatalf("says %v, want %q", err, c.want)
			}
			if c.secret != "" && strings.Contains(err.Error(), c.secret) {
				t.Errorf("the error holds the secret: %v", err)
			}
		})
	}
}

func TestDeliveriesHaveIDs(t *testing.T) {
	body := []byte(`{"object_kind":"push"}`)
	sum := sha256.Sum256(body)
	digest := hex.EncodeToString(sum[:])
	for _, c := range []struct {
		reader source.Reader
		header http.Header
		event  string
		id     string
	}{
		{github.Reader{}, headers("X-GitHub-Event", "push", "X-GitHub-Delivery", "72d3162e"), "push", "72d3162e"},
		{github.Reader{}, headers("X-GitHub-Event", "push"), "push", digest},
		{github.Reader{}, headers("X-GitHub-Event", "push", "X-GitHub-Delivery", "two words"), "push", digest},
		{github.Reader{}, headers("X-GitHub-Event", "push", "X-GitHub-Delivery", strings.Repeat("a", 500)), "push", digest},
		{gitea.Reader{}, headers("X-Gitea-Event", "issues", "X-Gitea-Delivery", "f6266f16"), "issues", "f6266f16"},
		{gitlab.Reader{}, headers("X-Gitlab-Event", "Push Hook", "X-Gitlab-Event-UUID", "u-1", "Idempotency-Key", "k-1", "webhook-id", "w-1"), "Push Hook", "w-1"},
		{gitlab.Reader{}, headers("X-Gitlab-Event", "Push Hook", "X-Gitlab-Event-UUID", "u-1", "Idempotency-Key", "k-1"), "Push Hook", "k-1"},
		{gitlab.Reader{}, headers("X-Gitlab-Event", "Push Hook", "X-Gitlab-Event-UUID", "u-1"), "Push Hook", "u-1." + digest[:16]},
		{gitlab.Reader{}, headers("X-Gitlab-Event", "Push Hook"), "Push Hook", digest},
	} {
		if event, id := c.reader.Identify(c.header, body); event != c.event || id != c.id {
			t.Errorf("%T %v is %q %q, want %q %q", c.reader, c.header, event, id, c.event, c.id)
		}
	}
}

func TestWhatIsWrongIsNamed(t *testing.T) {
	for _, c := range []struct {
		reader      source.Reader
		event, body string
		want        string
	}{
		{github.Reader{}, "pull_request", `{`, "not JSON"},
		{github.Reader{}, "pull_request", ``, "not JSON"},
		{github.Reader{}, "pull_request", `[]`, "the body: holds array, but must be an object"},
		{github.Reader{}, "pull_request", `{"pull_request":{"number":"one"}}`, "pull_request.number: holds string, but must be a whole number"},
		{github.Reader{}, "pull_request", `{"action":"opened","repository":{"full_name":"a/b"},"pull_request":{"number":1,"title":"x","head":{"ref":"b"}}}`,
			"pull_request.head.sha: is missing"},
		{github.Reader{}, "pull_request", `{"pull_request":{"updated_at":"yesterday"}}`, `"yesterday" is not a time`},
		{github.Reader{}, "workflow_run", `{"repository":{"full_name":"a/b"},"workflow_run":{"id":1,"head_sha":"c","status":"dancing"}}`,
			`workflow_run.status: is "dancing", but must be one of`},
		{github.Reader{}, "push", `payload=%zz`, "form that cannot be read"},
		{gitlab.Reader{}, "", `{}`, "object_kind: is missing"},
		{gitlab.Reader{}, "", `{"object_kind":"deployment"}`, "project.path_with_namespace, deployment_id, environment, commit_url: are missing"},
		{gitea.Reader{}, "issues", `{"action":"opened","issue":{"number":1,"title":"x"}}`, "repository.full_name: is missing"},
	} {
		told, err := c.reader.Read(c.event, []byte(c.body))
		if err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s %s tells %v and %v, want %q", c.event, c.body, told, err, c.want)
		}
	}
}

func TestGitHubFormsAreRead(t *testing.T) {
	told, err := github.Reader{}.Read("push",
		[]byte("payload=%7B%22ref%22%3A%22refs%2Fheads%2Fmain%22%2C%22after%22%3A%22abc%22%2C%22repository%22%3A%7B%22full_name%22%3A%22a%2Fb%5Cu0000%22%7D%7D"))
	if err != nil || len(told) != 1 || told[0].Repo != "a/b" {
		t.Fatalf("told %+v, %v", told, err)
	}
}

func TestCommitsAreToldOldestFirst(t *testing.T) {
	commits := map[bool]string{true: `[{"id":"c"},{"id":"b"},{"id":"a"}]`, false: `[{"id":"a"},{"id":"b"},{"id":"c"}]`}
	for _, c := range []struct {
		reader      source.Reader
		newestFirst bool
	}{{github.Reader{}, false}, {gitea.Reader{}, true}, {gitea.Reader{}, false}, {gitlab.Reader{}, true}, {gitlab.Reader{}, false}} {
		told, err := c.reader.Read("push", []byte(`{"object_kind":"push","ref":"refs/heads/main","after":"c","before":"0","commits":`+
			commits[c.newestFirst]+`,"repository":{"full_name":"x/y"},"project":{"path_with_namespace":"x/y"}}`))
		if err != nil || len(told) != 1 {
			t.Fatalf("%T told %v, %v", c.reader, told, err)
		}
		var order string
		for _, one := range told[0].Body.(source.Push).Commits {
			order += one.SHA
		}
		if order != "abc" {
			t.Errorf("%T gives the commits as %q, want abc", c.reader, order)
		}
	}
}

func TestGitHubReviewsAndGiteaDrafts(t *testing.T) {
	const pull = `"repository":{"full_name":"x/y"},"pull_request":{"number":1,"title":"%TITLE","state":"open","head":{"ref":"b","sha":"s"}}`
	for _, c := range []struct {
		reader             source.Reader
		event, title, more string
		act                source.PullAct
		draft              bool
	}{
		{github.Reader{}, "pull_request_review", "Cart", `"action":"submitted","review":{"state":"changes_requested"}`, source.PullChangesRequested, false},
		{github.Reader{}, "pull_request_review", "Cart", `"action":"submitted","review":{"state":"COMMENTED"}`, source.PullCommented, false},
		{gitea.Reader{}, "pull_request", "WIP: Cart", `"action":"opened"`, source.PullOpened, true},
		{gitea.Reader{}, "pull_request", "Cart", `"action":"edited","changes":{"title":{"from":"[WIP] Cart"}}`, source.PullReady, false},
		{gitea.Reader{}, "pull_request_approved", "Cart", `"action":"reviewed","review":{"type":"pull_request_review_approved"}`, source.PullApproved, false},
		{gitea.Reader{}, "pull_request_rejected", "Cart", `"action":"reviewed","review":{"type":"pull_request_review_rejected"}`, source.PullChangesRequested, false},
	} {
		told, err := c.reader.Read(c.event, []byte("{"+c.more+","+strings.ReplaceAll(pull, "%TITLE", c.title)+"}"))
		if err != nil || len(told) != 1 {
			t.Fatalf("%s told %v, %v", c.more, told, err)
		}
		if p := told[0].Body.(source.PullRequest); p.Act != c.act || p.Draft != c.draft || p.Standing != source.Open {
			t.Errorf("%s is told as %+v", c.more, p)
		}
	}
}

func TestGitLabMergeRequests(t *testing.T) {
	for _, c := range []struct {
		attributes, changes string
		act                 source.PullAct
		standing            source.Standing
		mergeSHA            string
	}{
		{`"action":"update","state":"opened"`, `{"draft":{"previous":true,"current":false}}`, source.PullReady, source.Open, ""},
		{`"action":"update","state":"opened"`, `{"draft":{"previous":false,"current":true}}`, source.PullUpdated, source.Open, ""},
		{`"action":"approval","state":"opened"`, `{}`, source.PullApproved, source.Open, ""},
		{`"action":"close","state":"closed"`, `{}`, source.PullClosed, source.Closed, ""},
		{`"action":"merge","state":"merged","merge_commit_sha":"m","squash_commit_sha":"q"`, `{}`, source.PullMerged, source.Merged, "m"},
		{`"action":"merge","state":"merged","squash_commit_sha":"q"`, `{}`, source.PullMerged, source.Merged, "q"},
		{`"action":"merge","state":"merged"`, `{}`, source.PullMerged, source.Merged, "h"},
	} {
		told, err := gitlab.Reader{}.Read("Merge Request Hook", []byte(`{"object_kind":"merge_request","project":{"path_with_namespace":"x/y"},"changes":`+
			c.changes+`,"object_attributes":{"iid":1,"title":"Cart","source_branch":"b","last_commit":{"id":"h"},"updated_at":"2026-03-02 09:00:00 UTC",`+c.attributes+`}}`))
		if err != nil || len(told) != 1 {
			t.Fatalf("%s told %v, %v", c.attributes, told, err)
		}
		p := told[0].Body.(source.PullRequest)
		if p.Act != c.act || p.Standing != c.standing || p.MergeSHA != c.mergeSHA || p.MergedAt.IsZero() == (c.act == source.PullMerged) {
			t.Errorf("%s is told as %+v", c.attributes, p)
		}
	}
}
