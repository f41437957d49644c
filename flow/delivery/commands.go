package delivery

import (
	"context"
	"fmt"
	"time"

	"andon/exposure"
	"andon/journal"
)

// Deploy queues a release for an environment by hand. It may be an older one
// (a roll-back by hand), or one that was rejected when override is set.
func (s *Service) Deploy(ctx context.Context, release, environment, by string, override bool) (d Deployment, err error) {
	err = s.Ledger.Write(ctx, func(tx journal.Tx) error {
		r, err := ReleaseOf(ctx, tx, release)
		if err != nil {
			return err
		}
		if r.Rejected != "" && !override {
			return &Invalid{"release", fmt.Sprintf("%s was rejected (%s); deploy another, or override it on purpose", r.ID, r.Rejected)}
		}
		p, ok := s.plan(r.Service)
		if !ok {
			return &Missing{"delivery", r.Service, "declare a Delivery for it in andon.yaml"}
		}
		e, ok := p.environment(environment)
		if !ok {
			return &Missing{"environment", environment, fmt.Sprintf("%s has %v", r.Service, names(p))}
		}
		d, err = queue(ctx, tx, r, e, by)
		return err
	})
	return d, err
}

func names(p Plan) (list []string) {
	for _, e := range p.Environments {
		list = append(list, e.Name)
	}
	return list
}

// Promote ends the present pause; full shows the release to everybody at once.
func (s *Service) Promote(ctx context.Context, id, by string, full bool) (Deployment, error) {
	text := by + " promoted it past a pause"
	if full {
		text = by + " promoted it to all users"
	}
	return s.steer(ctx, id, text, func(p exposure.Plan, st exposure.State, now time.Time) exposure.State {
		if full {
			return exposure.PromoteFull(p, st, now)
		}
		return exposure.Promote(p, st, now)
	})
}

// Pause keeps an exposure where it is until it is resumed.
func (s *Service) Pause(ctx context.Context, id, by string) (Deployment, error) {
	return s.steer(ctx, id, by+" paused it", func(_ exposure.Plan, st exposure.State, now time.Time) exposure.State {
		return exposure.PauseByHand(st, now)
	})
}

// Resume lets a paused exposure go on.
func (s *Service) Resume(ctx context.Context, id, by string) (Deployment, error) {
	return s.steer(ctx, id, by+" resumed it", func(p exposure.Plan, st exposure.State, now time.Time) exposure.State {
		return exposure.Resume(p, st, now)
	})
}

func (s *Service) steer(ctx context.Context, id, text string, turn func(exposure.Plan, exposure.State, time.Time) exposure.State) (d Deployment, err error) {
	err = s.Ledger.Write(ctx, func(tx journal.Tx) error {
		if d, err = DeploymentOf(ctx, tx, id); err != nil {
			return err
		}
		if d.State != Exposing {
			return &Invalid{"deployment", fmt.Sprintf("%s is %s; only a deployment that is exposing can be steered", id, d.State)}
		}
		r, err := ReleaseOf(ctx, tx, d.Release)
		if err != nil {
			return err
		}
		before := d.Exposure
		d.Exposure = turn(d.Place.Exposure, d.Exposure, tx.Now())
		if d.Exposure == before {
			return nil
		}
		if d.Exposure.Phase == exposure.Healthy {
			if err := s.promoted(ctx, tx, &d, r); err != nil {
				return err
			}
		} else if err := save(ctx, tx, &d); err != nil {
			return err
		}
		tx.Append(fact(journal.DeploymentStepped, d, r, tx.Now(), fmt.Sprintf("%s: %s", id, text)))
		return tx.Advance(ctx, Machine, id)
	})
	if err != nil {
		return d, err
	}
	return d, s.apply(ctx, d.Target)
}

// Abort takes a deployment back, whatever it is doing; one that only waits is
// taken out of the queue. Aborting what is being aborted does nothing.
func (s *Service) Abort(ctx context.Context, id, why string) (d Deployment, err error) {
	const tries = 5
	for range tries { // a machine may be stepping it right now
		if d, err = s.tryAbort(ctx, id, why); err != ErrRaced { //nolint:errorlint // compared as it is returned
			return d, err
		}
	}
	return d, err
}

func (s *Service) tryAbort(ctx context.Context, id, why string) (Deployment, error) {
	var d Deployment
	var r Release
	err := s.Ledger.Read(ctx, func(rd journal.Reader) (err error) {
		if d, err = DeploymentOf(ctx, rd, id); err != nil {
			return err
		}
		r, err = ReleaseOf(ctx, rd, d.Release)
		return err
	})
	if err != nil {
		return d, err
	}
	switch {
	case d.State == Aborting:
		return d, nil
	case d.State.Over() || d.State == Finishing:
		return d, &Invalid{"deployment", fmt.Sprintf("%s is over (%s); to go back, deploy an earlier release", id, d.State)}
	case d.State.Waiting():
		err := s.Ledger.Write(ctx, func(tx journal.Tx) error {
			d.State, d.Reason, d.EndedAt = Superseded, why, tx.Now()
			if err := save(ctx, tx, &d); err != nil {
				return err
			}
			tx.Append(fact(journal.DeploymentSuperseded, d, r, tx.Now(), fmt.Sprintf("%s was taken out of the queue of %s: %s", r.ID, d.Target.Environment, why)))
			return nil
		})
		return d, err
	}
	if err := s.abort(ctx, d, r, why); err != nil {
		return d, err
	}
	return s.Deployment(ctx, id)
}
