package delivery

import (
	"context"
	"errors"
	"fmt"
	"time"

	"andon/exposure"
	"andon/journal"
)

const (
	done   time.Duration = -1
	atOnce time.Duration = 0
	// look is how often a deployment that waits for the world is looked at.
	look = 250 * time.Millisecond
	// heldLook is how often the gate is asked again.
	heldLook = time.Second
)

// Advance takes the next step of one deployment, if there is one to take.
func (s *Service) Advance(ctx context.Context, id string) (time.Duration, error) {
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
		return 0, err
	}
	again := done
	switch d.State {
	case Queued, Held:
		again, err = s.enter(ctx, d, r)
	case Starting:
		again, err = s.start(ctx, d, r)
	case Exposing:
		again, err = s.expose(ctx, d, r)
	case Finishing:
		again, err = s.finish(ctx, d, r)
	case Aborting:
		again, err = s.takeBack(ctx, d, r)
	}
	if errors.Is(err, ErrRaced) {
		return atOnce, nil
	}
	return again, err
}

// enter asks the gate and takes the place, when it is free.
func (s *Service) enter(ctx context.Context, d Deployment, r Release) (time.Duration, error) {
	refusal := ""
	if r.Rejected != "" && d.Actor == "andon" {
		refusal = fmt.Sprintf("%s was rejected: %s", r.ID, r.Rejected)
	} else {
		var err error
		if refusal, err = s.Gatekeeper.MayDeploy(ctx, d, r); err != nil {
			return 0, err
		}
	}
	again := atOnce
	err := s.Ledger.Write(ctx, func(tx journal.Tx) error {
		if refusal != "" {
			again = heldLook
			return hold(ctx, tx, d, r, refusal)
		}
		n, err := tx.Exec(ctx, `UPDATE target SET active = $3 WHERE service = $1 AND environment = $2 AND active = ''`,
			d.Target.Service, d.Target.Environment, d.ID)
		if err != nil {
			return err
		}
		row, err := targetOf(ctx, tx, d.Target)
		if err != nil {
			return err
		}
		if n == 0 {
			again = heldLook
			return hold(ctx, tx, d, r, fmt.Sprintf("%s is under way there", row.active))
		}
		d.State, d.Reason, d.Stable, d.StartedAt = Starting, "", row.stable, tx.Now()
		if err := save(ctx, tx, &d); err != nil {
			return err
		}
		tx.Append(fact(journal.DeploymentStarted, d, r, tx.Now(), fmt.Sprintf("%s starts in %s", r.ID, d.Target.Environment)))
		return nil
	})
	if err == nil && again == atOnce {
		err = s.apply(ctx, d.Target)
	}
	return again, err
}

func hold(ctx context.Context, tx journal.Tx, d Deployment, r Release, why string) error {
	if d.State == Held && d.Reason == why {
		return nil
	}
	d.State, d.Reason = Held, why
	if err := save(ctx, tx, &d); err != nil {
		return err
	}
	tx.Append(fact(journal.DeploymentHeld, d, r, tx.Now(), fmt.Sprintf("%s may not enter %s yet: %s", r.ID, d.Target.Environment, why)))
	return nil
}

