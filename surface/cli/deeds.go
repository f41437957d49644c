package cli

import (
	"fmt"
	"net/http"
	"net/url"
	"strings"

	"github.com/spf13/cobra"

	"andon/flow/floor"
)

// cardPath is the address of a card, or of something to do to it.
func cardPath(key string, more ...string) string {
	return "/v1/cards/" + url.PathEscape(key) + strings.Join(append([]string{""}, more...), "/")
}

func finishCommand(c *client) *cobra.Command {
	var undo bool
	cmd := &cobra.Command{
		Use: "finish <card>", Short: "Say that the work on a card in its station is finished",
		Long: "Finish puts a card into the done half of its station, where it waits to be pulled.\nBefore a machine or the end of the line it goes on by itself as soon as there is room.",
		Args: cobra.ExactArgs(1), Example: "  andon finish SHOP-7\n  andon finish SHOP-7 --resume",
		RunE: func(cmd *cobra.Command, args []string) error {
			method := http.MethodPost
			if undo {
				method = http.MethodDelete
			}
			return cardCall(c, cmd, method, cardPath(args[0], "finish"), nil, func(card floor.Card) string {
				switch {
				case card.FinishedAt.IsZero() && undo:
					return fmt.Sprintf("%s is worked on in %s again", card.Key, card.Station)
				case card.FinishedAt.IsZero():
					return fmt.Sprintf("%s went on to %s", card.Key, card.Station)
				case card.ReadyFor != "":
					return fmt.Sprintf("%s is finished in %s and waits for room in %s", card.Key, card.Station, card.ReadyFor)
				}
				return fmt.Sprintf("%s is finished in %s and waits to be pulled", card.Key, card.Station)
			})
		},
	}
	cmd.Flags().BoolVar(&undo, "resume", false, "there is more to do after all")
	return cmd
}

func undoCommand(c *client) *cobra.Command {
	return &cobra.Command{
		Use: "undo", Short: "Take back the last thing you did to cards", Args: cobra.NoArgs,
		Long:    "Undo takes back your last move, block, edit, finish, discard or new card of the last\nhour; asked again, the one before it. Limits hold: what has no room to go back to stays.",
		Example: "  andon undo",
		RunE: func(cmd *cobra.Command, _ []string) error {
			u, err := call[floor.Undone](cmd.Context(), c, http.MethodPost, "/v1/undo", nil)
			if err != nil {
				return err
			}
			return c.print(cmd.OutOrStdout(), u, func(t *columns) { t.line("Taken back: %s", u.Text) })
		},
	}
}

func cardAnalyse(c *client) *cobra.Command {
	return &cobra.Command{
		Use: "analyse <card> [what it takes]", Short: "Note what a card takes, so that it may be started", Args: cobra.MinimumNArgs(1),
		Example: "  andon card analyse SHOP-7 \"a table more and a page; nobody else is touched\"",
		RunE: func(cmd *cobra.Command, args []string) error {
			return cardCall(c, cmd, http.MethodPost, cardPath(args[0], "analyse"), map[string]string{"text": strings.Join(args[1:], " ")},
				func(card floor.Card) string { return fmt.Sprintf("%s is analysed", card.Key) })
		},
	}
}

func cardSchedule(c *client) *cobra.Command {
	return &cobra.Command{
		Use: "schedule <card> [day]", Short: "Say on which day a card is to begin; without a day, take it back", Args: cobra.RangeArgs(1, 2),
		Example: "  andon card schedule SHOP-7 2030-01-31",
		RunE: func(cmd *cobra.Command, args []string) error {
			day := strings.Join(args[1:], "")
			return cardCall(c, cmd, http.MethodPost, cardPath(args[0], "schedule"), map[string]string{"day": day}, func(card floor.Card) string {
				if card.ScheduledFor.IsZero() {
					return fmt.Sprintf("%s is not scheduled", card.Key)
				}
				return fmt.Sprintf("%s is scheduled for %s", card.Key, card.ScheduledFor.Format("2006-01-02"))
			})
		},
	}
}

