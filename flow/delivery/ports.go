package delivery

import (
	"context"
	"time"

	"andon/exposure"
)

// Target is one service in one environment: the place a release is brought to.
type Target struct {
	Service     string
	Environment string
}

// String gives "service/environment".
func (t Target) String() string { return t.Service + "/" + t.Environment }

// Workload is one revision of a service that should be running in one
// environment. A revision is a release's id; its content never changes.
type Workload struct {
	Target   Target
	Revision string
	// Dir is where the artifact is unpacked; Command runs in it.
	Dir     string
	Command []string
	// Env is added to a clean environment. The runtime adds PORT, the port
	// on loopback where the instance must listen.
	Env      map[string]string
	Replicas int
	Health   Health
	// StopGrace is how long an instance may take to end after SIGTERM.
	StopGrace time.Duration
}

// Health says how an instance shows that it can take traffic: an HTTP GET of
// Path answered 2xx or 3xx within Timeout.
type Health struct {
	Path     string
	Interval time.Duration
	Timeout  time.Duration
	// Failures in a row after which a ready instance is taken out and replaced.
	Failures int
	// StartWithin is how long a new instance may take to become ready.
	StartWithin time.Duration
}

// Instance is one copy of a workload.
type Instance struct {
	ID        string // unique on this runtime
	Addr      string // host:port
	Ready     bool
	Restarts  int
	StartedAt time.Time
	// Trouble says in words why the instance is not ready, or is empty.
	Trouble string
}

// Runtime keeps workloads alive. It is told the wish and works towards it by
// itself: it restarts what ends, replaces what is unhealthy (with back-off),
// and after Andon itself was killed it adopts the instances that still run.
// All methods are idempotent and safe for concurrent use.
type Runtime interface {
	// Ensure sets the wish for one revision and returns without waiting for
	// it. Replicas may be changed by calling it again.
	Ensure(ctx context.Context, w Workload) error
	// Remove withdraws the wish: instances get SIGTERM, and SIGKILL after
	// their grace. It returns without waiting. Unknown revisions are fine.
	Remove(ctx context.Context, t Target, revision string) error
	// Instances lists the copies of one revision, ready or not.
	Instances(t Target, revision string) []Instance
	// Revisions lists what the runtime keeps for a target, so that what is
	// no longer wanted can be removed.
	Revisions(t Target) []string
	// Changed is closed at the next change of any instance's readiness or
	// address; ask for it before looking at Instances.
	Changed() <-chan struct{}
}

// Backend is where one revision's share of the traffic goes.
type Backend struct {
	Revision string
	// Addrs are host:port; requests are spread over them.
	Addrs []string
}

// Route says who gets the traffic of a target.
type Route struct {
	Target Target
	// Listen is the address users connect to. Several targets may share one
	// when Host tells them apart.
	Listen string
	// Host is the host name to match, or empty for any.
	Host   string
	Stable Backend
	// Canary gets Weight percent of the users; nil when there is none.
	Canary *Backend
	Weight int
	// Salt decides which users are the canary's; the same salt keeps the same
	// users on it, and a larger weight only adds users.
	Salt string
}

// Traffic sends users' requests to revisions. A change of route never drops
// or fails a request: those in flight end where they began.
type Traffic interface {
	// Route replaces the target's route at once. It is in force on return.
	Route(ctx context.Context, r Route) error
	// Drain returns when no request is in flight to that revision, or when
	// ctx ends.
	Drain(ctx context.Context, t Target, revision string) error
}

// Artifacts gives the files of a release.
type Artifacts interface {
	// Unpack writes the artifact's files into dir.
	Unpack(ctx context.Context, digest, dir string) error
}

// Gatekeeper decides whether a release may enter a place. It must not wait.
type Gatekeeper interface {
	// MayDeploy gives an empty refusal when it may.
	MayDeploy(ctx context.Context, d Deployment, r Release) (refusal string, err error)
}

// Judge compares the two revisions of an exposure while users meet both.
// Begin and End may be repeated.
type Judge interface {
	Begin(exposed string, t Target, canary, stable string)
	// Ruling gives what the evidence says so far, in a word and in words.
	Ruling(exposed string) (exposure.Ruling, string)
	End(exposed string)
}
