package process

import (
	"context"
	"crypto/rand"
	"encoding/hex"
	"errors"
	"fmt"
	"log/slog"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"sync"
	"time"

	"golang.org/x/sys/unix"

	"andon/flow/delivery"
)

var _ delivery.Runtime = (*Runtime)(nil)

// ErrClosed is what a runtime that was closed or shut down answers.
var ErrClosed = errors.New("the process runtime is closed")

// Runtime runs workloads as processes. See the package comment.
type Runtime struct {
	dir    string // absolute, without symlinks
	opts   Options
	log    *slog.Logger
	boot   string
	lock   *os.File
	prober *prober
	ports  ports

	ctx     context.Context // ends when the runtime lets go
	cancel  context.CancelFunc
	running sync.WaitGroup // keepers and all they started

	// wishes serialises what changes wishes on disk; it is taken before mu
	// and before a keeper's own.
	wishes sync.Mutex

	mu      sync.Mutex
	keepers map[key]*keeper
	halting bool
	changed chan struct{}
}

// Open takes over the runtime whose state is in dir, adopts what still runs
// of it and goes on with its wishes. Only one runtime can have dir open.
func Open(dir string, opts Options) (*Runtime, error) {
	opts = opts.withDefaults()
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return nil, err
	}
	abs, err := filepath.Abs(dir)
	if err == nil {
		abs, err = filepath.EvalSymlinks(abs)
	}
	if err != nil {
		return nil, err
	}
	boot, err := bootID()
	if err != nil {
		return nil, fmt.Errorf("the process runtime needs /proc: %w", err)
	}
	lock, err := lockDir(abs)
	if err != nil {
		return nil, err
	}
	r := &Runtime{dir: abs, opts: opts, log: opts.Logger, boot: boot, lock: lock, prober: newProber(opts.Dial),
		ports: ports{taken: map[string]bool{}}, keepers: map[key]*keeper{}, changed: make(chan struct{})}
	r.ctx, r.cancel = context.WithCancel(context.Background())
	if err := r.adopt(); err != nil {
		r.cancel()
		r.running.Wait()
		return nil, errors.Join(err, lock.Close())
	}
	for _, k := range r.keepers {
		r.running.Add(1)
		go k.run()
	}
	r.running.Add(1)
	go r.tendLogs()
	return r, nil
}

// lockDir waits a moment for a lock that is held: a process that a killed
// Andon was just starting holds it until its exec, and must be seen by adopt.
func lockDir(dir string) (*os.File, error) {
	f, err := os.OpenFile(filepath.Join(dir, "lock"), os.O_CREATE|os.O_RDWR, 0o600)
	if err != nil {
		return nil, err
	}
	for end := time.Now().Add(2 * time.Second); ; time.Sleep(10 * time.Millisecond) {
		err := unix.Flock(int(f.Fd()), unix.LOCK_EX|unix.LOCK_NB)
		if err == nil {
			return f, nil
		}
		if time.Now().After(end) {
			f.Close()
			return nil, fmt.Errorf("the process runtime in %s is in use by another Andon: %w", dir, err)
		}
	}
}

