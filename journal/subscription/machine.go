package subscription

import (
	"context"
	"log/slog"
	"time"

	"andon/journal"
)

// done is what the queue takes as the end of a job.
const done time.Duration = -1

// glance is how often the job looks whether its courier is back.
const glance = time.Second

// Advance is the machine of one subscription. It never waits for a receiver:
// when something may be sent it takes the lease and sends a courier. The job
// ends when the subscription sleeps, is paused or is gone.
func (s *Service) Advance(ctx context.Context, id string) (time.Duration, error) {
	if s.working.Err() != nil || s.askLater(id) {
		return glance, nil //nolint:nilerr // this service was closed; the next one goes on
	}
	again, mine := done, false
	err := s.change(ctx, id, func(tx journal.Tx, sub Subscription) error {
		switch now := tx.Now(); {
		case sub.State != StateActive || !sub.awake:
			return nil
		case sub.Due.After(now):
			again = sub.Due.Sub(now)
			return nil
		case sub.lease.After(now):
			again = sub.lease.Sub(now)
			return nil
		}
		again, mine = glance, true
		return sub.held(s.holder, tx.Now().Add(s.Patience.lease())).save(ctx, tx)
	})
	switch {
	case missing(err):
		return done, nil
	case err != nil:
		return 0, err
	case mine && !s.send(id):
		s.giveBack(id)
	}
	return again, nil
}

// held gives the lease to a holder until a moment.
func (s Subscription) held(holder string, until time.Time) Subscription {
	s.holder, s.lease = holder, until
	return s
}

// free gives the lease back.
func (s Subscription) free() Subscription { return s.held("", time.Time{}) }

// out is a courier that is not back yet.
type out struct {
	// asked says that the machine was advanced meanwhile, perhaps for a fact
	// that the courier no longer looks for.
	asked bool
}

// askLater says whether a courier is out, and has the machine advanced again
// when it is back.
func (s *Service) askLater(id string) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	courier, is := s.busy[id]
	if is {
		courier.asked = true
	}
	return is
}

// send sets a courier to work, unless one is; false when the service is
// closing.
func (s *Service) send(id string) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.working.Err() != nil {
		return false
	}
	if s.busy[id] != nil {
		return true
	}
	s.busy[id] = &out{}
	s.couriers.Go(func() {
		s.courier(id)
		s.mu.Lock()
		asked := s.busy[id].asked
		delete(s.busy, id)
		s.mu.Unlock()
		if !asked {
			return
		}
		if _, err := s.Advance(s.working, id); err != nil && s.working.Err() == nil {
			slog.Warn("subscription: the machine is advanced later", "subscription", id, "error", err)
		}
	})
	return true
}

// Close calls the couriers back. What they were about to bring is sent again
// when the service is next run.
func (s *Service) Close() {
	s.mu.Lock()
	s.stop()
	s.mu.Unlock()
	s.couriers.Wait()
}
