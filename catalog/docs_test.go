package catalog_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
	"testing/fstest"

	"andon/catalog"
)

// around is what the documents of the guides refer to.
const around = `---
apiVersion: andon.dev/v1
kind: Delivery
metadata: {name: storefront}
spec:
  service: storefront
  artifact: {workflow: ci.yml, name: storefront}
  command: [./storefront]
  health: {path: /healthz}
  environments:
    - {name: staging, listen: "127.0.0.1:7431"}
    - {name: production, listen: "127.0.0.1:7430"}
`

const workflow = `on: push
jobs:
  test:
    runs-on: ubuntu-latest
    steps:
      - run: make test
      - uses: actions/upload-artifact@v4
        with: {name: storefront, path: storefront}
`

// What the guides show as a file can be copied into one.
func TestGuidesShowValidDocuments(t *testing.T) {
	guides, err := filepath.Glob("../docs/guide/*.md")
	if err != nil {
		t.Fatal(err)
	}
	seen := 0
	for _, guide := range guides {
		text, err := os.ReadFile(guide)
		if err != nil {
			t.Fatal(err)
		}
		for i, block := range strings.Split(string(text), "```yaml\n")[1:] {
			block, _, _ = strings.Cut(block, "```")
			if !strings.Contains(block, "apiVersion: andon.dev/v1") {
				continue // a part of a document
			}
			seen++
			if !strings.Contains(block, "kind: Delivery") {
				block += around
			}
			_, err := catalog.LoadFS(fstest.MapFS{"andon.yaml": {Data: []byte(block)}, ".github/workflows/ci.yml": {Data: []byte(workflow)}})
			if err != nil {
				t.Errorf("%s, block %d: %v", guide, i+1, err)
			}
		}
	}
	if seen < 3 {
		t.Errorf("only %d documents were found", seen)
	}
}
