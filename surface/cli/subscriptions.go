package cli

import (
	"fmt"
	"net/http"
	"net/url"
	"strings"

	"github.com/spf13/cobra"

	"andon/journal/subscription"
	"andon/surface/api"
)

func subscriptionsCommand(c *client) *cobra.Command {
	cmd := &cobra.Command{
		Use: "subscriptions", Aliases: []string{"subscription"}, Short: "Have facts sent to other systems", Args: cobra.NoArgs,
		Long: `Subscriptions send the journal's facts as CloudEvents to an address, in order and at
least once, signed as Standard Webhooks asks. A receiver that fails is tried again with
growing pauses; one that answers 410 Gone is paused.`,
		Example: "  andon subscriptions\n  andon subscriptions add https://hooks.example.com/andon --type \"dev.cdevents.service.*\"",
		RunE: func(cmd *cobra.Command, _ []string) error {
			all, err := get[items[subscription.Subscription]](cmd.Context(), c, "/v1/subscriptions")
			if err != nil {
				return err
			}
			return c.print(cmd.OutOrStdout(), all, func(t *columns) {
				if len(all.Items) == 0 {
					t.line("Nobody is told. Subscribe with: andon subscriptions add <url>")
				}
				for _, s := range all.Items {
					t.row(s.ID, string(s.State), s.URL, fmt.Sprintf("%d delivered", s.Delivered), or(strings.Join(s.Types, " "), "all"), or(s.Reason, s.LastProblem))
				}
			})
		},
	}
	cmd.AddCommand(subscribe(c), rotate(c),
		subscriptionDeed(c, http.MethodDelete, "remove", "", "End a subscription", "%s has ended."),
		subscriptionDeed(c, http.MethodPost, "pause", "/pause", "Send nothing until it is resumed", "%s is paused; nothing is lost."),
		subscriptionDeed(c, http.MethodPost, "resume", "/resume", "Go on with the first fact that was not accepted", "%s goes on."),
		subscriptionDeed(c, http.MethodPost, "retry", "/retry", "Try a failing receiver now", "%s is tried now."))
	return cmd
}

func subscribe(c *client) *cobra.Command {
	var types []string
	var from int64
	cmd := &cobra.Command{
		Use: "add <url>", Short: "Have facts sent to an address", Args: cobra.ExactArgs(1),
		Example: "  andon subscriptions add https://hooks.example.com/andon\n  andon subscriptions add http://127.0.0.1:9000 --type \"dev.cdevents.incident.*\" --from 0",
		RunE: func(cmd *cobra.Command, args []string) error {
			body := map[string]any{"url": args[0]}
			if len(types) > 0 {
				body["types"] = types
			}
			if cmd.Flags().Changed("from") {
				body["from"] = from
			}
			s, err := call[api.Subscribed](cmd.Context(), c, http.MethodPost, "/v1/subscriptions", body)
			if err != nil {
				return err
			}
			return c.tell(cmd, s, "The secret is told this once; receivers check signatures with it.")
		},
	}
	cmd.Flags().StringArrayVar(&types, "type", nil, "only events of these types, as in \"dev.cdevents.service.*\"")
	cmd.Flags().Int64Var(&from, "from", 0, "begin after this position in the journal; 0 is the beginning (default: the next fact)")
	return cmd
}

func rotate(c *client) *cobra.Command {
	return &cobra.Command{
		Use: "rotate <subscription>", Short: "Change the secret that messages are signed with", Args: cobra.ExactArgs(1),
		Example: "  andon subscriptions rotate SUB-1",
		RunE: func(cmd *cobra.Command, args []string) error {
			s, err := call[api.Subscribed](cmd.Context(), c, http.MethodPost, "/v1/subscriptions/"+url.PathEscape(args[0])+"/rotate", map[string]string{})
			if err != nil {
				return err
			}
			return c.tell(cmd, s, "The secret is told this once. For a day messages carry the signature of the old one too.")
		},
	}
}

// tell prints a subscription with its new secret.
func (c *client) tell(cmd *cobra.Command, s api.Subscribed, note string) error {
	return c.print(cmd.OutOrStdout(), s, func(t *columns) {
		t.line("%s sends to %s", s.ID, s.URL)
		t.line("secret %s", s.Secret)
		t.line("%s", note)
	})
}

func subscriptionDeed(c *client, method, use, path, short, done string) *cobra.Command {
	return &cobra.Command{Use: use + " <subscription>", Short: short, Args: cobra.ExactArgs(1), Example: "  andon subscriptions " + use + " SUB-1",
		RunE: func(cmd *cobra.Command, args []string) error {
			_, err := call[any](cmd.Context(), c, method, "/v1/subscriptions/"+url.PathEscape(args[0])+path, nil)
			return c.done(cmd, err, done, args[0])
		},
	}
}
