package subscription

import (
	"context"
	"fmt"
	"log/slog"
	"time"

	"andon/journal"
	"andon/journal/cloudevent"
)

// courier sends one fact after the other until nothing is left, the receiver
// fails or the lease is lost. An error of the store ends it too; then the
// lease runs out and the machine begins anew.
func (s *Service) courier(id string) {
	for {
		more, err := s.step(id)
		if err != nil && s.working.Err() == nil {
			slog.Error("subscription: a step failed, trying again later", "subscription", id, "error", err)
		}
		if err != nil || !more || s.working.Err() != nil {
			s.giveBack(id)
			return
		}
	}
}

// step looks at some facts and sends the first that is wanted.
func (s *Service) step(id string) (more bool, err error) {
	sub, err := s.Get(s.working, id)
	if missing(err) {
		return false, nil
	}
	if err != nil || sub.holder != s.holder || sub.State != StateActive {
		return false, err
	}
	fact, seen, err := s.next(s.working, sub)
	switch {
	case err != nil:
		return false, err
	case fact == nil:
		return s.pass(s.working, sub, seen)
	}
	outcome := s.bring(sub, *fact)
	if !outcome.Accepted() && s.working.Err() != nil {
		return false, nil // called back: says nothing about the receiver
	}
	// What the receiver said is kept even when the service closes meanwhile.
	ctx, end := steady(s.working)
	defer end()
	return s.record(ctx, sub, fact.Seq, outcome)
}

// steady is a context for one short transaction that is finished even when
// its asker goes away meanwhile.
func steady(ctx context.Context) (context.Context, context.CancelFunc) {
	return context.WithTimeout(context.WithoutCancel(ctx), 10*time.Second)
}

// next finds the first fact after the cursor that is wanted. It looks at a
// bounded number; seen is the last of them.
func (s *Service) next(ctx context.Context, sub Subscription) (fact *journal.Fact, seen int64, err error) {
	const atOnce = 500
	facts, err := s.Ledger.Facts(ctx, journal.Query{After: sub.Cursor, Limit: atOnce})
	if err != nil {
		return nil, 0, err
	}
	seen = sub.Cursor
	for i, f := range facts {
		t, err := cloudevent.TypeOf(f)
		// A fact that cannot be read is not passed over in silence: bring
		// reports it.
		if err != nil || sub.Wants(t) {
			return &facts[i], f.Seq, nil //nolint:nilerr // see above
		}
		seen = f.Seq
	}
	return nil, seen, nil
}

// bring sends one fact.
func (s *Service) bring(sub Subscription, f journal.Fact) Outcome {
	e, err := cloudevent.Of(f, s.Source)
	if err != nil {
		return Outcome{Problem: fmt.Sprintf("Fact %d cannot be shown as an event.", f.Seq)}
	}
	ctx, end := context.WithTimeout(s.working, s.Patience.Timeout)
	defer end()
	now := s.Ledger.Now()
	m := Message{URL: sub.target, Secret: sub.secret, ID: f.ID, At: now, Body: e.Structured()}
	if now.Before(sub.formerUntil) {
		m.Former = sub.former
	}
	return s.Sender.Send(ctx, m)
}

// pass moves the cursor over facts that nobody wants, and puts the
// subscription to sleep when there are no others. Looking under the lock is
// what loses no wake-up: a fact is either seen here, or its waker comes after.
func (s *Service) pass(ctx context.Context, sub Subscription, seen int64) (more bool, err error) {
	err = s.ours(ctx, sub.ID, func(tx journal.Tx, now Subscription) error {
		now.Cursor = seen
		newer, err := journal.FactsOf(ctx, tx, journal.Query{After: seen, Limit: 1})
		if err != nil {
			return err
		}
		if more = len(newer) > 0 && now.State == StateActive; more {
			return now.held(s.holder, tx.Now().Add(s.Patience.lease())).save(ctx, tx)
		}
		now.awake = false
		return now.free().save(ctx, tx)
	})
	return more, err
}

// record writes what came of sending, and moves the cursor with it.
func (s *Service) record(ctx context.Context, sub Subscription, seq int64, o Outcome) (more bool, err error) {
	chance := s.Chance()
	err = s.ours(ctx, sub.ID, func(tx journal.Tx, now Subscription) error {
		v := s.Patience.judge(now, o, tx.Now(), chance)
		now.LastFact, now.LastAt, now.LastStatus, now.LastProblem = seq, tx.Now(), o.Status, v.problem
		if v.problem == "" {
			now.Cursor, now.Delivered = seq, now.Delivered+1
			now.Attempts, now.Due, now.FailingSince = 0, time.Time{}, time.Time{}
			if more = now.State == StateActive; more {
				return now.held(s.holder, tx.Now().Add(s.Patience.lease())).save(ctx, tx)
			}
			return now.free().save(ctx, tx)
		}
		now.Attempts, now.Due = now.Attempts+1, v.due
		if now.FailingSince.IsZero() {
			now.FailingSince = tx.Now()
		}
		if v.pause != "" && now.State == StateActive {
			return now.free().pauseIn(ctx, tx, v.pause)
		}
		return now.free().save(ctx, tx)
	})
	return more, err
}

// giveBack lets the next courier begin at once.
func (s *Service) giveBack(id string) {
	ctx, end := steady(s.working)
	defer end()
	err := s.ours(ctx, id, func(tx journal.Tx, now Subscription) error { return now.free().save(ctx, tx) })
	if err != nil {
		slog.Warn("subscription: the lease was not given back, it will run out", "subscription", id, "error", err)
	}
}

// ours runs fn on the locked subscription if this service holds its lease.
func (s *Service) ours(ctx context.Context, id string, fn func(journal.Tx, Subscription) error) error {
	err := s.change(ctx, id, func(tx journal.Tx, now Subscription) error {
		if now.holder != s.holder {
			return nil
		}
		return fn(tx, now)
	})
	if missing(err) {
		return nil
	}
	return err
}
