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
	wanting, err := s.active(ctx, func(sub Subscription) bool {
		return slices.ContainsFunc(facts, func(f journal.Fact) bool {
			t, err := cloudevent.TypeOf(f)
			return err != nil || sub.Wants(t)
		})
	})
	if err == nil {
		err = s.wake(ctx, wanting, false)
	}
	if err != nil {
		return seen, err
	}
	return facts[len(facts)-1].Seq, nil
}

func (s *Service) wakeAll(ctx context.Context) error {
	all, err := s.active(ctx, func(Subscription) bool { return true })
	if err != nil {
		return err
	}
	return s.wake(ctx, all, true)
}

func (s *Service) active(ctx context.Context, keep func(Subscription) bool) ([]Subscription, error) {
	all, err := s.List(ctx)
	return slices.DeleteFunc(all, func(sub Subscription) bool { return sub.State != StateActive || !keep(sub) }), err
}

// wake gives each subscription a job; one that is awake has one, unless its
// queue was lost, so only a beginner does it again. Whether one is awake is
// asked under its lock: without it, one that is just falling asleep (it did
// not see the new fact) would still look awake. List's order is the order of
// the locks for every Andon, so two of them never wait for each other.
func (s *Service) wake(ctx context.Context, subs []Subscription, again bool) error {
	if len(subs) == 0 {
		return nil
	}
	ctx, end := steady(ctx)
	defer end()
	return s.Ledger.Write(ctx, func(tx journal.Tx) error {
		for _, sub := range subs {
			now, err := lock(ctx, tx, sub.ID)
			if missing(err) {
				continue
			}
			if err != nil {
				return err
			}
			if now.State != StateActive || now.awake && !again {
				continue
			}
			now.awake = true
			if err := now.save(ctx, tx); err != nil {
				return err
			}
			if err := tx.Advance(ctx, Machine, now.ID); err != nil {
				return err
			}
		}
		return nil
	})
}
