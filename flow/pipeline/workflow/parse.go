package workflow

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"go.yaml.in/yaml/v3"
)

// maxFile bounds a workflow file, as GitHub does.
const maxFile = 512 << 10

// Parse reads one workflow file. The error is [Problems], with all that is
// wrong or not supported; the workflow is then only good for looking at what
// starts it, and nil where the file could not be read at all.
func Parse(file string, data []byte) (*Workflow, error) {
	r := &reader{file: file}
	root, err := r.document(data)
	if err != nil {
		return nil, err
	}
	w := r.workflow(value{r, root, ""})
	if len(r.problems) > 0 {
		return w, r.problems.sorted()
	}
	return w, nil
}

var yamlLine = regexp.MustCompile(`line (\d+): (.*)`)

func (r *reader) document(data []byte) (*yaml.Node, error) {
	refuse := func(line int, what, right string) (*yaml.Node, error) {
		return nil, Problems{{r.file, line, "", what, right}}
	}
	if len(data) > maxFile {
		return refuse(1, fmt.Sprintf("is %d bytes long", len(data)), fmt.Sprintf("a workflow file has at most %d", maxFile))
	}
	var doc yaml.Node
	d := yaml.NewDecoder(bytes.NewReader(data))
	if err := d.Decode(&doc); err != nil {
		if errors.Is(err, io.EOF) {
			return refuse(1, "is empty", "write on and jobs")
		}
		if m := yamlLine.FindStringSubmatch(err.Error()); m != nil {
			line, _ := strconv.Atoi(m[1])
			return refuse(max(line, 1), "is not YAML: "+m[2], "")
		}
		return refuse(1, "is not YAML: "+strings.TrimPrefix(err.Error(), "yaml: "), "")
	}
	if nodes := count(&doc, maxNodes, 0); nodes > maxNodes {
		return refuse(1, "is too deep or repeats itself too often through aliases", "write it out")
	}
	if err := d.Decode(new(yaml.Node)); !errors.Is(err, io.EOF) {
		return refuse(1, "holds more than one document", "write one workflow in a file")
	}
	if len(doc.Content) == 0 || doc.Content[0].Kind != yaml.MappingNode {
		return refuse(1, "is not a mapping", "write on and jobs")
	}
	return doc.Content[0], nil
}

const (
	maxNodes = 50_000
	maxNest  = 100
)

// count counts the nodes with every alias written out, up to a bound.
func count(n *yaml.Node, left, depth int) int {
	if depth > maxNest {
		return left + 1
	}
	if n.Kind == yaml.AliasNode {
		return 1 + count(n.Alias, left-1, depth+1)
	}
	total := 1
	for _, c := range n.Content {
		if total > left {
			return total
		}
		total += count(c, left-total, depth+1)
	}
	return total
}

func (r *reader) workflow(v value) *Workflow {
	w := &Workflow{File: r.file, Name: r.file}
	top := v.object("name", "on", "env", "defaults", "permissions", "jobs")
	// permissions say what a token of the forge may do; Andon gives steps no
	// such token, so there is nothing to grant and nothing to deny.
	if n, ok := top["name"]; ok {
		w.Name = n.text()
	}
	if on, ok := top["on"]; ok {
		r.on(w, on)
	} else {
		v.wrong("say what starts the workflow, as in on: push", "on is missing")
	}
	if env, ok := top["env"]; ok {
		w.Env = env.vars(inWorkflowEnv)
	}
	if d, ok := top["defaults"]; ok {
		w.Run = r.defaults(d)
	}
	jobs, ok := top["jobs"]
	if !ok {
		v.wrong("write at least one job", "jobs is missing")
		return w
	}
	for _, e := range jobs.entries() {
		if !identifier.MatchString(e.key) {
			e.at.wrong("begin with a letter or _, go on with letters, digits, - and _", "%q is not an id", e.key)
		}
		w.Jobs = append(w.Jobs, r.job(e))
	}
	if len(w.Jobs) == 0 {
		jobs.wrong("write at least one job", "is empty")
	}
	r.graph(jobs, w.Jobs)
	return w
}

var identifier = regexp.MustCompile(`^[a-zA-Z_][a-zA-Z0-9_-]*$`)

func (r *reader) on(w *Workflow, v value) {
	var names []string
	bodies := map[string]value{}
	if v.node.Kind == yaml.MappingNode {
		for _, e := range v.entries() {
			names = append(names, e.key)
			bodies[e.key] = e.value
		}
	} else {
		names = v.texts()
	}
	for _, name := range names {
		body, given := bodies[name]
		given = given && !body.isNull()
		switch name {
		case "push":
			w.On.Push = &Push{}
			if given {
				r.push(w.On.Push, body)
			}
		case "workflow_dispatch":
			w.On.Dispatch = &Dispatch{}
			if given {
				r.dispatch(w.On.Dispatch, body)
			}
		default:
			if !slices.Contains(otherEvents, name) {
				v.wrong("use push or workflow_dispatch; other events of GitHub are noted and not served", "%q is not an event", name)
			}
			w.Other = append(w.Other, name)
		}
	}
}

