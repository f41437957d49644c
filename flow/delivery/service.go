package delivery

import (
	"context"
	"errors"
	"path/filepath"
	"sync"

	"andon/journal"
)

// Machine is the name of this package's machine.
const Machine = "deployment"

// ErrRaced says that somebody else changed the deployment in between; the
// machine simply looks again.
var ErrRaced = errors.New("the deployment changed meanwhile; look again")

// Options are the parts that a Service works with.
type Options struct {
	Ledger     *journal.Ledger
	Runtime    Runtime
	Traffic    Traffic
	Artifacts  Artifacts
	Gatekeeper Gatekeeper
	Judge      Judge
	// Dir holds the unpacked releases.
	Dir string
}

// Service brings releases to their places. Safe for concurrent use.
type Service struct {
	Options
	mu       sync.Mutex
	plans    map[string]Plan
	retiring map[string]bool

	routing sync.Mutex // one change of routes and wishes at a time
}

// NewService delivers nothing before it is given plans.
func NewService(o Options) *Service { return &Service{Options: o, plans: map[string]Plan{}} }

// Define replaces all plans. What is under way goes on as it was queued.
func (s *Service) Define(plans []Plan) error {
	m := map[string]Plan{}
	for _, p := range plans {
		for _, e := range p.Environments {
			if err := e.Exposure.Validate(); err != nil {
				return &Invalid{"strategy", p.Service + ", environment " + e.Name + ": " + err.Error()}
			}
		}
		m[p.Service] = p
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.plans = m
	return nil
}

// Plans lists the plans in force, by service.
func (s *Service) Plans() []Plan {
	s.mu.Lock()
	defer s.mu.Unlock()
	var list []Plan
	for _, name := range sortedKeys(s.plans) {
		list = append(list, s.plans[name])
	}
	return list
}

func (s *Service) plan(service string) (Plan, bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	p, ok := s.plans[service]
	return p, ok
}

func (s *Service) releaseDir(r Release) string { return filepath.Join(s.Dir, r.ID) }

// Releases lists the newest releases first; an empty service is all.
func (s *Service) Releases(ctx context.Context, service string, limit int) (list []Release, err error) {
	err = s.Ledger.Read(ctx, func(r journal.Reader) error {
		list, err = releasesWhere(ctx, r, `(service = $1 OR $1 = '') ORDER BY number DESC LIMIT $2`, service, limit)
		return err
	})
	return list, err
}

// Release finds one release.
func (s *Service) Release(ctx context.Context, id string) (rel Release, err error) {
	err = s.Ledger.Read(ctx, func(r journal.Reader) error {
		rel, err = ReleaseOf(ctx, r, id)
		return err
	})
	return rel, err
}

// Deployments lists the newest deployments first.
func (s *Service) Deployments(ctx context.Context, limit int) (list []Deployment, err error) {
	err = s.Ledger.Read(ctx, func(r journal.Reader) error {
		list, err = deploymentsWhere(ctx, r, `1 = 1 ORDER BY number DESC LIMIT $1`, limit)
		return err
	})
	return list, err
}

// Deployment finds one deployment.
func (s *Service) Deployment(ctx context.Context, id string) (d Deployment, err error) {
	err = s.Ledger.Read(ctx, func(r journal.Reader) error {
		d, err = DeploymentOf(ctx, r, id)
		return err
	})
	return d, err
}

// Unfinished lists the deployments that have not ended.
func (s *Service) Unfinished(ctx context.Context) (ids []string, err error) {
	err = s.Ledger.Read(ctx, func(r journal.Reader) error {
		list, err := deploymentsWhere(ctx, r, `state NOT IN ('succeeded', 'rolledback', 'failed', 'superseded') ORDER BY number`)
		for _, d := range list {
			ids = append(ids, d.ID)
		}
		return err
	})
	return ids, err
}

// Place is what runs in one target at one moment.
type Place struct {
	Target Target  `json:"target"`
	Listen string  `json:"listen"`
	Stable Release `json:"stable"` // zero when nothing runs there yet
	// Active is the deployment under way, nil for none.
	Active    *Deployment `json:"active,omitempty"`
	Waiting   *Deployment `json:"waiting,omitempty"`
	Instances []Running   `json:"instances"`
}

// Running is an instance and what it runs.
type Running struct {
	Instance
	Release string `json:"release"`
}

// Places lists every target, by plan and in order of environments.
func (s *Service) Places(ctx context.Context) (places []Place, err error) {
	for _, p := range s.Plans() {
		for _, e := range p.Environments {
			place, err := s.place(ctx, Target{p.Service, e.Name})
			if err != nil {
				return nil, err
			}
			place.Listen = e.Listen
			places = append(places, place)
		}
	}
	return places, nil
}

func (s *Service) place(ctx context.Context, t Target) (p Place, err error) {
	p.Target = t
	err = s.Ledger.Read(ctx, func(r journal.Reader) error {
		row, err := targetOf(ctx, r, t)
		if err != nil {
			return err
		}
		if row.stable != "" {
			if p.Stable, err = ReleaseOf(ctx, r, row.stable); err != nil {
				return err
			}
		}
		if row.active != "" {
			d, err := DeploymentOf(ctx, r, row.active)
			if err != nil {
				return err
			}
			p.Active = &d
		}
		waiting, err := deploymentsWhere(ctx, r, `service = $1 AND environment = $2 AND state IN ('queued', 'held') ORDER BY number DESC LIMIT 1`,
			t.Service, t.Environment)
		if err == nil && len(waiting) > 0 {
			p.Waiting = &waiting[0]
		}
		return err
	})
	for _, revision := range s.Runtime.Revisions(t) {
		for _, i := range s.Runtime.Instances(t, revision) {
			p.Instances = append(p.Instances, Running{i, revision})
		}
	}
	return p, err
}

// targetRow is what a place holds: the release that serves, and the
// deployment under way.
type targetRow struct{ stable, active string }

func targetOf(ctx context.Context, r journal.Reader, t Target) (row targetRow, err error) {
	err = r.QueryRow(ctx, `SELECT stable, active FROM target WHERE service = $1 AND environment = $2`, t.Service, t.Environment).
		Scan(&row.stable, &row.active)
	if journal.NotFound(err) {
		return row, nil
	}
	return row, err
}

// StableOrd is the newest change that a target's stable release holds, 0
// before the first.
func (s *Service) StableOrd(ctx context.Context, r journal.Reader, t Target) (int64, error) {
	row, err := targetOf(ctx, r, t)
	if err != nil || row.stable == "" {
		return 0, err
	}
	rel, err := ReleaseOf(ctx, r, row.stable)
	return rel.Ord, err
}
