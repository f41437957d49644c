package api_test

import (
	"encoding/json"
	"go/ast"
	"go/parser"
	"go/token"
	"net/http"
	"strconv"
	"strings"
	"testing"

	"github.com/pb33f/libopenapi"
	validator "github.com/pb33f/libopenapi-validator"

	"andon/surface/api"
)

func TestDescriptionIsValidOpenAPI(t *testing.T) {
	h := open(t)
	served := h.ask("GET", "/openapi.json", "")
	if served.status != http.StatusOK {
		t.Fatal(served)
	}
	doc, err := libopenapi.NewDocument([]byte(served.body))
	must(t, err)
	if v := doc.GetVersion(); !strings.HasPrefix(v, "3.1") {
		t.Errorf("the description is in OpenAPI %s, want 3.1", v)
	}
	v, errs := validator.NewValidator(doc)
	if len(errs) > 0 {
		t.Fatal(errs)
	}
	if ok, wrong := v.ValidateDocument(); !ok {
		for _, w := range wrong {
			t.Errorf("%s: %s %v", w.Message, w.Reason, w.SchemaValidationErrors)
		}
	}
	again, err := api.Document("test")
	must(t, err)
	var a, b any
	must(t, json.Unmarshal(again, &a))
	must(t, json.Unmarshal([]byte(served.body), &b))
	if x, y := mustJSON(t, a), mustJSON(t, b); x != y {
		t.Error("what is served is not what Document gives")
	}
}

func mustJSON(t *testing.T, v any) string {
	t.Helper()
	text, err := json.Marshal(v)
	must(t, err)
	return string(text)
}

func TestEveryOperationIsDescribed(t *testing.T) {
	text, err := api.Document("test")
	must(t, err)
	var doc struct {
		Tags  []struct{ Name string }
		Paths map[string]map[string]struct {
			OperationID string
			Summary     string
			Tags        []string
			Parameters  []struct{ Name, In string }
			Responses   map[string]struct {
				Content map[string]json.RawMessage
			}
		}
	}
	must(t, json.Unmarshal(text, &doc))
	groups, ids, n := map[string]bool{}, map[string]bool{}, 0
	for _, tag := range doc.Tags {
		groups[tag.Name] = false
	}
	for path, methods := range doc.Paths {
		for method, o := range methods {
			name := strings.ToUpper(method) + " " + path
			n++
			if o.Summary == "" || o.OperationID == "" || ids[o.OperationID] {
				t.Errorf("%s: summary %q, id %q", name, o.Summary, o.OperationID)
			}
			ids[o.OperationID] = true
			if len(o.Tags) != 1 {
				t.Errorf("%s has tags %v, want one", name, o.Tags)
				continue
			}
			if _, known := groups[o.Tags[0]]; !known {
				t.Errorf("%s: the tag %q is not told at the top", name, o.Tags[0])
			}
			groups[o.Tags[0]] = true
			wrong := []int{401, 404, 421, 422, 500}
			if method != "get" {
				wrong = append(wrong, 400, 403, 409)
				if len(o.Parameters) < 2 || o.Parameters[len(o.Parameters)-1].In != "header" && !hasHeader(o.Parameters, api.KeyHeader) {
					t.Errorf("%s does not tell of %s", name, api.KeyHeader)
				}
			}
			for _, status := range wrong {
				if _, ok := o.Responses[strconv.Itoa(status)].Content["application/problem+json"]; !ok {
					t.Errorf("%s does not describe %d as a problem", name, status)
				}
			}
		}
	}
	for tag, used := range groups {
		if !used {
			t.Errorf("the tag %s has no operation", tag)
		}
	}
	if n < 35 {
		t.Errorf("only %d operations are described", n)
	}
}

func hasHeader(list []struct{ Name, In string }, name string) bool {
	for _, p := range list {
		if p.Name == name && p.In == "header" {
			return true
		}
	}
	return false
}

// Each reason to refuse that the floor has is a named kind of problem.
func TestEveryRefusalIsNamed(t *testing.T) {
	named := map[string]bool{}
	for _, k := range api.Kinds() {
		if k.Means == "" || k.Then == "" || k.Status != http.StatusConflict {
			t.Errorf("%+v says too little", k)
		}
		named[strings.TrimPrefix(k.Type, "urn:andon:refusal:")] = true
	}
	file, err := parser.ParseFile(token.NewFileSet(), "../../flow/floor/errors.go", nil, 0)
	must(t, err)
	n := 0
	ast.Inspect(file, func(node ast.Node) bool {
		spec, ok := node.(*ast.ValueSpec)
		if !ok {
			return true
		}
		if id, ok := spec.Type.(*ast.Ident); ok && id.Name == "Reason" {
			lit, ok := spec.Values[0].(*ast.BasicLit)
			if !ok {
				t.Fatalf("%s is not a literal", spec.Names[0])
			}
			reason, err := strconv.Unquote(lit.Value)
			must(t, err)
			if n++; !named[reason] {
				t.Errorf("the reason %q is not named", reason)
			}
		}
		return true
	})
	if n != len(named) || n == 0 {
		t.Errorf("%d reasons, %d names", n, len(named))
	}
}
