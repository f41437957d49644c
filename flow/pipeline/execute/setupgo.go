package execute

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"go/version"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"

	"andon/flow/pipeline/step"
)

// setupGo is actions/setup-go with the toolchain that this host has: nothing
// is downloaded, the version asked for is checked. The caches of modules and
// builds are the host's own unless cache is false.
func (s *stepRun) setupGo(ctx context.Context, log *step.Log, with map[string]string) error {
	wants := with["go-version"]
	if file := with["go-version-file"]; file != "" && wants == "" {
		var err error
		if wants, err = versionIn(filepath.Join(s.workspace(), file)); err != nil {
			return fmt.Errorf("go-version-file: %w", err)
		}
	}
	program, err := exec.LookPath("go")
	if err != nil {
		return errors.New("Go is not installed on this host, or not in PATH")
	}
	host, err := goEnv(ctx, program)
	if err != nil {
		return err
	}
	have := strings.TrimPrefix(host["GOVERSION"], "go")
	if !satisfies(have, wants) {
		return fmt.Errorf("this workflow wants Go %s, this host has %s; install it, or change go-version", wants, have)
	}
	fmt.Fprintf(log, "Go %s at %s\n", have, host["GOROOT"])
	s.state.Outputs = map[string]string{"go-version": have, "cache-hit": "false"}
	return nil
}

// share gives later steps what a built-in action set up. It is worked out
// again when an execution goes on, for it depends on the host.
func (s *stepRun) share(ctx context.Context) error {
	if s.spec.Uses.Name != "actions/setup-go" {
		return nil
	}
	program, err := exec.LookPath("go")
	if err != nil {
		return nil //nolint:nilerr // the next go command will say it
	}
	host, err := goEnv(ctx, program)
	if err != nil {
		return err
	}
	keep := []string{"GOPROXY", "GOSUMDB", "GOPRIVATE", "GONOPROXY", "GONOSUMDB"}
	with, err := s.with()
	if err != nil {
		return err
	}
	if with["cache"] != "false" {
		keep = append(keep, "GOMODCACHE", "GOCACHE")
	}
	for _, name := range keep {
		if host[name] != "" {
			s.shared[name] = host[name]
		}
	}
	s.shared["GOTOOLCHAIN"] = "local"
	s.path = append([]string{filepath.Dir(program)}, s.path...)
	return nil
}

func goEnv(ctx context.Context, program string) (map[string]string, error) {
	cmd := exec.CommandContext(ctx, program, "env", "-json")
	cmd.Dir = os.TempDir() // not a module: the host's own settings
	var complaint bytes.Buffer
	cmd.Stderr = &complaint
	out, err := cmd.Output()
	if err != nil {
		return nil, fmt.Errorf("go env: %w: %s", err, complaint.String())
	}
	env := map[string]string{}
	return env, json.Unmarshal(out, &env)
}

var goDirective = regexp.MustCompile(`(?m)^(go|toolchain)\s+(?:go)?([0-9][^\s/]*)`)

// versionIn reads the version that a go.mod, go.work or .go-version asks for.
func versionIn(file string) (string, error) {
	b, err := os.ReadFile(file)
	if err != nil {
		return "", err
	}
	switch filepath.Base(file) {
	case "go.mod", "go.work":
		found := ""
		for _, m := range goDirective.FindAllStringSubmatch(string(b), -1) {
			found = m[2]
		}
		if found == "" {
			return "", fmt.Errorf("%s names no Go version", filepath.Base(file))
		}
		return ">=" + found, nil // a module's version is the least that it needs
	}
	return strings.TrimSpace(string(b)), nil
}

// satisfies checks a version against what setup-go accepts: 1.26, 1.26.x,
// 1.26.3, ^1.26, ~1.26.3, >=1.26, stable, oldstable, or nothing.
func satisfies(have, wants string) bool {
	wants = strings.TrimSpace(wants)
	bare := strings.TrimLeft(wants, "^~>=v ")
	bare = strings.TrimSuffix(strings.TrimSuffix(bare, ".x"), ".*")
	switch {
	case wants == "" || wants == "stable" || wants == "oldstable" || wants == "*" || bare == "x":
		return true
	case !version.IsValid("go" + bare):
		return false
	case strings.HasPrefix(wants, ">=") || strings.HasPrefix(wants, "^"):
		return version.Compare("go"+have, "go"+bare) >= 0
	case strings.HasPrefix(wants, "~"):
		return version.Compare("go"+have, "go"+bare) >= 0 && version.Lang("go"+have) == version.Lang("go"+bare)
	case strings.Count(bare, ".") >= 2:
		return have == bare
	}
	return version.Lang("go"+have) == version.Lang("go"+bare)
}
