// Package journaltest checks facts against what the journal promises about
// them: each must be a valid CDEvents document with a sentence for people.
//
// It is called by the tests of every package that appends facts:
//
//	journaltest.Valid(t, facts...)
//
// The schemas are CDEvents' own. They are read from the corpora beside the
// project (or from $ANDON_CORPORA); without them only the rules that need no
// schema are checked, and the test says so.
package journaltest

import (
	"bytes"
	"encoding/json"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"sync"
	"testing"

	"github.com/santhosh-tekuri/jsonschema/v6"

	"andon/journal"
)

// Corpora gives the folder of a corpus by name and whether it is there.
func Corpora(name string) (dir string, found bool) {
	base := os.Getenv("ANDON_CORPORA")
	if base == "" {
		base = filepath.Join(root(), "..", "shared", "corpora")
	}
	dir = filepath.Join(base, name)
	_, err := os.Stat(dir)
	return dir, err == nil
}

// root walks up from the test's folder to the one that holds go.mod.
func root() string {
	dir, err := os.Getwd()
	if err != nil {
		return "."
	}
	for at := dir; ; at = filepath.Dir(at) {
		if _, err := os.Stat(filepath.Join(at, "go.mod")); err == nil {
			return at
		}
		if at == filepath.Dir(at) {
			return dir
		}
	}
}

// customType is the form that CDEvents requires of types it does not define.
var customType = regexp.MustCompile(`^dev\.cdeventsx\.andon-[a-z]+\.[a-z]+\.[0-9]+\.[0-9]+\.[0-9]+$`)

// Valid fails the test for each fact that is not a valid CDEvents document of
// its type, has no sentence, or does not say whom it happened to.
func Valid(t testing.TB, facts ...journal.Fact) {
	t.Helper()
	all, err := schemas()
	if err != nil {
		t.Fatalf("CDEvents schemas: %v", err)
	}
	if all == nil {
		t.Log("CDEvents schemas are not beside the project: facts are checked without them")
	}
	for _, f := range facts {
		for _, what := range problems(all, f) {
			t.Errorf("fact %d, %s of %q: %s", f.Seq, f.Type, f.Subject, what)
		}
	}
}

func problems(all map[journal.Type]*jsonschema.Schema, f journal.Fact) (found []string) {
	switch text := strings.TrimSpace(f.Text); {
	case text == "":
		found = append(found, "has no sentence for people")
	case strings.Contains(text, "\n"):
		found = append(found, "its sentence has more than one line")
	}
	if f.Subject == "" {
		found = append(found, "has no subject")
	}
	if f.Actor == "" {
		found = append(found, "does not say who did it")
	}
	doc, err := json.Marshal(f.CDEvent("/andon/test"))
	if err != nil {
		return append(found, "is not JSON: "+err.Error())
	}
	if !f.Type.Standard() {
		if !customType.MatchString(string(f.Type)) {
			found = append(found, "its type is not of the form dev.cdeventsx.andon-subject.predicate.1.2.3")
		}
		return found
	}
	if all == nil {
		return found
	}
	schema := all[f.Type]
	if schema == nil {
		return append(found, "CDEvents "+journal.SpecVersion+" has no such type")
	}
	value, err := jsonschema.UnmarshalJSON(bytes.NewReader(doc))
	if err != nil {
		return append(found, "is not JSON: "+err.Error())
	}
	if err := schema.Validate(value); err != nil {
		found = append(found, err.Error())
	}
	return found
}

// schemas compiles CDEvents' schemas once, by the type that each describes.
var schemas = sync.OnceValues(func() (map[journal.Type]*jsonschema.Schema, error) {
	dir, found := Corpora(filepath.Join("cdevents", "schemas"))
	if !found {
		return nil, nil
	}
	compiler := jsonschema.NewCompiler()
	compiler.AssertFormat()
	types := map[journal.Type]string{}
	for _, pattern := range []string{"*.json", filepath.Join("links", "*.json")} {
		files, err := filepath.Glob(filepath.Join(dir, pattern))
		if err != nil {
			return nil, err
		}
		for _, file := range files {
			head, err := load(compiler, file)
			if err != nil {
				return nil, err
			}
			for _, typ := range head.Properties.Context.Properties.Type.Enum {
				types[typ] = head.ID
			}
		}
	}
	all := map[journal.Type]*jsonschema.Schema{}
	for typ, id := range types {
		schema, err := compiler.Compile(id)
		if err != nil {
			return nil, err
		}
		all[typ] = schema
	}
	return all, nil
})

// head is what names a schema and the event type that it describes.
type head struct {
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

func load(compiler *jsonschema.Compiler, file string) (h head, err error) {
	text, err := os.ReadFile(file)
	if err != nil {
		return h, err
	}
	if err := json.Unmarshal(text, &h); err != nil {
		return h, err
	}
	doc, err := jsonschema.UnmarshalJSON(bytes.NewReader(text))
	if err != nil {
		return h, err
	}
	return h, compiler.AddResource(h.ID, doc)
}
