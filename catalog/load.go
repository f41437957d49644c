package catalog

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path"
	"slices"
	"strings"
)

const (
	version   = "andon.dev/v1"
	backstage = "backstage.io/"
	workflows = ".github/workflows"

	// mostBytes is the most that a file may hold.
	mostBytes = 1 << 20
)

// Load reads the catalog of a directory. See [LoadFS].
func Load(dir string) (*Catalog, error) {
	info, err := os.Stat(dir)
	switch {
	case err != nil:
		return nil, Problems{{Place{dir, 0}, "", "cannot be read: " + cause(err), "name the directory of a repository"}}
	case !info.IsDir():
		return nil, Problems{{Place{dir, 0}, "", "is not a directory", "name the directory of a repository"}}
	}
	return LoadFS(os.DirFS(dir))
}

// LoadFS reads the catalog of a tree: a directory, or a commit. Files that are
// missing are no error, and an empty tree gives an empty catalog. The error is
// [Problems], sorted by file and line, with everything that is wrong in all
// files; there is no catalog then.
func LoadFS(fsys fs.FS) (*Catalog, error) {
	l := &loading{
		fsys: fsys, report: &report{}, catalog: &Catalog{},
		named: map[string]Place{}, listeners: map[string]map[string]listener{},
	}
	l.findWorkflows()
	for _, name := range l.files() {
		l.file(name)
	}
	l.index()
	for _, check := range l.report.checks {
		if l.report.full() {
			break
		}
		check(l)
	}
	l.report.problems.sort()
	l.report.notes.sort()
	if len(l.report.problems) > 0 {
		return nil, l.report.problems
	}
	l.catalog.Notes = l.report.notes
	return l.catalog, nil
}

// loading is one pass over the files.
type loading struct {
	fsys    fs.FS
	report  *report
	catalog *Catalog
	// workflows are the files of .github/workflows; nil when it is missing.
	workflows []string
	// named are the things with a name of their own, by kind and name.
	named map[string]Place
	// listeners are the addresses that environments listen on, by port and
	// by IP address and host.
	listeners map[string]map[string]listener
	known     known
}

// files gives the files to read, those with a like name noted.
func (l *loading) files() []string {
	found := []string{"andon.yaml", "catalog-info.yaml", "slo.yaml"}
	for _, name := range []string{"andon.yml", "catalog-info.yml", "slo.yml"} {
		if _, err := fs.Stat(l.fsys, name); err == nil {
			l.unread(name)
		}
	}
	entries, err := fs.ReadDir(l.fsys, "slo")
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		if info, statErr := fs.Stat(l.fsys, "slo"); statErr != nil || info.IsDir() {
			l.unreadable("slo", err)
		}
	}
	for _, e := range entries {
		name := path.Join("slo", e.Name())
		switch path.Ext(e.Name()) {
		case ".yaml":
			found = append(found, name)
		case ".yml":
			l.unread(name)
		}
	}
	return found
}

func (l *loading) unread(name string) {
	right := "name it " + strings.TrimSuffix(name, ".yml") + ".yaml"
	l.report.note(Problem{Place{name, 0}, "", "is not read", right})
}

func (l *loading) unreadable(name string, err error) {
	l.report.wrong(Problem{Place{name, 0}, "", "cannot be read: " + cause(err), "make it readable, or remove it"})
}

func (l *loading) findWorkflows() {
	entries, err := fs.ReadDir(l.fsys, workflows)
	if err != nil {
		return // without the folder there is nothing to compare with
	}
	l.workflows = []string{}
	for _, e := range entries {
		if ext := path.Ext(e.Name()); !e.IsDir() && (ext == ".yml" || ext == ".yaml") {
			l.workflows = append(l.workflows, e.Name())
		}
	}
}

// file reads all documents of one file.
func (l *loading) file(name string) {
	text, err := l.read(name)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return
	case err != nil:
		l.unreadable(name, err)
		return
	case len(text) > mostBytes:
		l.report.wrong(Problem{Place{name, 0}, "", "is larger than 1 MB", "split it, or remove what does not belong there"})
		return
	}
	for _, node := range documents(name, text, l.report) {
		if l.report.full() {
			return
		}
		l.document(value{name, "", node, l.report})
	}
}

// read gives up to one byte more than a file may hold.
func (l *loading) read(name string) ([]byte, error) {
	f, err := l.fsys.Open(name)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	if info, err := f.Stat(); err == nil && info.IsDir() {
		return nil, errors.New("it is a directory")
	}
	return io.ReadAll(io.LimitReader(f, mostBytes+1))
}

// document hands a document to whoever reads its kind. Any kind may stand in
// any of the files, so that a small repository needs only one.
func (l *loading) document(d value) {
	doc := d.open()
	if d.node.Kind != mapping {
		return
	}
	api := doc.at("apiVersion")
	switch written := api.text(); {
	case api.present() && api.node.Kind != scalar:
	case written == version:
		l.own(d, doc)
	case strings.HasPrefix(written, backstage):
		switch got := doc.need("kind", oneOf("", backstageKinds...)).text(); {
		case slices.Contains(backstageKinds, got):
			l.entity(d, got)
		case got != "":
			doc.at("kind").note(oneOf(got, backstageKinds...), "%s is not a kind of Backstage that Andon knows", shown(doc.at("kind").node))
		}
	case strings.HasPrefix(written, "openslo"):
		l.objective(d, doc)
	case d.file == "catalog-info.yaml" && api.present():
		d.note("", "is of %s, which Andon does not use", shown(api.node))
	case !api.present():
		doc.need("apiVersion", fmt.Sprintf("use %s, or a version of the standard that the document follows", version))
	default:
		api.wrong(oneOf(written, version, backstage+"v1alpha1", openSLO), "%s is not known", shown(api.node))
	}
}

// own reads one of Andon's own kinds.
func (l *loading) own(d value, doc object) {
	doc.only("apiVersion", "kind", "metadata", "spec")
	switch doc.need("kind", "use one of Line, Delivery, Policy").choice("", "Line", "Delivery", "Policy") {
	case "Line":
		l.line(d, doc)
	case "Delivery":
		l.delivery(d, doc)
	case "Policy":
		l.policy(d, doc)
	}
}

// only refuses a second thing of a kind and a name.
func (l *loading) only(v value, kind, name string) {
	if name == "" {
		return
	}
	key := kind + " " + strings.ToLower(name)
	if before, twice := l.named[key]; twice {
		v.wrong("give each "+kind+" its own name", "is a second %s named %s, beside %s", kind, name, before)
		return
	}
	l.named[key] = v.place()
}

// header reads what all of Andon's kinds share.
func header(doc object, keys ...string) (name, titled string, spec object) {
	metadata := doc.need("metadata", "add metadata with a name").object("name", "title")
	name = metadata.need("name", "name it, as in storefront").name()
	return name, title(metadata, name), doc.need("spec", "add a spec").object(keys...)
}

func title(o object, otherwise string) string { return first(o.at("title").text(), otherwise) }

// cause gives the innermost reason of an error of a file.
func cause(err error) string {
	var at *fs.PathError
	if errors.As(err, &at) {
		return at.Err.Error()
	}
	return err.Error()
}
