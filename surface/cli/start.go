package cli

import (
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"github.com/spf13/cobra"

	"andon/catalog"
	"andon/feedback/objective"
	"andon/flow/pipeline"
	"andon/flow/pipeline/workflow"
	"andon/gate"
	"andon/surface/api"
)

func upCommand(h Hooks) *cobra.Command {
	var o UpOptions
	cmd := &cobra.Command{
		Use: "up [repository]", Short: "Look after a git repository: floor, pipelines, deployments", Args: cobra.MaximumNArgs(1),
		Long: `Up looks after the git repository of this folder until it is interrupted: every
new commit of its branch runs its workflows, moves its cards, and is delivered
as andon.yaml declares. Without an andon.yaml there is a default line.

Everything is kept in the folder .andon, which git ignores.`,
		Example: `  andon up
  andon up --database postgres://andon@db/andon
  andon up --copy examples/storefront --visitors 50`,
		RunE: func(cmd *cobra.Command, args []string) error {
			o.Repo = "."
			if len(args) == 1 {
				o.Repo = args[0]
			}
			o.Secrets = secretsFromEnv()
			return h.Up(cmd.Context(), o, cmd.OutOrStdout())
		},
	}
	f := cmd.Flags()
	f.StringVar(&o.Listen, "listen", "", "address of pages and API (default 127.0.0.1:7420)")
	f.BoolVar(&o.AllowRemote, "allow-remote", false, "permit an address that other hosts can reach; everything then needs the token")
	f.StringVar(&o.Data, "data", "", "folder to keep everything in (default .andon in the repository)")
	f.StringVar(&o.Database, "database", os.Getenv("ANDON_DATABASE"), "a PostgreSQL URL instead of SQLite")
	f.StringVar(&o.Copy, "copy", "", "put a folder under git in the data folder and look after that")
	f.IntVar(&o.Visitors, "visitors", 0, "send so many requests a second to the last environment")
	f.IntVar(&o.Jobs, "jobs", 0, "pipeline jobs at once (default: one for each processor)")
	return cmd
}

// secretsFromEnv gives workflows what ANDON_SECRET_NAME holds as secrets.NAME.
func secretsFromEnv() map[string]string {
	const prefix = "ANDON_SECRET_"
	secrets := map[string]string{}
	for _, v := range os.Environ() {
		for i := range v {
			if v[i] == '=' {
				if name := v[:i]; len(name) > len(prefix) && name[:len(prefix)] == prefix {
					secrets[name[len(prefix):]] = v[i+1:]
				}
				break
			}
		}
	}
	return secrets
}

func runCommand(h Hooks) *cobra.Command {
	var o RunOptions
	cmd := &cobra.Command{
		Use: "run [workflow]", Short: "Run workflows on this working tree, without a server", Args: cobra.MaximumNArgs(1),
		Long: `Run executes the repository's GitHub workflows on the working tree as it is,
changes included, in fresh workspaces. Without a workflow all that listen to a
push are run. Secrets come from ANDON_SECRET_NAME. Exit code 1 when a job fails,
3 when a workflow holds what Andon cannot run as it is meant.`,
		Example: "  andon run\n  andon run ci.yml\n  andon run ci --job build\n  andon run release --input level=patch",
		RunE: func(cmd *cobra.Command, args []string) error {
			o.Repo, o.Secrets = ".", secretsFromEnv()
			if len(args) == 1 {
				o.Workflow = args[0]
			}
			ok, err := h.Run(cmd.Context(), o, cmd.OutOrStdout())
			if _, ok := errors.AsType[workflow.Problems](err); ok {
				return &exit{refused, err}
			}
			if err != nil {
				return err
			}
			if !ok {
				return &exit{failed, errors.New("")}
			}
			return nil
		},
	}
	f := cmd.Flags()
	f.StringVar(&o.Job, "job", "", "only this job and what it needs")
	f.StringToStringVar(&o.Inputs, "input", nil, "an input as `name=value`, repeatable; starts it as workflow_dispatch")
	f.IntVar(&o.Jobs, "jobs", 0, "jobs at once (default: one for each processor)")
	f.BoolVarP(&o.Quiet, "quiet", "q", false, "print logs of failed steps only")
	f.BoolVar(&o.Keep, "keep", false, "keep the workspaces")
	return cmd
}

