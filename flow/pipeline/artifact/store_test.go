package artifact_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"andon/flow/pipeline/artifact"
)

func write(t *testing.T, path, text string, mode os.FileMode) {
	t.Helper()
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path, []byte(text), mode); err != nil {
		t.Fatal(err)
	}
}

func TestSameFilesSameDigestWhateverTheirTimes(t *testing.T) {
	s, err := artifact.Open(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	var digests []string
	for range 2 {
		root := t.TempDir()
		write(t, filepath.Join(root, "bin/app"), "program", 0o755)
		write(t, filepath.Join(root, "note.txt"), "hello", 0o600)
		d, size, err := s.Put(t.Context(), root, []string{"note.txt", "bin/app"})
		if err != nil || size == 0 {
			t.Fatal(size, err)
		}
		digests = append(digests, d)
	}
	if digests[0] != digests[1] {
		t.Fatal(digests)
	}
	dir := filepath.Join(t.TempDir(), "out")
	if err := s.Unpack(t.Context(), digests[0], dir); err != nil {
		t.Fatal(err)
	}
	info, err := os.Stat(filepath.Join(dir, "bin/app"))
	if err != nil || info.Mode().Perm() != 0o755 {
		t.Fatal(info, err)
	}
}

func TestDamageAndEscapeAreRefused(t *testing.T) {
	store := t.TempDir()
	s, err := artifact.Open(store)
	if err != nil {
		t.Fatal(err)
	}
	root := t.TempDir()
	write(t, filepath.Join(root, "app"), strings.Repeat("x", 1000), 0o644)
	d, _, err := s.Put(t.Context(), root, []string{"app"})
	if err != nil {
		t.Fatal(err)
	}
	file := filepath.Join(store, strings.TrimPrefix(d, "sha256:")+".tar")
	b, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	b[600] ^= 1
	write(t, file, string(b), 0o644)
	if err := s.Unpack(t.Context(), d, t.TempDir()); err == nil || !strings.Contains(err.Error(), "damaged") {
		t.Fatal(err)
	}
	if err := s.Unpack(t.Context(), "sha256:../../etc/passwd", t.TempDir()); err == nil {
		t.Fatal("a name that is no digest was accepted")
	}
	if _, _, err := s.Put(t.Context(), root, []string{"missing"}); err == nil {
		t.Fatal("a missing file was packed")
	}
}
