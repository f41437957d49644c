package cloudevent_test

import (
	"encoding/json"
	"fmt"
	"maps"
	"net/http"
	"reflect"
	"slices"
	"testing"
	"time"

	"andon/journal"
	"andon/journal/cloudevent"
	"andon/journal/journaltest"
)

func bare(t *testing.T, doc []byte) (cloudevent.Event, error) {
	t.Helper()
	events, err := cloudevent.Parse(http.Header{"Content-Type": {"application/json"}}, doc)
	if err != nil {
		return cloudevent.Event{}, err
	}
	if len(events) != 1 {
		t.Fatalf("%d events of one document", len(events))
	}
	return events[0], nil
}

func tree(t *testing.T, doc []byte) (values map[string]any) {
	t.Helper()
	if err := json.Unmarshal(doc, &values); err != nil {
		t.Fatal(err)
	}
	return values
}

// Every document of the standard goes in, becomes a fact and comes out the
// same, in every form.
func TestStandardDocumentsGoRound(t *testing.T) {
	s := loadStandard(t)
	for name, doc := range s.examples {
		e, err := bare(t, doc)
		if err != nil {
			t.Errorf("%s: %v", name, err)
			continue
		}
		f := e.Fact()
		f.Seq, f.ID, f.At, f.Actor = 7, "fact", time.Unix(1, 0).UTC(), "ci"
		journaltest.Valid(t, f)
		shown, err := cloudevent.Of(f, "/andon")
		if err != nil {
			t.Fatal(err)
		}
		if !reflect.DeepEqual(tree(t, shown.Document), tree(t, doc)) {
			t.Errorf("%s came out as %s", name, shown.Document)
		}
		if !s.accepts(t, shown.Type, shown.Document) {
			t.Errorf("%s came out so that its schema refuses it: %s", name, shown.Document)
		}
		header, body := shown.Binary()
		for form, h := range map[string]http.Header{cloudevent.StructuredType: nil, cloudevent.BatchType: nil, "binary": header} {
			text := body
			switch form {
			case cloudevent.StructuredType:
				text, h = shown.Structured(), http.Header{"Content-Type": {form}}
			case cloudevent.BatchType:
				text, h = journal.JSON([]json.RawMessage{shown.Structured()}), http.Header{"Content-Type": {form + "; charset=utf-8"}}
			}
			again, err := cloudevent.Parse(h, text)
			if err != nil || len(again) != 1 || !reflect.DeepEqual(again[0], e) {
				t.Errorf("%s, %s: %v, %+v is not %+v", name, form, err, again, e)
			}
		}
	}
}

// wrongs are values of every kind, some of them right somewhere.
var wrongs = []any{nil, true, 7.5, "", "a word", "success", "medium", "ticket", "/a/reference", "https://a.example/b", `back\slash`, "%zz", "::",
	"2026-03-20T14:27:05Z", "2026-03-20", map[string]any{}, map[string]any{"id": "x"}, map[string]any{"id": 1}, map[string]any{"uri": "x"},
	[]any{}, []any{"a"}, []any{1}, []any{map[string]any{"linkType": "END"}}, []any{map[string]any{"linkType": "PATH"}},
	[]any{map[string]any{"linkType": "RELATION", "linkKind": "X", "target": map[string]any{}}}}

// kinds are as many of them as tell the rules of added fields apart.
var kinds = []any{nil, 7.5, "", "a word", "success", "medium", "https://a.example/b", `back\slash`, "%zz", map[string]any{},
	map[string]any{"id": "x"}, map[string]any{"uri": "x"}, []any{"a"}, []any{1}}

// extras are fields that some object of the standard has.
var extras = []string{"user", "change", "sbom", "signature", "repository", "artifactId", "description", "name", "uri", "environment", "service",
	"ticketURI", "pipelineName", "outcome", "errors", "owner", "viewUrl", "taskName", "pipelineRun", "severity", "reason", "testSuiteRun",
	"testCase", "trigger", "outputType", "format", "testCaseRun", "testSuite", "summary", "ticketType", "group", "creator", "assignees",
	"priority", "labels", "milestone", "resolution", "updatedBy", "type", "version", "source", "id", "chainId", "links", "schemaUri", "tags",
	"linkKind", "linkType", "from", "target", "contextId", "customData", "customDataContentType", "unheardOf"}

// The table of rules and the schemas of the standard must agree on every
// example with every field removed, replaced by values of every kind, and
// with every field added that any object of the standard has.
func TestRulesSayWhatTheSchemasSay(t *testing.T) {
	s := loadStandard(t)
	tried, refused := 0, 0
	for _, name := range slices.Sorted(maps.Keys(s.examples)) {
		root := tree(t, s.examples[name])
		typ := journal.Type(root["context"].(map[string]any)["type"].(string))
		try := func(what string) {
			doc := journal.JSON(root)
			_, err := bare(t, doc)
			want := s.accepts(t, typ, doc)
			if tried++; !want {
				refused++
			}
			if (err == nil) != want {
				t.Errorf("%s, %s: the schema accepts: %v, the rules say: %v", name, what, want, err)
			}
		}
		try("as it is")
		// All examples have the same links, and the same rule holds for them.
		if context := root["context"].(map[string]any); name != "artifact_signed.json" {
			delete(context, "links")
		}
		mutate(root, "", try)
	}
	if tried < 10000 || refused < 1000 {
		t.Fatalf("only %d documents were tried, %d of them wrong", tried, refused)
	}
	t.Logf("%d documents tried, %d of them wrong", tried, refused)
}

// mutate tries each change of one place below the object, one at a time.
func mutate(object map[string]any, path string, try func(what string)) {
	for _, key := range slices.Sorted(maps.Keys(object)) {
		at, old := path+"."+key, object[key]
		delete(object, key)
		try("without " + at)
		for _, v := range wrongs {
			// Which versions are read is Andon's own rule, stricter than the
			// schemas, and has its own test.
			if _, text := v.(string); text && v != "" && (at == ".context.specversion" || at == ".context.type") {
				continue
			}
			object[key] = v
			try(fmt.Sprintf("%s = %v", at, v))
		}
		object[key] = old
		switch child := old.(type) {
		case map[string]any:
			mutate(child, at, try)
		case []any:
			for i, item := range child {
				if o, ok := item.(map[string]any); ok {
					mutate(o, fmt.Sprintf("%s[%d]", at, i), try)
				}
			}
		}
	}
	for _, extra := range extras {
		if _, there := object[extra]; there {
			continue
		}
		values := kinds
		if path != ".subject.content" {
			values = []any{7.5, "a word", map[string]any{"id": "x"}, []any{}}
		}
		for _, v := range values {
			object[extra] = v
			try(fmt.Sprintf("%s.%s added = %v", path, extra, v))
		}
		delete(object, extra)
	}
}

// Every type of the standard is in the table and nothing else.
func TestEveryStandardTypeIsKnown(t *testing.T) {
	s := loadStandard(t)
	if got := cloudevent.Types(); len(got) != len(s.schemas) {
		t.Errorf("%d types are known, the standard has %d", len(got), len(s.schemas))
	} else {
		for _, typ := range got {
			if s.schemas[typ] == nil {
				t.Errorf("%s is not in the standard", typ)
			}
		}
	}
}

func document(typ journal.Type, content any) []byte {
	return journal.JSON(map[string]any{
		"context": map[string]any{"specversion": "0.5.1", "id": "e1", "source": "/ci", "type": typ, "timestamp": "2026-03-20T14:27:05.5+01:00"},
		"subject": map[string]any{"id": "s1", "content": content},
	})
}
