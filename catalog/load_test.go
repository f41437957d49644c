package catalog_test

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"testing"
	"testing/fstest"
	"time"

	"andon/catalog"
)

const storefront = "../examples/storefront"

func TestStorefront(t *testing.T) {
	c, err := catalog.Load(storefront)
	if err != nil {
		t.Fatal(err)
	}
	if len(c.Notes) > 0 {
		t.Errorf("notes:\n%v", c.Notes)
	}
	if next := c.Next(); len(next) > 0 {
		t.Errorf("next: %q", next)
	}
	l := c.Lines[0]
	if l.Name != "storefront" || l.Title != "Storefront" || l.Key != "SHOP" || l.Owner != "shop" || l.Branch != "main" || l.WIP != 8 || !l.Declared() {
		t.Errorf("line: %+v", l)
	}
	var stations []string
	for _, s := range l.Stations {
		stations = append(stations, s.Name+" "+s.Kind+" "+s.Run+s.Deploy)
	}
	if got, want := strings.Join(stations, ", "), "backlog queue , development work , test pipeline ci.yml, "+
		"staging deploy staging, production deploy production, done done "; got != want {
		t.Errorf("stations are\n%s, want\n%s", got, want)
	}
	if got, want := l.Stations[2].String(), "andon.yaml:16"; got != want {
		t.Errorf("the test station is at %s, want %s", got, want)
	}
	if card := l.Cards[1]; len(l.Cards) != 8 || card.Key != "SHOP-2" || card.Kind != "change" || card.Class != "standard" || card.Estimate != 1 {
		t.Errorf("%d cards, the second is %+v", len(l.Cards), card)
	}

	d, ok := c.Delivery("storefront")
	if !ok || d.Artifact != (catalog.Artifact{Workflow: "ci.yml", Name: "storefront"}) || d.Metrics != "/metrics" ||
		d.StopGrace != 10*time.Second || d.Env["STOREFRONT_TITLE"] != "Storefront" || d.Command[0] != "./storefront" {
		t.Errorf("delivery: %+v", d)
	}
	if want := (catalog.Health{Path: "/healthz", Interval: time.Second, Timeout: time.Second, StartWithin: 30 * time.Second, Failures: 3}); d.Health != want {
		t.Errorf("health is %+v, want %+v", d.Health, want)
	}
	production := d.Environments[1]
	if production.Listen != "127.0.0.1:7430" || production.Replicas != 2 || len(production.Canary) != 4 || d.Environments[0].Canary != nil {
		t.Errorf("production: %+v", production)
	}
	if s := production.Canary; *s[0].SetWeight != 10 || s[1].Pause.Duration != 10*time.Second || s[1].SetWeight != nil || *s[2].SetWeight != 50 {
		t.Errorf("steps: %+v", s)
	}

	p := c.Policies[0]
	if p.Name != "protect-production" || !reflect.DeepEqual(p.On, []string{"deploy"}) || p.OnNoData != "open" ||
		p.Rules[0].Name != "budget-left" || p.Rules[0].When == "" || p.Rules[0].Require == "" || p.Rules[0].Message == "" {
		t.Errorf("policy: %+v", p)
	}
	if o := c.SLOs[0]; o.Place().String() != "slo.yaml:3" || o.Name != "storefront-answers" || o.Service != "storefront" || len(o.Node.Content) != 8 {
		t.Errorf("slo: %+v", o)
	}
	if comp := c.Components[0]; comp.Owner != "shop" || comp.Type != "service" || comp.Lifecycle != "production" || !reflect.DeepEqual(comp.Tags, []string{"go", "web"}) {
		t.Errorf("component: %+v", comp)
	}
	if got := c.Members("Shop"); !reflect.DeepEqual(got, []string{"ana", "bo", "cy"}) {
		t.Errorf("members of shop are %q", got)
	}
	if u := c.Users[1]; u.Title != "Bo" || u.String() != "catalog-info.yaml:35" {
		t.Errorf("user: %+v", u)
	}
}

func TestDefaultsOfADelivery(t *testing.T) {
	c := load(t, fstest.MapFS{"andon.yaml": file(delivery("health: {path: /up}", "environments: [{name: production, listen: 127.0.0.1:1}]"))})
	d := c.Deliveries[0]
	if want := (catalog.Health{Path: "/up", Interval: time.Second, Timeout: time.Second, StartWithin: 30 * time.Second, Failures: 3}); d.Health != want {
		t.Errorf("health is %+v, want %+v", d.Health, want)
	}
	if d.StopGrace != 10*time.Second || d.Metrics != "" || d.Environments[0].Replicas != 1 {
		t.Errorf("delivery: %+v", d)
	}
}

