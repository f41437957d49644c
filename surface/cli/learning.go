package cli

import (
	"fmt"
	"io"
	"net/http"
	"net/url"
	"os"
	"strings"

	"github.com/spf13/cobra"

	"andon/feedback/incident"
	"andon/learning/postmortem"
	"andon/surface/api"
)

func budgetCommand(c *client) *cobra.Command {
	return &cobra.Command{
		Use: "budget", Aliases: []string{"objectives"}, Short: "Show objectives and what is left of their error budgets", Args: cobra.NoArgs,
		Example: "  andon budget",
		RunE: func(cmd *cobra.Command, _ []string) error {
			list, err := get[items[api.Objective]](cmd.Context(), c, "/v1/objectives")
			if err != nil {
				return err
			}
			return c.print(cmd.OutOrStdout(), list, func(t *columns) {
				for _, o := range list.Items {
					left := "not known yet"
					if o.Known {
						left = fmt.Sprintf("%.1f %% left", 100*o.Remaining)
					}
					t.row(o.Name, fmt.Sprintf("%g %% in %s", 100*o.Target, o.Window), left, o.Text)
				}
				t.empty("No objective. Declare one in slo.yaml (OpenSLO).")
			})
		},
	}
}

func incidentsCommand(c *client) *cobra.Command {
	cmd := &cobra.Command{
		Use: "incidents", Aliases: []string{"incident"}, Short: "List, open, acknowledge and resolve incidents", Args: cobra.NoArgs,
		Example: "  andon incidents\n  andon incidents show INC-1\n  andon incidents resolve INC-1 \"rolled back\"",
		RunE: func(cmd *cobra.Command, _ []string) error {
			list, err := get[items[incident.Incident]](cmd.Context(), c, "/v1/incidents")
			if err != nil {
				return err
			}
			return c.print(cmd.OutOrStdout(), list, func(t *columns) {
				for _, i := range list.Items {
					t.row(i.ID, i.State, i.Severity, i.Service, ago(i.OpenedAt)+" ago", or(i.AcknowledgedBy, "-"), i.Title)
				}
				t.empty("No incident. Open one with: andon incidents open <service> <what users meet>")
			})
		},
	}
	cmd.AddCommand(incidentShow(c), incidentOpen(c),
		incidentVerb(c, "ack", "acknowledge", "Say that you look after it", nil),
		incidentVerb(c, "resolve", "resolve", "End it; its postmortem is drafted", func(text string) any { return map[string]string{"note": text} }),
		incidentNote(c))
	return cmd
}

func incidentShow(c *client) *cobra.Command {
	return &cobra.Command{
		Use: "show <incident>", Short: "Show an incident with its timeline", Args: cobra.ExactArgs(1), Example: "  andon incidents show INC-1",
		RunE: func(cmd *cobra.Command, args []string) error {
			i, err := get[api.IncidentView](cmd.Context(), c, "/v1/incidents/"+url.PathEscape(args[0]))
			if err != nil {
				return err
			}
			return c.print(cmd.OutOrStdout(), i, func(t *columns) {
				t.line("%s  %s  %s", i.ID, i.State, i.Title)
				for _, e := range i.Timeline {
					t.row(e.At.Local().Format("15:04:05"), e.Actor, e.Text)
				}
			})
		},
	}
}

func incidentOpen(c *client) *cobra.Command {
	var severity, environment string
	cmd := &cobra.Command{
		Use: "open <service> <what users meet>", Short: "Open an incident", Args: cobra.MinimumNArgs(2),
		Example: `  andon incidents open storefront "the basket stays empty" --severity critical`,
		RunE: func(cmd *cobra.Command, args []string) error {
			i, err := call[incident.Incident](cmd.Context(), c, http.MethodPost, "/v1/incidents", map[string]string{
				"service": args[0], "title": strings.Join(args[1:], " "), "severity": severity, "environment": environment})
			if err != nil {
				return err
			}
			return c.print(cmd.OutOrStdout(), i, func(t *columns) { t.line("%s is open: %s", i.ID, i.Title) })
		},
	}
	cmd.Flags().StringVar(&severity, "severity", "major", "critical, major or minor")
	cmd.Flags().StringVar(&environment, "environment", "", "where users meet it")
	return cmd
}

func incidentVerb(c *client, name, route, about string, body func(text string) any) *cobra.Command {
	use, args := name+" <incident>", cobra.ExactArgs(1)
	if body != nil {
		use, args = name+" <incident> [how]", cobra.MinimumNArgs(1)
	}
	return &cobra.Command{
		Use: use, Short: about, Args: args, Example: "  andon incidents " + name + " INC-1",
		RunE: func(cmd *cobra.Command, args []string) error {
			var b any
			if body != nil {
				b = body(strings.Join(args[1:], " "))
			}
			i, err := call[incident.Incident](cmd.Context(), c, http.MethodPost, "/v1/incidents/"+url.PathEscape(args[0])+"/"+route, b)
			if err != nil {
				return err
			}
			return c.print(cmd.OutOrStdout(), i, func(t *columns) { t.line("%s is %s", i.ID, i.State) })
		},
	}
}

