package process

import (
	"context"
	"fmt"
	"os"
	"sync"
	"time"

	"andon/flow/delivery"
)

// keeper works towards the wish for one revision until it is withdrawn.
type keeper struct {
	rt     *Runtime
	key    key
	folder folder
	wake   chan struct{} // holds one call to look again

	mu       sync.Mutex
	wish     delivery.Workload
	removing bool // the wish is withdrawn
	halted   bool // the runtime shuts down; the wish stays
	crew     crew
	children map[string]*child // by instance
	stops    map[string]context.CancelFunc
	logStart map[string]int64 // where this launch's output begins in its log
	records  map[string]record
	shown    []delivery.Instance
}

func (r *Runtime) newKeeper(k key, w delivery.Workload, removing bool) *keeper {
	kp := &keeper{rt: r, key: k, folder: r.folder(k), wake: make(chan struct{}, 1), removing: removing,
		children: map[string]*child{}, stops: map[string]context.CancelFunc{},
		logStart: map[string]int64{}, records: map[string]record{}, crew: crew{newID: newID}}
	kp.setWish(w, removing)
	return kp
}

// setWish needs mu, except before the keeper runs.
func (k *keeper) setWish(w delivery.Workload, removing bool) {
	k.wish, k.removing = w, removing
	k.crew.replicas, k.crew.health, k.crew.grace, k.crew.closing = w.Replicas, w.Health, w.StopGrace, removing || k.halted
}

func (k *keeper) poke() {
	select {
	case k.wake <- struct{}{}:
	default: // it will look anyway
	}
}

// run keeps until the runtime closes or, when closing, nobody is left.
func (k *keeper) run() {
	defer k.rt.running.Done()
	for {
		next, empty := k.step()
		if empty && k.rt.retire(k) {
			return
		}
		var alarm <-chan time.Time
		var timer *time.Timer
		if !next.IsZero() {
			timer = time.NewTimer(time.Until(next))
			alarm = timer.C
		}
		select {
		case <-k.rt.ctx.Done():
			return
		case <-k.wake:
		case <-alarm:
		}
		if timer != nil {
			timer.Stop()
		}
	}
}

// step does what is due. empty says that the crew is closing and has gone.
func (k *keeper) step() (next time.Time, empty bool) {
	k.mu.Lock()
	defer k.mu.Unlock()
	for k.rt.ctx.Err() == nil {
		orders := k.crew.advance(time.Now().UTC())
		if len(orders) == 0 {
			break
		}
		for _, o := range orders {
			k.obey(o)
		}
	}
	k.settle()
	return k.crew.next(), k.crew.closing && len(k.crew.members) == 0
}

func (k *keeper) obey(o order) {
	m := o.member
	switch o.act {
	case launch:
		if err := k.launch(m); err != nil {
			k.rt.ports.free(m.addr)
			k.crew.notLaunched(m, err, time.Now().UTC())
			k.rt.log.Warn("an instance could not be started", "target", k.key.target.String(), "revision", k.key.revision, "instance", m.id, "error", err)
		}
	case terminate:
		k.stops[m.id]() // no more health checks
		k.save(m)       // leaving must be known before the signal
		k.children[m.id].terminate()
	case kill:
		k.rt.log.Warn("an instance did not end within its grace and is killed", "target", k.key.target.String(), "revision", k.key.revision, "instance", m.id)
		k.children[m.id].kill()
	case forget:
		k.forget(m)
	}
}

// launch starts the member's next process: intent, process, record.
func (k *keeper) launch(m *member) error {
	addr, err := k.rt.ports.take()
	if err != nil {
		return err
	}
	m.addr = addr
	m.launch++
	for _, dir := range []string{k.folder.home(m.id), k.folder.tempDir(m.id)} {
		if err := os.MkdirAll(dir, 0o700); err != nil {
			return err
		}
	}
	logFile, err := os.OpenFile(k.folder.log(m.id), os.O_CREATE|os.O_WRONLY|os.O_APPEND, 0o600)
	if err != nil {
		return err
	}
	defer logFile.Close()
	info, err := logFile.Stat()
	if err != nil {
		return err
	}
	k.logStart[m.id] = info.Size()
	if err := k.write(m); err != nil {
		return fmt.Errorf("the intent to start it cannot be recorded: %w", err)
	}
	c, err := k.rt.start(k.wish, m, k.folder, logFile)
	if err != nil {
		return err
	}
	k.crew.launched(m, time.Now().UTC())
	k.attend(m, c)
	k.save(m) // if this fails, the marks still tell whose process it is
	return nil
}

// attend begins to watch and probe a process. It needs mu.
func (k *keeper) attend(m *member, c *child) {
	k.children[m.id] = c
	ctx, cancel := context.WithCancel(k.rt.ctx)
	k.stops[m.id] = cancel
	k.rt.running.Add(2)
	go k.watch(m, c)
	go k.probe(ctx, m, c.launch, m.addr)
}

// watch reports the end of a process.
func (k *keeper) watch(m *member, c *child) {
	defer k.rt.running.Done()
	how, err := c.wait(k.rt.ctx)
	c.close()
	if err != nil {
		return // closed: the process lives on
	}
	k.mu.Lock()
	defer k.mu.Unlock()
	k.stops[m.id]()
	delete(k.children, m.id)
	delete(k.stops, m.id)
	k.rt.ports.free(m.addr)
	if lines := lastLines(k.folder.log(m.id), k.logStart[m.id]); lines != "" && m.phase != stopping {
		how += ". The last lines of its log: " + lines
	}
	if k.crew.exited(m, how, time.Now().UTC()) {
		k.forget(m)
	} else {
		k.rt.log.Warn("an instance ended", "target", k.key.target.String(), "revision", k.key.revision, "instance", m.id, "how", m.lastEnd)
	}
	k.settle()
	k.poke()
}

// eager is how often an instance is asked until its first success, unless its
// interval is shorter still: a start should not cost a whole interval.
const eager = 200 * time.Millisecond

// probe reports the health of one launch until ctx ends.
func (k *keeper) probe(ctx context.Context, m *member, launch int, addr string) {
	defer k.rt.running.Done()
	k.mu.Lock()
	once := m.phase == ready // adopted
	health := k.crew.health
	k.mu.Unlock()
	for {
		err := k.rt.prober.check(ctx, addr, health)
		k.mu.Lock()
		if ctx.Err() != nil || m.launch != launch || !m.alive() {
			k.mu.Unlock()
			return
		}
		before := m.phase
		k.crew.probed(m, err, time.Now().UTC())
		if m.phase != before {
			k.poke()
			if m.phase == failing {
				k.rt.log.Warn("an instance stopped answering", "target", k.key.target.String(), "revision", k.key.revision, "instance", m.id, "error", err)
			}
		}
		k.settle()
		health = k.crew.health
		k.mu.Unlock()
		once = once || err == nil
		pause := health.Interval
		if !once {
			pause = min(pause, eager)
		}
		select {
		case <-ctx.Done():
			return
		case <-time.After(pause):
		}
	}
}
