package expr

import (
	"maps"
	"math"
	"regexp"
	"slices"
	"strconv"
	"strings"
)

// Value is nil, a bool, a float64, a string, a []any, an [Object], or an
// object that fromJSON made.
type Value = any

// Object maps names to values. Names are found whatever their case.
type Object map[string]any

// object is any value with named members.
type object interface {
	get(name string) (Value, bool)
	names() []string
}

func (o Object) get(name string) (Value, bool) {
	if v, ok := o[name]; ok {
		return v, true
	}
	for k, v := range o {
		if strings.EqualFold(k, name) {
			return v, true
		}
	}
	return nil, false
}

func (o Object) names() []string { return slices.Sorted(maps.Keys(o)) }

// ordered is an object that keeps the order in which JSON gave it.
type ordered struct {
	keys   []string
	values map[string]Value // by lower-case name
}

func (o *ordered) get(name string) (Value, bool) {
	v, ok := o.values[strings.ToLower(name)]
	return v, ok
}

func (o *ordered) names() []string { return o.keys }

func (o *ordered) set(name string, v Value) {
	if _, ok := o.get(name); !ok {
		o.keys = append(o.keys, name)
	}
	o.values[strings.ToLower(name)] = v
}

var decimal = regexp.MustCompile(`^[+-]?([0-9]+\.?[0-9]*|\.[0-9]+)([eE][+-]?[0-9]+)?$`)

// parseNumber reads a number as it is written in an expression.
func parseNumber(s string) (float64, bool) {
	switch s {
	case "Infinity", "+Infinity":
		return math.Inf(1), true
	case "-Infinity":
		return math.Inf(-1), true
	}
	if digits, base := prefixed(s); base != 0 {
		n, err := strconv.ParseUint(digits, base, 32)
		if err != nil || strings.ContainsAny(digits, "+-_") {
			return 0, false
		}
		return float64(int32(n)), true //nolint:gosec // these literals are 32 bits wide, with a sign
	}
	if !decimal.MatchString(s) {
		return 0, false
	}
	n, err := strconv.ParseFloat(s, 64)
	return n, err == nil || math.IsInf(n, 0)
}

func prefixed(s string) (digits string, base int) {
	if d, ok := strings.CutPrefix(s, "0x"); ok {
		return d, 16
	}
	if d, ok := strings.CutPrefix(s, "0o"); ok {
		return d, 8
	}
	return "", 0
}

func toNumber(v Value) float64 {
	switch v := v.(type) {
	case nil:
		return 0
	case bool:
		if v {
			return 1
		}
		return 0
	case float64:
		return v
	case string:
		s := strings.TrimSpace(v)
		if s == "" {
			return 0
		}
		if n, ok := parseNumber(s); ok {
			return n
		}
	}
	return math.NaN()
}

// String converts a value to text as GitHub does.
func String(v Value) string {
	switch v := v.(type) {
	case nil:
		return ""
	case bool:
		return strconv.FormatBool(v)
	case float64:
		return formatNumber(v)
	case string:
		return v
	case []any:
		return "Array"
	}
	return "Object"
}

// significant is how many digits of a number are shown.
const significant = 15

func formatNumber(n float64) string {
	switch {
	case math.IsNaN(n):
		return "NaN"
	case math.IsInf(n, 1):
		return "Infinity"
	case math.IsInf(n, -1):
		return "-Infinity"
	case n == 0:
		return "0"
	}
	if exponent := math.Floor(math.Log10(math.Abs(n))); exponent < -5 || exponent >= significant {
		s := strconv.FormatFloat(n, 'E', significant-1, 64)
		mantissa, power, _ := strings.Cut(s, "E")
		mantissa = strings.TrimSuffix(strings.TrimRight(mantissa, "0"), ".")
		return mantissa + "E" + power
	}
	rounded, _ := strconv.ParseFloat(strconv.FormatFloat(n, 'g', significant, 64), 64)
	return strconv.FormatFloat(rounded, 'f', -1, 64)
}

// Truthy says whether a value counts as true.
func Truthy(v Value) bool {
	switch v := v.(type) {
	case nil:
		return false
	case bool:
		return v
	case float64:
		return v != 0 && !math.IsNaN(v)
	case string:
		return v != ""
	}
	return true
}

func isPrimitive(v Value) bool {
	switch v.(type) {
	case nil, bool, float64, string:
		return true
	}
	return false
}
