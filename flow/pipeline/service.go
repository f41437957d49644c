package pipeline

import (
	"context"
	"io/fs"
	"path/filepath"
	"runtime"
	"strings"
	"sync"

	"andon/flow/pipeline/execute"
	"andon/journal"
)

// Repository is where commits and their files come from.
type Repository interface {
	execute.Repository
	// Files gives the files of a commit under the given paths.
	Files(ctx context.Context, sha string, paths ...string) (fs.FS, error)
	// Changed lists the files that differ between two commits.
	Changed(ctx context.Context, before, after string) ([]string, error)
}

// Options are the parts that a Service works with.
type Options struct {
	Ledger     *journal.Ledger
	Repository Repository
	Artifacts  execute.Artifacts
	// Dir holds a folder for each run.
	Dir string
	// Name is the repository's name, owner/name.
	Name string
	// Source names the repository in facts.
	Source string
	// Secrets gives the secrets that workflows may use.
	Secrets func() map[string]string
	// Jobs is how many jobs may run at once; 0 is one for each processor.
	Jobs int
}

// Service keeps runs. Safe for concurrent use.
type Service struct {
	Options
	slots  chan struct{}
	ctx    context.Context // of all executions
	detach context.CancelFunc

	mu     sync.Mutex
	active map[string]*active
	wg     sync.WaitGroup
}

// active is an execution of this process.
type active struct {
	stop chan struct{}
	once sync.Once
	done chan struct{}
	err  error // valid when done is closed
	end  execute.Conclusion
}

// NewService keeps runs in o.Dir. Nothing runs before Advance is called.
func NewService(o Options) *Service {
	if o.Jobs <= 0 {
		o.Jobs = max(2, runtime.NumCPU())
	}
	if o.Secrets == nil {
		o.Secrets = func() map[string]string { return nil }
	}
	s := &Service{Options: o, slots: make(chan struct{}, o.Jobs), active: map[string]*active{}}
	s.ctx, s.detach = context.WithCancel(context.Background())
	return s
}

// Close leaves all executions: their steps go on by themselves, and the next
// Service on the same folder goes on with them.
func (s *Service) Close() {
	s.detach()
	s.wg.Wait()
}

// Runs lists the newest runs first, at most limit.
func (s *Service) Runs(ctx context.Context, limit int) (runs []Run, err error) {
	err = s.Ledger.Read(ctx, func(r journal.Reader) error {
		runs, err = runsWhere(ctx, r, `1 = 1 ORDER BY number DESC LIMIT $1`, limit)
		return err
	})
	return runs, err
}

// RunsOf lists the runs of one commit, the newest first.
func (s *Service) RunsOf(ctx context.Context, sha string) (runs []Run, err error) {
	err = s.Ledger.Read(ctx, func(r journal.Reader) error {
		runs, err = runsWhere(ctx, r, `sha = $1 ORDER BY number DESC`, sha)
		return err
	})
	return runs, err
}

// Run gives one run with its jobs, steps and artifacts.
func (s *Service) Run(ctx context.Context, id string) (d Detail, err error) {
	err = s.Ledger.Read(ctx, func(r journal.Reader) error {
		d, err = detailOf(ctx, r, id)
		return err
	})
	return d, err
}

// Unfinished lists the runs that have not ended.
func (s *Service) Unfinished(ctx context.Context) (ids []string, err error) {
	err = s.Ledger.Read(ctx, func(r journal.Reader) error {
		runs, err := runsWhere(ctx, r, `state <> $1 ORDER BY number`, string(Ended))
		for _, run := range runs {
			ids = append(ids, run.ID)
		}
		return err
	})
	return ids, err
}

func (s *Service) folder(run string) string { return filepath.Join(s.Dir, run) }

// stem is a workflow file's name without folder and extension.
func stem(file string) string {
	base := filepath.Base(file)
	return strings.TrimSuffix(strings.TrimSuffix(base, ".yaml"), ".yml")
}
