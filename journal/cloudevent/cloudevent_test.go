package cloudevent_test

import (
	"encoding/base64"
	"encoding/json"
	"errors"
	"net/http"
	"reflect"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"andon/journal"
	"andon/journal/cloudevent"
)

const deployed journal.Type = "dev.cdevents.service.deployed.0.3.0"

func goodContent() map[string]any {
	return map[string]any{"environment": map[string]any{"id": "production"}, "artifactId": "pkg:oci/shop@1"}
}

func good(t testing.TB) cloudevent.Event {
	t.Helper()
	events, err := cloudevent.Parse(http.Header{"Content-Type": {"application/json"}}, document(deployed, goodContent()))
	if err != nil {
		t.Fatal(err)
	}
	return events[0]
}

func TestWhatIsWrongIsSaid(t *testing.T) {
	set := func(at, key string, v any) func(map[string]any) {
		return func(doc map[string]any) { doc[at].(map[string]any)[key] = v }
	}
	for name, c := range map[string]struct {
		change func(doc map[string]any)
		want   string
	}{
		"missing":         {set("subject", "content", map[string]any{"artifactId": "a"}), "subject.content.environment is missing"},
		"wrong kind":      {set("subject", "content", map[string]any{"artifactId": 1, "environment": map[string]any{"id": "p"}}), "subject.content.artifactId is a number; it must be a string"},
		"not known":       {set("subject", "content", map[string]any{"artifactId": "a", "environment": map[string]any{"id": "p", "x": 1}}), "subject.content.environment.x is not known here; there are id, source"},
		"old version":     {set("context", "type", "dev.cdevents.service.deployed.0.1.1"), "of service.deployed the version 0.3.0 is known"},
		"other predicate": {set("context", "type", "dev.cdevents.service.exploded.0.1.1"), "service.deployed, service.published, service.removed"},
		"other subject":   {set("context", "type", "dev.cdevents.coffee.made.0.1.1"), "artifact, branch, build, change"},
		"no type at all":  {set("context", "type", "coffee"), "dev.cdeventsx.mytool-thing.done.0.1.0"},
		"bad own type":    {set("context", "type", "dev.cdeventsx.thing.done.0.1.0"), "dev.cdeventsx.mytool-thing.done.0.1.0"},
		"old standard":    {set("context", "specversion", "0.1.0"), "CDEvents 0.3, 0.4 and 0.5 are read"},
		"bad time":        {set("context", "timestamp", "yesterday"), "2026-03-20T14:27:05Z"},
		"control":         {set("subject", "id", "a\x00b"), "subject.id has control characters"},
		"control deeper":  {set("subject", "content", map[string]any{"artifactId": "a", "environment": map[string]any{"id": "p\x00"}}), "has control characters"},
		"too long":        {set("context", "id", strings.Repeat("x", 3000)), "use at most 2048"},
	} {
		doc := tree(t, document(deployed, goodContent()))
		c.change(doc)
		_, err := bare(t, journal.JSON(doc))
		var wrong *cloudevent.Invalid
		if !errors.As(err, &wrong) || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s: %v; want %q", name, err, c.want)
		}
	}
}

func TestOwnTypesOfToolsAreTaken(t *testing.T) {
	for _, typ := range []journal.Type{"dev.cdeventsx.mytool-thing.done.0.1.0", "dev.cdeventsx.Keptn2-task_run.started.1.2.3-draft"} {
		e, err := bare(t, document(typ, map[string]any{"anything": []any{1, "x"}, "environment": 7}))
		if err != nil || e.Type != typ || e.Sentence() == "" || len(e.About()) != 0 {
			t.Errorf("%s: %+v, %v", typ, e, err)
		}
	}
}

func TestFormsThatAreRefused(t *testing.T) {
	e := good(t)
	envelope := func(change func(map[string]any)) []byte {
		values := tree(t, e.Structured())
		change(values)
		return journal.JSON(values)
	}
	same := func(map[string]any) {}
	for name, c := range map[string]struct {
		media string
		body  []byte
		want  string
	}{
		"no media type":   {"", e.Document, "Content-Type"},
		"other type":      {"text/plain", e.Document, `is "text/plain"`},
		"not UTF-8":       {"application/json", []byte("{\"a\": \"\xff\"}"), "UTF-8"},
		"not JSON":        {"application/json", []byte("{"), "not a CDEvents document"},
		"null":            {"application/json", []byte("null"), "it is null"},
		"two":             {"application/json", []byte(string(e.Document) + "{}"), "something follows"},
		"envelope as doc": {"application/json", e.Structured(), "context is missing"},
		"no id":           {cloudevent.StructuredType, envelope(func(v map[string]any) { delete(v, "id") }), "id is missing"},
		"other version":   {cloudevent.StructuredType, envelope(func(v map[string]any) { v["specversion"] = "0.3" }), "one of 1.0"},
		"other id":        {cloudevent.StructuredType, envelope(func(v map[string]any) { v["id"] = "x" }), "context.id of the document"},
		"other type in":   {cloudevent.StructuredType, envelope(func(v map[string]any) { v["type"] = "x" }), "must be the same"},
		"no data":         {cloudevent.StructuredType, envelope(func(v map[string]any) { delete(v, "data") }), "data is missing"},
		"text data":       {cloudevent.StructuredType, envelope(func(v map[string]any) { v["data"] = "x" }), "data is a string"},
		"bad base64": {cloudevent.StructuredType, envelope(func(v map[string]any) { delete(v, "data"); v["data_base64"] = "!" }),
			"not base64"},
		"not an array": {cloudevent.BatchType, e.Structured(), "not a JSON array"},
		"second of batch": {cloudevent.BatchType, journal.JSON([]json.RawMessage{envelope(same), envelope(func(v map[string]any) { v["id"] = 1 })}),
			"event 2 of the batch: id is a number"},
		"too many": {cloudevent.BatchType, []byte("[" + strings.Repeat("0,", cloudevent.MostInBatch) + "0]"), "at most 1000"},
	} {
		events, err := cloudevent.Parse(http.Header{"Content-Type": {c.media}}, c.body)
		var wrong *cloudevent.Invalid
		if !errors.As(err, &wrong) || events != nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s: %v, %v; want %q", name, events, err, c.want)
		}
	}
}

