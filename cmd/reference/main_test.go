package main

import (
	"bytes"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

const committed = "../../docs/reference"

func TestReferenceIsUpToDate(t *testing.T) {
	t.Setenv("ANDON_URL", "http://elsewhere.example") // of the person who writes it
	all, err := pages()
	if err != nil {
		t.Fatal(err)
	}
	for name, text := range all {
		had, err := os.ReadFile(filepath.Join(committed, name))
		if err != nil {
			t.Fatal(err)
		}
		if !bytes.Equal(had, text) {
			t.Errorf("docs/reference/%s is out of date; run make generate", name)
		}
		if strings.Contains(string(text), "elsewhere.example") {
			t.Errorf("%s depends on the environment", name)
		}
	}
	entries, err := os.ReadDir(committed)
	if err != nil {
		t.Fatal(err)
	}
	for _, e := range entries {
		if all[e.Name()] == nil {
			t.Errorf("docs/reference/%s is not made by this program", e.Name())
		}
	}
}

func TestWriteMakesTheFolder(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "docs", "reference")
	if err := write(dir); err != nil {
		t.Fatal(err)
	}
	text, err := os.ReadFile(filepath.Join(dir, "cli.md"))
	if err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{"### andon pull\n", "### andon rollout promote\n", "andon move SHOP-7 review", "| `-o, --output string` |", "Also called `join`."} {
		if !strings.Contains(string(text), want) {
			t.Errorf("cli.md lacks %q", want)
		}
	}
}
