package payload

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"reflect"
	"strings"
)

// Decode reads a JSON object into a pointer to a struct. All text in it is
// valid UTF-8 without NUL bytes afterwards, for databases take no other.
func Decode(body []byte, v any) error {
	err := json.Unmarshal(body, v)
	if wrong, ok := errors.AsType[*json.UnmarshalTypeError](err); ok {
		at := wrong.Field
		if at == "" {
			at = "the body"
		}
		return fmt.Errorf("%s: holds %s, but must be %s", at, wrong.Value, kind(wrong.Type))
	}
	if broken, ok := errors.AsType[*json.SyntaxError](err); ok {
		return fmt.Errorf("the body is not JSON: at byte %d: %s", broken.Offset, strings.TrimPrefix(broken.Error(), "json: "))
	}
	if errors.Is(err, io.ErrUnexpectedEOF) {
		return errors.New("the body is not JSON: it ends too early")
	}
	if err != nil {
		return fmt.Errorf("the body: %w", err)
	}
	tidy(reflect.ValueOf(v))
	return nil
}

// kind names what JSON must hold for a type.
func kind(t reflect.Type) string {
	switch t.Kind() {
	case reflect.String:
		return "a string"
	case reflect.Bool:
		return "true or false"
	case reflect.Slice:
		return "an array"
	case reflect.Struct, reflect.Map, reflect.Pointer:
		return "an object"
	}
	return "a whole number"
}

// tidy removes NUL bytes from all text within v. Invalid UTF-8 cannot be there:
// the JSON decoder replaced it.
func tidy(v reflect.Value) {
	switch v.Kind() {
	case reflect.Pointer:
		if !v.IsNil() {
			tidy(v.Elem())
		}
	case reflect.Struct:
		for i := range v.NumField() {
			if f := v.Type().Field(i); f.IsExported() || f.Anonymous {
				tidy(v.Field(i))
			}
		}
	case reflect.Slice:
		for i := range v.Len() {
			tidy(v.Index(i))
		}
	case reflect.String:
		if text := v.String(); strings.Contains(text, "\x00") {
			v.SetString(strings.ReplaceAll(text, "\x00", ""))
		}
	}
}

// Needs collects what a payload lacks.
type Needs struct{ missing []string }

// Text notes that the text at a path must not be empty.
func (n *Needs) Text(path, value string) {
	if value == "" {
		n.missing = append(n.missing, path)
	}
}

// Number notes that the number at a path must be positive.
func (n *Needs) Number(path string, value int64) {
	if value <= 0 {
		n.missing = append(n.missing, path)
	}
}

// Err names all that is missing; it is nil when nothing is.
func (n *Needs) Err() error {
	switch len(n.missing) {
	case 0:
		return nil
	case 1:
		return fmt.Errorf("%s: is missing or empty", n.missing[0])
	}
	return fmt.Errorf("%s: are missing or empty", strings.Join(n.missing, ", "))
}

// Unknown is the error for a word that no reader knows.
func Unknown(path, value string, known ...string) error {
	const most = 60
	if len(value) > most {
		value = value[:most] + "…"
	}
	return fmt.Errorf("%s: is %q, but must be one of %s", path, strings.ToValidUTF8(value, ""), strings.Join(known, ", "))
}

// SHA gives a hash, or "" for the zeros with which git names no commit.
func SHA(text string) string {
	if strings.Trim(text, "0") == "" {
		return ""
	}
	return text
}

// Ref splits a full git reference into a branch or a tag.
func Ref(ref string) (branch, tag string) {
	if name, ok := strings.CutPrefix(ref, "refs/heads/"); ok {
		return name, ""
	}
	if name, ok := strings.CutPrefix(ref, "refs/tags/"); ok {
		return "", name
	}
	return "", ""
}
