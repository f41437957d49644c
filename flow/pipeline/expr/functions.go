package expr

import (
	"fmt"
	"strconv"
	"strings"
)

// signature bounds the number of arguments.
type signature struct{ least, most int }

const many = 255

var signatures = map[string]signature{
	"contains": {2, 2}, "startswith": {2, 2}, "endswith": {2, 2}, "format": {1, many}, "join": {1, 2},
	"tojson": {1, 1}, "fromjson": {1, 1}, "case": {3, many},
	"success": {0, 0}, "failure": {0, 0}, "always": {0, 0}, "cancelled": {0, 0}, "hashfiles": {1, many},
}

// statusFunctions ask how things stand; an if without one means success().
var statusFunctions = []string{"success", "failure", "always", "cancelled"}

var functions = map[string]func([]Value) (Value, error){
	"contains": contains,
	"startswith": func(a []Value) (Value, error) {
		return isPrimitive(a[0]) && isPrimitive(a[1]) && strings.HasPrefix(upper(String(a[0])), upper(String(a[1]))), nil
	},
	"endswith": func(a []Value) (Value, error) {
		return isPrimitive(a[0]) && isPrimitive(a[1]) && strings.HasSuffix(upper(String(a[0])), upper(String(a[1]))), nil
	},
	"format":   format,
	"join":     join,
	"tojson":   func(a []Value) (Value, error) { return bounded(ToJSON(a[0])) },
	"fromjson": func(a []Value) (Value, error) { return FromJSON(String(a[0])) },
}

// maxText bounds what the functions of one evaluation make, in bytes.
const maxText = 1 << 20

func bounded(s string) (Value, error) {
	if len(s) > maxText {
		return nil, errMemory
	}
	return s, nil
}

var errMemory = &Error{"evaluation", "The maximum allowed memory size was exceeded"}

func contains(a []Value) (Value, error) {
	if list, ok := a[0].([]any); ok {
		for _, x := range list {
			if equal(x, a[1]) {
				return true, nil
			}
		}
		return false, nil
	}
	return isPrimitive(a[0]) && isPrimitive(a[1]) && strings.Contains(upper(String(a[0])), upper(String(a[1]))), nil
}

func join(a []Value) (Value, error) {
	separator := ","
	if len(a) > 1 && isPrimitive(a[1]) {
		separator = String(a[1])
	}
	list, ok := a[0].([]any)
	if !ok {
		if isPrimitive(a[0]) {
			return String(a[0]), nil
		}
		return "", nil
	}
	texts := make([]string, len(list))
	for i, x := range list {
		texts[i] = String(x)
	}
	return bounded(strings.Join(texts, separator))
}

// format replaces {0}, {1}, …; {{ and }} stand for single brackets.
func format(a []Value) (Value, error) {
	pattern := String(a[0])
	invalid := func() (Value, error) {
		return nil, &Error{"evaluation", "The following format string is invalid: " + pattern}
	}
	var b strings.Builder
	for i := 0; i < len(pattern); i++ {
		c := pattern[i]
		switch {
		case (c == '{' || c == '}') && i+1 < len(pattern) && pattern[i+1] == c:
			b.WriteByte(c)
			i++
		case c == '{':
			length := strings.IndexByte(pattern[i:], '}')
			if length < 0 {
				return invalid()
			}
			n, err := strconv.ParseUint(pattern[i+1:i+length], 10, 8)
			if err != nil {
				return invalid()
			}
			if int(n) >= len(a)-1 {
				return nil, &Error{"evaluation", fmt.Sprintf("The following format string references more arguments than were supplied: %s", pattern)}
			}
			b.WriteString(String(a[1+n]))
			i += length
		case c == '}':
			return invalid()
		default:
			b.WriteByte(c)
		}
		if b.Len() > maxText {
			return nil, errMemory
		}
	}
	return b.String(), nil
}
