package execute

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"

	"andon/flow/pipeline/step"
)

// action does a built-in action. Doing it twice does no harm, so it is simply
// done again when Andon was killed meanwhile.
func (s *stepRun) action(ctx context.Context) error {
	if s.stopped() {
		return errCanceled
	}
	log, err := step.OpenLog(s.dir, s.masks)
	if err != nil {
		return err
	}
	defer log.Close()
	with, err := s.with()
	if err != nil {
		return err
	}
	for _, name := range sortedKeys(with) {
		fmt.Fprintf(log, "  %s: %s\n", name, with[name])
	}
	do := map[string]func(context.Context, *step.Log, map[string]string) error{
		"actions/checkout": s.checkout, "actions/setup-go": s.setupGo,
		"actions/upload-artifact": s.upload, "actions/download-artifact": s.download,
	}[s.spec.Uses.Name]
	if do == nil {
		return fmt.Errorf("line %d: action %s is not built in", s.spec.Line, s.spec.Uses.Name)
	}
	if err := do(ctx, log, with); err != nil {
		if !errors.Is(err, ctx.Err()) || ctx.Err() == nil {
			fmt.Fprintf(log, "::error::%v\n", err)
		}
		return err
	}
	return nil
}

func (s *stepRun) with() (map[string]string, error) {
	with := map[string]string{}
	for _, v := range s.spec.With {
		value, err := v.Value.Eval(s.scope(s.env))
		if err != nil {
			return nil, fmt.Errorf("line %d: with.%s: %w", v.Line, v.Name, err)
		}
		with[strings.ToLower(v.Name)] = value
	}
	return with, nil
}

// checkout is actions/checkout from the repository at hand.
func (s *stepRun) checkout(ctx context.Context, log *step.Log, with map[string]string) error {
	depth := 1
	if v, ok := with["fetch-depth"]; ok {
		n, err := strconv.Atoi(v)
		if err != nil || n < 0 {
			return fmt.Errorf("fetch-depth: %q is not a number from 0", v)
		}
		depth = n
	}
	dir := s.workspace()
	if p := with["path"]; p != "" {
		if !filepath.IsLocal(p) {
			return fmt.Errorf("path: %q is outside the workspace", p)
		}
		dir = filepath.Join(dir, p)
	}
	sha, branch := s.Event.SHA, strings.TrimPrefix(s.Event.Ref, "refs/heads/")
	if strings.HasPrefix(branch, "refs/") {
		branch = ""
	}
	if ref := with["ref"]; ref != "" {
		var err error
		if sha, err = s.Tools.Repository.Resolve(ctx, ref); err != nil {
			return err
		}
		branch = ""
	}
	if err := s.Tools.Repository.Checkout(ctx, sha, branch, dir, depth); err != nil {
		return err
	}
	fmt.Fprintf(log, "Checked out %s\n", sha)
	s.state.Outputs = map[string]string{"commit": sha, "ref": s.Event.Ref}
	return nil
}

// upload is actions/upload-artifact.
func (s *stepRun) upload(ctx context.Context, log *step.Log, with map[string]string) error {
	name := with["name"]
	if name == "" {
		name = "artifact"
	}
	if strings.ContainsAny(name, "\\/:\"<>|*?\r\n") || name == "." || name == ".." {
		return fmt.Errorf("name: %q may not hold \\ / : \" < > | * ? or line ends", name)
	}
	root, files, err := search(s.workspace(), with["path"], with["include-hidden-files"] == "true")
	if err != nil {
		return err
	}
	if len(files) == 0 {
		text := fmt.Sprintf("no files were found at %q; nothing is uploaded", with["path"])
		switch with["if-no-files-found"] {
		case "error":
			return errors.New(text)
		case "ignore":
			return nil
		}
		fmt.Fprintf(log, "::warning::%s\n", text)
		return nil
	}
	a := Artifact{Job: s.jobRun.spec.ID, Name: name, Files: len(files)}
	record := filepath.Join(s.Dir, "artifacts", name+".json")
	var had Artifact
	found, err := readJSON(record, &had)
	if err != nil {
		return err
	}
	if a.Digest, a.Size, err = s.Tools.Artifacts.Put(ctx, root, files); err != nil {
		return err
	}
	// The same again is this step done twice, which is fine.
	if found && with["overwrite"] != "true" && had.Digest != a.Digest {
		return fmt.Errorf("this run has an artifact %q already; choose another name or set overwrite: true", name)
	}
	if err := writeJSON(record, a); err != nil {
		return err
	}
	if err := s.Observer.Uploaded(ctx, a); err != nil {
		return err
	}
	fmt.Fprintf(log, "Artifact %s: %d files, %d bytes, %s\n", name, a.Files, a.Size, a.Digest)
	s.state.Outputs = map[string]string{"artifact-id": a.Digest, "artifact-digest": strings.TrimPrefix(a.Digest, "sha256:"), "artifact-url": ""}
	return nil
}

