package source_test

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"andon/engine/store"
	"andon/engine/store/storetest"
	"andon/flow/source"
)

func TestWhatElseAForgeTells(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.Store) {
		s := open(t, db, 1)
		sha := strings.Repeat("a", 40)
		s.receive("push", encode(map[string]any{"ref": "refs/heads/cart", "before": strings.Repeat("0", 40), "after": sha}))
		s.receive("push", encode(map[string]any{"ref": "refs/heads/cart", "before": strings.Repeat("b", 40), "after": sha,
			"commits": []any{map[string]any{"id": sha, "message": "SHOP-1: line one\nline two \x00", "timestamp": stamp(0)}}}))
		s.receive("push", encode(map[string]any{"ref": "refs/tags/v1", "before": strings.Repeat("0", 40), "after": sha}))
		s.receive("push", encode(map[string]any{"ref": "refs/heads/cart", "before": sha, "after": strings.Repeat("0", 40)}))
		s.receive("pull_request", pr("opened", 0, nil))
		run := func(status string, conclusion any, at int) source.Receipt {
			return s.receive("workflow_run", encode(map[string]any{"action": status, "workflow_run": map[string]any{"id": 5, "run_attempt": 1,
				"name": "CI", "head_sha": sha, "head_branch": "cart", "status": status, "conclusion": conclusion, "created_at": stamp(1),
				"run_started_at": stamp(1), "updated_at": stamp(at), "html_url": "https://github.com/acme/shop/actions/runs/5"}}))
		}
		run("queued", nil, 1)
		run("completed", "skipped", 3)
		if r := run("in_progress", nil, 2); !slices.Equal(r.Cards, []string{"SHOP-1"}) {
			t.Errorf("a run of the pull request's commit is of %v", r.Cards)
		}
		if runs, err := s.Runs(t.Context(), source.Look{State: "ended"}); err != nil || len(runs) != 1 || runs[0].Untracked ||
			!runs[0].StartedAt.Equal(minute(1)) || !runs[0].EndedAt.Equal(minute(3)) {
			t.Errorf("the runs are %+v, %v", runs, err)
		}
		for i, state := range []string{"in_progress", "success", "inactive"} {
			s.receive("deployment_status", encode(map[string]any{"deployment": map[string]any{"id": 9, "sha": sha, "environment": "production"},
				"deployment_status": map[string]any{"state": state, "updated_at": stamp(4 + i)}}))
		}
		if list, err := s.Deployments(t.Context(), source.Look{Source: "github"}); err != nil || len(list) != 1 || list[0].State != source.DeployInactive ||
			!slices.Equal(list[0].Cards, []string{"SHOP-1"}) {
			t.Errorf("the deployments are %+v, %v", list, err)
		}
		for i, action := range []string{"opened", "labeled", "closed"} {
			issue := map[string]any{"number": 3, "title": "It breaks", "state": "open", "user": map[string]any{"login": "ana"}, "updated_at": stamp(i),
				"html_url": "https://github.com/acme/shop/issues/3", "labels": []any{map[string]any{"name": "bug\nreport"}}}
			if action == "closed" {
				issue["state"], issue["state_reason"] = "closed", "completed"
			}
			s.receive("issues", encode(map[string]any{"action": action, "issue": issue}))
		}
		if list, err := s.Issues(t.Context(), source.Look{Untracked: true}); err != nil || len(list) != 1 || list[0].State != source.Closed ||
			!slices.Equal(list[0].Labels, []string{"bug report"}) {
			t.Errorf("the tickets are %+v, %v", list, err)
		}
		s.receive("release", encode(map[string]any{"action": "published", "release": map[string]any{"tag_name": "v1", "published_at": stamp(9)}}))
		want := []string{"branch.created cart", "branch.pushed acme/shop/cart", "tag.pushed acme/shop/v1", "branch.deleted cart",
			"change.created acme/shop#7", "in:pipelinerun.queued acme/shop/runs/5", "in:pipelinerun.finished acme/shop/runs/5",
			"in:pipelinerun.started acme/shop/runs/5", "deploy.reported acme/shop/deployments/9", "in:service.deployed acme/shop",
			"deploy.reported acme/shop/deployments/9", "in:ticket.created acme/shop#3", "in:ticket.updated acme/shop#3",
			"in:ticket.closed acme/shop#3", "artifact.published pkg:github/acme/shop@v1"}
		if got := s.told(); !slices.Equal(got, want) {
			t.Errorf("told\n%q\nwant\n%q", got, want)
		}
	})
}

// TestOtherPeoplesPayloadsBecomeValidFacts sends real payloads through the
// whole Service, each twice, on both databases.
func TestOtherPeoplesPayloadsBecomeValidFacts(t *testing.T) {
	out, err := exec.Command("go", "list", "-m", "-f", "{{.Dir}}", "github.com/go-playground/webhooks/v6").Output()
	dir := strings.TrimSpace(string(out))
	if err != nil || dir == "" {
		t.Skipf("the module with the payloads cannot be found: %v", err)
	}
	storetest.Each(t, func(t *testing.T, db *store.Store) {
		s := open(t, db, 0)
		count := map[source.Outcome]int{}
		for _, forge := range []string{"github", "gitlab", "gitea"} {
			files, err := filepath.Glob(filepath.Join(dir, "testdata", forge, "*.json"))
			if err != nil || len(files) == 0 {
				t.Fatalf("no payloads of %s, %v", forge, err)
			}
			for _, file := range files {
				body, err := os.ReadFile(file)
				if err != nil {
					t.Fatal(err)
				}
				event := strings.ReplaceAll(strings.TrimSuffix(strings.TrimSuffix(filepath.Base(file), ".json"), "-event"), "-", "_")
				d := source.Delivery{Source: forge, Event: event, Header: sign(forge, body), Body: body}
				r, err := s.Receive(t.Context(), d)
				if err != nil {
					t.Fatalf("%s: %v", file, err)
				}
				count[r.Outcome]++
				if again, err := s.Receive(t.Context(), d); err != nil || !again.Known || again.Outcome != r.Outcome {
					t.Errorf("%s: the second time %+v, %v", file, again, err)
				}
				if _, err := s.Replay(t.Context(), forge+"/"+r.ID); err != nil {
					t.Errorf("%s: %v", file, err)
				}
			}
		}
		told := s.told()
		t.Logf("%v, %d facts", count, len(told))
		if count[source.Accepted] < 20 || len(told) < 20 {
			t.Errorf("only %v and %d facts", count, len(told))
		}
	})
}

func sign(forge string, body []byte) http.Header {
	m := hmac.New(sha256.New, []byte(secret))
	m.Write(body)
	mac := hex.EncodeToString(m.Sum(nil))
	h := http.Header{}
	switch forge {
	case "github":
		h.Set("X-Hub-Signature-256", "sha256="+mac)
	case "gitea":
		h.Set("X-Gitea-Signature", mac)
	default:
		h.Set("X-Gitlab-Token", secret)
	}
	return h
}
