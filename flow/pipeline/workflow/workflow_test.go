package workflow_test

import (
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"andon/flow/pipeline/workflow"
)

const small = `on: push
jobs:
  a:
    runs-on: ubuntu-latest
    steps:
      - run: echo hello
`

func TestStorefrontWorkflowIsAccepted(t *testing.T) {
	const file = "../../../examples/storefront/.github/workflows/ci.yml"
	text, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	w, err := workflow.Parse(".github/workflows/ci.yml", text)
	if err != nil {
		t.Fatal(err)
	}
	columns := w.Levels()
	if len(columns) != 2 || len(columns[0]) != 2 || columns[1][0].ID != "build" {
		t.Fatalf("%v", columns)
	}
	if w.On.Push == nil || !w.On.Push.Matches("refs/heads/main", nil) || w.On.Push.Matches("refs/heads/other", nil) || w.On.Dispatch == nil {
		t.Fatalf("%+v", w.On)
	}
}

func TestWhatAndonDoesNotRunIsRefusedWithKeyFileAndLine(t *testing.T) {
	job := func(extra string) string {
		return "on: push\njobs:\n  a:\n    runs-on: ubuntu-latest\n" + extra + "    steps:\n      - run: echo\n"
	}
	step := func(s string) string {
		return "on: push\njobs:\n  a:\n    runs-on: ubuntu-latest\n    steps:\n      - " + s + "\n"
	}
	for _, c := range []struct{ text, want string }{
		{job("    strategy: {matrix: {go: [1, 2]}}\n"), "w.yml:5: jobs.a.strategy: is not supported by Andon; write the jobs of the matrix out"},
		{job("    container: alpine\n"), "w.yml:5: jobs.a.container: is not supported by Andon"},
		{job("    colour: red\n"), "w.yml:5: jobs.a.colour: is not supported by Andon here; use one of name"},
		{job("    needs: b\n"), `w.yml:3: jobs.a.needs: there is no job "b"`},
		{job("    needs: a\n"), "w.yml:3: jobs.a.needs: the job needs itself in the end"},
		{job("    if: secrets.X == ''\n"), "w.yml:5: jobs.a.if: Unrecognized named-value: 'secrets'"},
		{job("    env: {A: \"${{ matrix.go }}\"}\n"), "w.yml:5: jobs.a.env.A: Unrecognized named-value: 'matrix'"},
		{"on: push\nconcurrency: x\n" + strings.TrimPrefix(small, "on: push\n"), "w.yml:2: concurrency: is not supported by Andon here"},
		{strings.Replace(small, "ubuntu-latest", "windows-2022", 1), "w.yml:4: jobs.a.runs-on: windows-2022 is not here"},
		{strings.Replace(small, "on: push", "on: pushed", 1), `w.yml:1: on: "pushed" is not an event`},
		{step("uses: docker/build-push-action@v5"), "w.yml:6: jobs.a.steps[0].uses: the action docker/build-push-action is not built into Andon"},
		{step("{uses: actions/checkout@v4, with: {token: x}}"), "w.yml:6: jobs.a.steps[0].with.token: the input is not supported for actions/checkout"},
		{step("{run: x, shell: pwsh}"), "w.yml:6: jobs.a.steps[0].shell: the shell pwsh is not supported"},
		{step("{name: nothing}"), "w.yml:6: jobs.a.steps[0]: has neither run nor uses"},
		{step("{run: \"${{ always() }}\"}"), "w.yml:6: jobs.a.steps[0].run: uses a status function"},
		{"a: [\n", "w.yml:"}, {"", "w.yml:1: is empty"}, {"x", "w.yml:1: is not a mapping"},
		{"on: push\n", "w.yml:1: jobs is missing"},
		{small + "---\n" + small, "w.yml:1: holds more than one document"},
		{small + "on: push\n", "w.yml:7: on: is written twice"},
	} {
		_, err := workflow.Parse("w.yml", []byte(c.text))
		var problems workflow.Problems
		if !errors.As(err, &problems) || !strings.HasPrefix(err.Error(), c.want) {
			t.Errorf("%s\ngave %v\nwant %s", c.text, err, c.want)
		}
	}
}

