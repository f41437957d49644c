package cli

import (
	"fmt"
	"io"
	"net/url"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"andon/flow/floor"
)

func swarmCommand(c *client) *cobra.Command {
	var line, station string
	cmd := &cobra.Command{
		Use: "swarm", Short: "List what most needs help", Args: cobra.NoArgs,
		Example: "  andon swarm\n  andon swarm --station review",
		RunE: func(cmd *cobra.Command, _ []string) error {
			name, err := c.line(cmd.Context(), line)
			if err != nil {
				return err
			}
			needs, err := get[items[floor.Need]](cmd.Context(), c, "/v1/lines/"+url.PathEscape(name)+"/swarm?station="+url.QueryEscape(station))
			if err != nil {
				return err
			}
			return c.print(cmd.OutOrStdout(), needs, func(t *columns) {
				if len(needs.Items) == 0 {
					t.line("Nothing is in progress; pull a card with: andon pull")
				}
				for _, n := range needs.Items {
					t.row(n.Card, n.Station, or(n.Owner, "-"), n.Title, n.Why+couldHelp(n))
				}
			})
		},
	}
	cmd.Flags().StringVar(&line, "line", "", "name of the line")
	cmd.Flags().StringVar(&station, "station", "", "only here and further on")
	return cmd
}

func couldHelp(n floor.Need) string {
	if len(n.Free) == 0 {
		return ""
	}
	return "; free to help: " + strings.Join(n.Free, ", ")
}

func standUpCommand(c *client) *cobra.Command {
	var line string
	var markdown bool
	cmd := &cobra.Command{
		Use: "standup", Short: "Walk the line from its end: what to talk about today", Args: cobra.NoArgs,
		Example: "  andon standup\n  andon standup --markdown | pbcopy",
		RunE: func(cmd *cobra.Command, _ []string) error {
			name, err := c.line(cmd.Context(), line)
			if err != nil {
				return err
			}
			u, err := get[floor.StandUp](cmd.Context(), c, "/v1/lines/"+url.PathEscape(name)+"/standup")
			if err != nil {
				return err
			}
			if markdown {
				_, err := io.WriteString(cmd.OutOrStdout(), u.Markdown())
				return err
			}
			return c.print(cmd.OutOrStdout(), u, func(t *columns) { printStandUp(t, u) })
		},
	}
	cmd.Flags().StringVar(&line, "line", "", "name of the line")
	cmd.Flags().BoolVar(&markdown, "markdown", false, "print Markdown")
	return cmd
}

func printStandUp(t *columns, u floor.StandUp) {
	if len(u.Stops) == 0 {
		t.line("Nothing is in progress.")
	}
	for _, stop := range u.Stops {
		head := fmt.Sprintf("%s  %d", strings.ToUpper(stop.Station.Name), len(stop.Talks))
		if stop.Station.WIP > 0 {
			head += fmt.Sprintf(" / %d", stop.Station.WIP)
		}
		t.line("%s", head)
		for _, talk := range stop.Talks {
			t.row("  "+talk.Card.Key, talk.Card.Title, or(talk.Card.Owner, "-"), talk.Why)
		}
	}
	if len(u.Free) > 0 {
		t.line("FREE  %s", strings.Join(u.Free, ", "))
	}
	if len(u.Next) > 0 {
		t.line("NEXT")
		for _, card := range u.Next {
			t.row("  "+card.Key, card.Title, string(card.Class), "")
		}
	}
	if u.Unready > 0 {
		t.line("%d more wait to be analysed, estimated or scheduled.", u.Unready)
	}
}

func demoCommand(c *client) *cobra.Command {
	var line, since string
	var markdown bool
	cmd := &cobra.Command{
		Use: "demo", Short: "List what was finished since a day", Args: cobra.NoArgs,
		Example: "  andon demo\n  andon demo --since 2030-01-01 --markdown",
		RunE: func(cmd *cobra.Command, _ []string) error {
			name, err := c.line(cmd.Context(), line)
			if err != nil {
				return err
			}
			query := ""
			if since != "" {
				at, err := time.ParseInLocation(time.DateOnly, since, time.Local)
				if err != nil {
					return &exit{usage, fmt.Errorf("--since is %q; write year-month-day, as in 2030-01-31", since)}
				}
				query = "?since=" + url.QueryEscape(at.Format(time.RFC3339))
			}
			d, err := get[floor.Demo](cmd.Context(), c, "/v1/lines/"+url.PathEscape(name)+"/demo"+query)
			if err != nil {
				return err
			}
			if markdown {
				_, err := io.WriteString(cmd.OutOrStdout(), d.Markdown())
				return err
			}
			return c.print(cmd.OutOrStdout(), d, func(t *columns) {
				if len(d.Cards) == 0 {
					t.line("Nothing was finished since %s.", d.Since.Local().Format(time.DateOnly))
				}
				for _, card := range d.Cards {
					t.row(card.Key, card.DoneAt.Local().Format(time.DateOnly), card.Kind, card.Title, or(card.Owner, "-"))
				}
				if d.More > 0 {
					t.line("and %d more", d.More)
				}
			})
		},
	}
	cmd.Flags().StringVar(&line, "line", "", "name of the line")
	cmd.Flags().StringVar(&since, "since", "", "a day, as in 2030-01-31 (default: a week ago)")
	cmd.Flags().BoolVar(&markdown, "markdown", false, "print Markdown")
	return cmd
}
