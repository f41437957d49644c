package execute

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strconv"
	"strings"

	"github.com/bmatcuk/doublestar/v4"

	"andon/flow/pipeline/expr"
)

// outer gives the contexts that a job sees before its steps run.
func (r *jobRun) outer() map[string]expr.Value {
	inputs := expr.Object{}
	for _, in := range r.inputs() {
		inputs[in.Name] = in.Value
	}
	return map[string]expr.Value{
		"github": r.github(), "needs": r.needs.context(), "inputs": inputs,
		"secrets": textObject(r.Secrets), "vars": textObject(r.Vars), "env": expr.Object{},
	}
}

type input struct {
	Name  string
	Value expr.Value
}

// inputs are those of workflow_dispatch; booleans and numbers are typed.
func (r *jobRun) inputs() (list []input) {
	if r.Workflow.On.Dispatch == nil {
		return nil
	}
	for _, in := range r.Workflow.On.Dispatch.Inputs {
		text, given := r.Event.Inputs[in.Name]
		if !given {
			text = in.Default
		}
		var v expr.Value = text
		switch in.Type {
		case "boolean":
			v = text == "true"
		case "number":
			if n, err := strconv.ParseFloat(text, 64); err == nil {
				v = n
			}
		}
		list = append(list, input{in.Name, v})
	}
	return list
}

// scope gives what expressions of a step see; env is nil before its own is known.
func (r *jobRun) scope(env []Pair) expr.Scope {
	contexts := r.outer()
	contexts["steps"] = r.steps
	contexts["runner"] = r.runner()
	ok := "success"
	if r.failed {
		ok = "failure"
	}
	contexts["job"] = expr.Object{"status": ok}
	if env == nil {
		env = merge(r.env, r.dynamic)
	}
	e := expr.Object{}
	for _, p := range env {
		e[p.Name] = p.Value
	}
	contexts["env"] = e
	return expr.Scope{Contexts: contexts, Functions: status{success: !r.failed, failure: r.failed, cancelled: r.stopped()}.functions(r.workspace())}
}

// status is what the status functions answer.
type status struct{ success, failure, cancelled bool }

func (s status) functions(workspace string) map[string]func([]expr.Value) (expr.Value, error) {
	answer := func(b bool) func([]expr.Value) (expr.Value, error) {
		return func([]expr.Value) (expr.Value, error) { return b, nil }
	}
	f := map[string]func([]expr.Value) (expr.Value, error){
		"success": answer(s.success), "failure": answer(s.failure), "cancelled": answer(s.cancelled), "always": answer(true),
	}
	if workspace != "" {
		f["hashfiles"] = func(args []expr.Value) (expr.Value, error) { return hashFiles(workspace, args) }
	}
	return f
}

// hashFiles is GitHub's function: the SHA-256 over the SHA-256 of each file
// that the patterns match, in order of path; "" when none does.
func hashFiles(root string, args []expr.Value) (expr.Value, error) {
	matched := map[string]bool{}
	for _, a := range args {
		for pattern := range strings.Lines(expr.String(a)) {
			pattern = strings.TrimSpace(pattern)
			take := !strings.HasPrefix(pattern, "!")
			names, err := doublestar.Glob(os.DirFS(root), strings.TrimPrefix(strings.TrimPrefix(pattern, "!"), "./"), doublestar.WithFilesOnly())
			if err != nil {
				return nil, fmt.Errorf("hashFiles: pattern %q: %w", pattern, err)
			}
			for _, n := range names {
				matched[n] = take
			}
		}
	}
	sum, any := sha256.New(), false
	for _, name := range sortedKeys(matched) {
		if !matched[name] {
			continue
		}
		f, err := os.Open(filepath.Join(root, name))
		if err != nil {
			return nil, err
		}
		one := sha256.New()
		_, err = io.Copy(one, f)
		f.Close()
		if err != nil {
			return nil, err
		}
		sum.Write(one.Sum(nil))
		any = true
	}
	if !any {
		return "", nil
	}
	return hex.EncodeToString(sum.Sum(nil)), nil
}
