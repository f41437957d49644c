package execute

import (
	"context"
	"time"

	"andon/flow/pipeline/workflow"
)

// Execution is one run of one workflow. The same values must be given each
// time it is continued.
type Execution struct {
	Dir      string // holds all state; made when missing
	Workflow *workflow.Workflow
	Event    Event
	Secrets  map[string]string
	Vars     map[string]string
	// Tracking is unique to this run on its host, such as its folder; its
	// processes carry it, and what is left of them in the end is killed by it.
	Tracking string
	Tools    Tools
	Observer Observer
	// Slots bounds how many jobs run at once over all executions that share
	// it; nil is no bound.
	Slots chan struct{}
	// Stop asks for cancellation when it is closed; ctx, by contrast, only
	// detaches: what runs goes on and is found again.
	Stop <-chan struct{}
}

// Event is what started the run.
type Event struct {
	Name       string            // push or workflow_dispatch
	Payload    map[string]any    // github.event
	SHA        string            //
	Ref        string            // refs/heads/main
	Before     string            //
	Repository string            // owner/name
	RepoURL    string            // where people find it; may be empty
	Actor      string            //
	Inputs     map[string]string // of workflow_dispatch
	RunID      int64
	RunNumber  int64
	Attempt    int64
}

// Tools is what jobs need of the world. All must be safe for concurrent use.
type Tools struct {
	Repository Repository
	Artifacts  Artifacts
}

// Repository gives the files of a commit.
type Repository interface {
	// Checkout makes dir a repository that holds the commit, with depth
	// commits of history (0: all), on branch when that is not empty.
	Checkout(ctx context.Context, sha, branch, dir string, depth int) error
	// Resolve gives the commit that a branch, tag or hash names.
	Resolve(ctx context.Context, revision string) (string, error)
}

// Artifacts keeps files by content.
type Artifacts interface {
	Put(ctx context.Context, root string, names []string) (digest string, size int64, err error)
	Unpack(ctx context.Context, digest, dir string) error
}

// Conclusion is how a run, a job or a step ended.
type Conclusion string

// The conclusions, as GitHub names them.
const (
	Success  Conclusion = "success"
	Failure  Conclusion = "failure"
	Canceled Conclusion = "cancelled"
	Skipped  Conclusion = "skipped"
)

// Job says where one job stands.
type Job struct {
	ID         string            `json:"id"`
	Name       string            `json:"name"`
	Started    time.Time         `json:"started"`
	Ended      time.Time         `json:"ended,omitzero"`
	Conclusion Conclusion        `json:"conclusion,omitempty"`
	Outputs    map[string]string `json:"outputs,omitempty"`
	// Tolerated says that it failed but continue-on-error let the run go on.
	Tolerated bool   `json:"tolerated,omitempty"`
	Text      string `json:"text,omitempty"` // why, when it did not succeed
}

// Step says where one step stands.
type Step struct {
	Job        string            `json:"job"`
	Index      int               `json:"index"` // from 0, in the order of the file
	ID         string            `json:"id,omitempty"`
	Name       string            `json:"name"`
	Line       int               `json:"line"`
	Started    time.Time         `json:"started"`
	Ended      time.Time         `json:"ended,omitzero"`
	Outcome    Conclusion        `json:"outcome,omitempty"`    // before continue-on-error
	Conclusion Conclusion        `json:"conclusion,omitempty"` // after it
	Outputs    map[string]string `json:"outputs,omitempty"`
	Env        []Pair            `json:"env,omitempty"`
	Path       []string          `json:"path,omitempty"`
	Summary    string            `json:"summary,omitempty"`
	Text       string            `json:"text,omitempty"` // why, when it did not succeed
	Masks      []string          `json:"-"`
}

// Pair is a name and its value.
type Pair struct{ Name, Value string }

// Artifact is what a step uploaded.
type Artifact struct {
	Job    string `json:"job"`
	Name   string `json:"name"`
	Digest string `json:"digest"`
	Size   int64  `json:"size"`
	Files  int    `json:"files"`
}

// Observer is told what happens, from several goroutines. After a crash it is
// told again what happened before, so it must take repetition. An error ends
// the execution as if it had been detached.
type Observer interface {
	JobStarted(ctx context.Context, j Job) error
	JobEnded(ctx context.Context, j Job) error
	StepStarted(ctx context.Context, s Step) error
	StepEnded(ctx context.Context, s Step) error
	Uploaded(ctx context.Context, a Artifact) error
}
