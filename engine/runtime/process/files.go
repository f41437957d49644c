package process

import (
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"time"

	"andon/flow/delivery"
)

// key names one revision of one target.
type key struct {
	target   delivery.Target
	revision string
}

// folder is where a revision's files are:
//
//	workload.json         the wish
//	removing.json         instead of it: the wish is withdrawn, stopping goes on
//	instances/<id>.json   one record for each instance
//	logs/<id>.log         what it wrote; logs/<id>.log.1 is older
//	home/<id>, tmp/<id>   its HOME and TMPDIR
type folder string

func (r *Runtime) folder(k key) folder {
	return folder(filepath.Join(r.dir, escape(k.target.Service), escape(k.target.Environment), escape(k.revision)))
}

// escape makes any name a file name.
func escape(name string) string {
	s := url.PathEscape(name)
	if strings.HasPrefix(s, ".") {
		s = "%2E" + s[1:]
	}
	return s
}

func (f folder) wish() string             { return filepath.Join(string(f), "workload.json") }
func (f folder) tombstone() string        { return filepath.Join(string(f), "removing.json") }
func (f folder) record(id string) string  { return filepath.Join(string(f), "instances", id+".json") }
func (f folder) log(id string) string     { return filepath.Join(string(f), "logs", id+".log") }
func (f folder) home(id string) string    { return filepath.Join(string(f), "home", id) }
func (f folder) tempDir(id string) string { return filepath.Join(string(f), "tmp", id) }

// create makes the folder and its parts.
func (f folder) create() error {
	for _, part := range []string{"instances", "logs", "home", "tmp"} {
		if err := os.MkdirAll(filepath.Join(string(f), part), 0o700); err != nil {
			return err
		}
	}
	return nil
}

// record is what survives Andon about one instance. Without PID it is an
// intent: a process of this launch may exist or not.
type record struct {
	ID     string `json:"id"`
	Launch int    `json:"launch"`
	identity
	Addr     string    `json:"addr,omitempty"`
	Created  time.Time `json:"created"`
	Started  time.Time `json:"started,omitzero"`
	LogStart int64     `json:"logStart,omitempty"`
	Ready    bool      `json:"ready,omitempty"`
	Leaving  bool      `json:"leaving,omitempty"`
	Restarts int       `json:"restarts,omitempty"`
	Strikes  int       `json:"strikes,omitempty"`
}

// writeJSON replaces a file in one step. With durable it also survives a
// power cut; records need not, since no process survives one either.
func writeJSON(path string, v any, durable bool) error {
	b, err := json.MarshalIndent(v, "", "  ")
	if err != nil {
		return err
	}
	tmp, err := os.CreateTemp(filepath.Dir(path), ".new-*")
	if err != nil {
		return err
	}
	defer os.Remove(tmp.Name()) // after the rename there is nothing to remove
	_, err = tmp.Write(append(b, '\n'))
	if err == nil && durable {
		err = tmp.Sync()
	}
	if err = errors.Join(err, tmp.Close()); err != nil {
		return err
	}
	if err := os.Rename(tmp.Name(), path); err != nil {
		return err
	}
	if durable {
		return syncDir(filepath.Dir(path))
	}
	return nil
}

func syncDir(dir string) error {
	d, err := os.Open(dir)
	if err != nil {
		return err
	}
	return errors.Join(d.Sync(), d.Close())
}

// readJSON says false, without an error, when there is no such file.
func readJSON(path string, v any) (bool, error) {
	b, err := os.ReadFile(path)
	if errors.Is(err, fs.ErrNotExist) {
		return false, nil
	}
	if err == nil {
		err = json.Unmarshal(b, v)
	}
	if err != nil {
		return false, fmt.Errorf("%s cannot be read: %w", path, err)
	}
	return true, nil
}
