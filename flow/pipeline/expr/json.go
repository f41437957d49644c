package expr

import (
	"encoding/json"
	"fmt"
	"io"
	"math"
	"strings"
)

// FromJSON reads JSON into a value; objects keep their order.
func FromJSON(s string) (Value, error) {
	d := json.NewDecoder(strings.NewReader(s))
	v, err := decode(d)
	if err == nil {
		if _, more := d.Token(); more != io.EOF {
			err = fmt.Errorf("something follows the first value")
		}
	}
	if err != nil {
		return nil, &Error{"evaluation", fmt.Sprintf("fromJSON: %v", err)}
	}
	return v, nil
}

func decode(d *json.Decoder) (Value, error) {
	t, err := d.Token()
	if err != nil {
		if err == io.EOF {
			return nil, fmt.Errorf("the text is empty or ends too soon")
		}
		return nil, err
	}
	switch t := t.(type) {
	case json.Delim:
		if t == '[' {
			return decodeList(d)
		}
		return decodeObject(d)
	case float64, string, bool, nil:
		return t, nil
	}
	return nil, fmt.Errorf("unexpected %v", t)
}

func decodeList(d *json.Decoder) (Value, error) {
	list := make([]any, 0, 1) // with a place in memory, for a list equals only itself
	for d.More() {
		v, err := decode(d)
		if err != nil {
			return nil, err
		}
		list = append(list, v)
	}
	_, err := d.Token()
	return list, err
}

func decodeObject(d *json.Decoder) (Value, error) {
	o := &ordered{values: map[string]Value{}}
	for d.More() {
		key, err := d.Token()
		if err != nil {
			return nil, err
		}
		v, err := decode(d)
		if err != nil {
			return nil, err
		}
		o.set(key.(string), v)
	}
	_, err := d.Token()
	return o, err
}

// ToJSON writes a value as JSON with two spaces for each level.
func ToJSON(v Value) string {
	var b strings.Builder
	writeJSON(&b, v, "")
	return b.String()
}

func writeJSON(b *strings.Builder, v Value, indent string) {
	deeper := indent + "  "
	switch v := v.(type) {
	case []any:
		if len(v) == 0 {
			b.WriteString("[]")
			return
		}
		for i, x := range v {
			b.WriteString([]string{"[\n", ",\n"}[min(i, 1)] + deeper)
			writeJSON(b, x, deeper)
		}
		b.WriteString("\n" + indent + "]")
	case object:
		names := v.names()
		if len(names) == 0 {
			b.WriteString("{}")
			return
		}
		for i, name := range names {
			b.WriteString([]string{"{\n", ",\n"}[min(i, 1)] + deeper + quote(name) + ": ")
			x, _ := v.get(name)
			writeJSON(b, x, deeper)
		}
		b.WriteString("\n" + indent + "}")
	case string:
		b.WriteString(quote(v))
	case float64:
		if math.IsNaN(v) || math.IsInf(v, 0) {
			b.WriteString("null")
			return
		}
		b.WriteString(formatNumber(v))
	case nil:
		b.WriteString("null")
	default:
		b.WriteString(String(v))
	}
}

func quote(s string) string {
	var b strings.Builder
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	if err := e.Encode(s); err != nil {
		return `""`
	}
	return strings.TrimSuffix(b.String(), "\n")
}