func validateCommand() *cobra.Command {
	return &cobra.Command{
		Use: "validate [folder]", Short: "Check andon.yaml, catalog-info.yaml, slo.yaml and the workflows", Args: cobra.MaximumNArgs(1),
		Long:    "Validate reads the declarations of a folder and says everything that is wrong: the\nfile, the line, the field, and what would be right. Exit code 1 when anything is.",
		Example: "  andon validate\n  andon validate examples/storefront\n  andon validate -o json",
		RunE: func(cmd *cobra.Command, args []string) error {
			dir := "."
			if len(args) == 1 {
				dir = args[0]
			}
			if info, err := os.Stat(dir); err != nil || !info.IsDir() {
				return fmt.Errorf("%s is not a folder; give the folder that holds andon.yaml", dir)
			}
			problems, notes := validate(dir)
			if out, _ := cmd.Flags().GetString("output"); out == "json" {
				e := json.NewEncoder(cmd.OutOrStdout())
				e.SetIndent("", "  ")
				if err := e.Encode(map[string]any{"problems": problems, "notes": notes}); err != nil {
					return err
				}
			} else {
				for _, p := range problems {
					fmt.Fprintln(cmd.OutOrStdout(), p)
				}
				for _, n := range notes {
					fmt.Fprintln(cmd.OutOrStdout(), "note:", n)
				}
			}
			if len(problems) > 0 {
				return &exit{failed, fmt.Errorf("%s", count(len(problems), "problem"))}
			}
			if out, _ := cmd.Flags().GetString("output"); out != "json" {
				fmt.Fprintln(cmd.OutOrStdout(), "Everything is as it should be.")
			}
			return nil
		},
	}
}

// validate gives what is wrong and what is worth saying, as sentences.
func validate(dir string) (problems, notes []string) {
	problems, notes = []string{}, []string{}
	c, err := catalog.Load(dir)
	var wrong catalog.Problems
	switch {
	case errors.As(err, &wrong):
		for _, p := range wrong {
			problems = append(problems, p.Error())
		}
	case err != nil:
		problems = append(problems, err.Error())
	default:
		for _, n := range c.Notes {
			notes = append(notes, n.Error())
		}
		problems = append(append(problems, wrongRules(c)...), wrongObjectives(c)...)
	}
	for _, pattern := range []string{"*.yml", "*.yaml"} {
		files, _ := filepath.Glob(filepath.Join(dir, filepath.FromSlash(pipeline.Folder), pattern))
		for _, file := range files {
			text, err := os.ReadFile(file)
			if err != nil {
				problems = append(problems, err.Error())
				continue
			}
			w, err := workflow.Parse(pipeline.Folder+"/"+filepath.Base(file), text)
			var refusals workflow.Problems
			switch {
			case errors.As(err, &refusals):
				for _, p := range refusals {
					problems = append(problems, p.Error())
				}
			case err != nil:
				problems = append(problems, err.Error())
			case len(w.Other) > 0:
				notes = append(notes, fmt.Sprintf("%s: the events %v are not served by Andon", w.File, w.Other))
			}
		}
	}
	return problems, notes
}

// wrongObjectives reads the objectives as Andon does when it starts.
func wrongObjectives(c *catalog.Catalog) (problems []string) {
	for _, d := range c.SLOs {
		if _, err := objective.Parse(d.Node, d.File); err != nil {
			problems = append(problems, strings.Split(err.Error(), "\n")...)
		}
	}
	return problems
}

// wrongRules compiles the policies' rules.
func wrongRules(c *catalog.Catalog) (problems []string) {
	for _, p := range c.Policies {
		for _, r := range p.Rules {
			g := gate.New(nil, nil)
			err := g.Enforce([]gate.Policy{{Name: p.Name, File: p.File, Rules: []gate.Rule{{Name: r.Name, Line: r.Line, When: r.When, Require: r.Require}}}})
			if err != nil {
				problems = append(problems, err.Error())
			}
		}
	}
	return problems
}

func statusCommand(c *client) *cobra.Command {
	return &cobra.Command{
		Use: "status", Short: "Say which Andon answers, and what it would like to know", Args: cobra.NoArgs, Example: "  andon status",
		RunE: func(cmd *cobra.Command, _ []string) error {
			s, err := get[api.Status](cmd.Context(), c, "/v1/status")
			if err != nil {
				return err
			}
			return c.print(cmd.OutOrStdout(), s, func(t *columns) {
				t.row("address", c.url)
				t.row("version", s.Version)
				t.row("repository", s.Repository+" ("+s.Branch+")")
				t.row("line", s.Line)
				t.row("database", s.Database)
				t.row("since", s.Started)
				if s.Visitors != nil {
					t.row("visitors", s.Visitors.String())
				}
				for _, p := range s.Problems {
					t.line("wrong: %s", p)
				}
				for _, n := range s.Next {
					t.line("")
					for text := range strings.Lines(n) {
						t.line("%s", strings.TrimSuffix(text, "\n"))
					}
				}
			})
		},
	}
}