// otherEvents are GitHub's events that Andon does not serve.
var otherEvents = strings.Fields(`branch_protection_rule check_run check_suite create delete deployment deployment_status discussion
	discussion_comment fork gollum image_version issue_comment issues label merge_group milestone page_build public pull_request
	pull_request_review pull_request_review_comment pull_request_target registry_package release repository_dispatch schedule
	status watch workflow_call workflow_run`)

func (r *reader) push(p *Push, v value) {
	fields := v.object("branches", "branches-ignore", "tags", "tags-ignore", "paths", "paths-ignore")
	for key, list := range map[string]*[]string{"branches": &p.Branches, "branches-ignore": &p.BranchesIgnore, "tags": &p.Tags,
		"tags-ignore": &p.TagsIgnore, "paths": &p.Paths, "paths-ignore": &p.PathsIgnore} {
		if f, ok := fields[key]; ok {
			*list = f.texts()
			for _, pattern := range *list {
				if _, err := compile(strings.TrimPrefix(pattern, "!")); err != nil {
					f.wrong("see GitHub's filter patterns", "%q is not a pattern: %v", pattern, err)
				}
			}
		}
	}
	for _, pair := range [][2]string{{"branches", "branches-ignore"}, {"tags", "tags-ignore"}, {"paths", "paths-ignore"}} {
		_, a := fields[pair[0]]
		if f, b := fields[pair[1]]; a && b {
			f.wrong("use one of them, with ! to exclude", "cannot stand beside %s", pair[0])
		}
	}
}

func (r *reader) dispatch(d *Dispatch, v value) {
	inputs, ok := v.object("inputs")["inputs"]
	if !ok {
		return
	}
	for _, e := range inputs.entries() {
		in := Input{Name: e.key, Type: "string"}
		if e.isNull() {
			d.Inputs = append(d.Inputs, in)
			continue
		}
		f := e.object("description", "required", "default", "type", "options", "deprecationMessage")
		if x, ok := f["description"]; ok {
			in.Description = x.text()
		}
		if x, ok := f["default"]; ok {
			in.Default = x.text()
		}
		if x, ok := f["required"]; ok {
			in.Required = x.text() == "true"
		}
		if x, ok := f["options"]; ok {
			in.Options = x.texts()
		}
		if x, ok := f["type"]; ok {
			in.Type = x.text()
			if !slices.Contains([]string{"string", "boolean", "choice", "number", "environment"}, in.Type) {
				x.wrong("use string, boolean, choice, number or environment", "%q is not a type", in.Type)
			}
		}
		d.Inputs = append(d.Inputs, in)
	}
}

func (r *reader) defaults(v value) (d RunDefaults) {
	run, ok := v.object("run")["run"]
	if !ok {
		return d
	}
	f := run.object("shell", "working-directory")
	if s, ok := f["shell"]; ok {
		d.Shell = r.shell(s)
	}
	if x, ok := f["working-directory"]; ok {
		d.WorkingDirectory = x.template(inStep)
	}
	return d
}

func (r *reader) shell(v value) string {
	s := v.text()
	switch {
	case strings.Contains(s, "${{"):
		v.wrong("write the shell's name", "expressions are not supported for a shell")
	case s == "bash" || s == "sh" || s == "python":
	case slices.Contains([]string{"pwsh", "powershell", "cmd"}, strings.Fields(s + " ")[0]):
		v.wrong("use bash, sh, python, or a command with {0}", "the shell %s is not supported by Andon", s)
	case !strings.Contains(s, "{0}"):
		v.wrong("use bash, sh, python, or a command with {0} for the script's file", "%q is not a shell", s)
	}
	return s
}

// graph checks that needs name jobs and form no cycle.
func (r *reader) graph(v value, jobs []*Job) {
	byID := map[string]*Job{}
	for _, j := range jobs {
		byID[j.ID] = j
	}
	for _, j := range jobs {
		for _, id := range j.Needs {
			if byID[id] == nil {
				r.problems = append(r.problems, Problem{r.file, j.Line, "jobs." + j.ID + ".needs", fmt.Sprintf("there is no job %q", id), "name a job of this workflow"})
				return
			}
		}
	}
	done := map[string]int{} // 1 being visited, 2 finished
	var visit func(j *Job) bool
	visit = func(j *Job) bool {
		if done[j.ID] != 0 {
			return done[j.ID] == 2
		}
		done[j.ID] = 1
		for _, id := range j.Needs {
			if !visit(byID[id]) {
				return false
			}
		}
		done[j.ID] = 2
		return true
	}
	for _, j := range jobs {
		if !visit(j) {
			r.problems = append(r.problems, Problem{r.file, j.Line, "jobs." + j.ID + ".needs", "the job needs itself in the end", "break the circle"})
			return
		}
	}
}
