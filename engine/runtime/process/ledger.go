package process

import (
	"os"
	"slices"
	"strings"

	"andon/flow/delivery"
)

// settle brings the records and what the world sees in line with the crew. It
// needs mu.
func (k *keeper) settle() {
	shown := make([]delivery.Instance, 0, len(k.crew.members))
	for _, m := range k.crew.members {
		k.save(m)
		shown = append(shown, k.crew.instance(m))
	}
	if !slices.Equal(shown, k.shown) {
		k.shown = shown
		k.rt.announce()
	}
}

// save writes a member's record if it has changed. A failure is logged and
// tried again at the next change: the marks in the environment still tell
// whose process it is. It needs mu.
func (k *keeper) save(m *member) {
	if err := k.write(m); err != nil {
		k.rt.log.Error("an instance's record cannot be written", "instance", m.id, "error", err)
	}
}

// write is save where a failure matters. It needs mu.
func (k *keeper) write(m *member) error {
	rec := record{ID: m.id, Launch: m.launch, Addr: m.addr, Created: m.created, Started: m.startedAt,
		LogStart: k.logStart[m.id], Ready: m.phase == ready, Leaving: m.leaving, Restarts: m.restarts, Strikes: m.strikes}
	if c := k.children[m.id]; c != nil {
		rec.identity = c.identity
	}
	if old, ok := k.records[m.id]; ok && old == rec {
		return nil
	}
	if err := writeJSON(k.folder.record(m.id), rec, false); err != nil {
		return err
	}
	k.records[m.id] = rec
	return nil
}

// forget removes what a member leaves behind, except its log. It needs mu.
func (k *keeper) forget(m *member) {
	delete(k.records, m.id)
	delete(k.logStart, m.id)
	for _, path := range []string{k.folder.record(m.id), k.folder.home(m.id), k.folder.tempDir(m.id)} {
		if err := os.RemoveAll(path); err != nil {
			k.rt.log.Warn("a file of a stopped instance cannot be removed", "path", path, "error", err)
		}
	}
}

// instances is what the world sees.
func (k *keeper) instances() []delivery.Instance {
	k.mu.Lock()
	defer k.mu.Unlock()
	return slices.Clone(k.shown)
}

// lastLines gives the end of a log from offset on: at most five lines and
// 1000 bytes, joined by " | ".
func lastLines(path string, offset int64) string {
	f, err := os.Open(path)
	if err != nil {
		return ""
	}
	defer f.Close()
	info, err := f.Stat()
	if err != nil {
		return ""
	}
	if offset > info.Size() {
		offset = 0 // it was rotated in between
	}
	from := max(offset, info.Size()-1000)
	b := make([]byte, info.Size()-from)
	n, _ := f.ReadAt(b, from) // what could be read is enough
	text := strings.ToValidUTF8(strings.TrimSpace(string(b[:n])), "")
	lines := strings.Split(text, "\n")
	return strings.Join(lines[max(0, len(lines)-5):], " | ")
}
