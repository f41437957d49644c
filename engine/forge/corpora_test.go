package forge_test

import (
	"archive/tar"
	"compress/gzip"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	_ "github.com/go-playground/webhooks/v6/gitea" // its testdata holds payloads of three forges
	_ "gitlab.com/gitlab-org/api/client-go"        // its testdata holds payloads of GitLab
)

// sample is a payload that other people keep.
type sample struct {
	name, event string
	body        []byte
}

// module gives the folder of a module that the tests require.
func module(tb testing.TB, name string) string {
	tb.Helper()
	out, err := exec.Command("go", "list", "-m", "-f", "{{.Dir}}", name).Output()
	dir := strings.TrimSpace(string(out))
	if err != nil || dir == "" {
		tb.Skipf("the module %s cannot be found: %v", name, err)
	}
	return dir
}

// folder reads all payloads in a folder; eventOf names a file's event.
func folder(tb testing.TB, dir string, eventOf func(file string) string) (list []sample) {
	tb.Helper()
	files, err := filepath.Glob(filepath.Join(dir, "*.json"))
	if err != nil || len(files) == 0 {
		tb.Fatalf("no payloads in %s: %v", dir, err)
	}
	for _, file := range files {
		body, err := os.ReadFile(file)
		if err != nil {
			tb.Fatal(err)
		}
		name := strings.TrimSuffix(filepath.Base(file), ".json")
		list = append(list, sample{filepath.Base(filepath.Dir(file)) + "/" + name, eventOf(name), body})
	}
	return list
}

const goPlayground = "github.com/go-playground/webhooks/v6"

func githubSamples(tb testing.TB) []sample {
	return folder(tb, filepath.Join(module(tb, goPlayground), "testdata", "github"), func(file string) string {
		return strings.ReplaceAll(file, "-", "_")
	})
}

func giteaSamples(tb testing.TB) []sample {
	events := map[string]string{"push-event": "push", "pull-request-event": "pull_request", "pull-request-label-event": "pull_request",
		"pull-request-assign-event": "pull_request", "pull-request-milestone-event": "pull_request",
		"pull-request-review-event": "pull_request_comment", "pull-request-comment-event": "issue_comment", "issues-event": "issues",
		"issue-label-event": "issue_label", "release-event": "release"}
	return folder(tb, filepath.Join(module(tb, goPlayground), "testdata", "gitea"), func(file string) string {
		if e, ok := events[file]; ok {
			return e
		}
		return strings.TrimSuffix(file, "-event")
	})
}

func gitlabSamples(tb testing.TB) []sample {
	none := func(string) string { return "" }
	list := folder(tb, filepath.Join(module(tb, goPlayground), "testdata", "gitlab"), none)
	client := filepath.Join(module(tb, "gitlab.com/gitlab-org/api/client-go"), "testdata")
	list = append(list, folder(tb, filepath.Join(client, "webhooks"), none)...)
	return append(list, folder(tb, filepath.Join(client, "systemhooks"), none)...)
}

const octokit = "@octokit/webhooks-examples"
const octokitVersion = "7.6.1"

// octokitSamples reads the payloads that GitHub's own libraries are tested
// with: of github.com and of five versions of its server.
func octokitSamples(tb testing.TB) (list []sample) {
	tb.Helper()
	dir, err := fetched()
	if err != nil {
		tb.Skipf("%s %s cannot be had: %v", octokit, octokitVersion, err)
	}
	files, err := filepath.Glob(filepath.Join(dir, "package", "*", "index.json"))
	if err != nil || len(files) == 0 {
		tb.Fatalf("no payloads in %s: %v", dir, err)
	}
	for _, file := range files {
		text, err := os.ReadFile(file)
		if err != nil {
			tb.Fatal(err)
		}
		var events []struct {
			Name     string
			Examples []json.RawMessage
		}
		if err := json.Unmarshal(text, &events); err != nil {
			tb.Fatal(err)
		}
		for _, e := range events {
			for i, body := range e.Examples {
				list = append(list, sample{fmt.Sprintf("%s/%s/%d", filepath.Base(filepath.Dir(file)), e.Name, i), e.Name, body})
			}
		}
	}
	return list
}

// fetched gives the folder of the npm package, fetched once per machine.
var fetched = sync.OnceValues(func() (string, error) {
	cache, err := os.UserCacheDir()
	if err != nil {
		return "", err
	}
	dir := filepath.Join(cache, "andon-test", "octokit-"+octokitVersion)
	if _, err := os.Stat(filepath.Join(dir, "package", "package.json")); err == nil {
		return dir, nil
	}
	if _, err := exec.LookPath("npm"); err != nil {
		return "", errors.New("npm is not installed")
	}
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return "", err
	}
	ctx, stop := context.WithTimeout(context.Background(), time.Minute)
	defer stop()
	pack := exec.CommandContext(ctx, "npm", "pack", "--silent", octokit+"@"+octokitVersion)
	pack.Dir = dir
	name, err := pack.Output()
	if err != nil {
		return "", fmt.Errorf("npm pack: %w", err)
	}
	return dir, unpack(filepath.Join(dir, strings.TrimSpace(string(name))), dir)
})

// unpack writes the archive's JSON files, package.json last: it marks the end.
func unpack(archive, dir string) error {
	files := map[string][]byte{}
	f, err := os.Open(archive)
	if err != nil {
		return err
	}
	defer f.Close()
	z, err := gzip.NewReader(f)
	if err != nil {
		return err
	}
	for r := tar.NewReader(z); ; {
		h, err := r.Next()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			return err
		}
		if path.Ext(h.Name) == ".json" && filepath.IsLocal(h.Name) {
			if files[h.Name], err = io.ReadAll(r); err != nil {
				return err
			}
		}
	}
	const mark = "package/package.json"
	write := func(name string) error {
		to := filepath.Join(dir, filepath.FromSlash(name))
		if err := os.MkdirAll(filepath.Dir(to), 0o755); err != nil {
			return err
		}
		return os.WriteFile(to, files[name], 0o644)
	}
	for name := range files {
		if name != mark {
			if err := write(name); err != nil {
				return err
			}
		}
	}
	return write(mark)
}
