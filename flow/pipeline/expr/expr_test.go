package expr_test

import (
	"encoding/json"
	"errors"
	"math"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"andon/flow/pipeline/expr"
	"andon/journal/journaltest"
)

type corpusCase struct {
	Expr   string `json:"expr"`
	Result *struct {
		Kind  string
		Value json.RawMessage
	} `json:"result"`
	Err      *struct{ Kind, Value string } `json:"err"`
	Contexts json.RawMessage               `json:"contexts"`
}

// The language's public test cases (actions/languageservices).
func TestPublicCases(t *testing.T) {
	dir, found := journaltest.Corpora("github-expressions")
	if !found {
		t.Skip("the corpus github-expressions is not here")
	}
	files, _ := filepath.Glob(filepath.Join(dir, "*.json"))
	ran := 0
	for _, file := range files {
		b, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		groups := map[string][]corpusCase{}
		if err := json.Unmarshal(b, &groups); err != nil {
			t.Fatalf("%s: %v", file, err)
		}
		for group, cases := range groups {
			for _, c := range cases {
				ran++
				if problem := try(t, c); problem != "" {
					t.Errorf("%s %s: %s\n\t%s", filepath.Base(file), group, c.Expr, problem)
				}
			}
		}
	}
	if ran < 1000 {
		t.Fatalf("only %d cases were found", ran)
	}
}

func try(t *testing.T, c corpusCase) string {
	scope := expr.Scope{Contexts: map[string]expr.Value{}}
	names := []string{"none"}
	if len(c.Contexts) > 0 {
		var each map[string]json.RawMessage
		if err := json.Unmarshal(c.Contexts, &each); err != nil {
			t.Fatal(err)
		}
		for name, raw := range each {
			v, err := expr.FromJSON(string(raw))
			if err != nil {
				t.Fatal(err)
			}
			scope.Contexts[name], names = v, append(names, name)
		}
	}
	e, err := expr.Parse(c.Expr, names...)
	var got expr.Value
	if err == nil {
		got, err = e.Eval(scope)
	}
	if c.Err != nil {
		var problem *expr.Error
		if !errors.As(err, &problem) || problem.Kind != c.Err.Kind || !strings.HasPrefix(problem.Text, c.Err.Value) {
			return "error " + textOf(err) + ", want " + c.Err.Kind + " " + c.Err.Value
		}
		return ""
	}
	if err != nil {
		return "error " + err.Error()
	}
	return differs(got, c.Result.Kind, c.Result.Value)
}

func textOf(err error) string {
	if err == nil {
		return "none"
	}
	return err.Error()
}

func differs(got expr.Value, kind string, raw json.RawMessage) string {
	want, err := expr.FromJSON(string(raw))
	if err != nil {
		return err.Error()
	}
	if s, ok := want.(string); ok && kind == "Number" {
		want = map[string]float64{"NaN": math.NaN(), "Infinity": math.Inf(1), "-Infinity": math.Inf(-1)}[s]
	}
	if x, ok := want.(float64); ok {
		if y, ok := got.(float64); ok && (x == y || math.IsNaN(x) && math.IsNaN(y)) {
			return ""
		}
	}
	if a, b := expr.ToJSON(got), expr.ToJSON(want); a != b {
		return "gave " + a + ", want " + b
	}
	return ""
}

func TestTemplates(t *testing.T) {
	s := expr.Scope{Contexts: map[string]expr.Value{"env": expr.Object{"NAME": "wor}}ld", "N": 3.0}}}
	for text, want := range map[string]string{
		"plain": "plain", "": "", "hello ${{ env.name }}!": "hello wor}}ld!",
		"${{ format('}} {0}', env.N) }} and ${{ env.none }}": "} 3 and ",
	} {
		tpl, err := expr.ParseTemplate(text, "env")
		if err != nil {
			t.Fatal(text, err)
		}
		if got, err := tpl.Eval(s); err != nil || got != want {
			t.Errorf("%q gave %q, %v; want %q", text, got, err, want)
		}
	}
	for _, text := range []string{"${{ env.x", "${{ secrets.x }}", "${{ }}", "${{ 'a }}"} {
		if _, err := expr.ParseTemplate(text, "env"); err == nil {
			t.Errorf("%q was accepted", text)
		}
	}
}

func TestConditionsMeanSuccessUnlessTheyAskForAStatus(t *testing.T) {
	for text, want := range map[string]bool{"true": false, "${{ true }}": false, "always()": true, "failure() || true": true,
		"${{ always() }} && false": true, "env.x == ''": false} {
		e, err := expr.ParseCondition(text)
		if err != nil {
			t.Fatal(text, err)
		}
		status := func(b bool) func([]expr.Value) (expr.Value, error) {
			return func([]expr.Value) (expr.Value, error) { return b, nil }
		}
		v, err := e.Eval(expr.Scope{Contexts: map[string]expr.Value{"env": expr.Object{}},
			Functions: map[string]func([]expr.Value) (expr.Value, error){"success": status(false), "failure": status(true), "always": status(true)}})
		if err != nil || expr.Truthy(v) != want {
			t.Errorf("%q after a failure: %v, %v; want %v", text, v, err, want)
		}
	}
}

func FuzzParse(f *testing.F) {
	for _, s := range []string{"a.b['c']", "!(1 <= 2) && format('{0}', x.*.y)", "'it''s'", "case(true, 1, 2)", "..", "[["} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		e, err := expr.Parse(s)
		if err == nil {
			_, _ = e.Eval(expr.Scope{Contexts: map[string]expr.Value{"x": []any{expr.Object{"y": 1.0}}}})
		}
		_, _ = expr.ParseTemplate(s)
		_, _ = expr.ParseCondition(s)
	})
}
