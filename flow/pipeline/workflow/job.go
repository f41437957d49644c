package workflow

import (
	"fmt"
	"slices"
	"strings"

	"go.yaml.in/yaml/v3"
)

// refusedInJob are keys of a job that would change what it means and that
// Andon does not carry out.
var refusedInJob = map[string]string{
	"strategy":    "write the jobs of the matrix out",
	"container":   "the steps run on this host; remove it, or let a step start the container",
	"services":    "let a step start what the job needs",
	"uses":        "reusable workflows are not supported; write the steps out",
	"with":        "reusable workflows are not supported; write the steps out",
	"secrets":     "reusable workflows are not supported; write the steps out",
	"environment": "deployments are declared in andon.yaml; remove it",
	"concurrency": "remove it; Andon runs each commit once",
	"snapshot":    "remove it",
}

func (r *reader) job(e entry) *Job {
	j := &Job{ID: e.key, Line: e.at.node.Line}
	if e.node.Kind != yaml.MappingNode {
		e.wrong("write runs-on and steps", "is not a mapping")
		return j
	}
	kept := *e.node
	kept.Content = nil
	for i := 0; i+1 < len(e.node.Content); i += 2 {
		k := e.node.Content[i]
		if right, refused := refusedInJob[k.Value]; refused {
			e.child(k.Value, k).wrong(right, "is not supported by Andon")
			continue
		}
		kept.Content = append(kept.Content, k, e.node.Content[i+1])
	}
	whole := e.value
	whole.node = &kept
	f := whole.object("name", "needs", "runs-on", "if", "env", "defaults", "outputs", "timeout-minutes", "continue-on-error", "steps", "permissions")
	j.Name = f["name"].or(e).template(inJob)
	if n, ok := f["needs"]; ok {
		j.Needs = n.texts()
		slices.Sort(j.Needs)
		j.Needs = slices.Compact(j.Needs)
	}
	if v, ok := f["runs-on"]; ok {
		r.runsOn(j, v)
	} else if len(e.node.Content) == len(kept.Content) {
		e.at.wrong("write runs-on: ubuntu-latest", "runs-on is missing")
	}
	j.If = f["if"].or(e).condition(inJob)
	if v, ok := f["env"]; ok {
		j.Env = v.vars(inJobEnv)
	}
	if v, ok := f["defaults"]; ok {
		j.Run = r.defaults(v)
	}
	if v, ok := f["outputs"]; ok {
		j.Outputs = v.vars(inOutputs)
	}
	j.TimeoutMinutes = f["timeout-minutes"].or(e).template(inJob)
	j.ContinueOnError = f["continue-on-error"].or(e).template(inJob)
	r.steps(j, f["steps"], e)
	return j
}

// or makes a missing value safe to read: it has no node, but a reader.
func (v value) or(e entry) value {
	if v.r == nil {
		return value{r: e.r, path: e.path}
	}
	return v
}

func (r *reader) runsOn(j *Job, v value) {
	if v.node.Kind == yaml.MappingNode {
		v.wrong("write the label alone", "runner groups are not supported by Andon")
		return
	}
	j.RunsOn = v.texts()
	for _, label := range j.RunsOn {
		l := strings.ToLower(label)
		switch {
		case strings.Contains(l, "${{"):
			v.wrong("write the label out", "expressions are not supported here")
		case strings.HasPrefix(l, "windows") || strings.HasPrefix(l, "macos"):
			v.wrong("use ubuntu-latest, or run this job on the forge", "%s is not here: Andon runs jobs on this Linux host", label)
		}
	}
}

func (r *reader) steps(j *Job, v value, e entry) {
	if v.node == nil {
		if len(r.problems) == 0 || r.problems[len(r.problems)-1].Line < j.Line {
			e.at.wrong("write at least one step", "steps is missing")
		}
		return
	}
	if v.node.Kind != yaml.SequenceNode || len(v.node.Content) == 0 {
		v.wrong("write at least one step", "is not a list of steps")
		return
	}
	ids := map[string]bool{}
	for i, n := range v.node.Content {
		s := r.step(v.item(i, n))
		if s.ID != "" && ids[strings.ToLower(s.ID)] {
			v.item(i, n).wrong("give each step its own id", "the id %q is taken", s.ID)
		}
		ids[strings.ToLower(s.ID)] = true
		j.Steps = append(j.Steps, s)
	}
}

