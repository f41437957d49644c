package expr

import (
	"fmt"
	"math"
	"strings"
)

// Scope is what an expression may look at.
type Scope struct {
	// Contexts by name; names are found whatever their case.
	Contexts map[string]Value
	// Functions beside the language's own: success, failure, always,
	// cancelled and hashfiles, in lower case.
	Functions map[string]func(args []Value) (Value, error)

	made int // bytes of text that functions made so far
}

// Eval gives the expression's value; the empty expression gives nil.
func (e *Expr) Eval(s Scope) (Value, error) {
	if e.root == nil {
		return nil, nil
	}
	v, err := e.root.eval(&s)
	if f, ok := v.(filtered); ok {
		v = []any(f)
	}
	return v, err
}

// node is a part of a parsed expression.
type node interface {
	eval(s *Scope) (Value, error)
	depth() int
}

func deepest(nodes ...node) (d int) {
	for _, n := range nodes {
		d = max(d, n.depth())
	}
	return d
}

type constant struct{ v Value }

func (c constant) eval(*Scope) (Value, error) { return c.v, nil }
func (c constant) depth() int                 { return 1 }

type variable struct{ name string }

func (v variable) depth() int { return 1 }

func (v variable) eval(s *Scope) (Value, error) {
	if x, ok := s.Contexts[v.name]; ok {
		return x, nil
	}
	for k, x := range s.Contexts {
		if strings.EqualFold(k, v.name) {
			return x, nil
		}
	}
	return nil, &Error{"evaluation", fmt.Sprintf("the context %q is not available here", v.name)}
}

type group struct {
	n     node
	level int
}

func (g *group) eval(s *Scope) (Value, error) {
	v, err := g.n.eval(s)
	if f, ok := v.(filtered); ok { // brackets end a filter
		v = []any(f)
	}
	return v, err
}
func (g *group) depth() int { return g.level }

type not struct {
	n     node
	level int
}

func (n *not) depth() int { return n.level }

func (n *not) eval(s *Scope) (Value, error) {
	v, err := n.n.eval(s)
	return !Truthy(v), err
}

type logical struct {
	and      bool
	operands []node
	level    int
}

func (l *logical) depth() int { return l.level }

func (l *logical) eval(s *Scope) (v Value, err error) {
	for _, n := range l.operands {
		if v, err = n.eval(s); err != nil || Truthy(v) != l.and {
			return v, err
		}
	}
	return v, nil
}

type comparison struct {
	op          string
	left, right node
	level       int
}

func (c *comparison) depth() int { return c.level }

func (c *comparison) eval(s *Scope) (Value, error) {
	a, err := c.left.eval(s)
	if err != nil {
		return nil, err
	}
	b, err := c.right.eval(s)
	if err != nil {
		return nil, err
	}
	switch c.op {
	case "==":
		return equal(a, b), nil
	case "!=":
		return !equal(a, b), nil
	}
	below, comparable := less(a, b)
	above, _ := less(b, a)
	if !comparable {
		return false, nil
	}
	switch c.op {
	case "<":
		return below, nil
	case "<=":
		return !above, nil
	case ">":
		return above, nil
	}
	return !below, nil
}

// filtered is what a star gives: what follows is applied to each member.
type filtered []any

type star struct {
	n     node
	level int
}

func (w *star) depth() int { return w.level }

func (w *star) eval(s *Scope) (Value, error) {
	v, err := w.n.eval(s)
	if err != nil {
		return nil, err
	}
	out := filtered{}
	if f, ok := v.(filtered); ok {
		for _, x := range f {
			out = append(out, members(x)...)
		}
		return out, nil
	}
	return append(out, members(v)...), nil
}

func members(v Value) (list []any) {
	switch v := v.(type) {
	case []any:
		return v
	case object:
		for _, name := range v.names() {
			x, _ := v.get(name)
			list = append(list, x)
		}
	}
	return list
}

type index struct {
	n, key node
	level  int
}

func (i *index) depth() int { return i.level }

func (i *index) eval(s *Scope) (Value, error) {
	v, err := i.n.eval(s)
	if err != nil {
		return nil, err
	}
	key, err := i.key.eval(s)
	if err != nil {
		return nil, err
	}
	if f, ok := v.(filtered); ok {
		out := filtered{}
		for _, x := range f {
			if member, found := at(x, key); found {
				out = append(out, member)
			}
		}
		return out, nil
	}
	member, _ := at(v, key)
	return member, nil
}

func at(v, key Value) (Value, bool) {
	if !isPrimitive(key) {
		return nil, false
	}
	switch v := v.(type) {
	case []any:
		n := math.Floor(toNumber(key))
		if math.IsNaN(n) || n < 0 || n >= float64(len(v)) {
			return nil, false
		}
		return v[int(n)], true
	case object:
		return v.get(String(key))
	}
	return nil, false
}

type call struct {
	name  string
	args  []node
	level int
}

func (c *call) depth() int { return c.level }

func (c *call) eval(s *Scope) (Value, error) {
	if c.name == "case" {
		return c.choose(s)
	}
	args := make([]Value, len(c.args))
	for i, a := range c.args {
		v, err := a.eval(s)
		if err != nil {
			return nil, err
		}
		if f, ok := v.(filtered); ok {
			v = []any(f)
		}
		args[i] = v
	}
	if f := functions[c.name]; f != nil {
		v, err := f(args)
		if made, ok := v.(string); ok {
			if s.made += 2 * len(made); s.made > maxText { // GitHub counts UTF-16
				return nil, errMemory
			}
		}
		return v, err
	}
	if f := s.Functions[c.name]; f != nil {
		return f(args)
	}
	return nil, &Error{"evaluation", fmt.Sprintf("the function %s() is not available here", c.name)}
}

// choose is case(predicate, value, …, default); only what is needed is
// evaluated.
func (c *call) choose(s *Scope) (Value, error) {
	last := len(c.args) - 1
	for i := 0; i < last; i += 2 {
		v, err := c.args[i].eval(s)
		if err != nil {
			return nil, err
		}
		holds, ok := v.(bool)
		if !ok {
			return nil, &Error{"evaluation", "case predicate must evaluate to a boolean value"}
		}
		if holds {
			return c.args[i+1].eval(s)
		}
	}
	return c.args[last].eval(s)
}
