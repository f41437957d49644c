package cloudevent_test

import (
	"bytes"
	"encoding/json"
	"os"
	"path/filepath"
	"testing"

	"github.com/santhosh-tekuri/jsonschema/v6"

	"andon/journal"
	"andon/journal/journaltest"
)

// standard is CDEvents' own word on its types: a schema for each, and one
// valid document of each.
type standard struct {
	schemas  map[journal.Type]*jsonschema.Schema
	examples map[string][]byte // by file name
}

func loadStandard(t *testing.T) standard {
	t.Helper()
	dir, found := journaltest.Corpora("cdevents")
	if !found {
		t.Skip("CDEvents' schemas are not beside the project")
	}
	compiler := jsonschema.NewCompiler()
	compiler.AssertFormat()
	ids := map[journal.Type]string{}
	for _, pattern := range []string{"*.json", "links/*.json"} {
		for _, file := range glob(t, filepath.Join(dir, "schemas", filepath.FromSlash(pattern))) {
			id, types := describe(t, compiler, file)
			for _, typ := range types {
				ids[typ] = id
			}
		}
	}
	s := standard{map[journal.Type]*jsonschema.Schema{}, map[string][]byte{}}
	for typ, id := range ids {
		schema, err := compiler.Compile(id)
		if err != nil {
			t.Fatal(err)
		}
		s.schemas[typ] = schema
	}
	for _, file := range glob(t, filepath.Join(dir, "conformance", "*.json")) {
		s.examples[filepath.Base(file)] = read(t, file)
	}
	if len(s.schemas) < 45 || len(s.examples) < 45 {
		t.Fatalf("%d schemas and %d examples; there are 45 types", len(s.schemas), len(s.examples))
	}
	return s
}

func describe(t *testing.T, compiler *jsonschema.Compiler, file string) (id string, types []journal.Type) {
	t.Helper()
	text := read(t, file)
	var head struct {
		ID         string `json:"$id"`
		Properties struct {
			Context struct {
				Properties struct {
					Type struct {
						Enum []journal.Type `json:"enum"`
					} `json:"type"`
				} `json:"properties"`
			} `json:"context"`
		} `json:"properties"`
	}
	if err := json.Unmarshal(text, &head); err != nil {
		t.Fatal(err)
	}
	doc, err := jsonschema.UnmarshalJSON(bytes.NewReader(text))
	if err != nil {
		t.Fatal(err)
	}
	if err := compiler.AddResource(head.ID, doc); err != nil {
		t.Fatal(err)
	}
	return head.ID, head.Properties.Context.Properties.Type.Enum
}

// accepts says whether the schema of a type takes the document.
func (s standard) accepts(t *testing.T, typ journal.Type, doc []byte) bool {
	t.Helper()
	value, err := jsonschema.UnmarshalJSON(bytes.NewReader(doc))
	if err != nil {
		t.Fatal(err)
	}
	return s.schemas[typ].Validate(value) == nil
}

func glob(t *testing.T, pattern string) []string {
	t.Helper()
	files, err := filepath.Glob(pattern)
	if err != nil {
		t.Fatal(err)
	}
	return files
}

func read(t *testing.T, file string) []byte {
	t.Helper()
	text, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	return text
}