func (r *reader) step(v value) *Step {
	s := &Step{Line: v.node.Line}
	f := v.object("id", "name", "if", "env", "run", "shell", "working-directory", "uses", "with", "timeout-minutes", "continue-on-error")
	e := entry{value: v}
	if x, ok := f["id"]; ok {
		if s.ID = x.text(); !identifier.MatchString(s.ID) {
			x.wrong("begin with a letter or _, go on with letters, digits, - and _", "%q is not an id", s.ID)
		}
	}
	s.Name = f["name"].or(e).template(inStep)
	s.If = f["if"].or(e).condition(inStep)
	if x, ok := f["env"]; ok {
		s.Env = x.vars(inStep)
	}
	s.TimeoutMinutes = f["timeout-minutes"].or(e).template(inStep)
	s.ContinueOnError = f["continue-on-error"].or(e).template(inStep)
	run, runs := f["run"]
	uses, isAction := f["uses"]
	if runs == isAction {
		v.wrong("write one of run and uses", "has %s", map[bool]string{true: "both run and uses", false: "neither run nor uses"}[runs])
		return s
	}
	if isAction {
		for _, key := range []string{"shell", "working-directory"} {
			if x, ok := f[key]; ok {
				x.wrong("remove it", "does nothing beside uses")
			}
		}
		r.action(s, uses, f["with"])
		return s
	}
	if x, ok := f["with"]; ok {
		x.wrong("remove it", "does nothing beside run")
	}
	s.Run = run.template(inStep)
	if x, ok := f["shell"]; ok {
		s.Shell = r.shell(x)
	}
	s.WorkingDirectory = f["working-directory"].or(e).template(inStep)
	return s
}

// builtin are the actions that Andon does itself, with the inputs it takes.
var builtin = map[string][]string{
	"actions/checkout":          {"fetch-depth", "path", "ref", "persist-credentials", "clean", "submodules", "lfs", "fetch-tags", "show-progress"},
	"actions/setup-go":          {"go-version", "go-version-file", "check-latest", "cache", "cache-dependency-path"},
	"actions/upload-artifact":   {"name", "path", "if-no-files-found", "retention-days", "overwrite", "compression-level", "include-hidden-files"},
	"actions/download-artifact": {"name", "path", "pattern", "merge-multiple"},
}

func (r *reader) action(s *Step, uses, with value) {
	name, version, ok := strings.Cut(uses.text(), "@")
	inputs, known := builtin[strings.ToLower(name)]
	if !known {
		names := []string{"actions/checkout", "actions/setup-go", "actions/upload-artifact", "actions/download-artifact"}
		uses.wrong("use a run step, or one of "+strings.Join(names, ", "), "the action %s is not built into Andon", name)
		return
	}
	if !ok || version == "" {
		uses.wrong(fmt.Sprintf("write %s@v4", name), "names no version")
	}
	s.Uses = &Action{strings.ToLower(name), version}
	if with.node == nil {
		return
	}
	s.With = with.vars(inStep)
	for _, v := range s.With {
		if !slices.Contains(inputs, strings.ToLower(v.Name)) {
			r.problems = append(r.problems, Problem{r.file, v.Line, with.path + "." + v.Name,
				fmt.Sprintf("the input is not supported for %s", name), "use one of " + strings.Join(inputs, ", ")})
		}
		if off := v.Value.Text(); (v.Name == "submodules" || v.Name == "lfs") && off != "false" {
			r.problems = append(r.problems, Problem{r.file, v.Line, with.path + "." + v.Name, "is not supported by Andon", "use false, or fetch them in a run step"})
		}
	}
}
