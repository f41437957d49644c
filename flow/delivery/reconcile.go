package delivery

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"time"

	"andon/journal"
)

// Keep looks after all places until ctx ends: whenever an instance changes,
// and once a second in any case, it makes runtime and routes what the rows say.
func (s *Service) Keep(ctx context.Context) {
	tick := time.NewTicker(time.Second)
	defer tick.Stop()
	failing := ""
	for {
		changed := s.Runtime.Changed()
		err := s.Reconcile(ctx)
		switch {
		case err == nil:
			failing = ""
		case ctx.Err() == nil && err.Error() != failing:
			failing = err.Error()
			slog.Warn("delivery: places are not as they should be, trying again", "error", err)
		}
		select {
		case <-ctx.Done():
			return
		case <-changed:
		case <-tick.C:
		}
	}
}

// Reconcile works out from the rows what should run and who gets the traffic,
// and makes it so. Repeating it changes nothing.
func (s *Service) Reconcile(ctx context.Context) error {
	var targets []Target
	err := s.Ledger.Read(ctx, func(r journal.Reader) error {
		rows, err := r.Query(ctx, `SELECT service, environment FROM target ORDER BY service, environment`)
		if err != nil {
			return err
		}
		defer rows.Close()
		for rows.Next() {
			var t Target
			if err := rows.Scan(&t.Service, &t.Environment); err != nil {
				return err
			}
			targets = append(targets, t)
		}
		return rows.Err()
	})
	for _, t := range targets {
		err = errors.Join(err, s.apply(ctx, t))
	}
	return err
}

// apply makes one target what its rows say: the wishes first, then the route,
// then what is no longer wanted leaves.
func (s *Service) apply(ctx context.Context, t Target) error {
	s.routing.Lock()
	defer s.routing.Unlock()
	w, err := s.wanted(ctx, t)
	if err != nil {
		return err
	}
	var faults []error
	for _, r := range w.releases() {
		if err := s.ensure(ctx, w, r); err != nil {
			faults = append(faults, err)
		}
	}
	if w.stable.ID != "" {
		if err := s.Traffic.Route(ctx, s.route(w)); err != nil {
			faults = append(faults, fmt.Errorf("route %s: %w", t, err))
		}
	}
	for _, revision := range s.Runtime.Revisions(t) {
		if !w.wants(revision) {
			faults = append(faults, s.retire(ctx, t, revision))
		}
	}
	return errors.Join(faults...)
}

// wanted is what should run in a target.
type wanted struct {
	target Target
	place  Environment
	stable Release     // zero before the first one
	canary Release     // zero when nothing is under way
	active *Deployment // nil when nothing is under way
}

func (w wanted) releases() (list []Release) {
	if w.stable.ID != "" {
		list = append(list, w.stable)
	}
	if w.canary.ID != "" && w.canary.ID != w.stable.ID {
		list = append(list, w.canary)
	}
	return list
}

func (w wanted) wants(revision string) bool {
	return revision == w.stable.ID || revision == w.canary.ID
}

func (s *Service) wanted(ctx context.Context, t Target) (w wanted, err error) {
	w.target = t
	err = s.Ledger.Read(ctx, func(r journal.Reader) error {
		row, err := targetOf(ctx, r, t)
		if err != nil {
			return err
		}
		if row.stable != "" {
			if w.stable, err = ReleaseOf(ctx, r, row.stable); err != nil {
				return err
			}
			last, err := deploymentsWhere(ctx, r, `service = $1 AND environment = $2 AND release = $3 ORDER BY number DESC LIMIT 1`,
				t.Service, t.Environment, row.stable)
			if err != nil {
				return err
			}
			if len(last) > 0 {
				w.place = last[0].Place
			}
		}
		if row.active == "" {
			return nil
		}
		d, err := DeploymentOf(ctx, r, row.active)
		if err != nil {
			return err
		}
		w.active = &d
		if d.State == Starting || d.State == Exposing || d.State == Finishing {
			w.place = d.Place
			w.canary, err = ReleaseOf(ctx, r, d.Release)
		}
		return err
	})
	if p, ok := s.plan(t.Service); ok && w.active == nil { // what is declared now, once nothing is under way
		if e, ok := p.environment(t.Environment); ok {
			w.place = e
		}
	}
	return w, err
}

