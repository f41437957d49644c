package execute

import (
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"strconv"
	"strings"

	"andon/flow/pipeline/expr"
	"andon/flow/pipeline/step"
	"andon/flow/pipeline/workflow"
)

// evaluateEnv evaluates env blocks, outer ones first; each sees those before.
func (r *jobRun) evaluateEnv(contexts map[string]expr.Value, blocks ...[]workflow.Var) ([]Pair, error) {
	var env []Pair
	known, _ := contexts["env"].(expr.Object)
	known = cloneObject(known)
	if known == nil {
		known = expr.Object{}
	}
	scope := expr.Scope{Contexts: map[string]expr.Value{}, Functions: status{success: true}.functions(r.workspace())}
	for k, v := range contexts {
		scope.Contexts[k] = v
	}
	for _, block := range blocks {
		scope.Contexts["env"] = cloneObject(known)
		for _, v := range block {
			value, err := v.Value.Eval(scope)
			if err != nil {
				return nil, fmt.Errorf("line %d: env.%s: %w", v.Line, v.Name, err)
			}
			env = append(env, Pair{v.Name, value})
			known[v.Name] = value
		}
	}
	return env, nil
}

// merge gives one list in which later values replace earlier ones.
func merge(lists ...[]Pair) []Pair {
	at := map[string]int{}
	var out []Pair
	for _, list := range lists {
		for _, p := range list {
			if i, ok := at[p.Name]; ok {
				out[i].Value = p.Value
				continue
			}
			at[p.Name] = len(out)
			out = append(out, p)
		}
	}
	return out
}

// hostVars are the only variables of Andon's own environment that steps see:
// how to reach the network and which language to speak.
var hostVars = []string{"HTTP_PROXY", "HTTPS_PROXY", "NO_PROXY", "http_proxy", "https_proxy", "no_proxy",
	"SSL_CERT_FILE", "SSL_CERT_DIR", "LANG", "TZ"}

func hostPath() string {
	if p := os.Getenv("PATH"); p != "" {
		return p
	}
	return "/usr/local/bin:/usr/bin:/bin"
}

// processEnv is the whole environment of a step's process.
func (s *stepRun) processEnv() ([]string, error) {
	event := filepath.Join(s.temp(), "event.json")
	payload, err := json.Marshal(s.Event.Payload)
	if err != nil {
		return nil, err
	}
	if err := os.WriteFile(event, payload, 0o600); err != nil {
		return nil, err
	}
	var all []Pair
	for _, name := range hostVars {
		if v, ok := os.LookupEnv(name); ok {
			all = append(all, Pair{name, v})
		}
	}
	home := filepath.Join(s.jobRun.dir, "home")
	all = append(all, Pair{"HOME", home}, Pair{"CI", "true"}, Pair{step.TrackingVar, s.tracking()})
	for name, value := range s.shared {
		all = append(all, Pair{name, value})
	}
	own := []Pair{{"GITHUB_ACTIONS", "true"}, {"GITHUB_EVENT_PATH", event}, {"GITHUB_ACTION", s.actionID()}}
	for _, name := range githubVars {
		own = append(own, Pair{"GITHUB_" + strings.ToUpper(name), expr.String(s.github()[name])})
	}
	for name, v := range s.runner() {
		own = append(own, Pair{"RUNNER_" + strings.ToUpper(name), expr.String(v)})
	}
	for _, name := range commandFiles {
		variable := map[string]string{"summary": "STEP_SUMMARY"}[name]
		if variable == "" {
			variable = strings.ToUpper(name)
		}
		own = append(own, Pair{"GITHUB_" + variable, filepath.Join(s.dir, name)})
	}
	path := append(append([]string{}, s.path...), hostPath())
	var env []string
	pathGiven := false
	for _, p := range merge(all, s.env, own) {
		if p.Name == "PATH" {
			pathGiven, p.Value = true, strings.Join(append(append([]string{}, s.path...), p.Value), ":")
		}
		env = append(env, p.Name+"="+p.Value)
	}
	if !pathGiven {
		env = append(env, "PATH="+strings.Join(path, ":"))
	}
	return env, nil
}

func (s *stepRun) actionID() string {
	if s.spec.ID != "" {
		return s.spec.ID
	}
	return "__" + strconv.Itoa(s.state.Index+1)
}

// githubVars are the fields of the github context that are variables, too.
var githubVars = []string{"actor", "triggering_actor", "event_name", "job", "ref", "ref_name", "ref_type", "repository",
	"repository_owner", "run_id", "run_number", "run_attempt", "sha", "workflow", "workspace", "server_url", "base_ref", "head_ref"}

func (r *jobRun) github() expr.Object {
	e := r.Event
	owner, _, _ := strings.Cut(e.Repository, "/")
	name, kind := strings.TrimPrefix(e.Ref, "refs/heads/"), "branch"
	if tag, ok := strings.CutPrefix(e.Ref, "refs/tags/"); ok {
		name, kind = tag, "tag"
	}
	return expr.Object{"actor": e.Actor, "triggering_actor": e.Actor, "event_name": e.Name, "event": asValue(e.Payload),
		"job": r.spec.ID, "ref": e.Ref, "ref_name": name, "ref_type": kind, "ref_protected": false,
		"repository": e.Repository, "repository_owner": owner, "run_id": strconv.FormatInt(e.RunID, 10),
		"run_number": strconv.FormatInt(e.RunNumber, 10), "run_attempt": strconv.FormatInt(e.Attempt, 10),
		"sha": e.SHA, "workflow": r.Workflow.Name, "workspace": r.workspace(), "server_url": e.RepoURL,
		"base_ref": "", "head_ref": "", "token": "", "retention_days": "90"}
}

func (r *jobRun) runner() expr.Object {
	arch := map[string]string{"amd64": "X64", "arm64": "ARM64", "386": "X86", "arm": "ARM"}[runtime.GOARCH]
	return expr.Object{"os": "Linux", "arch": arch, "name": "andon", "environment": "self-hosted",
		"temp": r.temp(), "tool_cache": filepath.Join(r.dir, "tools"), "debug": ""}
}

// asValue turns decoded JSON into expression values.
func asValue(v any) expr.Value {
	switch v := v.(type) {
	case map[string]any:
		o := expr.Object{}
		for k, x := range v {
			o[k] = asValue(x)
		}
		return o
	case []any:
		list := make([]any, len(v))
		for i, x := range v {
			list[i] = asValue(x)
		}
		return list
	case int:
		return float64(v)
	case int64:
		return float64(v)
	}
	return v
}