// download is actions/download-artifact from the same run.
func (s *stepRun) download(ctx context.Context, log *step.Log, with map[string]string) error {
	dir := s.workspace()
	if p := with["path"]; p != "" {
		if !filepath.IsLocal(p) && !strings.HasPrefix(p, s.jobRun.dir) {
			return fmt.Errorf("path: %q is outside the workspace", p)
		}
		if !filepath.IsAbs(p) {
			p = filepath.Join(dir, p)
		}
		dir = p
	}
	records, err := filepath.Glob(filepath.Join(s.Dir, "artifacts", "*.json"))
	if err != nil {
		return err
	}
	taken := 0
	for _, record := range records {
		var a Artifact
		if _, err := readJSON(record, &a); err != nil {
			return err
		}
		want := with["name"] == "" || with["name"] == a.Name
		if p := with["pattern"]; p != "" && with["name"] == "" {
			if want, err = filepath.Match(p, a.Name); err != nil {
				return fmt.Errorf("pattern: %w", err)
			}
		}
		if !want {
			continue
		}
		to := dir
		if with["name"] == "" && with["merge-multiple"] != "true" {
			to = filepath.Join(dir, a.Name)
		}
		if err := s.Tools.Artifacts.Unpack(ctx, a.Digest, to); err != nil {
			return err
		}
		fmt.Fprintf(log, "Artifact %s: %d files into %s\n", a.Name, a.Files, to)
		taken++
	}
	if taken == 0 && with["name"] != "" {
		return fmt.Errorf("this run has no artifact %q; a job that uploads it must be in needs", with["name"])
	}
	s.state.Outputs = map[string]string{"download-path": dir}
	return nil
}

func sortedKeys[V any](m map[string]V) []string { return slices.Sorted(maps.Keys(m)) }

// search finds the files to upload as upload-artifact does: patterns on lines
// of their own, "!" takes away, and the root is the deepest folder that holds
// all of them (the folder itself when a single folder is named).
func search(workspace, paths string, hidden bool) (root string, files []string, err error) {
	found := map[string]bool{}
	var roots []string
	for line := range strings.Lines(paths) {
		pattern := strings.TrimSpace(line)
		if pattern == "" || strings.HasPrefix(pattern, "#") {
			continue
		}
		exclude := strings.HasPrefix(pattern, "!")
		names, base, err := match(workspace, strings.TrimPrefix(pattern, "!"), hidden)
		if err != nil {
			return "", nil, fmt.Errorf("path: %q: %w", pattern, err)
		}
		for _, n := range names {
			if exclude {
				delete(found, n)
			} else {
				found[n] = true
			}
		}
		if !exclude && len(names) > 0 {
			roots = append(roots, base)
		}
	}
	if len(found) == 0 {
		return "", nil, nil
	}
	root = roots[0]
	for _, r := range roots[1:] {
		for !within(r, root) {
			root = filepath.Dir(root)
		}
	}
	for _, n := range sortedKeys(found) {
		rel, err := filepath.Rel(root, n)
		if err != nil {
			return "", nil, err
		}
		files = append(files, filepath.ToSlash(rel))
	}
	return root, files, nil
}

func within(path, root string) bool {
	return path == root || root == "/" || strings.HasPrefix(path, root+string(os.PathSeparator))
}
