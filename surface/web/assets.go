package web

import (
	"bytes"
	"compress/gzip"
	"crypto/sha256"
	"embed"
	"encoding/hex"
	"fmt"
	"io/fs"
	"net/http"
	"path"
	"regexp"
	"strings"
	"sync"
)

//go:embed assets
var embedded embed.FS

// shelf holds every asset under a name that changes with its content, so that
// browsers may keep it for ever.
type shelf struct {
	names map[string]string // "andon.js" → "andon.1f3c….js"
	items map[string]*item  // by hashed name
}

type item struct {
	kind    string // media type
	content []byte
	zipped  func() []byte // nil when it is hardly smaller
}

var assets = sync.OnceValue(func() *shelf { return stock(embedded) })

// asset is the address of an asset.
func asset(name string) string {
	hashed, ok := assets().names[name]
	if !ok {
		panic("web: no asset is called " + name)
	}
	return "/assets/" + hashed
}

func stock(from fs.FS) *shelf {
	s := &shelf{names: map[string]string{}, items: map[string]*item{}}
	files := map[string][]byte{}
	err := fs.WalkDir(from, "assets", func(name string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() || kinds[path.Ext(name)] == "" {
			return err
		}
		content, err := fs.ReadFile(from, name)
		files[path.Base(name)] = content
		return err
	})
	if err != nil {
		panic(err) // embedded files can always be read
	}
	for name := range files {
		s.put(name, files)
	}
	return s
}

var kinds = map[string]string{".js": "text/javascript; charset=utf-8", ".css": "text/css; charset=utf-8", ".svg": "image/svg+xml", ".woff2": "font/woff2"}

// mention finds where one asset names another: url(x) in a sheet, "./x" in a
// module.
var mention = regexp.MustCompile(`(url\(|"\./)([\w.-]+)`)

// put names an asset by its content after all that it mentions.
func (s *shelf) put(name string, files map[string][]byte) string {
	if hashed, ok := s.names[name]; ok {
		if hashed == "" {
			panic("web: " + name + " mentions itself by a detour; its name would hang on its name")
		}
		return hashed
	}
	content := files[name]
	s.names[name] = ""
	ext := path.Ext(name)
	if ext == ".js" || ext == ".css" {
		content = mention.ReplaceAllFunc(content, func(m []byte) []byte {
			part := mention.FindSubmatch(m)
			if _, ok := files[string(part[2])]; !ok {
				return m
			}
			return append(bytes.Clone(part[1]), s.put(string(part[2]), files)...)
		})
	}
	sum := sha256.Sum256(content)
	hashed := strings.TrimSuffix(name, ext) + "." + hex.EncodeToString(sum[:6]) + ext
	s.names[name] = hashed
	s.items[hashed] = &item{kind: kinds[ext], content: content, zipped: sync.OnceValue(func() []byte { return zip(content) })}
	return hashed
}

func zip(content []byte) []byte {
	var out bytes.Buffer
	w, _ := gzip.NewWriterLevel(&out, gzip.BestCompression)
	_, _ = w.Write(content)
	_ = w.Close()
	if out.Len() > len(content)*9/10 {
		return nil
	}
	return out.Bytes()
}

func serveAsset(w http.ResponseWriter, r *http.Request) {
	i, ok := assets().items[r.PathValue("name")]
	if !ok {
		http.Error(w, "no such asset; reload the page", http.StatusNotFound)
		return
	}
	h := w.Header()
	h.Set("Content-Type", i.kind)
	h.Set("Cache-Control", "public, max-age=31536000, immutable")
	h.Set("Vary", "Accept-Encoding")
	body := i.content
	if small := i.zipped(); small != nil && strings.Contains(r.Header.Get("Accept-Encoding"), "gzip") {
		h.Set("Content-Encoding", "gzip")
		body = small
	}
	h.Set("Content-Length", fmt.Sprint(len(body)))
	_, _ = w.Write(body)
}
