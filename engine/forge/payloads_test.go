package forge_test

import (
	"bytes"
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"andon/engine/forge/gitea"
	"andon/engine/forge/github"
	"andon/engine/forge/gitlab"
	"andon/flow/source"
)

// outcome says in one word what a reader made of a payload, and complains about
// what none may do.
func outcome(tb testing.TB, r source.Reader, s sample) string {
	tb.Helper()
	told, err := r.Read(s.event, s.body)
	if err != nil {
		if len(told) > 0 {
			tb.Errorf("%s: gives both sightings and %q", s.name, err)
		}
		if text := err.Error(); strings.TrimSpace(text) == "" || strings.Contains(text, "\n") || len(text) > 1000 {
			tb.Errorf("%s: the reason is not one short line: %.200q", s.name, text)
		}
		if _, ignored := errors.AsType[*source.Ignored](err); ignored {
			return "ignored"
		}
		return "refused"
	}
	if len(told) == 0 {
		tb.Errorf("%s: nothing is told and no reason given", s.name)
	}
	for _, one := range told {
		if one.Repo == "" || one.Body == nil {
			tb.Errorf("%s: tells of no repository or of nothing: %+v", s.name, one)
		}
		if text := fmt.Sprintf("%+v", one); strings.Contains(text, "\x00") || !utf8.ValidString(text) {
			tb.Errorf("%s: tells text that no database stores: %q", s.name, text)
		}
	}
	return "accepted"
}

func TestOtherPeoplesPayloads(t *testing.T) {
	for _, c := range []struct {
		name    string
		reader  source.Reader
		samples func(testing.TB) []sample
		// refused are the payloads that lack something, with what.
		refused map[string]string
		// atLeast guards against a reader that ignores everything.
		atLeast int
	}{
		{"github, of go-playground", github.Reader{}, githubSamples, map[string]string{
			"github/workflow_run": `workflow_run.conclusion: is "finished"`,
		}, 7},
		{"github, of octokit", github.Reader{}, octokitSamples, nil, 110},
		{"gitlab, of go-playground and client-go", gitlab.Reader{}, gitlabSamples, map[string]string{
			// Its field names end with a space: no GitLab ever sent this.
			"webhooks/group_merge_request": "object_attributes.iid, object_attributes.title, object_attributes.source_branch: are missing",
		}, 20},
		{"gitea, of go-playground", gitea.Reader{}, giteaSamples, nil, 5},
	} {
		t.Run(c.name, func(t *testing.T) {
			count := map[string]int{}
			samples := c.samples(t)
			for _, s := range samples {
				got := outcome(t, c.reader, s)
				count[got]++
				_, err := c.reader.Read(s.event, s.body)
				want, expected := c.refused[s.name]
				switch {
				case got == "refused" && !expected:
					t.Errorf("%s (%s) is refused: %v", s.name, s.event, err)
				case got == "refused" && !strings.Contains(err.Error(), want):
					t.Errorf("%s is refused with %q, want %q", s.name, err, want)
				case got != "refused" && expected:
					t.Errorf("%s is %s, want it refused: %s", s.name, got, want)
				}
			}
			t.Logf("%d payloads: %d accepted, %d ignored, %d refused", len(samples), count["accepted"], count["ignored"], count["refused"])
			if count["accepted"] < c.atLeast {
				t.Errorf("only %d are accepted, want at least %d", count["accepted"], c.atLeast)
			}
		})
	}
}

func find(t *testing.T, samples []sample, name string) sample {
	t.Helper()
	i := slices.IndexFunc(samples, func(s sample) bool { return s.name == name })
	if i < 0 {
		t.Fatalf("there is no payload %s", name)
	}
	return samples[i]
}

func at(text string) time.Time {
	when, err := time.Parse(time.RFC3339, text)
	if err != nil {
		panic(err)
	}
	return when.UTC()
}

