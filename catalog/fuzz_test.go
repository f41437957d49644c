package catalog_test

import (
	"errors"
	"os"
	"path/filepath"
	"testing"
	"testing/fstest"

	"andon/catalog"
)

// FuzzLoad gives one text to all files: whatever it is, loading ends with a
// catalog or with problems that say where, what and what would be right.
func FuzzLoad(f *testing.F) {
	for _, name := range []string{"andon.yaml", "slo.yaml", "catalog-info.yaml"} {
		text, err := os.ReadFile(filepath.Join(storefront, name))
		if err != nil {
			f.Fatal(err)
		}
		f.Add(string(text))
	}
	for _, c := range refused {
		f.Add(c.text)
	}
	for _, text := range []string{"a: &a [*a]", "a: &a b\n*a : c", "? [a]\n: b", "<<: {a: b}", "{", "\xff\xfe", "!!binary x: y", "apiVersion: andon.dev/v1\nkind: Line\nspec: *x"} {
		f.Add(text)
	}
	f.Fuzz(func(t *testing.T, text string) {
		c, err := catalog.LoadFS(fstest.MapFS{
			"andon.yaml": file(text), "catalog-info.yaml": file(text), "slo.yaml": file(text), ".github/workflows/ci.yml": file(""),
		})
		if err == nil {
			c.Complete("storefront", "main", nil)
			c.Next()
			return
		}
		var ps catalog.Problems
		if !errors.As(err, &ps) || len(ps) == 0 || c != nil {
			t.Fatalf("%T: %v", err, err)
		}
		for _, p := range ps {
			if p.File == "" || p.What == "" || p.Right == "" || p.Line < 0 {
				t.Errorf("%+v", p)
			}
		}
	})
}
