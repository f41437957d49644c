package expr

import (
	"math"
	"reflect"
	"strings"
	"unicode"
	"unicode/utf8"
)

// equal compares as GitHub does: texts whatever their case, different kinds
// as numbers, lists and objects only with themselves.
func equal(a, b Value) bool {
	if !isPrimitive(a) || !isPrimitive(b) {
		return same(a, b)
	}
	switch x := a.(type) {
	case nil:
		if b == nil {
			return true
		}
	case bool:
		if y, ok := b.(bool); ok {
			return x == y
		}
	case string:
		if y, ok := b.(string); ok {
			return upper(x) == upper(y)
		}
	}
	return toNumber(a) == toNumber(b)
}

func same(a, b Value) bool {
	x, y := reflect.ValueOf(a), reflect.ValueOf(b)
	if !x.IsValid() || !y.IsValid() || x.Type() != y.Type() {
		return false
	}
	switch x.Kind() {
	case reflect.Map, reflect.Slice, reflect.Pointer:
		return x.Pointer() == y.Pointer() && (x.Kind() != reflect.Slice || x.Len() == y.Len())
	}
	return false
}

// less gives whether a < b; comparable is false where neither is less.
func less(a, b Value) (is, comparable bool) {
	if !isPrimitive(a) || !isPrimitive(b) {
		return false, false
	}
	if x, ok := a.(string); ok {
		if y, ok := b.(string); ok {
			return upper(x) < upper(y), true
		}
	}
	x, y := toNumber(a), toNumber(b)
	return x < y, !math.IsNaN(x) && !math.IsNaN(y)
}

// upper is the culture-free upper case: letters outside ASCII never become
// letters inside it (the Turkish dotless i is no I).
func upper(s string) string {
	return strings.Map(func(r rune) rune {
		if u := unicode.ToUpper(r); u >= utf8.RuneSelf || r < utf8.RuneSelf {
			return u
		}
		return r
	}, s)
}
