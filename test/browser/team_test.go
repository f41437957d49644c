package browser_test

import (
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"andon/test/stage"
)

// rules make the storefront's line a strict one: a split station, a lane for
// what is urgent, a definition of ready, an expectation.
var rules = [][2]string{
	{"  wip: 8\n", "  wip: 8\n  wipPerPerson: 3\n  expedite: {wip: 1}\n  ready: [analysed, estimated, scheduled]\n  sle: {percent: 85, days: 8}\n  cost: {perDay: 3000, currency: EUR}\n"},
	{"{name: development, kind: work, wip: 2}", "{name: development, kind: work, wip: 3, split: true}\n    - {name: review, kind: work, wip: 2}"},
}

// strict gives the line those rules, as a team does: by a commit.
func strict(t *testing.T, s *stage.Shop) {
	t.Helper()
	file := filepath.Join(s.Dir, ".andon", "work", "storefront", "andon.yaml")
	text, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	changed := string(text)
	for _, r := range rules {
		if !strings.Contains(changed, r[0]) {
			t.Fatalf("andon.yaml no longer holds %q", r[0])
		}
		changed = strings.Replace(changed, r[0], r[1], 1)
	}
	s.Commit("andon.yaml", changed, "Work by stricter rules")
	s.Until("the stations of the new line", func() bool { return strings.Contains(s.Andon("floor", "-o", "json"), `"review"`) })
}

// fetch calls the API from a page, as its scripts do, and gives the answer.
func (b *tab) fetch(method, path string, body any) string {
	b.t.Helper()
	text, err := json.Marshal(body)
	if err != nil {
		b.t.Fatal(err)
	}
	return eval[string](b, fmt.Sprintf(`fetch(%q, {method: %q, headers: {"Content-Type": "application/json", "Idempotency-Key": crypto.randomUUID()}, body: %q})
		.then(async r => { const text = await r.text(); if (!r.ok) throw new Error(r.status + " " + text); return text })`, path, method, text))
}

// listens waits until the page's scripts answer to keys and pointers.
func (b *tab) listens() {
	b.t.Helper()
	b.until("the page to listen", `document.querySelector(".cards")?.sortable !== undefined`)
}

// focused is the id of what has the focus.
func (b *tab) focused() string { return eval[string](b, `document.activeElement.id`) }

// toast is a script that says whether a message holds a text.
func toast(text string) string {
	return fmt.Sprintf(`[...document.querySelectorAll(".toast")].some(t => t.textContent.includes(%q))`, text)
}

// press sends a key without the character that KeyEvent sends after it even
// when the page took the key for itself.
func (b *tab) press(key string) {
	b.t.Helper()
	eval[bool](b, fmt.Sprintf(`(document.activeElement.dispatchEvent(new KeyboardEvent("keydown", {key: %q, bubbles: true, cancelable: true})), true)`, key))
}
