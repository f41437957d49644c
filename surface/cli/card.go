package cli

import (
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"andon/flow/floor"
	"andon/flow/source"
)

func cardCommand(c *client) *cobra.Command {
	cmd := &cobra.Command{Use: "card", Short: "Add, show and change cards",
		Example: "  andon card add \"Let customers pay by invoice\"\n  andon card show SHOP-7"}
	cmd.AddCommand(cardAdd(c), cardShow(c), cardEdit(c), cardHelp(c), cardComment(c), cardAnalyse(c), cardSchedule(c), cardAccept(c), cardDiscard(c))
	return cmd
}

func cardAdd(c *client) *cobra.Command {
	var line, note, kind, class, owner, epic, due string
	var labels []string
	var estimate, delay float64
	cmd := &cobra.Command{
		Use: "add <title>", Short: "Add a card to the end of the backlog", Args: cobra.MinimumNArgs(1),
		Example: "  andon card add \"Let customers pay by invoice\" --kind business --estimate 3",
		RunE: func(cmd *cobra.Command, args []string) error {
			name, err := c.line(cmd.Context(), line)
			if err != nil {
				return err
			}
			body := map[string]any{"line": name, "title": strings.Join(args, " "), "note": note, "estimate": estimate, "owner": owner,
				"epic": epic, "due": due, "cost_of_delay": delay}
			if kind != "" {
				body["kind"] = kind
			}
			if class != "" {
				body["class"] = class
			}
			if len(labels) > 0 {
				body["labels"] = labels
			}
			return cardCall(c, cmd, http.MethodPost, "/v1/cards", body, func(card floor.Card) string {
				return fmt.Sprintf("%s was added to %s: %s", card.Key, card.Station, card.Title)
			})
		},
	}
	f := cmd.Flags()
	f.StringVar(&line, "line", "", "name of the line")
	f.StringVar(&note, "note", "", "more than the title says")
	f.StringVar(&kind, "kind", "", "business, internal, change or unplanned")
	f.StringVar(&class, "class", "", "expedite, fixed-date, standard or intangible")
	f.StringVar(&owner, "owner", "", "who does it")
	f.Float64Var(&estimate, "estimate", 0, "days of work")
	f.StringVar(&epic, "epic", "", "the epic that it is a part of")
	f.StringArrayVar(&labels, "label", nil, "a label to put on it; may be repeated")
	f.StringVar(&due, "due", "", "day by which it must be done, as in 2030-01-31")
	f.Float64Var(&delay, "cost-of-delay", 0, "what a day's delay costs")
	return cmd
}

func cardShow(c *client) *cobra.Command {
	return &cobra.Command{
		Use: "show <card>", Short: "Show a card and its history", Args: cobra.ExactArgs(1), Example: "  andon card show SHOP-7",
		RunE: func(cmd *cobra.Command, args []string) error {
			card, err := get[floor.Card](cmd.Context(), c, "/v1/cards/"+url.PathEscape(args[0]))
			if err != nil {
				return err
			}
			events, err := get[items[event]](cmd.Context(), c, "/v1/events?about="+url.QueryEscape("card:"+card.Key))
			if err != nil {
				return err
			}
			told, err := get[source.Tied](cmd.Context(), c, "/v1/cards/"+url.PathEscape(args[0])+"/forge")
			if err != nil {
				return err
			}
			return c.print(cmd.OutOrStdout(), map[string]any{"card": card, "history": events.Items, "forge": told}, func(t *columns) {
				t.line("%s  %s", card.Key, card.Title)
				t.row("station", card.Station)
				t.row("kind", card.Kind)
				t.row("class", card.Class)
				if card.Estimate > 0 {
					t.row("estimate", fmt.Sprintf("%g days", card.Estimate))
				}
				t.row("owner", or(card.Owner, "-"))
				if len(card.Helpers) > 0 {
					t.row("helped by", strings.Join(card.Helpers, ", "))
				}
				if card.Epic != "" {
					t.row("epic", card.Epic)
				}
				if len(card.Labels) > 0 {
					t.row("labels", strings.Join(card.Labels, ", "))
				}
				if !card.DueAt.IsZero() {
					t.row("due", card.DueAt.Format(time.DateOnly))
				}
				if !card.ScheduledFor.IsZero() {
					t.row("begins", card.ScheduledFor.Format(time.DateOnly))
				}
				if card.CostOfDelay > 0 {
					t.row("cost of delay", fmt.Sprintf("%g a day", card.CostOfDelay))
				}
				if !card.AnalysedAt.IsZero() {
					t.row("analysed by", card.AnalysedBy)
				}
				if card.Overtook > 0 {
					t.row("overtook", fmt.Sprintf("%d cards", card.Overtook))
				}
				if s := mark(card); s != "" {
					t.row("signal", s)
				}
				for _, sha := range card.Changes {
					t.row("commit", short(sha))
				}
				printTold(t, told)
				t.line("")
				for _, e := range events.Items {
					t.row(e.when(), e.Custom.Actor, e.Custom.Text)
				}
			})
		},
	}
}

