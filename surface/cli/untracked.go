package cli

import (
	"fmt"
	"net/http"
	"net/url"
	"strconv"

	"github.com/spf13/cobra"

	"andon/flow/floor"
	"andon/flow/source"
	"andon/surface/api"
)

func untrackedCommand(c *client) *cobra.Command {
	var days int
	cmd := &cobra.Command{
		Use: "untracked", Short: "List work that has no card", Args: cobra.NoArgs,
		Long:    "Untracked lists what was worked on past the floor: commits of the branch whose message names no card,\nand pull requests, issues, runs and deployments that forges told of. andon adopt makes a card of one.",
		Example: "  andon untracked\n  andon untracked --days 7 -o json",
		RunE: func(cmd *cobra.Command, _ []string) error {
			u, err := get[api.Untracked](cmd.Context(), c, "/v1/untracked?"+url.Values{"days": {strconv.Itoa(days)}}.Encode())
			if err != nil {
				return err
			}
			return c.print(cmd.OutOrStdout(), u, func(t *columns) {
				if u.Without == 0 && u.Tied.Empty() {
					t.line("All work of the last %d days has a card.", days)
					return
				}
				if u.Without > 0 {
					t.line("%d of %d commits name no card.", u.Without, u.Commits)
				}
				for _, w := range u.Newest {
					t.row("commit", short(w.SHA), ago(w.At), w.Author, w.Title)
				}
				printTold(t, u.Tied)
			})
		},
	}
	cmd.Flags().IntVar(&days, "days", 30, "how far back")
	return cmd
}

// printTold prints what forges told, a row each.
func printTold(t *columns, told source.Tied) {
	for _, p := range told.Pulls {
		t.row("pull request", p.Name(), ago(p.UpdatedAt), string(p.State), p.Title)
	}
	for _, i := range told.Issues {
		t.row("issue", i.Name(), ago(i.UpdatedAt), string(i.State), i.Title)
	}
	for _, r := range told.Runs {
		t.row("run", r.Repo+" "+short(r.SHA), ago(r.UpdatedAt), or(string(r.Conclusion), string(r.Status)), r.Workflow)
	}
	for _, d := range told.Deployments {
		t.row("deployment", d.Repo+" "+short(d.SHA), ago(d.UpdatedAt), string(d.State), d.Environment)
	}
}

func adoptCommand(c *client) *cobra.Command {
	var line string
	cmd := &cobra.Command{
		Use: "adopt <issue or pull request>", Short: "Make a card of an issue or a pull request that has none", Args: cobra.ExactArgs(1),
		Long:    "Adopt adds an issue of a forge to the end of the backlog, or a pull request where it stands: to review\nwhile it is open, with its commits when it was merged. What the forge tells of it later is about the card.",
		Example: "  andon adopt github:acme/shop#12\n  andon adopt 'gitlab:acme/shop!12' --line shop",
		RunE: func(cmd *cobra.Command, args []string) error {
			name, err := c.line(cmd.Context(), line)
			if err != nil {
				return err
			}
			return cardCall(c, cmd, http.MethodPost, "/v1/cards/adopt", map[string]string{"of": args[0], "line": name}, func(card floor.Card) string {
				return fmt.Sprintf("%s is in %s: %s", card.Key, card.Station, card.Title)
			})
		},
	}
	cmd.Flags().StringVar(&line, "line", "", "name of the line")
	return cmd
}