func TestBase64DataIsRead(t *testing.T) {
	e := good(t)
	values := tree(t, e.Structured())
	delete(values, "data")
	values["data_base64"] = base64.StdEncoding.EncodeToString(e.Document)
	events, err := cloudevent.Parse(http.Header{"Content-Type": {cloudevent.StructuredType}}, journal.JSON(values))
	if err != nil || !reflect.DeepEqual(events, []cloudevent.Event{e}) {
		t.Fatal(events, err)
	}
}

func TestBinaryHeadersAreHeldAgainstTheDocument(t *testing.T) {
	e := good(t)
	for name, c := range map[string]struct{ header, value, want string }{
		"missing":      {"Ce-Id", "", "ce-id is empty"},
		"other source": {"Ce-Source", "/other", "ce-source is \"/other\", but context.source"},
		"bad encoding": {"Ce-Subject", "%zz", "ce-subject is not percent-encoded"},
	} {
		header, body := e.Binary()
		header.Set(c.header, c.value)
		_, err := cloudevent.Parse(header, body)
		if err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s: %v; want %q", name, err, c.want)
		}
	}
}

// Whatever the id and subject are, each form brings them through.
func TestNamesSurviveEveryForm(t *testing.T) {
	rapid.Check(t, func(r *rapid.T) {
		name := rapid.StringOf(rapid.Rune().Filter(func(c rune) bool { return c >= ' ' && c != 0x7f && (c < 0x80 || c > 0x9f) })).Filter(func(s string) bool {
			return s != "" && len(s) < 2000
		})
		doc := map[string]any{
			"context": map[string]any{"specversion": "0.5.1", "id": name.Draw(r, "id"), "source": "/ci", "type": deployed, "timestamp": "2026-03-20T14:27:05Z"},
			"subject": map[string]any{"id": name.Draw(r, "subject"), "content": goodContent()},
		}
		events, err := cloudevent.Parse(http.Header{"Content-Type": {"application/json"}}, journal.JSON(doc))
		if err != nil {
			r.Fatal(err)
		}
		header, body := events[0].Binary()
		again, err := cloudevent.Parse(header, body)
		if err != nil || !reflect.DeepEqual(again, events) {
			r.Fatalf("binary: %+v is not %+v: %v", again, events, err)
		}
		again, err = cloudevent.Parse(http.Header{"Content-Type": {cloudevent.StructuredType}}, events[0].Structured())
		if err != nil || !reflect.DeepEqual(again, events) {
			r.Fatalf("structured: %+v is not %+v: %v", again, events, err)
		}
	})
}

func TestFactSaysWhoWhatAndWhere(t *testing.T) {
	e := good(t)
	f := e.Fact()
	if f.Text != "Service s1 was deployed in production, says /ci." {
		t.Error(f.Text)
	}
	want := []journal.Ref{{Kind: journal.Service, ID: "s1"}, {Kind: journal.Environment, ID: "s1/production"}}
	if !reflect.DeepEqual(f.About, want) {
		t.Error(f.About)
	}
	if f.Type.Standard() {
		t.Error("an event from outside has the type of Andon's own facts")
	}
	if !e.Time.Equal(time.Date(2026, 3, 20, 13, 27, 5, 5e8, time.UTC)) || e.Time.Location() != time.UTC {
		t.Error(e.Time)
	}
	f.Data = json.RawMessage(`[]`)
	if _, err := cloudevent.Of(f, "/andon"); err == nil {
		t.Error("a broken receipt was shown")
	}
}

func TestOwnFactsAreShownUnderTheirSource(t *testing.T) {
	f := journal.Fact{Seq: 3, ID: "f3", At: time.Unix(5, 0).UTC(), Type: journal.IncidentDetected, Subject: "INC-1", Actor: "ana", Text: "x",
		Content: journal.JSON(map[string]any{"environment": map[string]any{"id": "production"}})}
	e, err := cloudevent.Of(f, "/andon")
	if err != nil {
		t.Fatal(err)
	}
	events, err := cloudevent.Parse(http.Header{"Content-Type": {cloudevent.StructuredType}}, e.Structured())
	if err != nil || events[0].ID != "f3" || events[0].Source != "/andon" || events[0].Subject != "INC-1" || !events[0].Time.Equal(f.At) {
		t.Fatalf("%+v, %v", events, err)
	}
}

func FuzzParse(f *testing.F) {
	f.Add("application/json", document(deployed, goodContent()))
	f.Add(cloudevent.BatchType, []byte(`[{"specversion":"1.0"}]`))
	f.Fuzz(func(t *testing.T, media string, body []byte) {
		events, err := cloudevent.Parse(http.Header{"Content-Type": {media}}, body)
		var wrong *cloudevent.Invalid
		if err != nil && (!errors.As(err, &wrong) || len(wrong.Problems) == 0) {
			t.Fatalf("an error that says nothing: %v", err)
		}
		for _, e := range events {
			if _, err := cloudevent.Of(e.Fact(), "/andon"); err != nil {
				t.Fatal(err)
			}
		}
	})
}
