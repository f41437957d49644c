package catalog_test

import (
	"reflect"
	"regexp"
	"strings"
	"testing"
	"testing/fstest"

	"andon/catalog"
)

func TestCompleteGivesALine(t *testing.T) {
	for _, c := range []struct {
		repo, name, key string
		workflows       []string
		stations        string
	}{
		{"cobra", "cobra", "COBRA", []string{"ci.yml"}, "backlog queue 0, development work 3, review work 3, test pipeline 3 *, done done 0"},
		{"cobra", "cobra", "COBRA", nil, "backlog queue 0, development work 3, review work 3, done done 0"},
		{"https://github.com/spf13/Go_Pflag.git", "go-pflag", "GOPFL", nil, ""},
		{"/srv/git/null", "line", "CARD", nil, ""},
		{"2024", "2024", "CARD", nil, ""},
		{"", "line", "CARD", nil, ""},
		{"Ünïcode/", "n--code", "NCODE", nil, ""},
	} {
		var got catalog.Catalog
		got.Complete(c.repo, "trunk", c.workflows)
		l := got.Lines[0]
		if c.repo != "Ünïcode/" && l.Name != c.name || l.Key != c.key || l.Branch != "trunk" || l.Declared() || l.Title != l.Name {
			t.Errorf("%s gives %+v", c.repo, l)
		}
		var all []string
		for _, s := range l.Stations {
			all = append(all, strings.TrimSpace(s.Name+" "+s.Kind+" "+string(rune('0'+s.WIP))+" "+s.Run))
		}
		if s := strings.Join(all, ", "); c.stations != "" && s != c.stations {
			t.Errorf("%s has\n%s, want\n%s", c.repo, s, c.stations)
		}
	}
}

func TestCompleteKeepsWhatIsDeclared(t *testing.T) {
	c := load(t, fstest.MapFS{"andon.yaml": file(line(key, stations))})
	before := c.Lines[0]
	c.Complete("other", "trunk", []string{"ci.yml"})
	before.Branch = "trunk"
	if len(c.Lines) != 1 || !reflect.DeepEqual(c.Lines[0], before) {
		t.Errorf("%+v", c.Lines)
	}
	c.Complete("other", "later", nil)
	if c.Lines[0].Branch != "trunk" {
		t.Errorf("the branch became %s", c.Lines[0].Branch)
	}
}

// Next is followed step by step, by pasting each first example into its file,
// until nothing is left to add.
func TestNextLeadsToTheEnd(t *testing.T) {
	inFile := regexp.MustCompile(` ([a-z-]+\.yaml):$`)
	tree := fstest.MapFS{}
	var said []string
	for range 10 {
		c := load(t, tree)
		if len(said) > 0 && c.Lines == nil {
			t.Fatal("the line was not pasted")
		}
		c.Complete("storefront", "main", nil)
		next := c.Next()
		if len(next) == 0 {
			break
		}
		sentence, example, ok := strings.Cut(next[0], "\n\n")
		m := inFile.FindStringSubmatch(sentence)
		if !ok || m == nil {
			t.Fatalf("it does not say where to paste:\n%s", next[0])
		}
		said = append(said, sentence[:strings.Index(sentence, ",")])
		text := example
		if old := tree[m[1]]; old != nil {
			text = string(old.Data) + example
		}
		tree[m[1]] = file(text)
	}
	if want := []string{"No Line is declared", "No Delivery is declared", "No SLO is declared", "No Policy is declared"}; !reflect.DeepEqual(said, want) {
		t.Fatalf("said %q, want %q", said, want)
	}
	c := load(t, tree)
	if len(c.Next()) > 0 || c.SLOs[0].Service != "storefront" || c.Policies[0].Name != "protect-production" {
		t.Errorf("%+v", c)
	}
}

func TestStarterLoads(t *testing.T) {
	for _, repo := range []string{"storefront", "github.com/spf13/cobra.git", "", "null", "yes", "---", "1e3", strings.Repeat("x-", 60), "Ünïcode"} {
		c := load(t, fstest.MapFS{"andon.yaml": file(catalog.Starter(repo))})
		if len(c.Lines) != 1 || len(c.Notes) > 0 {
			t.Errorf("%q gives %+v", repo, c)
		}
		var completed catalog.Catalog
		completed.Complete(repo, "", nil)
		if a, b := c.Lines[0], completed.Lines[0]; a.Name != b.Name || a.Key != b.Key || len(a.Stations) != len(b.Stations) {
			t.Errorf("%q: the starter is not the default line: %+v, %+v", repo, a, b)
		}
	}
}