func cardEdit(c *client) *cobra.Command {
	var title, note, kind, class, owner, epic, due string
	var labels, unlabels []string
	var estimate, delay float64
	cmd := &cobra.Command{
		Use: "edit <card>", Short: "Change what a card says", Args: cobra.ExactArgs(1),
		Example: "  andon card edit SHOP-7 --estimate 2 --owner ana\n  andon card edit SHOP-7 --label mobile --unlabel web",
		RunE: func(cmd *cobra.Command, args []string) error {
			body := map[string]any{}
			for name, v := range map[string]any{"title": title, "note": note, "kind": kind, "class": class, "owner": owner, "estimate": estimate,
				"epic": epic, "due": due, "cost_of_delay": delay} {
				if cmd.Flags().Changed(strings.ReplaceAll(name, "_", "-")) {
					body[name] = v
				}
			}
			relabel(body, labels, unlabels)
			if len(body) == 0 {
				return &exit{usage, fmt.Errorf("say what to change, as in --estimate 2")}
			}
			return cardCall(c, cmd, http.MethodPatch, "/v1/cards/"+url.PathEscape(args[0]), body, func(card floor.Card) string {
				return fmt.Sprintf("%s was changed", card.Key)
			})
		},
	}
	f := cmd.Flags()
	f.StringVar(&title, "title", "", "the title")
	f.StringVar(&note, "note", "", "more than the title says")
	f.StringVar(&kind, "kind", "", "business, internal, change or unplanned")
	f.StringVar(&class, "class", "", "expedite, fixed-date, standard or intangible")
	f.StringVar(&owner, "owner", "", "who does it")
	f.Float64Var(&estimate, "estimate", 0, "days of work")
	f.StringVar(&epic, "epic", "", "the epic that it is a part of")
	f.StringArrayVar(&labels, "label", nil, "a label to put on it; may be repeated")
	f.StringArrayVar(&unlabels, "unlabel", nil, "a label to take off; may be repeated")
	f.StringVar(&due, "due", "", "day by which it must be done, as in 2030-01-31; empty for none")
	f.Float64Var(&delay, "cost-of-delay", 0, "what a day's delay costs")
	return cmd
}

// relabel puts what is to become of labels into an edit.
func relabel(edit map[string]any, on, off []string) {
	if len(on) > 0 {
		edit["add_labels"] = on
	}
	if len(off) > 0 {
		edit["remove_labels"] = off
	}
}

func cardComment(c *client) *cobra.Command {
	return &cobra.Command{
		Use: "comment <card> <text>", Short: "Say something about a card; it stands in its history", Args: cobra.MinimumNArgs(2),
		Example: "  andon card comment SHOP-7 \"the carrier answers on Monday\"",
		RunE: func(cmd *cobra.Command, args []string) error {
			body := map[string]string{"text": strings.Join(args[1:], " ")}
			return cardCall(c, cmd, http.MethodPost, "/v1/cards/"+url.PathEscape(args[0])+"/comments", body, func(card floor.Card) string {
				return card.Key + " has your comment"
			})
		},
	}
}

func cardHelp(c *client) *cobra.Command {
	var leave string
	cmd := &cobra.Command{
		Use: "swarm <card>", Aliases: []string{"join"}, Short: "Help with a card, whatever your usual role", Args: cobra.ExactArgs(1),
		Example: "  andon card swarm SHOP-7\n  andon card swarm SHOP-7 --leave ana",
		RunE: func(cmd *cobra.Command, args []string) error {
			if leave != "" {
				return cardCall(c, cmd, http.MethodDelete, "/v1/cards/"+url.PathEscape(args[0])+"/helpers/"+url.PathEscape(leave), nil, func(card floor.Card) string {
					return fmt.Sprintf("%s no longer helps with %s", leave, card.Key)
				})
			}
			return cardCall(c, cmd, http.MethodPost, "/v1/cards/"+url.PathEscape(args[0])+"/help", map[string]string{}, func(card floor.Card) string {
				return fmt.Sprintf("%s is helped by %s", card.Key, strings.Join(card.Helpers, ", "))
			})
		},
	}
	cmd.Flags().StringVar(&leave, "leave", "", "take this helper off the card")
	return cmd
}
