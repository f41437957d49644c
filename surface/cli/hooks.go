package cli

import (
	"fmt"
	"net/http"
	"net/url"
	"strings"

	"github.com/spf13/cobra"

	"andon/flow/source"
	"andon/surface/api"
)

func hooksCommand(c *client) *cobra.Command {
	cmd := &cobra.Command{
		Use: "hooks", Short: "Hear what GitHub, GitLab and Gitea tell", Args: cobra.NoArgs,
		Long:    "Hooks lists the forges that Andon can hear. A forge sends its webhooks to /hooks/github\n(gitlab, gitea) on Andon's address, signed with the secret that andon hooks secret gives.",
		Example: "  andon hooks\n  andon hooks secret github\n  andon hooks deliveries\n  andon hooks replay github/72d3162e-cc78-11e3",
		RunE: func(cmd *cobra.Command, _ []string) error {
			hooks, err := get[items[api.Hook]](cmd.Context(), c, "/v1/hooks")
			if err != nil {
				return err
			}
			return c.print(cmd.OutOrStdout(), hooks, func(t *columns) {
				for _, h := range hooks.Items {
					state := "not heard; make its secret with: andon hooks secret " + h.Forge
					if h.Heard {
						state = "heard"
					}
					t.row(h.Forge, c.url+h.Path, state)
				}
			})
		},
	}
	cmd.AddCommand(hookSecret(c), hookDeliveries(c), hookReplay(c))
	return cmd
}

func hookSecret(c *client) *cobra.Command {
	var anew bool
	cmd := &cobra.Command{
		Use: "secret <forge>", Short: "Give the secret that a forge must sign with", Args: cobra.ExactArgs(1),
		Example: "  andon hooks secret github\n  andon hooks secret github --anew", ValidArgs: []string{"github", "gitlab", "gitea"},
		RunE: func(cmd *cobra.Command, args []string) error {
			s, err := call[api.Shared](cmd.Context(), c, http.MethodPost, "/v1/hooks/"+url.PathEscape(args[0])+"/secret", map[string]bool{"anew": anew})
			if err != nil {
				return err
			}
			return c.print(cmd.OutOrStdout(), s, func(t *columns) {
				t.row("address", c.url+s.Path)
				t.row("secret", s.Secret)
				t.row("content type", "application/json")
			})
		},
	}
	cmd.Flags().BoolVar(&anew, "anew", false, "make a new one; the old one is refused from then on")
	return cmd
}

func hookDeliveries(c *client) *cobra.Command {
	var forge, outcome string
	cmd := &cobra.Command{
		Use: "deliveries", Short: "List what forges delivered", Args: cobra.NoArgs, Example: "  andon hooks deliveries --outcome refused",
		RunE: func(cmd *cobra.Command, _ []string) error {
			q := url.Values{"limit": {"50"}}
			if forge != "" {
				q.Set("forge", forge)
			}
			if outcome != "" {
				q.Set("outcome", outcome)
			}
			kept, err := get[items[source.Kept]](cmd.Context(), c, "/v1/deliveries?"+q.Encode())
			if err != nil {
				return err
			}
			return c.print(cmd.OutOrStdout(), kept, func(t *columns) {
				if len(kept.Items) == 0 {
					t.line("Nothing was delivered yet.")
				}
				for _, k := range kept.Items {
					t.row(k.Name, ago(k.At), k.Event, string(k.Outcome), or(strings.Join(k.Cards, " "), "-"), k.Reason)
				}
			})
		},
	}
	cmd.Flags().StringVar(&forge, "forge", "", "github, gitlab or gitea")
	cmd.Flags().StringVar(&outcome, "outcome", "", "accepted, ignored or refused")
	return cmd
}

func hookReplay(c *client) *cobra.Command {
	return &cobra.Command{
		Use: "replay <delivery>", Short: "Run a kept delivery again", Args: cobra.ExactArgs(1), Example: "  andon hooks replay github/72d3162e-cc78-11e3",
		RunE: func(cmd *cobra.Command, args []string) error {
			forge, id, ok := strings.Cut(args[0], "/")
			if !ok {
				return &exit{usage, fmt.Errorf("%q is no delivery; write it as andon hooks deliveries lists it", args[0])}
			}
			r, err := call[source.Receipt](cmd.Context(), c, http.MethodPost, "/v1/deliveries/"+url.PathEscape(forge)+"/"+url.PathEscape(id)+"/replay", nil)
			if err != nil {
				return err
			}
			return c.print(cmd.OutOrStdout(), r, func(t *columns) { t.line("%s: %s", args[0], or(r.Reason, string(r.Outcome))) })
		},
	}
}
