package cli

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"regexp"
	"strings"

	"andon/flow/tracker"
)

// FetchOptions say what to fetch of a forge.
type FetchOptions struct {
	Forge string // github or gitlab
	Repo  string // owner/name
	API   string // the address of the API; empty is the forge's own
	Token string
	After string // the cursor to go on from
	Told  func(string)
}

// forges are the forges whose issues can be fetched, and where their tokens
// usually are.
var forges = map[string]string{"github": "GITHUB_TOKEN", "gitlab": "GITLAB_TOKEN"}

// remote says whether what is to be imported is at a forge: github:owner/name.
func remote(what string) (forge, repo string, ok bool) {
	forge, repo, ok = strings.Cut(what, ":")
	_, known := forges[forge]
	return forge, repo, ok && known
}

var notForNames = regexp.MustCompile(`[^A-Za-z0-9._-]+`)

// fetch gets the issues of a forge into a file in this folder, and goes on with
// one that is not complete. It gives the name of the file.
func (i *importing) fetch(ctx context.Context, h Hooks, forge, repo, api, tokenEnv string) error {
	if tokenEnv == "" {
		tokenEnv = forges[forge]
	}
	token := os.Getenv(tokenEnv)
	if token == "" {
		return &exit{usage, fmt.Errorf("%s is not set; put a token that may read %s into it, or name another variable with --token-env", tokenEnv, repo)}
	}
	i.file, i.format = forge+"-"+notForNames.ReplaceAllString(repo, "-")+".jsonl", "issues"
	after, complete, err := kept(i.file)
	if err != nil {
		return err
	}
	if complete {
		fmt.Fprintf(i.told, "%s is complete; remove it to fetch anew\n", i.file)
		return nil
	}
	file, err := os.OpenFile(i.file, os.O_CREATE|os.O_APPEND|os.O_WRONLY, 0o600)
	if err != nil {
		return err
	}
	defer file.Close()
	n := 0
	told := func(text string) { fmt.Fprintln(i.told, text) }
	err = h.Fetch(ctx, FetchOptions{Forge: forge, Repo: repo, API: api, Token: token, After: after, Told: told}, func(p tracker.Page) error {
		line, err := json.Marshal(p)
		if err != nil {
			return err
		}
		if _, err := file.Write(append(line, '\n')); err != nil {
			return err
		}
		n += len(p.Issues)
		if isTerminal(i.told) {
			fmt.Fprintf(i.told, "\r%d issues fetched\x1b[K", n)
		}
		return nil
	})
	if isTerminal(i.told) {
		fmt.Fprintln(i.told)
	}
	if err != nil {
		return fmt.Errorf("%w\n%s keeps what was fetched; the same command goes on from there", err, i.file)
	}
	return file.Close()
}

// kept tells how far a file of pages goes. A line that was cut off by a kill is
// taken away.
func kept(name string) (after string, complete bool, err error) {
	file, err := os.OpenFile(name, os.O_RDWR, 0)
	if errors.Is(err, os.ErrNotExist) {
		return "", false, nil
	}
	if err != nil {
		return "", false, err
	}
	defer file.Close()
	in := bufio.NewReader(file)
	whole := int64(0)
	for {
		line, err := in.ReadBytes('\n')
		if errors.Is(err, io.EOF) {
			return after, complete, file.Truncate(whole)
		}
		if err != nil {
			return "", false, err
		}
		var p tracker.Page
		if err := json.Unmarshal(bytes.TrimSpace(line), &p); err != nil {
			return "", false, fmt.Errorf("%s is not what a fetch keeps: %w; remove it to fetch anew", name, err)
		}
		whole += int64(len(line))
		after, complete = p.Cursor, p.Last
	}
}
