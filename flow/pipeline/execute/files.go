package execute

import (
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
)

// commandFiles are the files through which a script speaks to the runner.
var commandFiles = []string{"output", "env", "path", "summary"}

const (
	maxCommandFile = 1 << 20 // GitHub's bound for a job's outputs and a step's summary
)

// collect reads what a step wrote into its command files.
func (s *stepRun) collect() error {
	outputs, err := s.pairs("output", "GITHUB_OUTPUT")
	if err != nil {
		return err
	}
	s.state.Outputs = map[string]string{}
	for _, p := range outputs {
		s.state.Outputs[p.Name] = s.masked(p.Value)
	}
	if s.state.Env, err = s.pairs("env", "GITHUB_ENV"); err != nil {
		return err
	}
	for _, p := range s.state.Env {
		if p.Name == "NODE_OPTIONS" || strings.HasPrefix(p.Name, "GITHUB_") || strings.HasPrefix(p.Name, "RUNNER_") {
			return fmt.Errorf("GITHUB_ENV: %s may not be set", p.Name)
		}
	}
	path, err := s.read("path", "GITHUB_PATH")
	if err != nil {
		return err
	}
	for line := range strings.Lines(path) {
		if line = strings.TrimSpace(line); line != "" {
			s.state.Path = append(s.state.Path, line)
		}
	}
	summary, err := s.read("summary", "GITHUB_STEP_SUMMARY")
	s.state.Summary = s.masked(summary)
	return err
}

func (s *stepRun) read(file, name string) (string, error) {
	b, err := os.ReadFile(filepath.Join(s.dir, file))
	if errors.Is(err, os.ErrNotExist) {
		return "", nil
	}
	if len(b) > maxCommandFile {
		return "", fmt.Errorf("%s: holds %d bytes; %d are allowed", name, len(b), maxCommandFile)
	}
	return strings.ToValidUTF8(strings.ReplaceAll(string(b), "\r\n", "\n"), "\uFFFD"), err
}

func (s *stepRun) pairs(file, name string) ([]Pair, error) {
	text, err := s.read(file, name)
	if err != nil {
		return nil, err
	}
	pairs, err := parsePairs(text)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", name, err)
	}
	return pairs, nil
}

// parsePairs reads "name=value" lines and "name<<END … END" blocks.
func parsePairs(text string) (pairs []Pair, err error) {
	lines := strings.Split(text, "\n")
	for i := 0; i < len(lines); i++ {
		line := lines[i]
		if line == "" {
			continue
		}
		equals, here := strings.Index(line, "="), strings.Index(line, "<<")
		switch {
		case here > 0 && (equals < 0 || here < equals):
			name, end := line[:here], line[here+2:]
			var value []string
			for i++; ; i++ {
				if i >= len(lines) {
					return nil, fmt.Errorf("line %q: the end mark %q never comes", line, end)
				}
				if lines[i] == end {
					break
				}
				value = append(value, lines[i])
			}
			pairs = append(pairs, Pair{name, strings.Join(value, "\n")})
		case equals > 0:
			pairs = append(pairs, Pair{line[:equals], line[equals+1:]})
		default:
			return nil, fmt.Errorf("line %q is neither name=value nor name<<END", line)
		}
	}
	return pairs, nil
}

// removeFiles takes away what may hold secrets once the outcome is recorded.
func (s *stepRun) removeFiles() {
	for _, name := range commandFiles {
		_ = os.Remove(filepath.Join(s.dir, name))
	}
	scripts, _ := filepath.Glob(filepath.Join(s.dir, "script*"))
	for _, f := range scripts {
		_ = os.Remove(f)
	}
}

func readJSON(path string, v any) (found bool, err error) {
	b, err := os.ReadFile(path)
	if errors.Is(err, os.ErrNotExist) {
		return false, nil
	}
	if err != nil {
		return false, err
	}
	if err := json.Unmarshal(b, v); err != nil {
		return false, fmt.Errorf("%s: %w", path, err)
	}
	return true, nil
}

// writeJSON replaces a file as a whole, durably.
func writeJSON(path string, v any) error {
	b, err := json.Marshal(v)
	if err != nil {
		return err
	}
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		return err
	}
	f, err := os.OpenFile(path+".new", os.O_CREATE|os.O_WRONLY|os.O_TRUNC, 0o600)
	if err != nil {
		return err
	}
	if _, err = f.Write(b); err == nil {
		err = f.Sync()
	}
	if closed := f.Close(); err == nil {
		err = closed
	}
	if err != nil {
		return err
	}
	return os.Rename(path+".new", path)
}
