package expr

import (
	"fmt"
	"math"
	"regexp"
	"strings"
)

// Error says what is wrong with an expression.
type Error struct {
	Kind string // lexing, parsing or evaluation
	Text string
}

func (e *Error) Error() string { return e.Text }

type tokenKind int

const (
	end tokenKind = iota
	number
	text
	literal  // true, false, null
	name     // a context
	property // after a dot
	function
	symbol // operators and brackets
)

type token struct {
	kind  tokenKind
	raw   string
	pos   int // from 1, in characters
	value Value
}

type lexer struct {
	src    []rune
	at     int
	tokens []token
}

// tokens splits an expression, or says where it cannot.
func tokens(src string) ([]token, error) {
	l := &lexer{src: []rune(src)}
	for {
		for l.at < len(l.src) && isSpace(l.src[l.at]) {
			l.at++
		}
		if l.at >= len(l.src) {
			return l.tokens, nil
		}
		if err := l.next(); err != nil {
			return nil, err
		}
	}
}

func isSpace(r rune) bool {
	return r == ' ' || r == '\t' || r == '\n' || r == '\r' || r == '\v' || r == '\f'
}

// isBoundary says whether a word or number ends before r.
func isBoundary(r rune) bool { return isSpace(r) || strings.ContainsRune("([)],!><=&|", r) }

func (l *lexer) next() error {
	start, c := l.at, l.src[l.at]
	switch {
	case strings.ContainsRune("()[],*", c):
		l.at++
		l.add(symbol, start, nil)
	case c == '.' && !l.startsOperand():
		l.at++
		l.add(symbol, start, nil)
	case c == '\'':
		return l.text()
	case strings.ContainsRune("!><", c):
		l.at++
		if l.peek() == '=' {
			l.at++
		}
		l.add(symbol, start, nil)
	case strings.ContainsRune("=&|", c):
		l.at++
		if l.peek() != c {
			l.toBoundary()
			return l.unexpected(start)
		}
		l.at++
		l.add(symbol, start, nil)
	case c >= '0' && c <= '9' || c == '-' || c == '+' || c == '.':
		l.toBoundary()
		n, ok := parseNumber(string(l.src[start:l.at]))
		if !ok {
			return l.unexpected(start)
		}
		l.add(number, start, n)
	default:
		return l.word()
	}
	return nil
}

// startsOperand says whether an operand may stand here: then a dot begins a
// number.
func (l *lexer) startsOperand() bool {
	if len(l.tokens) == 0 {
		return true
	}
	t := l.tokens[len(l.tokens)-1]
	return t.kind == symbol && t.raw != ")" && t.raw != "]" && t.raw != "*" && t.raw != "."
}

func (l *lexer) peek() rune {
	if l.at < len(l.src) {
		return l.src[l.at]
	}
	return 0
}

func (l *lexer) toBoundary() {
	for l.at < len(l.src) && !isBoundary(l.src[l.at]) {
		l.at++
	}
}

func (l *lexer) add(kind tokenKind, start int, v Value) {
	l.tokens = append(l.tokens, token{kind, string(l.src[start:l.at]), start + 1, v})
}

func (l *lexer) unexpected(start int) error {
	return &Error{"lexing", fmt.Sprintf("Unexpected symbol: '%s'. Located at position %d within expression: %s",
		string(l.src[start:l.at]), start+1, string(l.src))}
}

func (l *lexer) text() error {
	start := l.at
	var b strings.Builder
	for l.at++; l.at < len(l.src); l.at++ {
		if l.src[l.at] != '\'' {
			b.WriteRune(l.src[l.at])
			continue
		}
		l.at++
		if l.peek() != '\'' {
			l.add(text, start, b.String())
			return nil
		}
		b.WriteRune('\'')
	}
	return l.unexpected(start)
}

var keyword = regexp.MustCompile(`^[a-zA-Z_][a-zA-Z0-9_-]*$`)

func (l *lexer) word() error {
	start := l.at
	for l.at < len(l.src) && !isBoundary(l.src[l.at]) && l.src[l.at] != '.' {
		l.at++
	}
	word := string(l.src[start:l.at])
	if !keyword.MatchString(word) {
		return l.unexpected(start)
	}
	if n := len(l.tokens); n > 0 && l.tokens[n-1].raw == "." && l.tokens[n-1].kind == symbol {
		l.add(property, start, nil)
		return nil
	}
	switch word {
	case "true", "false":
		l.add(literal, start, word == "true")
	case "null":
		l.add(literal, start, nil)
	case "NaN":
		l.add(number, start, math.NaN())
	case "Infinity":
		l.add(number, start, math.Inf(1))
	default:
		l.add(name, start, nil)
		for i := l.at; i < len(l.src); i++ {
			if !isSpace(l.src[i]) {
				if l.src[i] == '(' {
					l.tokens[len(l.tokens)-1].kind = function
				}
				break
			}
		}
	}
	return nil
}
