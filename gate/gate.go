package gate

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"sync/atomic"
	"time"
)

// Gate holds the policies in force. Safe for concurrent use.
type Gate struct {
	facts Facts
	now   func() time.Time
	rules atomic.Pointer[[]*rule]
}

// New makes a gate without policies, which lets everything through. facts
// may be nil: then budgets are unknown, no cord is pulled and no incident is
// open.
func New(facts Facts, now func() time.Time) *Gate { return &Gate{facts: facts, now: now} }

// Enforce replaces all policies, or none of them when one is wrong; the error
// is a [*BadRule].
func (g *Gate) Enforce(policies []Policy) error {
	env, err := newEnv()
	if err != nil {
		return fmt.Errorf("gate: %w", err)
	}
	var rules []*rule
	for _, p := range policies {
		compiled, err := p.compile(env)
		if err != nil {
			return err
		}
		rules = append(rules, compiled...)
	}
	g.rules.Store(&rules)
	return nil
}

// Decision is the gate's answer.
type Decision struct {
	Allowed  bool      `json:"allowed"`
	Refusals []Refusal `json:"refusals,omitempty"`
	// Notes say what was let through although data was missing.
	Notes []string `json:"notes,omitempty"`
}

// Refusal is one rule that did not pass.
type Refusal struct {
	Policy  string `json:"policy"`
	Rule    string `json:"rule"`
	File    string `json:"file"`
	Line    int    `json:"line"`
	Message string `json:"message"`
	// Saw holds what the rule looked at, as "budget.remaining is -0.2".
	Saw []string `json:"saw,omitempty"`
	// Needs is the expression that would have to hold.
	Needs string `json:"needs"`
}

// String tells the refusal as a sentence or two.
func (r Refusal) String() string {
	var b strings.Builder
	fmt.Fprintf(&b, "Policy %s (rule %s) refuses: %s", r.Policy, r.Rule, strings.TrimSpace(r.Message))
	if !strings.HasSuffix(b.String(), ".") {
		b.WriteByte('.')
	}
	if len(r.Saw) > 0 {
		fmt.Fprintf(&b, " It saw that %s; it needs %s.", strings.Join(r.Saw, ", "), r.Needs)
	}
	return b.String()
}

// Ask evaluates every rule for the question's action. The error is only
// ctx's: a rule that cannot be evaluated is a matter of onNoData.
func (g *Gate) Ask(ctx context.Context, q Question) (Decision, error) {
	d := Decision{Allowed: true}
	rules := g.rules.Load()
	if rules == nil {
		return d, ctx.Err()
	}
	var situation Situation
	var noFacts error
	if g.facts != nil {
		situation, noFacts = g.facts.Situation(ctx, q)
	}
	if ctx.Err() != nil {
		return d, ctx.Err()
	}
	vars := q.variables(situation, g.now())
	for _, r := range *rules {
		if !slices.Contains(r.policy.On, q.Action) {
			continue
		}
		refusal, note := r.judge(ctx, vars, situation, noFacts)
		if refusal != nil {
			d.Allowed, d.Refusals = false, append(d.Refusals, *refusal)
		}
		if note != "" {
			d.Notes = append(d.Notes, note)
		}
	}
	return d, nil
}

func (r *rule) judge(ctx context.Context, vars map[string]any, s Situation, noFacts error) (refusal *Refusal, note string) {
	applies, err := evaluate(ctx, r.when, vars)
	if err == nil && !applies {
		return nil, ""
	}
	if err == nil && noFacts != nil {
		err = noFacts
	}
	if err == nil && r.readsBudget() && !s.Budget.Known {
		err = fmt.Errorf("the error budget is not known yet")
	}
	if err == nil {
		var passes bool
		if passes, err = evaluate(ctx, r.require, vars); err == nil && passes {
			return nil, ""
		}
	}
	if err != nil && !r.policy.Closed {
		return nil, fmt.Sprintf("Policy %s (rule %s) stood open: %v.", r.policy.Name, r.Name, err)
	}
	refusal = &Refusal{Policy: r.policy.Name, Rule: r.Name, File: r.policy.File, Line: r.Line,
		Message: r.Message, Saw: r.saw(vars), Needs: r.Require}
	if err != nil {
		refusal.Message = fmt.Sprintf("it stands closed without data: %v", err)
		refusal.Saw = nil
	}
	return refusal, ""
}

func (r *rule) saw(vars map[string]any) (seen []string) {
	for _, path := range r.reads {
		root, field, isField := strings.Cut(path, ".")
		value := vars[root]
		if isField {
			value = value.(map[string]any)[field]
		}
		switch v := value.(type) {
		case float64:
			seen = append(seen, fmt.Sprintf("%s is %.3g", path, v))
		case string:
			seen = append(seen, fmt.Sprintf("%s is %q", path, v))
		case time.Time:
			seen = append(seen, fmt.Sprintf("%s is %s", path, v.UTC().Format(time.RFC3339)))
		default:
			seen = append(seen, fmt.Sprintf("%s is %v", path, v))
		}
	}
	return seen
}
