package workflow

import (
	"fmt"
	"slices"
	"strings"

	"go.yaml.in/yaml/v3"

	"andon/flow/pipeline/expr"
)

// reader collects problems while it walks the file.
type reader struct {
	file     string
	problems Problems
}

// value is a YAML node that knows where it stands.
type value struct {
	r    *reader
	node *yaml.Node
	path string
}

func (v value) wrong(right, what string, args ...any) {
	line := 1
	if v.node != nil {
		line = v.node.Line
	}
	v.r.problems = append(v.r.problems, Problem{v.r.file, line, v.path, fmt.Sprintf(what, args...), right})
}

func (v value) isNull() bool {
	return v.node.Kind == yaml.ScalarNode && v.node.Tag == "!!null"
}

func (v value) child(name string, n *yaml.Node) value {
	if n.Kind == yaml.AliasNode {
		n = n.Alias
	}
	return value{v.r, n, strings.TrimPrefix(v.path+"."+name, ".")}
}

// entry is a key of a mapping and its value.
type entry struct {
	key string
	at  value // the key itself
	value
}

// entries gives a mapping in the order of the file.
func (v value) entries() (list []entry) {
	if v.node.Kind != yaml.MappingNode {
		v.wrong("write keys and values", "is not a mapping")
		return nil
	}
	seen := map[string]bool{}
	for i := 0; i+1 < len(v.node.Content); i += 2 {
		k := v.node.Content[i]
		e := entry{k.Value, v.child(k.Value, k), v.child(k.Value, v.node.Content[i+1])}
		if k.Tag == "!!merge" || k.Kind != yaml.ScalarNode {
			e.at.wrong("write the keys out", "merge keys and keys that are not text are not supported")
			continue
		}
		if seen[k.Value] {
			e.at.wrong("remove one of them", "is written twice")
			continue
		}
		seen[k.Value] = true
		list = append(list, e)
	}
	return list
}

// object gives a mapping whose keys are among those known; others are refused.
func (v value) object(known ...string) map[string]value {
	out := map[string]value{}
	for _, e := range v.entries() {
		if !slices.Contains(known, e.key) {
			e.at.wrong("use one of "+strings.Join(known, ", "), "is not supported by Andon here")
			continue
		}
		if !e.isNull() {
			out[e.key] = e.value
		}
	}
	return out
}

// text reads a scalar as it is written.
func (v value) text() string {
	if v.node == nil {
		return ""
	}
	if v.node.Kind != yaml.ScalarNode {
		v.wrong("write a text", "is not a single value")
		return ""
	}
	return v.node.Value
}

// texts reads one text or a list of them.
func (v value) texts() (list []string) {
	if v.node.Kind == yaml.ScalarNode {
		if v.isNull() {
			return nil
		}
		return []string{v.text()}
	}
	if v.node.Kind != yaml.SequenceNode {
		v.wrong("write a text or a list of texts", "is a mapping")
		return nil
	}
	for i, n := range v.node.Content {
		list = append(list, v.item(i, n).text())
	}
	return list
}

func (v value) item(i int, n *yaml.Node) value {
	if n.Kind == yaml.AliasNode {
		n = n.Alias
	}
	return value{v.r, n, fmt.Sprintf("%s[%d]", v.path, i)}
}

// Contexts that may be named at each level (GitHub: "Contexts reference",
// context availability).
var (
	inWorkflowEnv = []string{"github", "secrets", "inputs", "vars"}
	inJob         = []string{"github", "needs", "vars", "inputs"}
	inJobEnv      = []string{"github", "needs", "secrets", "inputs", "vars"}
	inStep        = []string{"github", "needs", "job", "runner", "env", "vars", "secrets", "steps", "inputs"}
	inOutputs     = []string{"github", "needs", "job", "runner", "env", "vars", "secrets", "steps", "inputs"}
)

// template reads a text with expressions. A missing value gives nil.
func (v value) template(contexts []string) *expr.Template {
	if v.node == nil {
		return nil
	}
	t, err := expr.ParseTemplate(v.text(), contexts...)
	if err != nil {
		v.badExpression(err, contexts)
		return nil
	}
	if _, functions := t.Uses(); slices.ContainsFunc(functions, isStatus) {
		v.wrong("status functions belong to if", "uses a status function")
		return nil
	}
	return t
}

func isStatus(f string) bool {
	return f == "success" || f == "failure" || f == "always" || f == "cancelled"
}

func (v value) badExpression(err error, contexts []string) {
	right := ""
	if strings.HasPrefix(err.Error(), "Unrecognized named-value") {
		right = "the contexts known here are " + strings.Join(contexts, ", ")
	}
	v.wrong(right, "%s", err.Error())
}

// condition reads an if key. A missing value gives nil.
func (v value) condition(contexts []string) *expr.Expr {
	if v.node == nil {
		return nil
	}
	e, err := expr.ParseCondition(v.text(), contexts...)
	if err != nil {
		v.badExpression(err, contexts)
		return nil
	}
	return e
}

// vars reads a mapping of names to texts with expressions.
func (v value) vars(contexts []string) (list []Var) {
	if v.node == nil {
		return nil
	}
	if v.node.Kind == yaml.ScalarNode {
		v.wrong("write names and values; an expression for the whole mapping is not supported", "is not a mapping")
		return nil
	}
	for _, e := range v.entries() {
		if t := e.template(contexts); t != nil {
			list = append(list, Var{e.key, t, e.at.node.Line})
		}
	}
	return list
}
