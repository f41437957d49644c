package expr

import (
	"fmt"
	"slices"
	"strings"
)

// Bounds of an expression, as GitHub sets them.
const (
	maxLength = 21_000
	maxDepth  = 50
)

// Expr is an expression whose form is right. Safe for concurrent use.
type Expr struct {
	src       string
	root      node // nil for the empty expression
	contexts  []string
	functions []string
}

// Parse reads an expression without its ${{ and }}. With contexts given, any
// other name is refused.
func Parse(src string, contexts ...string) (*Expr, error) {
	if len(src) > maxLength {
		return nil, &Error{"parsing", fmt.Sprintf("Exceeded max expression length %d", maxLength)}
	}
	list, err := tokens(src)
	if err != nil {
		return nil, err
	}
	e := &Expr{src: src}
	if len(list) == 0 {
		return e, nil
	}
	p := &parser{expr: e, tokens: list, known: contexts}
	root, err := p.or()
	if err == nil && p.at < len(p.tokens) {
		err = p.unexpected(p.tokens[p.at])
	}
	if err != nil {
		return nil, err
	}
	e.root = root
	return e, nil
}

// String gives the expression as it was written.
func (e *Expr) String() string { return strings.TrimSpace(e.src) }

// Uses lists the contexts and the functions that it names, in lower case.
func (e *Expr) Uses() (contexts, functions []string) { return e.contexts, e.functions }

type parser struct {
	expr   *Expr
	tokens []token
	at     int
	known  []string
	nested int
}

func (p *parser) peek() token {
	if p.at < len(p.tokens) {
		return p.tokens[p.at]
	}
	return token{}
}

func (p *parser) is(symbols ...string) bool {
	t := p.peek()
	return t.kind == symbol && slices.Contains(symbols, t.raw)
}

func (p *parser) unexpected(t token) error {
	if t.kind == end {
		last := p.tokens[len(p.tokens)-1]
		return p.wrong("Unexpected end of expression", last)
	}
	return p.wrong("Unexpected symbol", t)
}

func (p *parser) wrong(what string, t token) error {
	return &Error{"parsing", fmt.Sprintf("%s: '%s'. Located at position %d within expression: %s", what, t.raw, t.pos, p.expr.src)}
}

var errDepth = &Error{"parsing", fmt.Sprintf("Exceeded max expression depth %d", maxDepth)}

// deeper guards the parser's own recursion; what it builds is checked too.
func (p *parser) deeper() (done func(), err error) {
	if p.nested++; p.nested > 4*maxDepth {
		return nil, errDepth
	}
	return func() { p.nested-- }, nil
}

func checked(n node) (node, error) {
	if n.depth() > maxDepth {
		return nil, errDepth
	}
	return n, nil
}

func (p *parser) or() (node, error) { return p.chain("||", p.and) }

func (p *parser) and() (node, error) {
	return p.chain("&&", func() (node, error) {
		return p.binary(func() (node, error) { return p.binary(p.unary, ">", ">=", "<", "<=") }, "==", "!=")
	})
}

// chain reads operands of one logical operator as one node.
func (p *parser) chain(op string, operand func() (node, error)) (node, error) {
	first, err := operand()
	if err != nil || !p.is(op) {
		return first, err
	}
	n := &logical{and: op == "&&", operands: []node{first}}
	for p.is(op) {
		p.at++
		next, err := operand()
		if err != nil {
			return nil, err
		}
		n.operands = append(n.operands, next)
	}
	n.level = 1 + deepest(n.operands...)
	return checked(n)
}

func (p *parser) binary(operand func() (node, error), ops ...string) (node, error) {
	left, err := operand()
	for err == nil && p.is(ops...) {
		op := p.peek().raw
		p.at++
		var right node
		if right, err = operand(); err == nil {
			left, err = checked(&comparison{op, left, right, 1 + deepest(left, right)})
		}
	}
	return left, err
}

func (p *parser) unary() (node, error) {
	done, err := p.deeper()
	if err != nil {
		return nil, err
	}
	defer done()
	if p.is("!") {
		p.at++
		operand, err := p.unary()
		if err != nil {
			return nil, err
		}
		return checked(&not{operand, 1 + operand.depth()})
	}
	n, err := p.primary()
	for err == nil {
		switch {
		case p.is("."):
			n, err = p.dereference(n)
		case p.is("["):
			n, err = p.index(n)
		default:
			return n, nil
		}
	}
	return nil, err
}

func (p *parser) dereference(n node) (node, error) {
	p.at++
	t := p.peek()
	switch {
	case t.kind == property:
		p.at++
		return checked(&index{n, constant{t.raw}, 1 + n.depth()})
	case p.is("*"):
		p.at++
		return checked(&star{n, 1 + n.depth()})
	}
	return nil, p.unexpected(t)
}

func (p *parser) index(n node) (node, error) {
	p.at++
	if p.is("*") {
		p.at++
		if !p.is("]") {
			return nil, p.unexpected(p.peek())
		}
		p.at++
		return checked(&star{n, 1 + n.depth()})
	}
	key, err := p.or()
	if err != nil {
		return nil, err
	}
	if !p.is("]") {
		return nil, p.unexpected(p.peek())
	}
	p.at++
	return checked(&index{n, key, 1 + deepest(n, key)})
}

func (p *parser) primary() (node, error) {
	t := p.peek()
	p.at++
	switch t.kind {
	case number, text, literal:
		return constant{t.value}, nil
	case name:
		if len(p.known) > 0 && !slices.ContainsFunc(p.known, func(k string) bool { return strings.EqualFold(k, t.raw) }) {
			return nil, p.wrong("Unrecognized named-value", t)
		}
		p.expr.contexts = append(p.expr.contexts, strings.ToLower(t.raw))
		return variable{t.raw}, nil
	case function:
		return p.call(t)
	}
	if t.kind == symbol && t.raw == "(" {
		n, err := p.or()
		if err != nil {
			return nil, err
		}
		if !p.is(")") {
			return nil, p.unexpected(p.peek())
		}
		p.at++
		return checked(&group{n, 1 + n.depth()})
	}
	if t.kind == end {
		p.at--
	}
	return nil, p.unexpected(t)
}

func (p *parser) call(t token) (node, error) {
	spec, ok := signatures[strings.ToLower(t.raw)]
	if !ok {
		return nil, p.wrong("Unrecognized function", t)
	}
	p.at++ // the bracket that made it a function
	c := &call{name: strings.ToLower(t.raw)}
	for !p.is(")") {
		if len(c.args) > 0 {
			if !p.is(",") {
				return nil, p.unexpected(p.peek())
			}
			p.at++
		}
		arg, err := p.or()
		if err != nil {
			return nil, err
		}
		c.args = append(c.args, arg)
	}
	p.at++
	switch {
	case len(c.args) < spec.least:
		return nil, p.wrong("Too few parameters supplied", t)
	case len(c.args) > spec.most:
		return nil, p.wrong("Too many parameters supplied", t)
	case c.name == "case" && len(c.args)%2 == 0:
		return nil, p.wrong("Even number of parameters supplied, requires an odd number of parameters", t)
	}
	p.expr.functions = append(p.expr.functions, c.name)
	c.level = 1 + deepest(c.args...)
	return checked(c)
}