func TestWhatPayloadsTell(t *testing.T) {
	gh, gl, gt := githubSamples(t), gitlabSamples(t), giteaSamples(t)
	for _, c := range []struct {
		reader  source.Reader
		samples []sample
		name    string
		want    source.Sighting
	}{
		{github.Reader{}, gh, "github/pull-request", source.Sighting{Repo: "baxterthehacker/public-repo", Actor: "baxterthehacker", At: at("2015-05-05T23:40:27Z"),
			Body: source.PullRequest{Number: 1, Act: source.PullOpened, Standing: source.Open, Title: "Update the README with new information",
				Body:   "This is a pretty simple change that we need to pull into master.",
				Branch: "changes", Base: "master", Author: "baxterthehacker", Head: "0d1a26e67d8f5eaf1f6ba5c57fc3c7d91ac0fd1c",
				URL: "https://github.com/baxterthehacker/public-repo/pull/1", OpenedAt: at("2015-05-05T23:40:27Z")}}},
		{github.Reader{}, gh, "github/deployment-status", source.Sighting{Repo: "baxterthehacker/public-repo", Actor: "baxterthehacker", At: at("2015-05-05T23:40:39Z"),
			Body: source.Deployed{ID: "710692", Environment: "production", SHA: "9049f1265b7d61be4a8904a9a27120d2064dab3b", State: source.DeploySucceeded,
				Created: at("2015-05-05T23:40:38Z")}}},
		{github.Reader{}, gh, "github/release", source.Sighting{Repo: "baxterthehacker/public-repo", Actor: "baxterthehacker", At: at("2015-05-05T23:40:38Z"),
			Body: source.Released{Tag: "0.0.1", URL: "https://github.com/baxterthehacker/public-repo/releases/tag/0.0.1"}}},
		{gitlab.Reader{}, gl, "gitlab/merge-request-event", source.Sighting{Repo: "gitlabhq/gitlab-test", Actor: "root", At: at("2013-12-03T17:23:34Z"),
			Body: source.PullRequest{Number: 1, Act: source.PullOpened, Standing: source.Open, Title: "MS-Viewport", Branch: "ms-viewport", Base: "master",
				Author: "root", Head: "da1560886d4f094c3e6c9ef40349f7d38b5d27d7", URL: "http://example.com/diaspora/merge_requests/1",
				OpenedAt: at("2013-12-03T17:23:34Z")}}},
		{gitlab.Reader{}, gl, "gitlab/deployment-event", source.Sighting{Repo: "root/test-deployment-webhooks", Actor: "root", At: at("2021-04-28T19:50:00Z"),
			Body: source.Deployed{ID: "15", Environment: "staging", SHA: "279484c09fbe69ededfced8c1bb6e6d24616b468", State: source.DeploySucceeded,
				URL: "http://10.126.0.2:3000/root/test-deployment-webhooks/-/jobs/796"}}},
		{gitlab.Reader{}, gl, "gitlab/release-event", source.Sighting{Repo: "gitlab-org/release-webhook-example", At: at("2020-11-02T12:55:12Z"),
			Body: source.Released{Tag: "v1.1", Name: "v1.1", SHA: "ee0a3fb31ac16e11b9dbb596ad16d4af654d08f8",
				URL: "https://example.com/gitlab-org/release-webhook-example/-/releases/v1.1"}}},
		{gitlab.Reader{}, gl, "gitlab/tag-event", source.Sighting{Repo: "jsmith/example", Actor: "John Smith",
			Body: source.Push{Tag: "v1.0.0", After: "82b3d5ae55f7080f1e6022629cdb57bfae7cccc7"}}},
		{gitlab.Reader{}, gl, "gitlab/pipeline-event", source.Sighting{Repo: "gitlab-org/gitlab-test", Actor: "root", At: at("2016-08-12T15:26:29Z"),
			Body: source.Run{ID: "31", Workflow: "pipeline_name", SHA: "bcbb5ec396a2c0f828686f14fac9b80b780504f2", Branch: "master",
				Status: source.RunEnded, Conclusion: source.RunSucceeded, URL: "http://192.168.64.1:3005/gitlab-org/gitlab-test/-/pipelines/31",
				Queued: at("2016-08-12T15:23:28Z"), Started: at("2016-08-12T15:24:56Z"), Ended: at("2016-08-12T15:26:29Z")}}},
		{gitea.Reader{}, gt, "gitea/pull-request-event", source.Sighting{Repo: "example/example", Actor: "example2", At: at("2022-03-09T07:31:06Z"),
			Body: source.PullRequest{Number: 2, Act: source.PullOpened, Standing: source.Open, Title: "update", Branch: "master", Base: "master",
				Author: "example2", Head: "48e773f892a831faa47c0a160d1b7f0cd369ae2a", URL: "http://localhost:3000/example/example/pulls/2",
				OpenedAt: at("2022-03-09T07:31:06Z")}}},
		{gitea.Reader{}, gt, "gitea/push-event", source.Sighting{Repo: "example/example", Actor: "example",
			Body: source.Push{Branch: "master", After: "67b56589a45103f891bdee7c0546e5d40bc02001", Commits: []source.Commit{
				{SHA: "67b56589a45103f891bdee7c0546e5d40bc02001", Message: "example\n", Author: "example", At: at("2022-03-09T07:23:39Z")}}}}},
	} {
		t.Run(c.name, func(t *testing.T) {
			s := find(t, c.samples, c.name)
			told, err := c.reader.Read(s.event, s.body)
			if err != nil || len(told) != 1 {
				t.Fatalf("%d sightings, %v", len(told), err)
			}
			got, want := fmt.Sprintf("%+v", told[0]), fmt.Sprintf("%+v", c.want)
			if got != want {
				t.Errorf("told\n%s\nwant\n%s", got, want)
			}
		})
	}
}

func fuzz(f *testing.F, r source.Reader, samples []sample) {
	for _, s := range samples {
		const most = 64 << 10 // the longest tell nothing that the others do not
		if len(s.body) <= most {
			f.Add(s.event, s.body)
		}
	}
	f.Fuzz(func(t *testing.T, event string, body []byte) {
		before := bytes.Clone(body)
		outcome(t, r, sample{"fuzz", event, body})
		if !bytes.Equal(before, body) {
			t.Error("the body was changed")
		}
	})
}

func FuzzGitHub(f *testing.F) { fuzz(f, github.Reader{}, githubSamples(f)) }
func FuzzGitLab(f *testing.F) { fuzz(f, gitlab.Reader{}, gitlabSamples(f)) }
func FuzzGitea(f *testing.F)  { fuzz(f, gitea.Reader{}, giteaSamples(f)) }
