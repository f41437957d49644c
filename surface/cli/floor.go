package cli

import (
	"context"
	"fmt"
	"net/http"
	"net/url"
	"strings"

	"github.com/spf13/cobra"

	"andon/flow/floor"
	"andon/surface/api"
)

// line finds the line to work on: the one named, or the only one there is.
func (c *client) line(ctx context.Context, name string) (string, error) {
	if name != "" {
		return name, nil
	}
	lines, err := get[items[floor.Line]](ctx, c, "/v1/lines")
	if err != nil {
		return "", err
	}
	if len(lines.Items) != 1 {
		var names []string
		for _, l := range lines.Items {
			names = append(names, l.Name)
		}
		return "", &exit{usage, fmt.Errorf("say which line with --line: %s", strings.Join(names, ", "))}
	}
	return lines.Items[0].Name, nil
}

func floorCommand(c *client) *cobra.Command {
	var name string
	cmd := &cobra.Command{
		Use: "floor", Short: "Show the floor: stations, limits and cards",
		Example: "  andon floor\n  andon floor -o json | jq '.cards[] | select(.blocked)'",
		Args:    cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			line, err := c.line(cmd.Context(), name)
			if err != nil {
				return err
			}
			f, err := get[api.FloorView](cmd.Context(), c, "/v1/lines/"+url.PathEscape(line))
			if err != nil {
				return err
			}
			return c.print(cmd.OutOrStdout(), f, func(t *columns) { printFloor(t, f) })
		},
	}
	cmd.Flags().StringVar(&name, "line", "", "name of the line")
	return cmd
}

func printFloor(t *columns, f api.FloorView) {
	view := floor.Floor{Line: f.Line, Cards: f.Cards}
	for _, st := range f.Line.Stations {
		cards := view.In(st.Name)
		head := fmt.Sprintf("%s  %d", strings.ToUpper(st.Name), len(cards))
		if st.WIP > 0 {
			head += fmt.Sprintf(" / %d", st.WIP)
		}
		if st.Cord != nil {
			head += fmt.Sprintf("  CORD pulled by %s: %s", st.Cord.By, st.Cord.Reason)
		}
		t.line("%s", head)
		for _, card := range cards {
			t.row("  "+card.Key, card.Kind, ago(card.EnteredAt), card.Title, or(card.Owner, "-"), marks(card, f.Risks))
		}
	}
}

// marks say what is special about a card, and how likely it is to be late.
func marks(c floor.Card, risks map[string]float64) string {
	p, known := risks[c.Key]
	if !known || c.Lamp != nil && c.Lamp.Answer == "" {
		return mark(c)
	}
	return strings.TrimSpace(fmt.Sprintf("%s  risk %.0f %%", mark(c), 100*p))
}

// mark says in a word or two what is special about a card.
func mark(c floor.Card) string {
	switch {
	case c.Blocked != nil:
		return "BLOCKED " + c.Blocked.Reason
	case c.Discarded != "":
		return "DISCARDED " + c.Discarded
	case c.Lamp != nil && c.Lamp.Answer == "":
		return fmt.Sprintf("ANDON late with a risk of %.0f %%", 100*c.Lamp.Risk)
	case c.Red != "" && c.DoneAt.IsZero():
		return "RED " + c.Red
	case c.ReadyFor != "":
		return "waits for " + c.ReadyFor
	case !c.FinishedAt.IsZero():
		return "finished, waits to be pulled"
	case c.Class == floor.Expedite:
		return "expedite"
	}
	return ""
}

// cardCall sends a write that answers with a card and prints a sentence.
func cardCall(c *client, cmd *cobra.Command, method, path string, body any, sentence func(floor.Card) string) error {
	card, err := call[floor.Card](cmd.Context(), c, method, path, body)
	if err != nil {
		return err
	}
	return c.print(cmd.OutOrStdout(), card, func(t *columns) { t.line("%s", sentence(card)) })
}

func pullCommand(c *client) *cobra.Command {
	var line, to string
	cmd := &cobra.Command{
		Use: "pull [card]", Short: "Pull the most urgent card, or the one named, into work",
		Long:    "Pull takes a card under the limits of its station and line. When there is no room it\nis refused with exit code 3, and says which card needs your help instead.",
		Example: "  andon pull\n  andon pull SHOP-7\n  andon pull --to review",
		Args:    cobra.MaximumNArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			body := map[string]string{"to": to}
			if len(args) == 1 {
				body["card"] = args[0]
			} else {
				name, err := c.line(cmd.Context(), line)
				if err != nil {
					return err
				}
				body["line"] = name
			}
			return cardCall(c, cmd, http.MethodPost, "/v1/pull", body, func(card floor.Card) string {
				return fmt.Sprintf("%s is in %s: %s", card.Key, card.Station, card.Title)
			})
		},
	}
	cmd.Flags().StringVar(&line, "line", "", "name of the line")
	cmd.Flags().StringVar(&to, "to", "", "station to pull into (default: the first that people work at)")
	return cmd
}

