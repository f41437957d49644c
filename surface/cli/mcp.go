package cli

import (
	"errors"
	"io"

	sdk "github.com/modelcontextprotocol/go-sdk/mcp"
	"github.com/spf13/cobra"

	"andon/surface/mcp"
)

func mcpCommand(c *client, h Hooks) *cobra.Command {
	return &cobra.Command{
		Use: "mcp", Short: "Let an agent work on the floor, over the Model Context Protocol", Args: cobra.NoArgs,
		Long: `Mcp speaks the Model Context Protocol on standard input and output: an agent that starts
it can look at the floor, pull, move, block, unblock, finish and swarm, under the same
limits as people. --as is the name under which the agent acts.

Most agents are told in a file of this form:

  {"mcpServers": {"andon": {"command": "andon", "args": ["mcp", "--as", "claude"]}}}`,
		Example: "  andon mcp --as claude",
		RunE: func(cmd *cobra.Command, _ []string) error {
			if err := c.find(); err != nil {
				return err
			}
			err := mcp.New(desk{c}, c.person(), h.Version).Run(cmd.Context(), &sdk.StdioTransport{})
			if errors.Is(err, io.EOF) {
				return nil
			}
			return err
		},
	}
}
