package cli

import (
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"andon/flow/pipeline"
)

func runsCommand(c *client) *cobra.Command {
	var limit int
	cmd := &cobra.Command{
		Use: "runs", Short: "List pipeline runs; show, start, cancel or repeat one",
		Example: "  andon runs\n  andon runs show ci-12\n  andon runs start ci.yml --commit 1a2b3c4\n  andon runs rerun ci-12",
		Args:    cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			list, err := get[items[pipeline.Run]](cmd.Context(), c, fmt.Sprintf("/v1/runs?limit=%d", limit))
			if err != nil {
				return err
			}
			return c.print(cmd.OutOrStdout(), list, func(t *columns) {
				for _, r := range list.Items {
					t.row(r.ID, r.Status(), short(r.SHA), span(r.Took(time.Now())), ago(r.CreatedAt)+" ago", r.Actor, firstLine(r.Text))
				}
				t.empty("No run yet. Commit something, with a workflow in .github/workflows that listens to push.")
			})
		},
	}
	cmd.Flags().IntVar(&limit, "limit", 20, "at most so many runs")
	cmd.AddCommand(runsShow(c), runsStart(c),
		runsVerb(c, "cancel", "Ask a run to end", "is being canceled"), runsVerb(c, "rerun", "Run the same again", ""))
	return cmd
}

func firstLine(s string) string {
	first, _, _ := strings.Cut(s, "\n")
	return first
}

func runsShow(c *client) *cobra.Command {
	return &cobra.Command{
		Use: "show <run>", Short: "Show a run with its jobs, steps and artifacts", Args: cobra.ExactArgs(1), Example: "  andon runs show ci-12",
		RunE: func(cmd *cobra.Command, args []string) error {
			d, err := get[pipeline.Detail](cmd.Context(), c, "/v1/runs/"+url.PathEscape(args[0]))
			if err != nil {
				return err
			}
			return c.print(cmd.OutOrStdout(), d, func(t *columns) {
				t.line("%s  %s  %s  commit %s by %s", d.ID, d.Status(), d.Workflow, short(d.SHA), d.Actor)
				for text := range strings.Lines(d.Text) {
					t.line("  %s", strings.TrimRight(text, "\n"))
				}
				for _, j := range d.Jobs {
					name := j.ID
					if len(j.Needs) > 0 {
						name += " after " + strings.Join(j.Needs, ", ")
					}
					t.row(name, j.Status(), tookText(j.StartedAt, j.EndedAt), j.Text)
					for _, s := range j.Steps {
						t.row("  "+s.Name, s.Status(), tookText(s.StartedAt, s.EndedAt), s.Text)
					}
				}
				for _, a := range d.Artifacts {
					t.line("artifact %s  %d files, %d bytes  %s", a.Name, a.Files, a.Size, a.Digest)
				}
			})
		},
	}
}

func tookText(from, to time.Time) string {
	switch {
	case from.IsZero():
		return "-"
	case to.IsZero():
		return span(time.Since(from))
	}
	return to.Sub(from).Round(10 * time.Millisecond).String()
}

func runsStart(c *client) *cobra.Command {
	var commit string
	var inputs map[string]string
	cmd := &cobra.Command{
		Use: "start <workflow>", Short: "Start a workflow that listens to workflow_dispatch", Args: cobra.ExactArgs(1),
		Example: "  andon runs start ci.yml --commit 1a2b3c4 --input level=debug",
		RunE: func(cmd *cobra.Command, args []string) error {
			r, err := call[pipeline.Run](cmd.Context(), c, http.MethodPost, "/v1/runs",
				map[string]any{"workflow": args[0], "commit": commit, "inputs": inputs})
			if err != nil {
				return err
			}
			return c.print(cmd.OutOrStdout(), r, func(t *columns) { t.line("%s was started; follow it with: andon logs -f %s", r.ID, r.ID) })
		},
	}
	cmd.Flags().StringVar(&commit, "commit", "", "full hash of the commit (needed)")
	cmd.Flags().StringToStringVar(&inputs, "input", nil, "an input as `name=value`, repeatable")
	_ = cmd.MarkFlagRequired("commit")
	return cmd
}

func runsVerb(c *client, verb, about, sentence string) *cobra.Command {
	return &cobra.Command{
		Use: verb + " <run>", Short: about, Args: cobra.ExactArgs(1), Example: "  andon runs " + verb + " ci-12",
		RunE: func(cmd *cobra.Command, args []string) error {
			r, err := call[pipeline.Run](cmd.Context(), c, http.MethodPost, "/v1/runs/"+url.PathEscape(args[0])+"/"+verb, nil)
			if err != nil || r.ID == "" {
				return c.done(cmd, err, "%s %s.", args[0], sentence)
			}
			return c.print(cmd.OutOrStdout(), r, func(t *columns) { t.line("%s was started; follow it with: andon logs -f %s", r.ID, r.ID) })
		},
	}
}

func logsCommand(c *client) *cobra.Command {
	var follow bool
	var job string
	cmd := &cobra.Command{
		Use: "logs [run]", Short: "Print the log of a run (default: the newest)", Args: cobra.MaximumNArgs(1),
		Example: "  andon logs\n  andon logs -f\n  andon logs ci-12 --job build",
		RunE: func(cmd *cobra.Command, args []string) error {
			var id string
			if len(args) == 1 {
				id = args[0]
			} else {
				list, err := get[items[pipeline.Run]](cmd.Context(), c, "/v1/runs?limit=1")
				if err != nil {
					return err
				}
				if len(list.Items) == 0 {
					return fmt.Errorf("there is no run yet")
				}
				id = list.Items[0].ID
			}
			q := url.Values{"job": {job}}
			if follow {
				q.Set("follow", "true")
			}
			resp, err := c.send(cmd.Context(), http.MethodGet, "/v1/runs/"+url.PathEscape(id)+"/log?"+q.Encode(), nil, nil)
			if err != nil {
				return err
			}
			defer resp.Body.Close()
			if _, err := io.Copy(cmd.OutOrStdout(), resp.Body); err != nil {
				return err
			}
			if !follow {
				return nil
			}
			d, err := get[pipeline.Detail](cmd.Context(), c, "/v1/runs/"+url.PathEscape(id))
			if err != nil || d.Conclusion == "success" {
				return err
			}
			return &exit{failed, fmt.Errorf("%s ended with %s: %s", d.ID, d.Conclusion, d.Text)}
		},
	}
	cmd.Flags().BoolVarP(&follow, "follow", "f", false, "go on until the run ends; exit code 1 when it does not succeed")
	cmd.Flags().StringVar(&job, "job", "", "only this job")
	return cmd
}
