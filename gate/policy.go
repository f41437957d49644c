package gate

import (
	"fmt"
	"slices"
	"strings"

	"cel.dev/cel-go/cel"
	"cel.dev/cel-go/common/ast"
)

// Policy is a set of rules for one or more actions.
type Policy struct {
	Name string
	File string
	On   []Action
	// Closed says that a rule whose data is missing refuses; otherwise it
	// lets through.
	Closed bool
	Rules  []Rule
}

// Rule is one condition. When and Require are CEL expressions that give a
// bool; an empty When always applies.
type Rule struct {
	Name    string
	Line    int // in the policy's file
	When    string
	Require string
	Message string
}

// BadRule says which expression of which rule is wrong.
type BadRule struct {
	File string
	Line int
	// Field is "when" or "require" with the policy's and the rule's names.
	Field string
	Text  string
}

func (b *BadRule) Error() string {
	return fmt.Sprintf("%s:%d: %s: %s", b.File, b.Line, b.Field, b.Text)
}

// rule is a compiled Rule.
type rule struct {
	Rule
	policy        *Policy
	when, require cel.Program // when is nil without a condition
	reads         []string    // "budget.remaining", in order of first use
}

func (r *rule) readsBudget() bool {
	return slices.ContainsFunc(r.reads, func(path string) bool { return strings.HasPrefix(path, "budget.") && path != "budget.known" })
}

func newEnv() (*cel.Env, error) {
	text, object := cel.StringType, cel.MapType(cel.StringType, cel.DynType)
	return cel.NewEnv(
		cel.Variable("action", text), cel.Variable("actor", text), cel.Variable("line", text),
		cel.Variable("service", text), cel.Variable("environment", text),
		cel.Variable("card", object), cel.Variable("station", object),
		cel.Variable("release", object), cel.Variable("budget", object),
		cel.Variable("cord", cel.BoolType), cel.Variable("incidents", cel.IntType), cel.Variable("now", cel.TimestampType),
	)
}

// costLimit bounds one evaluation; a rule over these few variables needs
// some hundreds.
const costLimit = 100_000

func (p *Policy) compile(env *cel.Env) ([]*rule, error) {
	var rules []*rule
	for _, r := range p.Rules {
		c := &rule{Rule: r, policy: p}
		var err error
		if r.When != "" {
			if c.when, err = c.program(env, "when", r.When); err != nil {
				return nil, err
			}
		}
		if c.require, err = c.program(env, "require", r.Require); err != nil {
			return nil, err
		}
		rules = append(rules, c)
	}
	return rules, nil
}

func (r *rule) program(env *cel.Env, field, text string) (cel.Program, error) {
	wrong := func(format string, args ...any) error {
		return &BadRule{r.policy.File, r.Line, fmt.Sprintf("policy %s, rule %s, %s", r.policy.Name, r.Name, field), fmt.Sprintf(format, args...)}
	}
	compiled, issues := env.Compile(text)
	if issues.Err() != nil {
		e := issues.Errors()[0]
		return nil, wrong("%s (column %d); write a CEL expression that gives true or false", e.Message, e.Location.Column()+1)
	}
	if !compiled.OutputType().IsExactType(cel.BoolType) && !compiled.OutputType().IsExactType(cel.DynType) {
		return nil, wrong("gives %s; write an expression that gives true or false", compiled.OutputType())
	}
	reads, unknown := paths(compiled)
	if unknown != "" {
		root, _, _ := strings.Cut(unknown, ".")
		return nil, wrong("there is no %s; %s has %s", unknown, root, strings.Join(shape[root], ", "))
	}
	for _, path := range reads {
		if !slices.Contains(r.reads, path) {
			r.reads = append(r.reads, path)
		}
	}
	program, err := env.Program(compiled, cel.CostLimit(costLimit))
	if err != nil {
		return nil, wrong("%v", err)
	}
	return program, nil
}

// paths lists the variables an expression reads, and the first field that
// does not exist.
func paths(compiled *cel.Ast) (reads []string, unknown string) {
	ast.PostOrderVisit(compiled.NativeRep().Expr(), ast.NewExprVisitor(func(e ast.Expr) {
		switch e.Kind() {
		case ast.SelectKind:
			if s := e.AsSelect(); s.Operand().Kind() == ast.IdentKind {
				root, path := s.Operand().AsIdent(), s.Operand().AsIdent()+"."+s.FieldName()
				fields, ours := shape[root]
				if ours && !slices.Contains(fields, s.FieldName()) && unknown == "" {
					unknown = path
				}
				reads = append(reads, path)
			}
		case ast.IdentKind:
			if fields, ours := shape[e.AsIdent()]; ours && fields == nil {
				reads = append(reads, e.AsIdent())
			}
		}
	}))
	return reads, unknown
}
