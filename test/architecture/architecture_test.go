// Package architecture_test keeps the house in order: who may import whom, how
// long a file may be, and what the project speaks of.
package architecture_test

import (
	"bytes"
	"go/parser"
	"go/token"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"sort"
	"strconv"
	"strings"
	"testing"
	"unicode/utf8"
)

const root = "../.."

// layer is the part of the house that a package is in.
type layer string

const (
	ground   layer = "ground"
	flow     layer = "flow"
	feedback layer = "feedback"
	learning layer = "learning"
	engine   layer = "engine"
	surface  layer = "surface"
	app      layer = "app"
	outside  layer = "outside" // tests and examples
)

func layerOf(pkg string) layer {
	first, _, _ := strings.Cut(strings.TrimPrefix(pkg, "andon/"), "/")
	switch first {
	case "catalog", "journal", "exposure", "gate":
		return ground
	case "flow", "feedback", "learning", "engine", "surface":
		return layer(first)
	case "app", "cmd":
		return app
	}
	return outside
}

// allowed says which layers each may import besides itself.
var allowed = map[layer][]layer{
	ground:   {},
	flow:     {ground},
	feedback: {ground},
	learning: {ground},
	engine:   {ground},
	surface:  {ground, flow, feedback, learning},
	app:      {ground, flow, feedback, learning, engine, surface},
}

// ports are the packages of the Ways that say what they need of an engine;
// only the engine that fits a port may import it.
var ports = map[string][]string{
	"andon/engine/runtime/process": {"andon/flow/delivery"},
	"andon/engine/traffic/proxy":   {"andon/flow/delivery", "andon/feedback/judge"},
	"andon/engine/vcs":             {"andon/flow/change", "andon/flow/history", "andon/flow/pipeline"},
	"andon/engine/load":            {},
	"andon/engine/forge/fetch":     {"andon/flow/tracker"},
	"andon/engine/forge/github":    {"andon/flow/source"},
	"andon/engine/forge/gitlab":    {"andon/flow/source"},
	"andon/engine/forge/gitea":     {"andon/flow/source"},
}

func TestWhoImportsWhom(t *testing.T) {
	for pkg, imports := range packages(t) {
		from := layerOf(pkg)
		if from == outside {
			continue
		}
		for _, other := range imports {
			to := layerOf(other)
			if to == from || slices.Contains(allowed[from], to) || from == engine && slices.Contains(ports[pkg], other) {
				continue
			}
			t.Errorf("%s (%s) imports %s (%s); it may import %v", pkg, from, other, to, allowed[from])
		}
	}
}

// packages lists the imports of each package's product code within the module.
func packages(t *testing.T) map[string][]string {
	t.Helper()
	list := map[string][]string{}
	for _, file := range tracked(t) {
		if !strings.HasSuffix(file, ".go") || strings.HasSuffix(file, "_test.go") || strings.HasPrefix(file, "examples/") {
			continue
		}
		parsed, err := parser.ParseFile(token.NewFileSet(), filepath.Join(root, file), nil, parser.ImportsOnly)
		if err != nil {
			t.Fatal(err)
		}
		pkg := "andon/" + filepath.ToSlash(filepath.Dir(file))
		list[pkg] = append(list[pkg], nil...)
		for _, i := range parsed.Imports {
			path, err := strconv.Unquote(i.Path.Value)
			if err != nil {
				t.Fatal(err)
			}
			if strings.HasPrefix(path, "andon/") && !slices.Contains(list[pkg], path) {
				list[pkg] = append(list[pkg], path)
			}
		}
	}
	if len(list) < 30 {
		t.Fatalf("only %d packages were found; the test looks at the wrong place", len(list))
	}
	return list
}

func TestFilesAreShort(t *testing.T) {
	const longest, median = 400, 130
	var lengths []int
	for _, file := range tracked(t) {
		if !strings.HasSuffix(file, ".go") || strings.HasSuffix(file, "_test.go") || strings.HasSuffix(file, "_templ.go") {
			continue
		}
		n := bytes.Count(read(t, file), []byte("\n"))
		if lengths = append(lengths, n); n > longest {
			t.Errorf("%s has %d lines; split it by what it tells", file, n)
		}
	}
	sort.Ints(lengths)
	if m := lengths[len(lengths)/2]; m > median {
		t.Errorf("the median file has %d lines", m)
	}
}

