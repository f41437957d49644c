package catalog

import (
	"path"
	"slices"
	"strings"
)

// Complete makes the catalog one that can be worked with: without a line it
// gets the default one, and a line without a branch gets the repository's.
// Repo is the name or the path of the repository; workflows are the files of
// .github/workflows.
//
// The default line is backlog, development, review, test, done, with at most
// three cards in each of the middle ones. Test runs all workflows, and is left
// out when there are none.
func (c *Catalog) Complete(repo, branch string, workflows []string) {
	if len(c.Lines) == 0 {
		name := lineName(repo)
		line := Line{Name: name, Title: name, Key: lineKey(repo), Stations: []Station{
			{Name: "backlog", Title: "backlog", Kind: KindQueue},
			{Name: "development", Title: "development", Kind: KindWork, WIP: 3},
			{Name: "review", Title: "review", Kind: KindWork, WIP: 3},
			{Name: "test", Title: "test", Kind: KindPipeline, WIP: 3, Run: "*"},
			{Name: "done", Title: "done", Kind: KindDone},
		}}
		if len(workflows) == 0 {
			line.Stations = slices.DeleteFunc(line.Stations, func(s Station) bool { return s.Run != "" })
		}
		c.Lines = []Line{line}
	}
	for i := range c.Lines {
		if c.Lines[i].Branch == "" {
			c.Lines[i].Branch = branch
		}
	}
}

// repoName is the last part of a repository's path or URL.
func repoName(repo string) string {
	return strings.TrimSuffix(path.Base(strings.ReplaceAll(strings.TrimRight(repo, `/\`), `\`, "/")), ".git")
}

// lineKey gives the first letters of a repository's name: COBRA of cobra,
// STORE of storefront.
func lineKey(repo string) string {
	const most = 5
	key := strings.Map(func(r rune) rune {
		switch {
		case r >= 'a' && r <= 'z':
			return r - 'a' + 'A'
		case r >= 'A' && r <= 'Z':
			return r
		}
		return -1
	}, repoName(repo))
	key = key[:min(len(key), most)]
	if key == "" || key == "NULL" { // which YAML reads as nothing
		return "CARD"
	}
	return key
}

// lineName makes a name of a repository's name.
func lineName(repo string) string {
	name := strings.Map(func(r rune) rune {
		switch {
		case r >= 'a' && r <= 'z' || r >= '0' && r <= '9':
			return r
		case r >= 'A' && r <= 'Z':
			return r - 'A' + 'a'
		}
		return '-'
	}, repoName(repo))
	const most = 63
	name = strings.Trim(name[:min(len(name), most)], "-")
	if name == "" || name == "null" { // which YAML reads as nothing
		return "line"
	}
	return name
}