func cardReason(c *client, use, short, example, path, said string) *cobra.Command {
	return &cobra.Command{Use: use + " <card> <reason>", Short: short, Args: cobra.MinimumNArgs(2), Example: example,
		RunE: func(cmd *cobra.Command, args []string) error {
			return cardCall(c, cmd, http.MethodPost, cardPath(args[0], path), map[string]string{"reason": strings.Join(args[1:], " ")},
				func(card floor.Card) string { return card.Key + " " + said })
		},
	}
}

func cardDiscard(c *client) *cobra.Command {
	return cardReason(c, "discard", "Take a card off the line undone", `  andon card discard SHOP-7 "nobody wants it any more"`, "discard", "was discarded")
}

func cardAccept(c *client) *cobra.Command {
	return cardReason(c, "accept", "Accept with a reason that a card whose andon is lit is late", `  andon card accept SHOP-7 "the customer agreed to next week"`,
		"accept", "may be late; the line goes on")
}

func bulkCommand(c *client) *cobra.Command {
	var move, block, discard, schedule, class, kind, owner, epic string
	var labels, unlabels []string
	var unblock, finish bool
	cmd := &cobra.Command{
		Use: "bulk <card>...", Short: "Do one thing to several cards, or to none of them", Args: cobra.MinimumNArgs(1),
		Long:    "Bulk does one thing to all the cards named. When one of them refuses it, none is changed.",
		Example: "  andon bulk SHOP-1 SHOP-2 --move review\n  andon bulk SHOP-1 SHOP-2 SHOP-3 --class fixed-date --epic checkout",
		RunE: func(cmd *cobra.Command, args []string) error {
			body, edit := map[string]any{"cards": args}, map[string]any{}
			for name, v := range map[string]any{"move": move, "block": block, "discard": discard, "schedule": schedule, "unblock": unblock, "finish": finish} {
				if cmd.Flags().Changed(name) {
					body[name] = v
				}
			}
			for name, v := range map[string]any{"class": class, "kind": kind, "owner": owner, "epic": epic} {
				if cmd.Flags().Changed(name) {
					edit[name] = v
				}
			}
			relabel(edit, labels, unlabels)
			if len(edit) > 0 {
				body["edit"] = edit
			}
			if len(body) == 1 {
				return &exit{usage, fmt.Errorf("say what to do with the cards, as in --move review")}
			}
			cards, err := call[items[floor.Card]](cmd.Context(), c, http.MethodPost, "/v1/bulk", body)
			if err != nil {
				return err
			}
			return c.print(cmd.OutOrStdout(), cards, func(t *columns) {
				for _, card := range cards.Items {
					t.row(card.Key, card.Station, card.Class, card.Title, mark(card))
				}
			})
		},
	}
	f := cmd.Flags()
	f.StringVar(&move, "move", "", "station to move them into")
	f.StringVar(&block, "block", "", "reason why they cannot go on")
	f.BoolVar(&unblock, "unblock", false, "let them go on")
	f.BoolVar(&finish, "finish", false, "their work here is finished")
	f.StringVar(&discard, "discard", "", "reason why nobody will do them")
	f.StringVar(&schedule, "schedule", "", "day on which they are to begin")
	f.StringVar(&class, "class", "", "expedite, fixed-date, standard or intangible")
	f.StringVar(&kind, "kind", "", "business, internal, change or unplanned")
	f.StringVar(&owner, "owner", "", "who does them")
	f.StringVar(&epic, "epic", "", "the epic that they are a part of")
	f.StringArrayVar(&labels, "label", nil, "a label to put on them; may be repeated")
	f.StringArrayVar(&unlabels, "unlabel", nil, "a label to take off; may be repeated")
	return cmd
}
