// Package cli_test plays scripts with the andon program as people type them:
// what is printed, and what it exits with.
package cli_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strconv"
	"testing"
	"time"

	"github.com/modelcontextprotocol/go-sdk/mcp"
	"github.com/rogpeppe/go-internal/testscript"

	"andon/app"
	"andon/flow/pipeline/step"
	"andon/surface/cli"
)

// This program is also andon, and the supervisor of the steps that it runs.
func TestMain(m *testing.M) {
	testscript.Main(m, map[string]func(){"andon": func() {
		if len(os.Args) == 3 && os.Args[1] == step.Arg {
			os.Exit(step.Main(os.Args[2]))
		}
		os.Exit(cli.Main(os.Args[1:], app.Hooks()))
	}})
}

func TestScripts(t *testing.T) {
	testscript.Run(t, testscript.Params{
		Dir:                 "testdata",
		RequireExplicitExec: true,
		Setup: func(e *testscript.Env) error {
			e.Setenv("HOME", e.WorkDir)
			for _, who := range []string{"AUTHOR", "COMMITTER"} {
				e.Setenv("GIT_"+who+"_NAME", "Ana")
				e.Setenv("GIT_"+who+"_EMAIL", "ana@example.org")
			}
			e.Setenv("GIT_CONFIG_GLOBAL", filepath.Join(e.WorkDir, ".gitconfig"))
			return os.WriteFile(filepath.Join(e.WorkDir, ".gitconfig"), []byte("[init]\n\tdefaultBranch = main\n[user]\n\tname = Ana\n"), 0o600)
		},
		Cmds: map[string]func(*testscript.TestScript, bool, []string){
			"exits": exits, "await": await, "json": isJSON, "lately": lately, "agent": agent,
		},
	})
}

// exits runs a program that must end with an exit code: exits 3 andon pull.
func exits(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) < 2 {
		ts.Fatalf("usage: exits code program [args...]")
	}
	want, err := strconv.Atoi(args[0])
	ts.Check(err)
	got := 0
	if err := ts.Exec(args[1], args[2:]...); err != nil {
		e, ended := errors.AsType[*exec.ExitError](err)
		if !ended {
			ts.Fatalf("%v", err)
		}
		got = e.ExitCode()
	}
	if got != want {
		ts.Fatalf("exit code %d, want %d", got, want)
	}
}

// agent calls a tool as an agent that started andon mcp, and writes what it is
// told to a file: agent name file tool.
func agent(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) != 3 {
		ts.Fatalf("usage: agent name file tool")
	}
	ctx, done := context.WithTimeout(context.Background(), patience)
	defer done()
	path, err := lookIn(ts.Getenv("PATH"), "andon")
	ts.Check(err)
	cmd := exec.CommandContext(ctx, path, "mcp", "--as", args[0])
	cmd.Dir, cmd.Env = ts.MkAbs("."), append(os.Environ(), "HOME="+ts.Getenv("HOME"))
	session, err := mcp.NewClient(&mcp.Implementation{Name: "test", Version: "1"}, nil).Connect(ctx, &mcp.CommandTransport{Command: cmd}, nil)
	ts.Check(err)
	defer session.Close()
	r, err := session.CallTool(ctx, &mcp.CallToolParams{Name: args[2]})
	ts.Check(err)
	text := ""
	for _, c := range r.Content {
		if c, ok := c.(*mcp.TextContent); ok {
			text += c.Text
		}
	}
	ts.Check(os.WriteFile(ts.MkAbs(args[1]), []byte(text), 0o600))
}

// lookIn finds a program on a path that is not this program's own.
func lookIn(path, name string) (string, error) {
	for _, dir := range filepath.SplitList(path) {
		if file := filepath.Join(dir, name); exec.Command(file, "--version").Run() == nil {
			return file, nil
		}
	}
	return "", exec.ErrNotFound
}

// lately writes a table of moves of thirty cards, one of which was done on each
// of the last thirty days: lately file.
func lately(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) != 1 {
		ts.Fatalf("usage: lately file")
	}
	text := "card,station,entered\n"
	for n := 1; n <= 30; n++ {
		at := time.Now().UTC().AddDate(0, 0, -n)
		text += fmt.Sprintf("LATE-%d,backlog,%s\nLATE-%d,work,%s\nLATE-%d,done,%s\n", n, at.Add(-50*time.Hour).Format(time.RFC3339),
			n, at.Add(-40*time.Hour).Format(time.RFC3339), n, at.Format(time.RFC3339))
	}
	ts.Check(os.WriteFile(ts.MkAbs(args[0]), []byte(text), 0o600))
}

// patience is how long anything may take on a slow and busy machine.
const patience = 2 * time.Minute

// await runs a program until it succeeds and prints what a pattern describes:
// await SHOP-1 andon card show SHOP-1.
func await(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) < 2 {
		ts.Fatalf("usage: await pattern program [args...]")
	}
	pattern, err := regexp.Compile(args[0])
	ts.Check(err)
	for deadline := time.Now().Add(patience); ; time.Sleep(50 * time.Millisecond) {
		err := ts.Exec(args[1], args[2:]...)
		if err == nil && pattern.MatchString(ts.ReadFile("stdout")) {
			return
		}
		if time.Now().After(deadline) {
			ts.Fatalf("gave up waiting for %s: %v", args[0], err)
		}
	}
}

// isJSON checks that what was printed last is one JSON value.
func isJSON(ts *testscript.TestScript, neg bool, _ []string) {
	if text := ts.ReadFile("stdout"); json.Valid([]byte(text)) == neg {
		ts.Fatalf("is JSON: %v\n%s", !neg, text)
	}
}