func TestOtherTriggersAreNotedNotServed(t *testing.T) {
	w, err := workflow.Parse("w.yml", []byte(strings.Replace(small, "on: push", "on: [push, pull_request]", 1)))
	if err != nil || w.On.Push == nil || len(w.Other) != 1 {
		t.Fatal(w, err)
	}
	w, err = workflow.Parse("w.yml", []byte(strings.Replace(small, "on: push", "on: {schedule: [{cron: '0 0 * * *'}]}", 1)))
	if err != nil || w.On.Push != nil || w.On.Dispatch != nil {
		t.Fatal(w, err)
	}
}

func TestPushFilters(t *testing.T) {
	for _, c := range []struct {
		p       workflow.Push
		ref     string
		changed []string
		want    bool
	}{
		{workflow.Push{}, "refs/heads/x/y", nil, true},
		{workflow.Push{Branches: []string{"releases/*"}}, "refs/heads/releases/1", nil, true},
		{workflow.Push{Branches: []string{"releases/*"}}, "refs/heads/releases/1/2", nil, false},
		{workflow.Push{Branches: []string{"releases/**", "!releases/**-alpha"}}, "refs/heads/releases/1-alpha", nil, false},
		{workflow.Push{Branches: []string{"v[12].[0-9]+.[0-9]+"}}, "refs/heads/v1.10.1", nil, true},
		{workflow.Push{Branches: []string{"main"}}, "refs/tags/v1", nil, false},
		{workflow.Push{Tags: []string{"v*"}}, "refs/tags/v1", nil, true},
		{workflow.Push{Tags: []string{"v*"}}, "refs/heads/main", nil, false},
		{workflow.Push{BranchesIgnore: []string{"wip/**"}}, "refs/heads/wip/a", nil, false},
		{workflow.Push{Paths: []string{"**.go"}}, "refs/heads/main", []string{"a/b.go"}, true},
		{workflow.Push{Paths: []string{"docs/**", "!docs/x.md"}}, "refs/heads/main", []string{"docs/x.md"}, false},
		{workflow.Push{PathsIgnore: []string{"docs/**"}}, "refs/heads/main", []string{"docs/a", "b"}, true},
		{workflow.Push{PathsIgnore: []string{"**/README.md"}}, "refs/heads/main", []string{"README.md"}, false},
	} {
		if got := c.p.Matches(c.ref, c.changed); got != c.want {
			t.Errorf("%+v, %s %v: %v", c.p, c.ref, c.changed, got)
		}
	}
}

// Workflows that nobody here wrote are read or refused in an orderly way.
func TestWorkflowsOfOthers(t *testing.T) {
	out, err := exec.Command("go", "env", "GOMODCACHE").Output()
	if err != nil {
		t.Skip("no module cache")
	}
	files, _ := filepath.Glob(filepath.Join(strings.TrimSpace(string(out)), "*", "*", "*", ".github", "workflows", "*.y*ml"))
	accepted := 0
	for _, file := range files {
		text, err := os.ReadFile(file)
		if err != nil {
			continue
		}
		_, err = workflow.Parse(file, text)
		var problems workflow.Problems
		switch {
		case err == nil:
			accepted++
		case !errors.As(err, &problems):
			t.Errorf("%s: %v", file, err)
		default:
			for _, p := range problems {
				if p.Line < 1 || p.What == "" {
					t.Errorf("%s: %+v", file, p)
				}
			}
		}
	}
	t.Logf("%d of %d workflows are accepted", accepted, len(files))
}

func FuzzParse(f *testing.F) {
	f.Add(small)
	f.Add("a: &a [*a]")
	f.Add("on: {push: {paths: ['[']}}\njobs: {a: {steps: [{run: 1}]}}")
	f.Fuzz(func(t *testing.T, s string) { _, _ = workflow.Parse("w.yml", []byte(s)) })
}
