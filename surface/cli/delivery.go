package cli

import (
	"fmt"
	"net/http"
	"net/url"
	"strings"

	"github.com/spf13/cobra"

	"andon/flow/delivery"
	"andon/surface/api"
)

func releasesCommand(c *client) *cobra.Command {
	var limit int
	cmd := &cobra.Command{
		Use: "releases", Short: "List releases, the newest first", Args: cobra.NoArgs, Example: "  andon releases\n  andon releases -o json",
		RunE: func(cmd *cobra.Command, _ []string) error {
			list, err := get[items[delivery.Release]](cmd.Context(), c, fmt.Sprintf("/v1/releases?limit=%d", limit))
			if err != nil {
				return err
			}
			places, err := get[items[delivery.Place]](cmd.Context(), c, "/v1/places")
			if err != nil {
				return err
			}
			return c.print(cmd.OutOrStdout(), list, func(t *columns) {
				for _, r := range list.Items {
					state := ""
					for _, p := range places.Items {
						if p.Stable.ID == r.ID {
							state += p.Target.Environment + " "
						}
					}
					if r.Rejected != "" {
						state = "rejected: " + r.Rejected
					}
					t.row(r.ID, short(r.SHA), r.Run, ago(r.CreatedAt)+" ago", state)
				}
				t.empty("No release yet. A run of the Delivery's workflow that uploads its artifact makes one.")
			})
		},
	}
	cmd.Flags().IntVar(&limit, "limit", 20, "at most so many")
	return cmd
}

func deployCommand(c *client) *cobra.Command {
	var override bool
	cmd := &cobra.Command{
		Use: "deploy <release> <environment>", Short: "Bring a release to an environment; an earlier one to go back", Args: cobra.ExactArgs(2),
		Example: "  andon deploy storefront-3 production",
		RunE: func(cmd *cobra.Command, args []string) error {
			return c.deployment(cmd, "/v1/deployments", map[string]any{"release": args[0], "environment": args[1], "override": override})
		},
	}
	cmd.Flags().BoolVar(&override, "override", false, "deploy it although it was rejected")
	return cmd
}

func (c *client) deployment(cmd *cobra.Command, path string, body any) error {
	d, err := call[api.DeploymentView](cmd.Context(), c, http.MethodPost, path, body)
	if err != nil {
		return err
	}
	return c.print(cmd.OutOrStdout(), d, func(t *columns) { printDeployment(t, d) })
}

func printDeployment(t *columns, d api.DeploymentView) {
	t.row(d.ID, d.Release, d.Target.Environment, d.State, weightText(d.Deployment), ago(d.CreatedAt)+" ago", d.Reason)
}

func weightText(d delivery.Deployment) string {
	if d.Exposure.Phase == "" {
		return "-"
	}
	return fmt.Sprintf("%d %% (step %d of %d, %s)", d.Exposure.Weight, min(d.Exposure.Step+1, len(d.Place.Exposure.Steps)), len(d.Place.Exposure.Steps), d.Exposure.Phase)
}

// rollout finds the deployment meant: the one named, or the one under way.
func (c *client) rollout(cmd *cobra.Command, args []string) (string, error) {
	if len(args) == 1 {
		return args[0], nil
	}
	places, err := get[items[delivery.Place]](cmd.Context(), c, "/v1/places")
	if err != nil {
		return "", err
	}
	var active []string
	for _, p := range places.Items {
		if p.Active != nil {
			active = append(active, p.Active.ID)
		}
	}
	switch len(active) {
	case 1:
		return active[0], nil
	case 0:
		return "", fmt.Errorf("no deployment is under way; list them with: andon rollout status")
	}
	return "", &exit{usage, fmt.Errorf("say which deployment: %s", strings.Join(active, ", "))}
}

func rolloutCommand(c *client) *cobra.Command {
	cmd := &cobra.Command{Use: "rollout", Short: "Watch and steer deployments",
		Example: "  andon rollout status\n  andon rollout promote\n  andon rollout abort --reason \"customers call\""}
	verb := func(name, about string) *cobra.Command {
		return &cobra.Command{
			Use: name + " [deployment]", Short: about, Args: cobra.MaximumNArgs(1), Example: "  andon rollout " + name,
			RunE: func(cmd *cobra.Command, args []string) error {
				id, err := c.rollout(cmd, args)
				if err != nil {
					return err
				}
				return c.deployment(cmd, "/v1/deployments/"+url.PathEscape(id)+"/"+name, nil)
			},
		}
	}
	var full bool
	promote := verb("promote", "End the present pause, or show it to all users at once")
	promote.RunE = func(cmd *cobra.Command, args []string) error {
		id, err := c.rollout(cmd, args)
		if err != nil {
			return err
		}
		return c.deployment(cmd, "/v1/deployments/"+url.PathEscape(id)+"/promote", map[string]bool{"full": full})
	}
	promote.Flags().BoolVar(&full, "full", false, "show it to all users at once")
	var reason string
	abort := verb("abort", "Take a deployment back: stable gets all users at once")
	abort.RunE = func(cmd *cobra.Command, args []string) error {
		id, err := c.rollout(cmd, args)
		if err != nil {
			return err
		}
		return c.deployment(cmd, "/v1/deployments/"+url.PathEscape(id)+"/abort", map[string]string{"reason": reason})
	}
	abort.Flags().StringVar(&reason, "reason", "", "why, for the journal")
	cmd.AddCommand(rolloutStatus(c), promote, verb("pause", "Keep it where it is"), verb("resume", "Let it go on"), abort)
	return cmd
}

func rolloutStatus(c *client) *cobra.Command {
	var limit int
	cmd := &cobra.Command{
		Use: "status [deployment]", Short: "Show what runs where, and the newest deployments", Args: cobra.MaximumNArgs(1),
		Example: "  andon rollout status\n  andon rollout status production-4",
		RunE: func(cmd *cobra.Command, args []string) error {
			if len(args) == 1 {
				d, err := get[api.DeploymentView](cmd.Context(), c, "/v1/deployments/"+url.PathEscape(args[0]))
				if err != nil {
					return err
				}
				return c.print(cmd.OutOrStdout(), d, func(t *columns) {
					printDeployment(t, d)
					if d.Trial != nil {
						t.line("%s", d.Trial.Text)
					}
				})
			}
			places, err := get[items[delivery.Place]](cmd.Context(), c, "/v1/places")
			if err != nil {
				return err
			}
			list, err := get[items[api.DeploymentView]](cmd.Context(), c, fmt.Sprintf("/v1/deployments?limit=%d", limit))
			if err != nil {
				return err
			}
			return c.print(cmd.OutOrStdout(), map[string]any{"places": places.Items, "deployments": list.Items}, func(t *columns) {
				for _, p := range places.Items {
					ready := 0
					for _, i := range p.Instances {
						if i.Ready {
							ready++
						}
					}
					t.row(p.Target.Environment, or(p.Stable.ID, "nothing yet"), p.Listen, fmt.Sprintf("%d of %d instances ready", ready, len(p.Instances)))
				}
				t.line("")
				for _, d := range list.Items {
					printDeployment(t, d)
					if d.Trial != nil && !d.State.Over() {
						t.line("  %s", d.Trial.Text)
					}
				}
			})
		},
	}
	cmd.Flags().IntVar(&limit, "limit", 10, "at most so many deployments")
	return cmd
}