// elsewhere finds what has no place in the project: unfinished work, and
// where and how it was made.
var elsewhere = regexp.MustCompile(`\b(TO` + `DO|FIX` + `ME|X` + `XX)\b|[\s"'(=]/wo` + `rk/|\.\./sha` + `red|\bsubag` + `ent`)

func TestTheProjectSpeaksOfTheProject(t *testing.T) {
	for _, file := range tracked(t) {
		if strings.Contains(file, "/vendor/") || strings.HasSuffix(file, ".min.js") || file == "go.sum" || file == "LICENSE" {
			continue
		}
		text := read(t, file)
		if m := elsewhere.FindIndex(text); m != nil && utf8.Valid(text) {
			t.Errorf("%s:%d says %q", file, 1+bytes.Count(text[:m[0]], []byte("\n")), text[m[0]:m[1]])
		}
	}
}

// Every package says what it is for.
func TestPackagesTellTheirStory(t *testing.T) {
	told := map[string]bool{}
	for _, file := range tracked(t) {
		if !strings.HasSuffix(file, ".go") || strings.HasSuffix(file, "_test.go") || strings.HasPrefix(file, "examples/") {
			continue
		}
		parsed, err := parser.ParseFile(token.NewFileSet(), filepath.Join(root, file), nil, parser.PackageClauseOnly|parser.ParseComments)
		if err != nil {
			t.Fatal(err)
		}
		dir := filepath.Dir(file)
		told[dir] = told[dir] || parsed.Doc != nil && len(parsed.Doc.Text()) > 60
	}
	for dir, ok := range told {
		if !ok {
			t.Errorf("no file of %s has a package comment that tells its story", dir)
		}
	}
}

// The pages in Go are those that the templates give.
func TestGeneratedPagesAreUpToDate(t *testing.T) {
	dir := t.TempDir()
	if err := os.CopyFS(dir, only{os.DirFS(filepath.Join(root, "surface/web")), ".templ"}); err != nil {
		t.Fatal(err)
	}
	gen := exec.Command("go", "tool", "templ", "generate", "-path", dir)
	gen.Dir = root
	if out, err := gen.CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	made, err := filepath.Glob(filepath.Join(dir, "*_templ.go"))
	if err != nil || len(made) == 0 {
		t.Fatalf("nothing was generated: %v", err)
	}
	for _, file := range made {
		fresh, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		if name := "surface/web/" + filepath.Base(file); !bytes.Equal(withoutPaths(fresh), withoutPaths(read(t, name))) {
			t.Errorf("%s is out of date; run make generate", name)
		}
	}
}

// withoutPaths drops the file names that templ writes into error positions.
func withoutPaths(code []byte) []byte {
	return regexp.MustCompile("FileName: `[^`]*`").ReplaceAll(code, nil)
}

// only shows the files with one ending.
type only struct {
	fs.FS
	ending string
}

func (o only) ReadDir(name string) (kept []fs.DirEntry, err error) {
	entries, err := fs.ReadDir(o.FS, name)
	for _, e := range entries {
		if strings.HasSuffix(e.Name(), o.ending) {
			kept = append(kept, e)
		}
	}
	return kept, err
}

func tracked(t *testing.T) []string {
	t.Helper()
	list := exec.Command("git", "ls-files", "-z")
	list.Dir = root
	out, err := list.Output()
	if err != nil {
		t.Fatalf("git ls-files: %v", err)
	}
	var files []string
	for _, f := range strings.Split(strings.TrimRight(string(out), "\x00"), "\x00") {
		if _, err := os.Stat(filepath.Join(root, f)); err == nil { // not one that was just removed
			files = append(files, f)
		}
	}
	return files
}

func read(t *testing.T, file string) []byte {
	t.Helper()
	text, err := os.ReadFile(filepath.Join(root, file))
	if err != nil {
		t.Fatal(err)
	}
	return text
}