func moveCommand(c *client) *cobra.Command {
	var before string
	var dry bool
	cmd := &cobra.Command{
		Use: "move <card> <station>", Short: "Put a card into a station, in either direction",
		Example: "  andon move SHOP-7 review\n  andon move SHOP-7 backlog --before SHOP-2\n  andon move SHOP-7 review --dry-run",
		Args:    cobra.ExactArgs(2),
		RunE: func(cmd *cobra.Command, args []string) error {
			if dry {
				return explain(c, cmd, args[0], args[1])
			}
			return cardCall(c, cmd, http.MethodPost, "/v1/cards/"+url.PathEscape(args[0])+"/move", map[string]string{"to": args[1], "before": before},
				func(card floor.Card) string { return fmt.Sprintf("%s is in %s", card.Key, card.Station) })
		},
	}
	cmd.Flags().StringVar(&before, "before", "", "the card to stand in front of")
	cmd.Flags().BoolVar(&dry, "dry-run", false, "only say whether it may move, and why not")
	return cmd
}

// explain says whether a card may move; a refusal is exit code 3, as it would
// be for the move itself.
func explain(c *client, cmd *cobra.Command, key, to string) error {
	p, err := get[api.Permission](cmd.Context(), c, cardPath(key, "move")+"?to="+url.QueryEscape(to))
	if err != nil {
		return err
	}
	if !p.Allowed {
		return &exit{refused, p.Refusal}
	}
	return c.print(cmd.OutOrStdout(), p, func(t *columns) { t.line("%s may move to %s", key, to) })
}

func blockCommand(c *client) *cobra.Command {
	return &cobra.Command{
		Use: "block <card> <reason>", Short: "Say that a card cannot go on, and why",
		Example: `  andon block SHOP-7 "waits for the copy"`,
		Args:    cobra.MinimumNArgs(2),
		RunE: func(cmd *cobra.Command, args []string) error {
			return cardCall(c, cmd, http.MethodPost, "/v1/cards/"+url.PathEscape(args[0])+"/block", map[string]string{"reason": strings.Join(args[1:], " ")},
				func(card floor.Card) string {
					if card.Blocked == nil {
						return card.Key + " is not blocked"
					}
					return fmt.Sprintf("%s is blocked: %s", card.Key, card.Blocked.Reason)
				})
		},
	}
}

func unblockCommand(c *client) *cobra.Command {
	return &cobra.Command{
		Use: "unblock <card>", Short: "Let a card go on", Example: "  andon unblock SHOP-7", Args: cobra.ExactArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			return cardCall(c, cmd, http.MethodPost, "/v1/cards/"+url.PathEscape(args[0])+"/unblock", nil,
				func(card floor.Card) string { return fmt.Sprintf("%s goes on in %s", card.Key, card.Station) })
		},
	}
}

func cordCommand(c *client) *cobra.Command {
	var line string
	path := func(cmd *cobra.Command, station string) (string, error) {
		name, err := c.line(cmd.Context(), line)
		return "/v1/lines/" + url.PathEscape(name) + "/stations/" + url.PathEscape(station) + "/cord", err
	}
	cmd := &cobra.Command{Use: "cord", Short: "Stop everything from entering a station, or let it in again",
		Example: "  andon cord pull production \"the shop is slow\"\n  andon cord release production"}
	cmd.PersistentFlags().StringVar(&line, "line", "", "name of the line")
	cmd.AddCommand(&cobra.Command{
		Use: "pull <station> <reason>", Short: "Stop everything from entering a station", Args: cobra.MinimumNArgs(2),
		Example: "  andon cord pull production \"the shop is slow\"",
		RunE: func(cmd *cobra.Command, args []string) error {
			p, err := path(cmd, args[0])
			if err != nil {
				return err
			}
			_, err = call[any](cmd.Context(), c, http.MethodPost, p, map[string]string{"reason": strings.Join(args[1:], " ")})
			return c.done(cmd, err, "The cord of %s is pulled: nothing may enter.", args[0])
		},
	}, &cobra.Command{
		Use: "release <station>", Short: "Let cards and releases enter a station again", Args: cobra.ExactArgs(1),
		Example: "  andon cord release production",
		RunE: func(cmd *cobra.Command, args []string) error {
			p, err := path(cmd, args[0])
			if err != nil {
				return err
			}
			_, err = call[any](cmd.Context(), c, http.MethodDelete, p, nil)
			return c.done(cmd, err, "The cord of %s is released.", args[0])
		},
	})
	return cmd
}

// done prints a sentence after a write that answers nothing.
func (c *client) done(cmd *cobra.Command, err error, format string, args ...any) error {
	if err != nil {
		return err
	}
	text := fmt.Sprintf(format, args...)
	return c.print(cmd.OutOrStdout(), map[string]string{"done": text}, func(t *columns) { t.line("%s", text) })
}
