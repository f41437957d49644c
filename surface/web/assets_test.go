package web

import (
	"bufio"
	"compress/gzip"
	"crypto/sha256"
	"encoding/hex"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
)

// The vendored files are exactly those that were reviewed.
func TestVendoredFilesAreWhatTheListSays(t *testing.T) {
	list, err := embedded.Open("assets/vendor.sha256")
	if err != nil {
		t.Fatal(err)
	}
	want := map[string]string{}
	for lines := bufio.NewScanner(list); lines.Scan(); {
		sum, name, ok := strings.Cut(lines.Text(), "  ")
		if !ok {
			t.Fatalf("vendor.sha256 holds %q", lines.Text())
		}
		want[name] = sum
	}
	files, err := embedded.ReadDir("assets/vendor")
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range files {
		content, err := embedded.ReadFile("assets/vendor/" + f.Name())
		if err != nil {
			t.Fatal(err)
		}
		if sum := sha256.Sum256(content); hex.EncodeToString(sum[:]) != want[f.Name()] {
			t.Errorf("%s is not the file of vendor.sha256", f.Name())
		}
		delete(want, f.Name())
	}
	for name := range want {
		t.Errorf("vendor.sha256 names %s, which is not there", name)
	}
}

func TestAssetsNameEachOtherByContent(t *testing.T) {
	for name, i := range assets().items {
		for _, m := range mention.FindAllSubmatch(i.content, -1) {
			if other := string(m[2]); assets().items[other] == nil && strings.Contains(i.kind, "javascript") && !strings.Contains(name, ".min.") {
				t.Errorf("%s mentions %s, which nobody serves", name, other)
			}
		}
	}
	if assets().names["andon.js"] == "andon.js" {
		t.Error("andon.js has no name of its content")
	}
}

func TestAssetsAreServedSmallAndForEver(t *testing.T) {
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		r.SetPathValue("name", strings.TrimPrefix(r.URL.Path, "/assets/"))
		serveAsset(w, r)
	}))
	defer server.Close()
	get := func(path, accept string) (*http.Response, []byte) {
		r, err := http.NewRequestWithContext(t.Context(), http.MethodGet, server.URL+path, nil)
		if err != nil {
			t.Fatal(err)
		}
		r.Header.Set("Accept-Encoding", accept)
		resp, err := http.DefaultTransport.RoundTrip(r)
		if err != nil {
			t.Fatal(err)
		}
		defer resp.Body.Close()
		body, err := io.ReadAll(resp.Body)
		if err != nil {
			t.Fatal(err)
		}
		return resp, body
	}
	resp, small := get(asset("andon.css"), "gzip")
	_, whole := get(asset("andon.css"), "identity")
	if resp.Header.Get("Content-Encoding") != "gzip" || len(small) >= len(whole)/2 {
		t.Errorf("the sheet has %d bytes zipped (%q) of %d", len(small), resp.Header.Get("Content-Encoding"), len(whole))
	}
	unzip, err := gzip.NewReader(strings.NewReader(string(small)))
	if err != nil {
		t.Fatal(err)
	}
	if back, err := io.ReadAll(unzip); err != nil || string(back) != string(whole) {
		t.Errorf("the zipped sheet is another one: %v", err)
	}
	if got := resp.Header.Get("Cache-Control"); !strings.Contains(got, "immutable") {
		t.Errorf("Cache-Control is %q", got)
	}
	if resp, _ := get("/assets/andon.000000000000.css", ""); resp.StatusCode != http.StatusNotFound {
		t.Errorf("an unknown name is answered %d", resp.StatusCode)
	}
}