// start waits until all instances are ready. The first release of a place has
// nobody to be compared with and gets all traffic at once.
func (s *Service) start(ctx context.Context, d Deployment, r Release) (time.Duration, error) {
	changed := s.Runtime.Changed()
	if err := s.apply(ctx, d.Target); err != nil {
		return 0, err
	}
	ready := len(s.ready(d.Target, r.ID))
	want := max(1, d.Place.Replicas)
	if ready < want {
		if s.Ledger.Now().Sub(d.StartedAt) > r.Config.Health.StartWithin+time.Second {
			return atOnce, s.abort(ctx, d, r, fmt.Sprintf("%d of %d instances became ready within %s%s",
				ready, want, r.Config.Health.StartWithin, s.trouble(d.Target, r.ID)))
		}
		waitFor(ctx, changed, look)
		return atOnce, nil
	}
	err := s.Ledger.Write(ctx, func(tx journal.Tx) error {
		plan := d.Place.Exposure
		if d.Stable == "" || d.Stable == r.ID {
			plan = exposure.Plan{}
		}
		d.State, d.Exposure = Exposing, exposure.Start(plan, tx.Now())
		if d.Exposure.Phase == exposure.Healthy {
			return s.promoted(ctx, tx, &d, r)
		}
		if err := save(ctx, tx, &d); err != nil {
			return err
		}
		tx.Append(fact(journal.DeploymentStepped, d, r, tx.Now(), stepText(d, r)))
		return nil
	})
	if err != nil {
		return 0, err
	}
	return atOnce, s.apply(ctx, d.Target)
}

// waitFor returns when the runtime changed, at the latest after a moment.
func waitFor(ctx context.Context, changed <-chan struct{}, most time.Duration) {
	t := time.NewTimer(most)
	defer t.Stop()
	select {
	case <-changed:
	case <-t.C:
	case <-ctx.Done():
	}
}

func (s *Service) trouble(t Target, revision string) string {
	for _, i := range s.Runtime.Instances(t, revision) {
		if i.Trouble != "" {
			return ": " + i.Trouble
		}
	}
	return ""
}

func stepText(d Deployment, r Release) string {
	if d.Exposure.Phase == exposure.Paused {
		return fmt.Sprintf("%s pauses at %d %% of the users of %s", r.ID, d.Exposure.Weight, d.Target.Environment)
	}
	return fmt.Sprintf("%s is shown to %d %% of the users of %s", r.ID, d.Exposure.Weight, d.Target.Environment)
}

// expose takes the exposure on by time and by what the judge says.
func (s *Service) expose(ctx context.Context, d Deployment, r Release) (time.Duration, error) {
	s.Judge.Begin(d.ID, d.Target, r.ID, d.Stable)
	ruling, words := s.Judge.Ruling(d.ID)
	if ruling == exposure.Bad {
		return atOnce, s.abort(ctx, d, r, words)
	}
	next, wait := exposure.Next(d.Place.Exposure, d.Exposure, s.Ledger.Now(), ruling)
	if next == d.Exposure {
		if wait < 0 || wait > look {
			wait = look
		}
		return wait, nil
	}
	if next.Phase == exposure.Aborted {
		return atOnce, s.abort(ctx, d, r, next.Reason)
	}
	err := s.Ledger.Write(ctx, func(tx journal.Tx) error {
		before := d.Exposure
		d.Exposure = next
		if next.Phase == exposure.Healthy {
			return s.promoted(ctx, tx, &d, r)
		}
		if err := save(ctx, tx, &d); err != nil {
			return err
		}
		if before.Weight != next.Weight || before.Phase != next.Phase {
			t := journal.DeploymentStepped
			if next.Phase == exposure.Paused {
				t = journal.DeploymentPaused
			}
			tx.Append(fact(t, d, r, tx.Now(), stepText(d, r)))
		}
		return nil
	})
	if err != nil {
		return 0, err
	}
	return atOnce, s.apply(ctx, d.Target)
}

// promoted makes the release the stable one: from here on it has all traffic.
func (s *Service) promoted(ctx context.Context, tx journal.Tx, d *Deployment, r Release) error {
	d.State = Finishing
	if err := save(ctx, tx, d); err != nil {
		return err
	}
	_, err := tx.Exec(ctx, `UPDATE target SET stable = $3 WHERE service = $1 AND environment = $2`, d.Target.Service, d.Target.Environment, r.ID)
	if err != nil {
		return err
	}
	tx.Append(fact(journal.DeploymentPromoted, *d, r, tx.Now(), fmt.Sprintf("%s has all users of %s", r.ID, d.Target.Environment)))
	return nil
}

