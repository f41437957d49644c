package catalog_test

import (
	"errors"
	"strconv"
	"strings"
	"testing"
	"testing/fstest"

	"andon/catalog"
)

// Each case is the text of slo.yaml and the whole error.
func TestBadYAML(t *testing.T) {
	for _, c := range []struct{ name, text, want string }{
		{"tab", "a:\n\t- b\n", `slo.yaml:2: is not YAML: found character that cannot start any token; indent with spaces, not tabs, and quote texts that begin with @, ` + "` or %"},
		{"colon", "a: b\nc: d: e\n", `slo.yaml:2: is not YAML: mapping values are not allowed in this context; quote texts that hold a colon and a space, and indent keys alike`},
		{"open list", "\n\na: [1, 2\nb: c\n", `slo.yaml:3: is not YAML: did not find expected ',' or ']'; close the list with ]`},
		{"indentation", " a: b\nc: d\n", "slo.yaml:1: apiVersion: is missing; use andon.dev/v1, or a version of the standard that the document follows\n" + `slo.yaml:2: is not YAML: did not find expected <document start>; indent keys alike, and quote texts with special characters`},
		{"no colon", "a: b\nnot a key\nc: d\n", `slo.yaml:2: is not YAML: could not find expected ':'; write key: value`},
		{"open quotation", "a: \"b\nc: d\n", `slo.yaml:2: is not YAML: found unexpected end of stream; close the quotation marks`},
		{"unknown anchor", "a: b\nb: c\nd: *nobody\n", `slo.yaml:3: is not YAML: unknown anchor 'nobody' referenced; write the value out, or quote a text that begins with *`},
		{"control character", "a: b\nc: \x01\n", `slo.yaml:2: is not YAML: control characters are not allowed; save the file as text in UTF-8`},
		{"second document", "# nothing\n---\na: [\n", `slo.yaml:3: is not YAML: did not find expected node content; indent keys alike, and quote texts with special characters`},
	} {
		t.Run(c.name, func(t *testing.T) {
			if got := problem(fstest.MapFS{"slo.yaml": file(c.text)}); got != c.want {
				t.Errorf("%q gives\n%s\nwant\n%s", c.text, got, c.want)
			}
		})
	}
}

func TestWhatStandsBeforeBadYAMLIsRead(t *testing.T) {
	got := problem(fstest.MapFS{"andon.yaml": file("kind: Line\n---\na: b: c\n")})
	if !strings.Contains(got, "andon.yaml:1: apiVersion: is missing") || !strings.Contains(got, "andon.yaml:3: is not YAML") {
		t.Errorf("got\n%s", got)
	}
}

func TestLimits(t *testing.T) {
	bomb := "a0: &a0 [x, x, x, x, x, x, x, x, x, x]\n"
	for i := range 20 {
		from, to := string(rune('a'+i)), string(rune('b'+i))
		if i == 0 {
			from = "a0"
		}
		bomb += to + ": &" + to + " [" + strings.TrimSuffix(strings.Repeat("*"+from+", ", 10), ", ") + "]\n"
	}
	long := "a: &a " + strings.Repeat("x", 1<<19) + "\nb: [" + strings.TrimSuffix(strings.Repeat("*a, ", 20), ", ") + "]\n"
	for _, c := range []struct{ name, text, want string }{
		{"aliases of aliases", bomb, "andon.yaml:1: is too large when its aliases are written out, or too deep; write the values out instead of using aliases of aliases"},
		{"a long text many times", long, "andon.yaml:1: is too large when its aliases are written out, or too deep; write the values out instead of using aliases of aliases"},
		{"an alias in its own anchor", "\na: &a [*a]\n", "andon.yaml:2: is too large when its aliases are written out, or too deep; use at most 100 levels, and no alias within its own anchor"},
		{"depth", "a: " + strings.Repeat("[", 200) + strings.Repeat("]", 200), "andon.yaml:1: is too large when its aliases are written out, or too deep; use at most 100 levels, and no alias within its own anchor"},
		{"size", "# " + strings.Repeat("x", 1<<20), "andon.yaml: is larger than 1 MB; split it, or remove what does not belong there"},
	} {
		t.Run(c.name, func(t *testing.T) {
			if got := problem(fstest.MapFS{"andon.yaml": file(c.text)}); got != c.want {
				t.Errorf("got\n%.300s\nwant\n%s", got, c.want)
			}
		})
	}
	load(t, fstest.MapFS{"andon.yaml": file("# " + strings.Repeat("x", 1<<20-2))})
}

// A hostile file costs memory and time in proportion to its size.
func TestManyProblems(t *testing.T) {
	same := "environments: [&e {name: p, listen: 127.0.0.1:1}" + strings.Repeat(", *e", 100_000) + "]"
	policies := strings.Repeat("---\n"+policy("on: [pull]", "rules: [{name: a, require: b, message: c}]"), 5_000)
	var services strings.Builder
	for i := range 5_000 {
		n := strconv.Itoa(i)
		services.WriteString("---\napiVersion: backstage.io/v1alpha1\nkind: Component\nmetadata: {name: component-" + n + "}\nspec: {owner: a}\n")
		services.WriteString("---\napiVersion: openslo/v1\nkind: SLO\nmetadata: {name: o-" + n + "}\nspec: {service: s-" + n + "}\n")
	}
	for _, text := range []string{delivery(health, same), policies} {
		_, err := catalog.LoadFS(fstest.MapFS{"andon.yaml": file(text)})
		var ps catalog.Problems
		if !errors.As(err, &ps) || len(ps) != 1000 {
			t.Errorf("told %d problems, want 1000", len(ps))
		}
	}
	c := load(t, fstest.MapFS{"slo.yaml": file(services.String())})
	if len(c.Notes) != 1000 || !strings.HasSuffix(c.Notes[0].Right, "component-10, component-11 and 4988 more") {
		t.Errorf("%d notes, the first is %v", len(c.Notes), c.Notes[0])
	}
}

func TestAliasesAreRead(t *testing.T) {
	c := load(t, fstest.MapFS{"andon.yaml": file(delivery(health,
		"environments:",
		"- {name: p, listen: 127.0.0.1:1, strategy: &s {canary: {steps: [{setWeight: 10}]}}}",
		"- {name: q, listen: 127.0.0.1:2, strategy: *s}"))})
	if e := c.Deliveries[0].Environments; *e[1].Canary[0].SetWeight != 10 {
		t.Errorf("%+v", e)
	}
}

func TestALongTextIsShortInAProblem(t *testing.T) {
	got := problem(fstest.MapFS{"andon.yaml": file(line(key, stations, "wip: "+strings.Repeat("9", 5000)))})
	if len(got) > 200 || !strings.Contains(got, `999"…;`) {
		t.Errorf("got %d bytes: %.300s", len(got), got)
	}
}