func TestSteps(t *testing.T) {
	c := load(t, fstest.MapFS{"andon.yaml": file(delivery("health: {path: /}",
		"environments: [{name: p, listen: 127.0.0.1:1, strategy: {canary: {steps: [{setWeight: 5}, {analysis: {}}, {setWeight: 20}, {analysis: true}, {pause: {}}]}}}]"))})
	s := c.Deliveries[0].Environments[0].Canary
	if *s[0].SetWeight != 5 || !s[1].Analysis || *s[2].SetWeight != 20 || !s[3].Analysis || s[4].Pause == nil || s[4].Pause.Duration != 0 {
		t.Errorf("steps: %+v", s)
	}
}

func TestAnEmptyTree(t *testing.T) {
	c := load(t, fstest.MapFS{})
	if !reflect.DeepEqual(c, &catalog.Catalog{}) {
		t.Errorf("%+v", c)
	}
	c = load(t, fstest.MapFS{"andon.yaml": file("# nothing yet\n---\n---\n"), "slo.yaml": file("")})
	if !reflect.DeepEqual(c, &catalog.Catalog{}) {
		t.Errorf("%+v", c)
	}
}

func TestADirectoryThatCannotBeRead(t *testing.T) {
	missing := filepath.Join(t.TempDir(), "missing")
	_, err := catalog.Load(missing)
	if want := missing + ": cannot be read: no such file or directory; name the directory of a repository"; err == nil || err.Error() != want {
		t.Errorf("got %v, want %s", err, want)
	}
	plain := filepath.Join(t.TempDir(), "plain")
	if err := os.WriteFile(plain, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	_, err = catalog.Load(plain)
	if want := plain + ": is not a directory; name the directory of a repository"; err == nil || err.Error() != want {
		t.Errorf("got %v, want %s", err, want)
	}
	folder := t.TempDir()
	if err := os.Mkdir(filepath.Join(folder, "andon.yaml"), 0o700); err != nil {
		t.Fatal(err)
	}
	_, err = catalog.Load(folder)
	if want := "andon.yaml: cannot be read: it is a directory; make it readable, or remove it"; err == nil || err.Error() != want {
		t.Errorf("got %v, want %s", err, want)
	}
	if _, err = catalog.LoadFS(refusing{}); err == nil || !strings.Contains(err.Error(), "catalog-info.yaml: cannot be read: permission denied; make it readable") {
		t.Errorf("got %v", err)
	}
}

// refusing is a tree whose files nobody may open.
type refusing struct{}

func (refusing) Open(name string) (fs.File, error) {
	return nil, &fs.PathError{Op: "open", Path: name, Err: fs.ErrPermission}
}

func TestProblemsComeSortedFromAllFiles(t *testing.T) {
	_, err := catalog.LoadFS(fstest.MapFS{
		"slo/b.yaml": file("apiVersion: openslo/v9\n"),
		"slo/a.yaml": file("- x\n"),
		"andon.yaml": file("apiVersion: andon.dev/v1\nkind: Policy\n---\napiVersion: v1\n"),
	})
	var ps catalog.Problems
	if !errors.As(err, &ps) {
		t.Fatalf("the error is %T", err)
	}
	var places []string
	for _, p := range ps {
		places = append(places, p.Place.String())
	}
	if want := []string{"andon.yaml:1", "andon.yaml:1", "andon.yaml:4", "slo/a.yaml:1", "slo/b.yaml:1"}; !reflect.DeepEqual(places, want) {
		t.Errorf("problems are at %v, want %v:\n%v", places, want, err)
	}
}

func load(t *testing.T, tree fstest.MapFS) *catalog.Catalog {
	t.Helper()
	c, err := catalog.LoadFS(tree)
	if err != nil {
		t.Fatal(err)
	}
	return c
}

func file(text string) *fstest.MapFile { return &fstest.MapFile{Data: []byte(text)} }

// line is a Line with the lines given in its spec, which begins on line 4.
func line(spec ...string) string { return document("Line", spec) }

// delivery is a Delivery that lacks health and environments; the lines given
// begin on line 7.
func delivery(spec ...string) string {
	return document("Delivery", append([]string{"service: shop", "artifact: {workflow: ci.yml, name: shop}", "command: [./shop]"}, spec...))
}

// policy is a Policy with the lines given in its spec, which begins on line 4.
func policy(spec ...string) string { return document("Policy", spec) }

func document(kind string, spec []string) string {
	return "apiVersion: andon.dev/v1\nkind: " + kind + "\nmetadata: {name: shop}\nspec:\n  " + strings.Join(spec, "\n  ") + "\n"
}
