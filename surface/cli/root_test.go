package cli_test

import (
	"slices"
	"strings"
	"testing"

	"github.com/spf13/cobra"

	"andon/surface/cli"
)

// walk visits every command, with a tree of its own so that flags of one
// example do not stay for the next.
func walk(cmd *cobra.Command, visit func(*cobra.Command)) {
	for _, sub := range cmd.Commands() {
		if sub.Name() == "help" || sub.Name() == "completion" {
			continue
		}
		visit(sub)
		walk(sub, visit)
	}
}

func TestEveryCommandExplainsItself(t *testing.T) {
	n := 0
	walk(cli.New(cli.Hooks{}), func(cmd *cobra.Command) {
		n++
		if cmd.Short == "" || strings.HasSuffix(cmd.Short, ".") || cmd.Example == "" {
			t.Errorf("%s: short %q, example %q", cmd.CommandPath(), cmd.Short, cmd.Example)
		}
	})
	if n < 35 {
		t.Errorf("only %d commands", n)
	}
}

// Each example is one that the command line takes.
func TestExamplesAreValid(t *testing.T) {
	walk(cli.New(cli.Hooks{}), func(cmd *cobra.Command) {
		path := cmd.CommandPath()
		own := false
		for line := range strings.Lines(cmd.Example) {
			words := words(strings.TrimSpace(line))
			if words[0] != "andon" {
				t.Errorf("%s: the example %q is not one of andon", path, line)
				continue
			}
			found, rest, err := cli.New(cli.Hooks{}).Find(words[1:])
			if err != nil {
				t.Errorf("%s: %q: %v", path, line, err)
				continue
			}
			if err := found.ParseFlags(rest); err != nil {
				t.Errorf("%s: %q: %v", path, line, err)
				continue
			}
			if err := found.ValidateArgs(found.Flags().Args()); err != nil {
				t.Errorf("%s: %q: %v", path, line, err)
			}
			if err := found.ValidateRequiredFlags(); err != nil {
				t.Errorf("%s: %q: %v", path, line, err)
			}
			own = own || strings.HasPrefix(found.CommandPath(), path)
		}
		if !own {
			t.Errorf("no example of %s is its own:\n%s", path, cmd.Example)
		}
	})
}

// words splits a line as a shell does, up to a pipe or a redirection.
func words(line string) (list []string) {
	var quote rune
	word, begun := "", false
	end := func() {
		if begun {
			list = append(list, word)
		}
		word, begun = "", false
	}
	for _, r := range line {
		switch {
		case quote != 0 && r == quote:
			quote = 0
		case quote == 0 && (r == '"' || r == '\''):
			quote, begun = r, true
		case quote == 0 && r == ' ':
			end()
		default:
			word, begun = word+string(r), true
		}
	}
	end()
	if i := slices.IndexFunc(list, func(w string) bool { return w == "|" || w == ">" }); i >= 0 {
		list = list[:i]
	}
	return list
}
