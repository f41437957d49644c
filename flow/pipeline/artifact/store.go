// Package artifact keeps what pipelines made, by content.
//
// An artifact is a tree of files. Its digest is the SHA-256 of a canonical
// tar of it (names in order, no times, no owners), so the same files always
// have the same digest and are kept once.
package artifact

import (
	"archive/tar"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strings"
)

// Store keeps artifacts in a folder. Safe for concurrent use, also by several
// processes.
type Store struct{ dir string }

// Open makes or opens a store.
func Open(dir string) (*Store, error) {
	return &Store{dir}, os.MkdirAll(dir, 0o755)
}

// Put stores the named files (slash-separated, relative to root; folders are
// stored when empty) and gives the digest, "sha256:…", and the size in bytes.
func (s *Store) Put(ctx context.Context, root string, names []string) (digest string, size int64, err error) {
	draft, err := os.CreateTemp(s.dir, "draft-*")
	if err != nil {
		return "", 0, err
	}
	defer os.Remove(draft.Name())
	defer draft.Close()
	sum := sha256.New()
	if err := pack(ctx, io.MultiWriter(draft, sum), root, names); err != nil {
		return "", 0, err
	}
	info, err := draft.Stat()
	if err != nil {
		return "", 0, err
	}
	if err := draft.Sync(); err != nil {
		return "", 0, err
	}
	digest = "sha256:" + hex.EncodeToString(sum.Sum(nil))
	file, err := s.file(digest)
	if err != nil {
		return "", 0, err
	}
	return digest, info.Size(), os.Rename(draft.Name(), file)
}

func pack(ctx context.Context, w io.Writer, root string, names []string) error {
	names = slices.Clone(names)
	slices.Sort(names)
	out := tar.NewWriter(w)
	for _, name := range slices.Compact(names) {
		if ctx.Err() != nil {
			return ctx.Err()
		}
		if err := packOne(out, root, name); err != nil {
			return fmt.Errorf("pack %s: %w", name, err)
		}
	}
	return out.Close()
}

func packOne(out *tar.Writer, root, name string) error {
	file := filepath.Join(root, filepath.FromSlash(name))
	info, err := os.Stat(file) // a link is stored as what it points to
	if err != nil {
		return err
	}
	mode := int64(0o644)
	if info.IsDir() || info.Mode()&0o111 != 0 {
		mode = 0o755
	}
	h := &tar.Header{Name: name, Mode: mode, Typeflag: tar.TypeReg, Size: info.Size(), Format: tar.FormatPAX}
	if info.IsDir() {
		h.Typeflag, h.Size, h.Name = tar.TypeDir, 0, name+"/"
		return out.WriteHeader(h)
	}
	if !info.Mode().IsRegular() {
		return errors.New("is neither a file nor a folder")
	}
	in, err := os.Open(file)
	if err != nil {
		return err
	}
	defer in.Close()
	if err := out.WriteHeader(h); err != nil {
		return err
	}
	_, err = io.Copy(out, in)
	return err
}

func (s *Store) file(digest string) (string, error) {
	name, ok := strings.CutPrefix(digest, "sha256:")
	if b, err := hex.DecodeString(name); !ok || err != nil || len(b) != sha256.Size {
		return "", fmt.Errorf("%q is not an artifact's digest (sha256:…)", digest)
	}
	return filepath.Join(s.dir, name+".tar"), nil
}

// Unpack writes the artifact's files into dir, which is made, and checks the
// digest while it reads. On an error dir may hold part of the files.
func (s *Store) Unpack(ctx context.Context, digest, dir string) error {
	file, err := s.file(digest)
	if err != nil {
		return err
	}
	in, err := os.Open(file)
	if errors.Is(err, fs.ErrNotExist) {
		return fmt.Errorf("artifact %s is not in the store", digest)
	}
	if err != nil {
		return err
	}
	defer in.Close()
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return err
	}
	root, err := os.OpenRoot(dir) // nothing can be written outside it
	if err != nil {
		return err
	}
	defer root.Close()
	sum := sha256.New()
	body := io.TeeReader(in, sum)
	t := tar.NewReader(body)
	for {
		h, err := t.Next()
		if errors.Is(err, io.EOF) {
			break
		}
		if err == nil {
			err = ctx.Err()
		}
		if err == nil {
			err = unpackOne(root, h, t)
		}
		if err != nil {
			return fmt.Errorf("unpack artifact %s: %w", digest, err)
		}
	}
	if _, err := io.Copy(io.Discard, body); err != nil {
		return err
	}
	if got := "sha256:" + hex.EncodeToString(sum.Sum(nil)); got != digest {
		return fmt.Errorf("artifact %s is damaged: its content is %s", digest, got)
	}
	return nil
}

func unpackOne(root *os.Root, h *tar.Header, body io.Reader) error {
	name := path.Clean(h.Name)
	if h.Typeflag == tar.TypeDir {
		return root.MkdirAll(name, 0o755)
	}
	if err := root.MkdirAll(path.Dir(name), 0o755); err != nil {
		return err
	}
	out, err := root.OpenFile(name, os.O_CREATE|os.O_WRONLY|os.O_TRUNC, fs.FileMode(h.Mode).Perm())
	if err != nil {
		return err
	}
	if _, err := io.Copy(out, body); err != nil {
		out.Close()
		return err
	}
	return out.Close()
}
