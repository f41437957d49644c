package floor

import (
	"context"
	"errors"

	"andon/journal"
)

// errDry ends a transaction that was only tried.
var errDry = errors.New("only tried")

// Explain says what would refuse a card's move into a station at this moment,
// or nil. Nothing is changed, and nothing is noted.
func (s *Service) Explain(ctx context.Context, key, to string) (refusal *Refusal, err error) {
	c, err := s.Card(ctx, key)
	if err != nil {
		return nil, err
	}
	target, refusal, err := s.ask(ctx, Pull{Line: c.Line, Card: key, To: to})
	if err != nil {
		return nil, err
	}
	err = s.ledger.Write(ctx, func(tx journal.Tx) error {
		f, err := lock(ctx, tx, c.Line)
		if err != nil {
			return err
		}
		if refusal == nil && c.Blocked != nil && f.line.index(target.Name) > f.line.index(c.Station) {
			refusal = f.isBlocked(c, target)
		}
		if refusal == nil && c.Station != target.Name {
			if err := f.take(ctx, tx, &c, target); err != nil {
				var refused bool
				if refusal, refused = errors.AsType[*Refusal](err); !refused {
					return err
				}
			}
		}
		if refusal != nil {
			if refusal.Swarm, err = f.swarm(ctx, tx, target); err != nil {
				return err
			}
		}
		return errDry
	})
	if !errors.Is(err, errDry) {
		return nil, err
	}
	return refusal, nil
}