func (s *Service) ensure(ctx context.Context, w wanted, r Release) error {
	if err := s.unpack(ctx, r); err != nil {
		return err
	}
	env := map[string]string{}
	maps.Copy(env, r.Config.Env)
	maps.Copy(env, w.place.Env)
	env["ANDON_COMMIT"], env["ANDON_RELEASE"] = r.SHA, strconv.FormatInt(r.Number, 10)
	err := s.Runtime.Ensure(ctx, Workload{Target: w.target, Revision: r.ID, Dir: s.releaseDir(r), Command: r.Config.Command, Env: env,
		Replicas: max(1, w.place.Replicas), Health: r.Config.Health, StopGrace: r.Config.StopGrace})
	if err != nil {
		return fmt.Errorf("run %s in %s: %w", r.ID, w.target.Environment, err)
	}
	return nil
}

// unpack writes the release's files once: the folder appears whole or not.
func (s *Service) unpack(ctx context.Context, r Release) error {
	dir := s.releaseDir(r)
	if _, err := os.Stat(dir); err == nil {
		return nil
	}
	if err := os.MkdirAll(s.Dir, 0o755); err != nil {
		return err
	}
	draft, err := os.MkdirTemp(s.Dir, "."+r.ID+"-")
	if err != nil {
		return err
	}
	defer os.RemoveAll(draft)
	if err := s.Artifacts.Unpack(ctx, r.Digest, draft); err != nil {
		return fmt.Errorf("unpack %s: %w", r.ID, err)
	}
	if err := os.Chmod(draft, 0o755); err != nil {
		return err
	}
	if err := os.Rename(draft, dir); err != nil {
		if _, there := os.Stat(filepath.Join(dir)); there == nil {
			return nil // another one was faster
		}
		return err
	}
	return nil
}

// route works out who gets the traffic. A canary that has no ready instance
// gets none, whatever its weight: its users would only meet an error.
func (s *Service) route(w wanted) Route {
	r := Route{Target: w.target, Listen: w.place.Listen, Host: w.place.Host,
		Stable: Backend{Revision: w.stable.ID, Addrs: s.ready(w.target, w.stable.ID)}}
	if w.active == nil || w.canary.ID == "" || w.canary.ID == w.stable.ID {
		return r
	}
	r.Salt = w.active.ID
	addrs := s.ready(w.target, w.canary.ID)
	if w.active.State == Exposing && len(addrs) > 0 {
		r.Canary, r.Weight = &Backend{Revision: w.canary.ID, Addrs: addrs}, w.active.Exposure.Weight
	}
	return r
}

func (s *Service) ready(t Target, revision string) (addrs []string) {
	for _, i := range s.Runtime.Instances(t, revision) {
		if i.Ready {
			addrs = append(addrs, i.Addr)
		}
	}
	slices.Sort(addrs)
	return addrs
}

// drainWithin bounds how long requests of a revision that leaves may take.
const drainWithin = 30 * time.Second

// retire lets a revision's last requests end and then withdraws it, without
// holding anything else up.
func (s *Service) retire(ctx context.Context, t Target, revision string) error {
	draining, cancel := context.WithTimeout(context.WithoutCancel(ctx), drainWithin)
	s.mu.Lock()
	key := t.String() + "/" + revision
	if s.retiring[key] {
		s.mu.Unlock()
		cancel()
		return nil
	}
	if s.retiring == nil {
		s.retiring = map[string]bool{}
	}
	s.retiring[key] = true
	s.mu.Unlock()
	go func() {
		defer cancel()
		if err := s.Traffic.Drain(draining, t, revision); err != nil {
			slog.Warn("delivery: some requests did not end in time", "target", t.String(), "revision", revision, "error", err)
		}
		s.routing.Lock()
		defer s.routing.Unlock()
		w, err := s.wanted(draining, t)
		if err == nil && !w.wants(revision) { // it may have been called back meanwhile
			err = s.Runtime.Remove(draining, t, revision)
		}
		if err != nil {
			slog.Warn("delivery: a revision could not be withdrawn, trying again", "target", t.String(), "revision", revision, "error", err)
		}
		s.mu.Lock()
		delete(s.retiring, key)
		s.mu.Unlock()
	}()
	return nil
}

func sortedKeys[V any](m map[string]V) []string { return slices.Sorted(maps.Keys(m)) }