func incidentNote(c *client) *cobra.Command {
	return &cobra.Command{
		Use: "note <incident> <text>", Short: "Add a remark to the timeline", Args: cobra.MinimumNArgs(2),
		Example: `  andon incidents note INC-1 "the cache is cold"`,
		RunE: func(cmd *cobra.Command, args []string) error {
			_, err := call[any](cmd.Context(), c, http.MethodPost, "/v1/incidents/"+url.PathEscape(args[0])+"/notes",
				map[string]string{"text": strings.Join(args[1:], " ")})
			return c.done(cmd, err, "Noted.")
		},
	}
}

func postmortemCommand(c *client) *cobra.Command {
	cmd := &cobra.Command{
		Use: "postmortem", Aliases: []string{"postmortems"}, Short: "Read and write postmortems; decide on actions", Args: cobra.NoArgs,
		Example: "  andon postmortem\n  andon postmortem show PM-1\n  andon postmortem action PM-1 \"Warm the cache before traffic\"",
		RunE: func(cmd *cobra.Command, _ []string) error {
			list, err := get[items[postmortem.Postmortem]](cmd.Context(), c, "/v1/postmortems")
			if err != nil {
				return err
			}
			return c.print(cmd.OutOrStdout(), list, func(t *columns) {
				for _, p := range list.Items {
					state := "draft"
					if !p.EditedAt.IsZero() {
						state = "edited by " + p.EditedBy
					}
					t.row(p.ID, p.Incident, state, ago(p.CreatedAt)+" ago", p.Title)
				}
				t.empty("No postmortem. One is drafted when an incident is resolved.")
			})
		},
	}
	show := &cobra.Command{
		Use: "show <postmortem>", Short: "Print the text and the actions", Args: cobra.ExactArgs(1), Example: "  andon postmortem show PM-1",
		RunE: func(cmd *cobra.Command, args []string) error {
			p, err := get[postmortem.Postmortem](cmd.Context(), c, "/v1/postmortems/"+url.PathEscape(args[0]))
			if err != nil {
				return err
			}
			return c.print(cmd.OutOrStdout(), p, func(t *columns) {
				for text := range strings.Lines(p.Text) {
					t.line("%s", strings.TrimRight(text, "\n"))
				}
				for _, a := range p.Actions {
					t.row(fmt.Sprintf("%d.", a.ID), a.Text, or(a.Owner, "-"), or(a.Card, "its card follows"))
				}
			})
		},
	}
	var owner string
	action := &cobra.Command{
		Use: "action <postmortem> <text>", Short: "Decide on an action; it becomes a card in the backlog", Args: cobra.MinimumNArgs(2),
		Example: `  andon postmortem action PM-1 "Warm the cache before traffic" --owner ana`,
		RunE: func(cmd *cobra.Command, args []string) error {
			p, err := call[postmortem.Postmortem](cmd.Context(), c, http.MethodPost, "/v1/postmortems/"+url.PathEscape(args[0])+"/actions",
				map[string]string{"text": strings.Join(args[1:], " "), "owner": owner})
			if err != nil {
				return err
			}
			return c.print(cmd.OutOrStdout(), p, func(t *columns) { t.line("%s has %s; each becomes a card", p.ID, count(len(p.Actions), "action")) })
		},
	}
	action.Flags().StringVar(&owner, "owner", "", "who does it")
	write := &cobra.Command{
		Use: "write <postmortem> <file>", Short: "Replace the text by a file's (- is standard input)", Args: cobra.ExactArgs(2),
		Example: "  andon postmortem show PM-1 -o json | jq -r .text > pm.md\n  andon postmortem write PM-1 pm.md",
		RunE: func(cmd *cobra.Command, args []string) error {
			text, err := readText(cmd, args[1])
			if err != nil {
				return err
			}
			path := "/v1/postmortems/" + url.PathEscape(args[0])
			p, err := get[postmortem.Postmortem](cmd.Context(), c, path)
			if err != nil {
				return err
			}
			p, err = call[postmortem.Postmortem](cmd.Context(), c, http.MethodPut, path+"/text", map[string]any{"text": text, "rev": p.Rev})
			if err != nil {
				return err
			}
			return c.print(cmd.OutOrStdout(), p, func(t *columns) { t.line("%s is written (revision %d)", p.ID, p.Rev) })
		},
	}
	cmd.AddCommand(show, action, write)
	return cmd
}

func readText(cmd *cobra.Command, file string) (string, error) {
	if file == "-" {
		b, err := io.ReadAll(cmd.InOrStdin())
		return string(b), err
	}
	b, err := os.ReadFile(file)
	return string(b), err
}
