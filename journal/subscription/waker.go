package subscription

import (
	"context"
	"log/slog"
	"slices"
	"time"

	"andon/journal"
	"andon/journal/cloudevent"
)

// Run wakes subscriptions when facts come that they want, until ctx ends. It
// begins by waking all: what was under way when Andon last ended goes on.
func (s *Service) Run(ctx context.Context) error {
	var seen int64
	if err := s.insist(ctx, "begin", func() (err error) {
		if seen, err = s.Ledger.Head(ctx); err != nil {
			return err
		}
		return s.wakeAll(ctx)
	}); err != nil {
		return err
	}
	for {
		if err := s.Ledger.Wait(ctx, seen); err != nil {
			return err
		}
		if err := s.insist(ctx, "wake", func() (err error) { seen, err = s.wakeFor(ctx, seen); return err }); err != nil {
			return err
		}
	}
}

// insist tries until it succeeds or ctx ends, whose error it gives then.
func (s *Service) insist(ctx context.Context, what string, try func() error) error {
	for {
		err := try()
		if ctx.Err() != nil {
			return ctx.Err()
		}
		if err == nil {
			return nil
		}
		slog.Warn("subscription: trying again", "step", what, "error", err)
		timer := time.NewTimer(time.Second)
		select {
		case <-timer.C:
		case <-ctx.Done():
			timer.Stop()
			return ctx.Err()
		}
	}
}

// wakeFor wakes who wants any of the facts after a position, and gives the
// position of the last.
func (s *Service) wakeFor(ctx context.Context, seen int64) (int64, error) {
	const atOnce = 500
	facts, err := s.Ledger.Facts(ctx, journal.Query{After: seen, Limit: atOnce})
	if err != nil || len(facts) == 0 {
		return seen, err
	}
	asleep, err := s.active(ctx, func(sub Subscription) bool { return !sub.awake })
	if err != nil {
		return seen, err
	}
	for _, sub := range asleep {
		wanted := slices.ContainsFunc(facts, func(f journal.Fact) bool {
			t, err := cloudevent.TypeOf(f)
			return err != nil || sub.Wants(t)
		})
		if wanted {
			if err := s.wake(ctx, sub.ID, false); err != nil {
				return seen, err
			}
		}
	}
	return facts[len(facts)-1].Seq, nil
}

func (s *Service) wakeAll(ctx context.Context) error {
	all, err := s.active(ctx, func(Subscription) bool { return true })
	if err != nil {
		return err
	}
	for _, sub := range all {
		if err := s.wake(ctx, sub.ID, true); err != nil {
			return err
		}
	}
	return nil
}

func (s *Service) active(ctx context.Context, keep func(Subscription) bool) ([]Subscription, error) {
	all, err := s.List(ctx)
	return slices.DeleteFunc(all, func(sub Subscription) bool { return sub.State != StateActive || !keep(sub) }), err
}

// wake gives the subscription a job; one that is awake has one, unless its
// queue was lost, so only a beginner does it again.
func (s *Service) wake(ctx context.Context, id string, again bool) error {
	err := s.change(ctx, id, func(tx journal.Tx, sub Subscription) error {
		if sub.State != StateActive || sub.awake && !again {
			return nil
		}
		sub.awake = true
		if err := sub.save(ctx, tx); err != nil {
			return err
		}
		return tx.Advance(ctx, Machine, id)
	})
	if missing(err) {
		return nil
	}
	return err
}
