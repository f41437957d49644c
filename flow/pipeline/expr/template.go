package expr

import (
	"fmt"
	"slices"
	"strings"
)

// Template is a text that may hold expressions between ${{ and }}.
type Template struct {
	text  string
	parts []part
}

type part struct {
	text string
	expr *Expr // nil for plain text
}

// ParseTemplate reads a text. With contexts given, any other name is refused.
func ParseTemplate(text string, contexts ...string) (*Template, error) {
	t := &Template{text: text}
	rest := text
	for {
		before, after, found := strings.Cut(rest, "${{")
		if before != "" || !found && len(t.parts) == 0 {
			t.parts = append(t.parts, part{text: before})
		}
		if !found {
			return t, nil
		}
		length := closing(after)
		if length < 0 {
			return nil, &Error{"parsing", fmt.Sprintf("the expression %q is never closed with }}", "${{"+after)}
		}
		e, err := Parse(after[:length], contexts...)
		if err == nil && e.root == nil {
			err = &Error{"parsing", "An expression was expected between ${{ and }}"}
		}
		if err != nil {
			return nil, err
		}
		t.parts = append(t.parts, part{expr: e})
		rest = after[length+2:]
	}
}

// closing finds the }} that ends an expression; those in quotes do not.
func closing(s string) int {
	quoted := false
	for i := 0; i < len(s); i++ {
		switch {
		case s[i] == '\'':
			quoted = !quoted
		case !quoted && strings.HasPrefix(s[i:], "}}"):
			return i
		}
	}
	return -1
}

// Text gives the text as it was written.
func (t *Template) Text() string { return t.text }

// Literal says whether the text holds no expression.
func (t *Template) Literal() bool { return len(t.parts) == 1 && t.parts[0].expr == nil }

// Eval gives the text with each expression replaced by its value.
func (t *Template) Eval(s Scope) (string, error) {
	var b strings.Builder
	for _, p := range t.parts {
		if p.expr == nil {
			b.WriteString(p.text)
			continue
		}
		v, err := p.expr.Eval(s)
		if err != nil {
			return "", err
		}
		b.WriteString(String(v))
	}
	return b.String(), nil
}

// Value is Eval, but keeps the kind of the value when the text is nothing but
// one expression.
func (t *Template) Value(s Scope) (Value, error) {
	if len(t.parts) == 1 && t.parts[0].expr != nil {
		return t.parts[0].expr.Eval(s)
	}
	return t.Eval(s)
}

// Uses lists the contexts and functions of all expressions.
func (t *Template) Uses() (contexts, functions []string) {
	for _, p := range t.parts {
		if p.expr != nil {
			contexts, functions = append(contexts, p.expr.contexts...), append(functions, p.expr.functions...)
		}
	}
	return contexts, functions
}

// ParseCondition reads the value of an if key, with or without ${{ and }}.
// Where it asks for no status, success() && (…) is meant.
func ParseCondition(text string, contexts ...string) (*Expr, error) {
	src := strings.TrimSpace(text)
	if inner, ok := strings.CutPrefix(src, "${{"); ok && closing(inner) == len(inner)-2 {
		src = inner[:len(inner)-2]
	} else if strings.Contains(src, "${{") {
		t, err := ParseTemplate(src, contexts...)
		if err != nil {
			return nil, err
		}
		src = t.asFormat()
	}
	e, err := Parse(src, contexts...)
	if err != nil {
		return nil, err
	}
	if e.root == nil {
		return nil, &Error{"parsing", "a condition is missing"}
	}
	if slices.ContainsFunc(e.functions, func(f string) bool { return slices.Contains(statusFunctions, f) }) {
		return e, nil
	}
	return Parse("success() && ("+src+")", contexts...)
}

// asFormat writes the template as one call of format().
func (t *Template) asFormat() string {
	var pattern, args strings.Builder
	n := 0
	for _, p := range t.parts {
		if p.expr == nil {
			pattern.WriteString(strings.NewReplacer("{", "{{", "}", "}}", "'", "''").Replace(p.text))
			continue
		}
		fmt.Fprintf(&pattern, "{%d}", n)
		args.WriteString(", " + p.expr.src)
		n++
	}
	return "format('" + pattern.String() + "'" + args.String() + ")"
}
