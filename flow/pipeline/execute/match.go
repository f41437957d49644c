package execute

import (
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"github.com/bmatcuk/doublestar/v4"
)

// match gives the absolute paths of the files a pattern stands for, and the
// folder from which they are named: the pattern's part before any wildcard.
func match(workspace, pattern string, hidden bool) (files []string, base string, err error) {
	if !filepath.IsAbs(pattern) {
		pattern = filepath.Join(workspace, pattern)
	}
	base, rest := doublestar.SplitPattern(filepath.ToSlash(filepath.Clean(pattern)))
	whole := filepath.Join(base, rest)
	if info, err := os.Stat(whole); err == nil { // a name as it stands
		if !info.IsDir() {
			return []string{whole}, filepath.Dir(whole), nil
		}
		files, err := filesIn(whole, hidden)
		return files, whole, err
	}
	names, err := doublestar.Glob(os.DirFS(base), rest)
	if err != nil {
		return nil, "", err
	}
	for _, n := range names {
		path := filepath.Join(base, n)
		if !hidden && isHidden(n) {
			continue
		}
		info, err := os.Stat(path)
		if err != nil {
			return nil, "", err
		}
		if !info.IsDir() {
			files = append(files, path)
			continue
		}
		inside, err := filesIn(path, hidden)
		if err != nil {
			return nil, "", err
		}
		files = append(files, inside...)
	}
	return files, base, nil
}

func filesIn(dir string, hidden bool) (files []string, err error) {
	err = filepath.WalkDir(dir, func(path string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		if path != dir && !hidden && strings.HasPrefix(d.Name(), ".") {
			if d.IsDir() {
				return filepath.SkipDir
			}
			return nil
		}
		if !d.IsDir() {
			files = append(files, path)
		}
		return nil
	})
	return files, err
}

func isHidden(name string) bool {
	for part := range strings.SplitSeq(filepath.ToSlash(name), "/") {
		if strings.HasPrefix(part, ".") {
			return true
		}
	}
	return false
}
