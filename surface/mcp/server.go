package mcp

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"github.com/google/jsonschema-go/jsonschema"
	sdk "github.com/modelcontextprotocol/go-sdk/mcp"

	"andon/flow/floor"
)

const instructions = `This is a team's delivery line. Work is pulled, never pushed: look at the floor, pull one card, do it, say finish, pull the next.
Limits are hard. When a pull is refused, do not look for another way in: the refusal names the card that most needs help. Join it with swarm and help to finish it.
Put the card's key (as in SHOP-7) into every commit message; machines then move the card by themselves. A card is done when it runs for users, not when it is merged.
When you cannot go on, say block with the reason, so that people see it.`

// New makes a server of the floor's tools for one agent, who acts under the
// name by.
func New(desk Desk, by, version string) *sdk.Server {
	s := sdk.NewServer(&sdk.Implementation{Name: "andon", Title: "Andon", Version: version},
		&sdk.ServerOptions{Instructions: instructions, Capabilities: &sdk.ServerCapabilities{}})
	t := tools{desk, by}
	add(s, "list_floor", "Look at the floor", "Stations with their limits and where there is room, and the cards in them, nearest to done first.", reads, t.listFloor)
	add(s, "pull", "Pull a card", "Claim a card and take it into work: the one named, or the most urgent. One atomic claim under all limits; a refusal says what to help with instead.", writes, t.pull)
	add(s, "move", "Move a card", "Put a card into a station, in either direction. The same limits hold.", writes, t.move)
	add(s, "block", "Block a card", "Say that a card cannot go on, and why, so that others see it and help.", repeats, t.block)
	add(s, "unblock", "Unblock a card", "Let a blocked card go on.", repeats, t.unblock)
	add(s, "finish", "Finish work on a card", "Say that the work on a card in its station is finished. It waits to be pulled on, or goes on by itself where a machine follows.", repeats, t.finish)
	add(s, "swarm", "Help to finish", "List what most needs help; with a card, join it as a helper.", repeats, t.swarm)
	add(s, "explain_refusal", "Explain a refusal", "Say whether a card could move into a station now, and if not, why and what to do. Nothing is changed.", reads, t.explain)
	return s
}

// manner is what a tool does to the floor.
type manner int

const (
	reads   manner = iota // nothing
	writes                // something, each time
	repeats               // something, once
)

// add registers a tool. What the floor refuses is a result that says so, and
// so is a mistake in the arguments: the model can do something about both.
func add[In, Out any](s *sdk.Server, name, title, about string, how manner, do func(context.Context, In) (Out, string, error)) {
	no := false
	tool := &sdk.Tool{Name: name, Title: title, Description: about, Annotations: &sdk.ToolAnnotations{Title: title, ReadOnlyHint: how == reads,
		IdempotentHint: how != writes, DestructiveHint: &no, OpenWorldHint: &no}, OutputSchema: answers[Out]()}
	sdk.AddTool(s, tool, func(ctx context.Context, _ *sdk.CallToolRequest, in In) (*sdk.CallToolResult, any, error) {
		out, text, err := do(ctx, in)
		if refusal, refused := errors.AsType[*floor.Refusal](err); refused {
			return &sdk.CallToolResult{IsError: true, Content: []sdk.Content{&sdk.TextContent{Text: told(refusal)}}}, Refused{refusal}, nil
		}
		if err != nil {
			return nil, nil, err
		}
		return &sdk.CallToolResult{Content: []sdk.Content{&sdk.TextContent{Text: text}}}, out, nil
	})
}

// answers is the schema of a tool's structured content: what it gives, or a
// refusal.
func answers[Out any]() *jsonschema.Schema {
	return &jsonschema.Schema{Type: "object", AnyOf: []*jsonschema.Schema{schemaOf[Out](), schemaOf[Refused]()}}
}

// schemaOf fails for types that JSON cannot hold, which is a mistake in this
// package.
func schemaOf[T any]() *jsonschema.Schema {
	s, err := jsonschema.For[T](nil)
	if err != nil {
		panic(fmt.Sprintf("mcp: no schema for %T: %v", *new(T), err))
	}
	return s
}

// Refused is the structured content of a result that is a refusal.
type Refused struct {
	Refusal *floor.Refusal `json:"refusal"`
}

// told is a refusal in words, with what to do next.
func told(r *floor.Refusal) string {
	var b strings.Builder
	b.WriteString(r.Text)
	for i, n := range r.Swarm {
		if i == 0 {
			b.WriteString("\nWhat most needs help instead:")
		}
		fmt.Fprintf(&b, "\n- %s in %s, %s: %s", n.Card, n.Station, n.Title, n.Why)
	}
	if len(r.Swarm) > 0 {
		fmt.Fprintf(&b, "\nNext: call swarm with card %s and help to finish it.", r.Swarm[0].Card)
	}
	return b.String()
}
