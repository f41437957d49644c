package mcp

import (
	"context"

	"andon/flow/floor"
)

// Desk is where cards are asked for: the floor itself, or a client of a
// running Andon.
type Desk interface {
	Lines(ctx context.Context) ([]floor.Line, error)
	Floor(ctx context.Context, line string) (floor.Floor, error)
	Card(ctx context.Context, key string) (floor.Card, error)
	Pull(ctx context.Context, p floor.Pull) (floor.Card, error)
	Move(ctx context.Context, m floor.Move) (floor.Card, error)
	Block(ctx context.Context, key, reason, by string) (floor.Card, error)
	Unblock(ctx context.Context, key string) (floor.Card, error)
	Finish(ctx context.Context, key, by string) (floor.Card, error)
	Help(ctx context.Context, key, person string) (floor.Card, error)
	Swarm(ctx context.Context, line, station string) ([]floor.Need, error)
	Explain(ctx context.Context, key, to string) (*floor.Refusal, error)
}

var _ Desk = (*floor.Service)(nil)
