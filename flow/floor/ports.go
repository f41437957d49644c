package floor

import (
	"context"

	"andon/gate"
)

// Gate decides by policy whether a card may be pulled. It is asked before the
// transaction of the pull; limits and cords are checked inside it.
type Gate interface {
	Ask(ctx context.Context, q gate.Question) (gate.Decision, error)
}
