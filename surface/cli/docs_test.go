package cli

import (
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

// inline is a command within a sentence.
var inline = regexp.MustCompile("`(andon [^`]+)`")

// The commands that the documents tell a reader to run exist, with their flags
// and with as many arguments as they take.
func TestDocumentsTellOfCommandsThatExist(t *testing.T) {
	root := filepath.Join("..", "..")
	pages := []string{filepath.Join(root, "README.md")}
	err := filepath.WalkDir(filepath.Join(root, "docs"), func(path string, d fs.DirEntry, err error) error {
		if err == nil && d.Name() == "reference" { // made from the commands themselves
			return fs.SkipDir
		}
		if err == nil && !d.IsDir() && strings.HasSuffix(path, ".md") {
			pages = append(pages, path)
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	seen := 0
	for _, page := range pages {
		text, err := os.ReadFile(page)
		if err != nil {
			t.Fatal(err)
		}
		fenced := false
		for i, line := range strings.Split(string(text), "\n") {
			trimmed := strings.TrimPrefix(strings.TrimSpace(line), "$ ")
			switch {
			case strings.HasPrefix(trimmed, "```"):
				fenced = !fenced
			case fenced && strings.HasPrefix(trimmed, "andon "):
				seen++
				if problem := understood(trimmed, true); problem != "" {
					t.Errorf("%s:%d: %s: %s", page, i+1, trimmed, problem)
				}
			case !fenced:
				for _, m := range inline.FindAllStringSubmatch(line, -1) {
					seen++
					if problem := understood(m[1], false); problem != "" {
						t.Errorf("%s:%d: %s: %s", page, i+1, m[1], problem)
					}
				}
			}
		}
	}
	if seen < 60 {
		t.Errorf("only %d commands were found; the documents have more", seen)
	}
}

// understood says what is wrong with a command, empty when nothing is. A
// sentence may name a command without its arguments.
func understood(line string, whole bool) string {
	args := split(line)[1:]
	cmd, rest, err := New(Hooks{}).Find(args)
	if err != nil {
		return err.Error()
	}
	if err := cmd.ParseFlags(rest); err != nil {
		return err.Error()
	}
	if cmd.HasSubCommands() && len(cmd.Flags().Args()) > 0 {
		return "there is no such command"
	}
	if !whole || cmd.Flags().Changed("help") || cmd.Args == nil {
		return ""
	}
	if err := cmd.ValidateArgs(cmd.Flags().Args()); err != nil {
		return err.Error()
	}
	return ""
}

// split takes a line apart as a shell does, up to a comment or the end of the
// command.
func split(line string) (words []string) {
	var word strings.Builder
	quote, open := rune(0), false
	end := func() {
		if open {
			words = append(words, word.String())
			word.Reset()
			open = false
		}
	}
	for _, r := range line {
		switch {
		case quote != 0 && r == quote:
			quote = 0
		case quote != 0:
			word.WriteRune(r)
		case r == '"' || r == '\'':
			quote, open = r, true
		case r == ' ':
			end()
		case r == '#' && !open, strings.ContainsRune("|;&<>\\", r):
			end()
			return words
		default:
			word.WriteRune(r)
			open = true
		}
	}
	end()
	return words
}
