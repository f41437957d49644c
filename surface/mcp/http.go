package mcp

import (
	"net/http"

	sdk "github.com/modelcontextprotocol/go-sdk/mcp"

	"andon/journal"
)

// Handler serves the tools over streamable HTTP, without sessions. Who may use
// it, and who acts, is decided before: the actor is taken from the request's
// context.
func Handler(desk Desk, version string) http.Handler {
	return sdk.NewStreamableHTTPHandler(func(r *http.Request) *sdk.Server {
		return New(desk, journal.ActorOf(r.Context()), version)
	}, &sdk.StreamableHTTPOptions{Stateless: true})
}
