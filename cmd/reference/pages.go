package main

import (
	"bytes"
	"fmt"
	"strings"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"andon/surface/api"
)

const made = "<!-- Made by: go run ./cmd/reference docs/reference -->\n\n"

// commands tells the whole command line, group by group.
func commands(root *cobra.Command) []byte {
	var out bytes.Buffer
	fmt.Fprintf(&out, "# Command line\n\n%s%s\n\n", made, root.Long)
	fmt.Fprint(&out, "Exit codes: 0 done, 1 failed, 2 wrong usage, 3 refused (a limit, a cord or a policy says no and why, or a\n"+
		"workflow holds what Andon cannot run as it is meant), 130 interrupted.\n\n")
	flags(&out, "Flags of every command", root.PersistentFlags())
	for _, group := range root.Groups() {
		fmt.Fprintf(&out, "## %s\n\n", strings.TrimSuffix(group.Title, ":"))
		for _, cmd := range root.Commands() {
			if cmd.GroupID == group.ID {
				command(&out, cmd)
			}
		}
	}
	return out.Bytes()
}

func command(out *bytes.Buffer, cmd *cobra.Command) {
	if cmd.Hidden {
		return
	}
	fmt.Fprintf(out, "### %s\n\n%s.\n\n", cmd.CommandPath(), cmd.Short)
	if cmd.Long != "" {
		fmt.Fprintf(out, "%s\n\n", cmd.Long)
	}
	if grouping := cmd.HasSubCommands() && cmd.DisableFlagsInUseLine; !grouping {
		fmt.Fprintf(out, "Usage: `%s`\n\n", cmd.UseLine())
	}
	fmt.Fprint(out, "```sh\n")
	for line := range strings.Lines(cmd.Example) {
		fmt.Fprintf(out, "%s\n", strings.TrimSpace(line))
	}
	fmt.Fprint(out, "```\n\n")
	if len(cmd.Aliases) > 0 {
		fmt.Fprintf(out, "Also called `%s`.\n\n", strings.Join(cmd.Aliases, "`, `"))
	}
	flags(out, "Flags", cmd.NonInheritedFlags())
	for _, sub := range cmd.Commands() {
		command(out, sub)
	}
}

func flags(out *bytes.Buffer, title string, set *pflag.FlagSet) {
	if !set.HasAvailableFlags() {
		return
	}
	fmt.Fprintf(out, "| %s | |\n|---|---|\n", title)
	set.VisitAll(func(f *pflag.Flag) {
		if f.Hidden || f.Name == "help" {
			return
		}
		name := "--" + f.Name
		if f.Shorthand != "" {
			name = "-" + f.Shorthand + ", " + name
		}
		kind, about := pflag.UnquoteUsage(f)
		if kind != "" {
			name += " " + kind
		}
		fmt.Fprintf(out, "| `%s` | %s%s |\n", name, strings.ReplaceAll(about, "|", "\\|"), byDefault(f))
	})
	fmt.Fprintln(out)
}

// byDefault tells a default that is more than nothing. Those from the
// environment differ with who writes this page, and their help names them.
func byDefault(f *pflag.Flag) string {
	switch f.DefValue {
	case "", "0", "false", "[]":
		return ""
	}
	if f.Name == "url" || f.Name == "database" {
		return ""
	}
	return " (default " + f.DefValue + ")"
}

// problems tells the kinds of problems that programs can tell apart.
func problems(kinds []api.Kind) []byte {
	var out bytes.Buffer
	fmt.Fprintf(&out, "# Problems\n\n%s", made)
	fmt.Fprint(&out, `Every error of the HTTP API is a problem (RFC 9457, `+"`application/problem+json`"+`) with `+"`title`, `status` and `detail`"+`:
a sentence that says what is wrong and what would be right. `+"`field`"+` names the part of the request that is wrong. A
problem without a `+"`type`"+` says all there is by its status:

| status | |
|---|---|
| 400 | the body is missing or is not JSON |
| 401 | the token is missing or wrong |
| 403 | a page of another site asked |
| 404 | the thing, or the path, is not there |
| 405 | the path does not take this method; `+"`Allow`"+` says which it takes |
| 409 | the thing has changed meanwhile: look again |
| 413, 415 | the body is too large, or is not sent as JSON |
| 421 | the request names another host |
| 422 | a field or a parameter is wrong, or a key was used for something else |
| 500 | something went wrong inside Andon; its log says what |

A refusal is not an error of the asker: nothing was moved, and the answer says why and what to do instead, in words and as
data in `+"`refusal`"+`. The command line exits with 3 then.

| type | status | what is so | what would make it pass |
|---|---|---|---|
`)
	for _, k := range kinds {
		fmt.Fprintf(&out, "| `%s` | %d | %s | %s |\n", k.Type, k.Status, k.Means, k.Then)
	}
	return out.Bytes()
}
