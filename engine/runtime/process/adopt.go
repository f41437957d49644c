package process

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"golang.org/x/sys/unix"

	"andon/flow/delivery"
)

// adopt rebuilds the keepers from disk and from the processes that bear this
// runtime's marks. Nothing runs yet, so it has the runtime for itself.
func (r *Runtime) adopt() error {
	folders, err := filepath.Glob(filepath.Join(globEscape(r.dir), "*", "*", "*"))
	if err != nil {
		return err
	}
	for _, path := range folders {
		if err := r.load(folder(path)); err != nil {
			return err
		}
	}
	found := scan(r.dir)
	for _, p := range found { // processes without any file: stop them
		id := key{delivery.Target{Service: p.marks[markService], Environment: p.marks[markEnvironment]}, p.marks[markRevision]}
		if _, ok := r.keepers[id]; !ok {
			f := r.folder(id)
			if err := f.create(); err != nil {
				return err
			}
			w := delivery.Workload{Target: id.target, Revision: id.revision, StopGrace: r.opts.Grace}
			if err := writeJSON(f.tombstone(), toFile(w), true); err != nil {
				return err
			}
			r.keepers[id] = r.newKeeper(id, w, true)
		}
	}
	for id, k := range r.keepers {
		var own []marked
		for _, p := range found {
			if p.marks[markService] == id.target.Service && p.marks[markEnvironment] == id.target.Environment && p.marks[markRevision] == id.revision {
				own = append(own, p)
			}
		}
		if err := k.adopt(own, time.Now().UTC()); err != nil {
			return err
		}
	}
	return nil
}

// globEscape takes the meaning from a path's pattern characters.
func globEscape(path string) string {
	return strings.NewReplacer(`\`, `\\`, `*`, `\*`, `?`, `\?`, `[`, `\[`).Replace(path)
}

// load makes a keeper of a folder that holds a wish or a tombstone.
func (r *Runtime) load(f folder) error {
	var w wishFile
	wished, err := readJSON(f.wish(), &w)
	if err != nil {
		return err
	}
	removing := false
	if !wished {
		if removing, err = readJSON(f.tombstone(), &w); err != nil || !removing {
			return err
		}
	}
	if w.Version != 1 {
		return fmt.Errorf("the wish in %s has version %d; this Andon knows version 1", f, w.Version)
	}
	load := w.workload()
	id := key{load.Target, load.Revision}
	if r.folder(id) != f {
		return fmt.Errorf("the wish in %s is for %s revision %s, which belongs in %s", f, load.Target, load.Revision, r.folder(id))
	}
	r.keepers[id] = r.newKeeper(id, load, removing)
	return f.create()
}

// adopt takes on the instances of one revision. Those it has taken are watched
// at once, so it holds mu.
func (k *keeper) adopt(found []marked, now time.Time) error {
	k.mu.Lock()
	defer k.mu.Unlock()
	files, err := filepath.Glob(globEscape(string(k.folder)) + "/instances/*.json")
	if err != nil {
		return err
	}
	var records []record
	for _, path := range files {
		var rec record
		if _, err := readJSON(path, &rec); err != nil || rec.ID+".json" != filepath.Base(path) {
			// Its process, if any, is found by its marks and stopped.
			k.rt.log.Error("an instance's record is of no use and is removed", "path", path, "error", err)
			if err := os.Remove(path); err != nil && !errors.Is(err, os.ErrNotExist) {
				return err
			}
			continue
		}
		records = append(records, rec)
	}
	slices.SortFunc(records, func(a, b record) int { return a.Created.Compare(b.Created) })
	for _, rec := range records {
		k.recall(rec, found, now)
	}
	for _, p := range found {
		k.stopStray(p, now)
	}
	k.settle()
	return nil
}

// recall makes a member of a record, with its process if that still runs.
func (k *keeper) recall(rec record, found []marked, now time.Time) {
	m := &member{id: rec.ID, launch: rec.Launch, restarts: rec.Restarts, strikes: rec.Strikes, created: rec.Created,
		startedAt: rec.Started, addr: rec.Addr, leaving: rec.Leaving, startAt: now}
	k.crew.members = append(k.crew.members, m)
	k.logStart[m.id] = rec.LogStart
	k.records[m.id] = rec
	id := rec.identity
	if id.PID == 0 { // only the intent: look whether the start came to be
		for _, p := range found {
			if p.marks[markInstance] == m.id && p.launch() == m.launch && p.pid == p.session {
				id = identity{PID: p.pid, Start: p.start, Boot: k.rt.boot}
				m.startedAt = now
			}
		}
	}
	if k.take(m, id, rec.Ready, now) {
		return
	}
	m.addr = ""
	if m.leaving {
		k.crew.drop(m)
		k.forget(m)
		return
	}
	if rec.PID != 0 {
		m.restarts++
		m.lastEnd = "it ended while Andon was not running"
		if lines := lastLines(k.folder.log(m.id), rec.LogStart); lines != "" {
			m.lastEnd += ". The last lines of its log: " + lines
		}
	}
}

// take holds on to a process if it is the one meant and runs.
func (k *keeper) take(m *member, id identity, wasReady bool, now time.Time) bool {
	c := &child{identity: id, dir: k.rt.dir, instance: m.id, launch: m.launch}
	if id.PID > 0 {
		c.open()
	}
	if !id.alive(k.rt.boot) {
		c.close()
		if id.PID > 0 && id.Boot == k.rt.boot {
			c.kill() // children that outlived it
			if s, err := readStat(id.PID); err == nil && s.start == id.Start {
				c.reap() // after Close and Open in one Andon it may be ours
			}
		}
		return false
	}
	started := m.startedAt
	k.crew.launched(m, now) // it has a full StartWithin again: nobody asked it meanwhile
	m.startedAt = started
	if wasReady {
		// Whoever was ready keeps its traffic; the checks go on at once.
		m.phase, m.readySince = ready, started
	}
	k.rt.ports.keep(m.addr)
	k.attend(m, c)
	if m.leaving {
		m.phase, m.killAt = stopping, now.Add(k.crew.grace)
		k.obey(order{terminate, m})
	}
	return true
}

// stopStray ends a marked process that belongs to no living member: what a
// dead leader left is killed, a leader without a record is stopped with grace.
func (k *keeper) stopStray(p marked, now time.Time) {
	id := p.marks[markInstance]
	if m := k.crew.find(id); m != nil && m.alive() && m.launch == p.launch() {
		return
	}
	if p.pid == p.session && k.crew.find(id) == nil && checkName(id) == nil && id == filepath.Base(id) {
		m := &member{id: id, launch: p.launch(), created: now, startedAt: now, leaving: true}
		k.crew.members = append(k.crew.members, m)
		if k.take(m, identity{PID: p.pid, Start: p.start, Boot: k.rt.boot}, false, now) {
			return
		}
		k.crew.drop(m)
		k.forget(m)
		return
	}
	if (identity{PID: p.pid, Start: p.start, Boot: k.rt.boot}).alive(k.rt.boot) {
		unix.Kill(p.pid, unix.SIGKILL) // ESRCH: it has just ended
	}
}
