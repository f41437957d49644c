package api_test

import (
	"context"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"andon/flow/floor"
	"andon/surface/api"
)

// secrets shares one secret with GitHub.
type secrets struct{}

func (secrets) Forges() []string { return []string{"github"} }

func (secrets) Secret(context.Context, string) (string, error) { return "s3cret", nil }

func (secrets) Share(_ context.Context, forge string, _ bool) (string, error) {
	if forge != "github" {
		return "", &floor.Missing{What: "forge", Name: forge}
	}
	return "s3cret", nil
}

const opened = `{"action":"opened","number":3,"repository":{"full_name":"you/shop","html_url":"https://github.com/you/shop"},"sender":{"login":"bo"},
 "pull_request":{"number":3,"state":"open","draft":false,"merged":false,"title":"Pay by invoice (SHOP-1)","body":"","html_url":"https://github.com/you/shop/pull/3",
 "user":{"login":"bo"},"created_at":"2029-01-01T08:00:00Z","updated_at":"2029-01-01T08:00:00Z","merged_at":null,"closed_at":null,"merge_commit_sha":null,
 "head":{"ref":"invoice","sha":"0d1a26e67d8f5eaf1f6ba5c57fc3c7d91ac0fd1c"},"base":{"ref":"main","sha":"9049f1265b7d61be4a8904a9a27120d2064dab3b","repo":{"full_name":"you/shop"}}}}`

func TestForgesAreHeard(t *testing.T) {
	h := open(t)
	h.write("POST", "/v1/cards", `{"line":"shop","title":"Pay by invoice"}`)
	hooks := httptest.NewServer(api.Webhooks(h.services.Sources))
	defer hooks.Close()
	send := func(path, body, secret string) (int, string) {
		t.Helper()
		mac := hmac.New(sha256.New, []byte(secret))
		mac.Write([]byte(body))
		r, err := http.NewRequestWithContext(t.Context(), http.MethodPost, hooks.URL+path, strings.NewReader(body))
		must(t, err)
		r.Header.Set("X-GitHub-Event", "pull_request")
		r.Header.Set("X-GitHub-Delivery", "d-1")
		r.Header.Set("X-Hub-Signature-256", "sha256="+hex.EncodeToString(mac.Sum(nil)))
		resp, err := http.DefaultClient.Do(r)
		must(t, err)
		defer resp.Body.Close()
		text, err := io.ReadAll(resp.Body)
		must(t, err)
		return resp.StatusCode, string(text)
	}
	if status, text := send("/hooks/github", opened, "wrong"); status != http.StatusUnauthorized {
		t.Errorf("%d %s", status, text)
	}
	if status, text := send("/hooks/svn", opened, "s3cret"); status != http.StatusNotFound {
		t.Errorf("%d %s", status, text)
	}
	status, text := send("/hooks/github", opened, "s3cret")
	if status != http.StatusOK || !strings.Contains(text, `"outcome":"accepted"`) || !strings.Contains(text, `"SHOP-1"`) {
		t.Fatalf("%d %s", status, text)
	}
	if status, text := send("/hooks/github", opened, "s3cret"); status != http.StatusOK || !strings.Contains(text, `"known":true`) {
		t.Errorf("%d %s", status, text)
	}
	if a := h.write("GET", "/v1/pulls?state=open", ""); !strings.Contains(a.body, `"number":3`) {
		t.Errorf("%s", a.body)
	}
	if a := h.write("GET", "/v1/deliveries", ""); !strings.Contains(a.body, `"name":"github/d-1"`) {
		t.Errorf("%s", a.body)
	}
	h.write("POST", "/v1/deliveries/github/d-1/replay", "")
	if a := h.ask("POST", "/v1/deliveries/github/none/replay", ""); a.status != http.StatusNotFound {
		t.Errorf("%d %s", a.status, a.body)
	}
	if a := h.write("GET", "/v1/hooks", ""); strings.Contains(a.body, "s3cret") || !strings.Contains(a.body, `"heard":true`) {
		t.Errorf("%s", a.body)
	}
	if a := h.write("POST", "/v1/hooks/github/secret", "{}"); !strings.Contains(a.body, "s3cret") {
		t.Errorf("%s", a.body)
	}
	if a := h.ask("POST", "/v1/hooks/svn/secret", "{}"); a.status != http.StatusNotFound {
		t.Errorf("%d %s", a.status, a.body)
	}
	resp, err := hooks.Client().Get(hooks.URL + "/hooks/github")
	must(t, err)
	resp.Body.Close()
	if resp.StatusCode != http.StatusMethodNotAllowed {
		t.Errorf("%d", resp.StatusCode)
	}
}
