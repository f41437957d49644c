package subscription

import (
	"context"
	"fmt"
	"time"

	"andon/journal"
)

// overlap is how long the old secret signs too after a rotation, so that
// receivers can change theirs at any moment of it.
const overlap = 24 * time.Hour

// Rotate gives a subscription a new secret: the one named, or one that is made
// when it is empty. For a day messages carry both signatures. Rotating again
// within it drops the oldest secret at once.
func (s *Service) Rotate(ctx context.Context, id, chosen string) (sub Subscription, secret Secret, err error) {
	secret = NewSecret()
	if chosen != "" {
		if secret, err = ParseSecret(chosen); err != nil {
			return sub, Secret{}, err
		}
	}
	err = s.change(ctx, id, func(tx journal.Tx, now Subscription) error {
		now.former, now.formerUntil, now.secret = now.secret, tx.Now().Add(overlap), secret
		sub = now
		tx.Append(now.fact(Rotated, fmt.Sprintf("The secret of %s was changed; the old one signs too until %s.", id, now.formerUntil.Format(time.RFC3339))))
		return now.saveSecrets(ctx, tx)
	})
	if err != nil {
		return Subscription{}, Secret{}, err
	}
	return sub, secret, nil
}
