package journaltest

import (
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"andon/journal"
)

func detected(content any) journal.Fact {
	return journal.Fact{Seq: 1, ID: "f1", At: time.Unix(1, 0).UTC(), Type: journal.IncidentDetected,
		Subject: "INC-1", Actor: "ana", Text: "INC-1 was opened.", Content: journal.JSON(content)}
}

func TestFactsThatBreakThePromiseAreFound(t *testing.T) {
	all, err := schemas()
	if err != nil {
		t.Fatal(err)
	}
	if all == nil {
		t.Skip("no CDEvents schemas beside the project")
	}
	good := detected(map[string]any{"environment": map[string]any{"id": "production"}})
	for name, c := range map[string]struct {
		change func(*journal.Fact)
		want   string
	}{
		"valid":          {func(*journal.Fact) {}, ""},
		"no environment": {func(f *journal.Fact) { f.Content = nil }, "environment"},
		"unknown content": {func(f *journal.Fact) {
			f.Content = journal.JSON(map[string]any{"environment": map[string]any{"id": "p"}, "x": 1})
		}, "'x'"},
		"no such type": {func(f *journal.Fact) { f.Type = "dev.cdevents.incident.detected.0.1.0" }, "no such type"},
		"bad own type": {func(f *journal.Fact) { f.Type = "dev.cdeventsx.other-thing.done.1" }, "of the form"},
		"no sentence":  {func(f *journal.Fact) { f.Text = " " }, "sentence"},
		"no subject":   {func(f *journal.Fact) { f.Subject = "" }, "subject"},
	} {
		t.Run(name, func(t *testing.T) {
			f := good
			c.change(&f)
			got := strings.Join(problems(all, f), "; ")
			if (c.want == "") != (got == "") || !strings.Contains(got, c.want) {
				t.Fatalf("problems %q, want %q", got, c.want)
			}
		})
	}
}

// Every conformance document of CDEvents must pass: the helper itself must
// not refuse what the standard accepts.
func TestConformanceDocumentsPass(t *testing.T) {
	dir, found := Corpora(filepath.Join("cdevents", "conformance"))
	all, err := schemas()
	if err != nil {
		t.Fatal(err)
	}
	if !found || all == nil {
		t.Skip("no CDEvents corpora beside the project")
	}
	files, err := filepath.Glob(filepath.Join(dir, "*.json"))
	if err != nil || len(files) == 0 {
		t.Fatalf("%d files, %v", len(files), err)
	}
	for _, file := range files {
		text, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		var doc struct {
			Context struct{ Type journal.Type }
			Subject struct{ Content json.RawMessage }
		}
		if err := json.Unmarshal(text, &doc); err != nil {
			t.Fatal(err)
		}
		f := detected(nil)
		f.Type, f.Content = doc.Context.Type, doc.Subject.Content
		Valid(t, f)
	}
}