// Ensure implements [delivery.Runtime]. A changed command or environment is
// used from the next start on; replicas, health and grace count at once.
func (r *Runtime) Ensure(ctx context.Context, w delivery.Workload) error {
	w, err := complete(w, r.opts.Grace)
	if err != nil {
		return err
	}
	w.Command, w.Env = slices.Clone(w.Command), maps.Clone(w.Env) // the caller may reuse them
	r.wishes.Lock()
	defer r.wishes.Unlock()
	id := key{w.Target, w.Revision}
	k, err := r.keeper(id)
	if err != nil {
		return err
	}
	if err := ctx.Err(); err != nil {
		return err
	}
	if k != nil && k.has(w) {
		return nil
	}
	f := r.folder(id)
	if err := f.create(); err != nil {
		return err
	}
	if err := writeJSON(f.wish(), toFile(w), true); err != nil {
		return fmt.Errorf("the wish for %s revision %s cannot be written: %w", w.Target, w.Revision, err)
	}
	// Where both exist the wish counts, so this order is safe.
	if err := os.Remove(f.tombstone()); err != nil && !errors.Is(err, os.ErrNotExist) {
		return err
	}
	if k != nil {
		k.mu.Lock()
		k.setWish(w, false)
		k.mu.Unlock()
		k.poke()
		return nil
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.halting {
		return ErrClosed
	}
	k = r.newKeeper(id, w, false)
	r.keepers[id] = k
	r.running.Add(1)
	go k.run()
	return nil
}

func (k *keeper) has(w delivery.Workload) bool {
	k.mu.Lock()
	defer k.mu.Unlock()
	o := k.wish
	return !k.removing && o.Dir == w.Dir && slices.Equal(o.Command, w.Command) && maps.Equal(o.Env, w.Env) &&
		o.Replicas == w.Replicas && o.Health == w.Health && o.StopGrace == w.StopGrace
}

// Remove implements [delivery.Runtime].
func (r *Runtime) Remove(ctx context.Context, t delivery.Target, revision string) error {
	r.wishes.Lock()
	defer r.wishes.Unlock()
	k, err := r.keeper(key{t, revision})
	if err != nil || k == nil {
		return err
	}
	if err := ctx.Err(); err != nil {
		return err
	}
	k.mu.Lock()
	defer k.mu.Unlock()
	if k.removing {
		return nil
	}
	// One rename takes the wish away and says that stopping must go on.
	if err := os.Rename(k.folder.wish(), k.folder.tombstone()); err != nil {
		return fmt.Errorf("the wish for %s revision %s cannot be withdrawn: %w", t, revision, err)
	}
	if err := syncDir(string(k.folder)); err != nil {
		return err
	}
	k.setWish(k.wish, true)
	k.poke()
	return nil
}

// keeper gives nil for a revision that is not kept.
func (r *Runtime) keeper(id key) (*keeper, error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.halting {
		return nil, ErrClosed
	}
	return r.keepers[id], nil
}

// retire ends a keeper whose crew is gone, unless it is wanted again by now.
func (r *Runtime) retire(k *keeper) bool {
	r.wishes.Lock()
	defer r.wishes.Unlock()
	k.mu.Lock()
	defer k.mu.Unlock()
	if !k.crew.closing || len(k.crew.members) > 0 {
		return false
	}
	if k.removing {
		r.clear(k.folder)
	}
	r.mu.Lock()
	delete(r.keepers, k.key)
	r.mu.Unlock()
	r.announce()
	return true
}

// Instances implements [delivery.Runtime].
func (r *Runtime) Instances(t delivery.Target, revision string) []delivery.Instance {
	r.mu.Lock()
	k := r.keepers[key{t, revision}]
	r.mu.Unlock()
	if k == nil {
		return nil
	}
	return k.instances()
}

// Revisions implements [delivery.Runtime]. Revisions whose wish is withdrawn
// are not listed, though some of their instances may still be stopping.
func (r *Runtime) Revisions(t delivery.Target) []string {
	r.mu.Lock()
	var kept []*keeper
	for id, k := range r.keepers {
		if id.target == t {
			kept = append(kept, k)
		}
	}
	r.mu.Unlock()
	var all []string
	for _, k := range kept {
		k.mu.Lock()
		if !k.removing {
			all = append(all, k.key.revision)
		}
		k.mu.Unlock()
	}
	slices.Sort(all)
	return all
}

// Changed implements [delivery.Runtime]. It also tells of other changes that
// Instances shows, such as a restart.
func (r *Runtime) Changed() <-chan struct{} {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.changed
}

func (r *Runtime) announce() {
	r.mu.Lock()
	defer r.mu.Unlock()
	close(r.changed)
	r.changed = make(chan struct{})
}

// newID names an instance.
func newID() string {
	var b [5]byte
	rand.Read(b[:]) // never fails
	return hex.EncodeToString(b[:])
}