// finish ends a deployment that succeeded and queues the release for its next
// place.
func (s *Service) finish(ctx context.Context, d Deployment, r Release) (time.Duration, error) {
	s.Judge.End(d.ID)
	if err := s.apply(ctx, d.Target); err != nil {
		return 0, err
	}
	err := s.Ledger.Write(ctx, func(tx journal.Tx) error {
		d.State, d.EndedAt = Succeeded, tx.Now()
		if err := save(ctx, tx, &d); err != nil {
			return err
		}
		if err := leave(ctx, tx, d); err != nil {
			return err
		}
		t, verb := journal.ServiceDeployed, "runs"
		if d.Stable != "" {
			t, verb = journal.ServiceUpgraded, "replaced "+d.Stable
		}
		tx.Append(fact(t, d, r, tx.Now(), fmt.Sprintf("%s %s in %s", r.ID, verb, d.Target.Environment)))
		tx.Append(fact(journal.DeploymentEnded, d, r, tx.Now(), fmt.Sprintf("%s succeeded: %s has all users of %s", d.ID, r.ID, d.Target.Environment)))
		p, ok := s.plan(r.Service)
		if !ok || r.Rejected != "" || d.Actor != "andon" {
			return nil
		}
		if next, ok := p.after(d.Target.Environment); ok {
			_, err := queue(ctx, tx, r, next, "")
			return err
		}
		return nil
	})
	if err != nil {
		return 0, err
	}
	return done, s.apply(ctx, d.Target)
}

func leave(ctx context.Context, tx journal.Tx, d Deployment) error {
	_, err := tx.Exec(ctx, `UPDATE target SET active = '' WHERE service = $1 AND environment = $2 AND active = $3`,
		d.Target.Service, d.Target.Environment, d.ID)
	return err
}

// abort takes the traffic away: one commit, one change of route.
func (s *Service) abort(ctx context.Context, d Deployment, r Release, why string) error {
	err := s.Ledger.Write(ctx, func(tx journal.Tx) error {
		if d.Exposure.Phase != "" {
			d.Exposure = exposure.Abort(d.Place.Exposure, d.Exposure, tx.Now(), why)
		}
		d.State, d.Reason = Aborting, why
		if err := save(ctx, tx, &d); err != nil {
			return err
		}
		if err := reject(ctx, tx, r, why); err != nil {
			return err
		}
		tx.Append(fact(journal.DeploymentAborted, d, r, tx.Now(), fmt.Sprintf("%s was aborted in %s: %s", r.ID, d.Target.Environment, why)))
		return tx.Advance(ctx, Machine, d.ID)
	})
	if err != nil {
		return err
	}
	return s.apply(ctx, d.Target)
}

// takeBack ends a deployment that was aborted.
func (s *Service) takeBack(ctx context.Context, d Deployment, r Release) (time.Duration, error) {
	s.Judge.End(d.ID)
	if err := s.apply(ctx, d.Target); err != nil {
		return 0, err
	}
	err := s.Ledger.Write(ctx, func(tx journal.Tx) error {
		d.State, d.EndedAt = RolledBack, tx.Now()
		if d.Exposure.Phase == "" { // it never had traffic
			d.State = Failed
		}
		if err := save(ctx, tx, &d); err != nil {
			return err
		}
		if err := leave(ctx, tx, d); err != nil {
			return err
		}
		text := fmt.Sprintf("%s failed in %s: %s", r.ID, d.Target.Environment, d.Reason)
		if d.State == RolledBack {
			text = fmt.Sprintf("%s was rolled back in %s; %s has all users", r.ID, d.Target.Environment, d.Stable)
			tx.Append(fact(journal.ServiceRolledBack, d, r, tx.Now(), text))
			text = fmt.Sprintf("%s ended: %s was rolled back", d.ID, r.ID)
		}
		tx.Append(fact(journal.DeploymentEnded, d, r, tx.Now(), text))
		return nil
	})
	return done, err
}
