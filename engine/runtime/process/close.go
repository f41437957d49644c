package process

import (
	"context"
	"fmt"
	"time"
)

// Close lets go: the instances run on without supervision, until Open adopts
// them. Closing again is fine.
func (r *Runtime) Close() error {
	r.mu.Lock()
	r.halting = true
	r.mu.Unlock()
	r.cancel()
	r.running.Wait()
	r.wishes.Lock() // an Ensure that came before may still write
	defer r.wishes.Unlock()
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.lock == nil {
		return nil
	}
	err := r.lock.Close()
	r.lock = nil
	return err
}

// Shutdown stops all instances and closes. The wishes stay, so the next Open
// starts them again. When ctx ends, what is left is killed at once.
func (r *Runtime) Shutdown(ctx context.Context) error {
	r.mu.Lock()
	r.halting = true
	left := make([]*keeper, 0, len(r.keepers))
	for _, k := range r.keepers {
		left = append(left, k)
	}
	r.mu.Unlock()
	for _, k := range left {
		k.mu.Lock()
		k.halted = true
		k.setWish(k.wish, k.removing)
		k.mu.Unlock()
		k.poke()
	}
	err := r.waitEmpty(ctx)
	if err != nil {
		for _, k := range left {
			k.mu.Lock()
			k.crew.hurry(time.Now().UTC())
			k.mu.Unlock()
			k.poke()
		}
		// SIGKILL cannot be refused; only the kernel itself may be slow.
		hard, cancel := context.WithTimeout(context.WithoutCancel(ctx), 5*time.Second)
		defer cancel()
		if r.waitEmpty(hard) != nil {
			err = fmt.Errorf("some instances did not even end after SIGKILL: %w", err)
		}
	}
	if closed := r.Close(); closed != nil {
		return closed
	}
	return err
}

// waitEmpty returns when no keeper is left.
func (r *Runtime) waitEmpty(ctx context.Context) error {
	for {
		changed := r.Changed()
		r.mu.Lock()
		n := len(r.keepers)
		r.mu.Unlock()
		if n == 0 {
			return nil
		}
		select {
		case <-changed:
		case <-r.ctx.Done():
			return ErrClosed
		case <-ctx.Done():
			return fmt.Errorf("instances of %d revisions were still running and were killed: %w", n, ctx.Err())
		}
	}
}
