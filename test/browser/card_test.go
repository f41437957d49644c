package browser_test

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"

	"andon/test/stage"
)

// TestLabelsAndComments puts labels on a card and takes one off, finds cards by
// a label, and says something with Markdown in it that is no markup.
func TestLabelsAndComments(t *testing.T) {
	s := stage.New(t)
	b := open(t, s)
	b.goTo("/cards/SHOP-3")
	for _, label := range []string{"checkout, and more", "a11y"} {
		b.do(chromedp.SendKeys(`[name="add_labels"]`, label), chromedp.KeyEvent(kb.Enter))
		b.until("the label "+label, `[...document.querySelectorAll("ul.labels a")].some(a => a.textContent === "`+label+`")`)
	}
	b.do(chromedp.Click(`ul.labels [aria-label="Take off a11y"]`))
	b.until("one label", `document.querySelectorAll("ul.labels a").length === 1`)
	b.do(chromedp.Click(".toast .press")) // Undo
	b.until("both again", `document.querySelectorAll("ul.labels a").length === 2`)

	const said = "The **carrier** answers on Monday <script>document.title = 'pwned'</script>"
	b.press("c")
	b.do(chromedp.SendKeys(`.comment textarea`, said), chromedp.Click(".comment .btn"))
	b.until("the comment", `document.querySelector(".said strong")?.textContent === "carrier"`)
	if got := eval[string](b, `document.title`); strings.Contains(got, "pwned") {
		t.Error("a script in a comment ran")
	}
	if got := eval[string](b, `document.querySelector(".comment textarea").value`); got != "" {
		t.Errorf("the field still says %q", got)
	}

	b.do(chromedp.Click(`ul.labels a`))
	b.listens()
	const shown = `[...document.querySelectorAll("#board .card")].map(c => c.dataset.key).sort().join(" ")`
	b.until("the cards of the label", shown+` === "SHOP-3"`)
	s.Andon("card", "edit", "SHOP-5", "--label", "a11y")
	b.until("another card that has it now", shown+` === "SHOP-3 SHOP-5"`)
	b.do(chromedp.Focus("#card-SHOP-5"))
	b.press("l")
	b.do(chromedp.WaitVisible("#label"), chromedp.SendKeys("#label [name=label]", "a11y"),
		chromedp.SetValue("#label [name=how]", "remove"), chromedp.Click("#label .primary"))
	b.until("it gone", shown+` === "SHOP-3"`)
	if c := b.complaints(); len(c) > 0 {
		t.Errorf("the console complained: %q", c)
	}
}

// hook sends what GitHub would, signed.
func hook(t *testing.T, s *stage.Shop, secret, event, id string, body any) {
	t.Helper()
	text, err := json.Marshal(body)
	if err != nil {
		t.Fatal(err)
	}
	m := hmac.New(sha256.New, []byte(secret))
	m.Write(text)
	r, err := http.NewRequestWithContext(t.Context(), http.MethodPost, "http://"+s.Base+"/hooks/github", strings.NewReader(string(text)))
	if err != nil {
		t.Fatal(err)
	}
	for name, value := range map[string]string{"X-GitHub-Event": event, "X-GitHub-Delivery": id, "Content-Type": "application/json",
		"X-Hub-Signature-256": "sha256=" + hex.EncodeToString(m.Sum(nil))} {
		r.Header.Set(name, value)
	}
	answer, err := http.DefaultClient.Do(r)
	if err != nil {
		t.Fatal(err)
	}
	defer answer.Body.Close()
	if answer.StatusCode >= 300 {
		t.Fatalf("%s was answered with %s", event, answer.Status)
	}
}

// TestWorkWithoutACardIsTakenOver hears of a pull request and an issue that
// name no card, and makes cards of them; a red run of a card is seen on it.
func TestWorkWithoutACardIsTakenOver(t *testing.T) {
	s := stage.New(t)
	b := open(t, s)
	var made struct{ Secret string }
	if err := json.Unmarshal([]byte(s.Andon("hooks", "secret", "github", "-o", "json")), &made); err != nil {
		t.Fatal(err)
	}
	now := time.Now().UTC().Format(time.RFC3339)
	repository := map[string]any{"full_name": "acme/shop"}
	pull := func(number int, title, branch string) map[string]any {
		return map[string]any{"action": "opened", "number": number, "repository": repository, "pull_request": map[string]any{"number": number, "title": title,
			"state": "open", "html_url": "https://github.com/acme/shop/pull/1", "user": map[string]any{"login": "mona"}, "created_at": now, "updated_at": now,
			"head": map[string]any{"ref": branch, "sha": strings.Repeat("8", 40)}, "base": map[string]any{"ref": "main"}}}
	}
	hook(t, s, made.Secret, "pull_request", "1", pull(8, "Bump left-pad", "left-pad"))
	hook(t, s, made.Secret, "issues", "2", map[string]any{"action": "opened", "repository": repository, "issue": map[string]any{"number": 3, "title": "The cart forgets",
		"state": "open", "user": map[string]any{"login": "mona"}, "created_at": now, "updated_at": now, "html_url": "javascript:alert(1)"}})
	b.goTo("/untracked")
	if got := eval[string](b, `[...document.querySelectorAll("main a[target]")].map(a => a.getAttribute("href")).join(" ")`); strings.Contains(got, "javascript") || !strings.Contains(got, "https://github.com/acme/shop/pull/1") {
		t.Errorf("the links lead to %q", got)
	}
	for _, theme := range []string{"light", "dark"} {
		b.theme(theme)
		b.check(theme + " untracked")
	}
	b.do(chromedp.Click(`[aria-label="Make a card of github:acme/shop#3"]`))
	b.until("the issue's card", toast("SHOP-9 is in backlog"))
	b.until("one row less", `document.querySelector("#issues-title") === null`)
	b.do(chromedp.Click(`[aria-label="Make a card of github:acme/shop#8"]`))
	b.until("the pull request's card", toast("SHOP-10"))
	b.until("no row", `document.querySelector("#pulls-title") === null`)

	hook(t, s, made.Secret, "workflow_run", "3", map[string]any{"action": "completed", "repository": repository, "workflow_run": map[string]any{"id": 5, "run_attempt": 1,
		"name": "CI", "head_sha": strings.Repeat("8", 40), "head_branch": "left-pad", "status": "completed", "conclusion": "failure", "created_at": now,
		"run_started_at": now, "updated_at": now, "html_url": "https://github.com/acme/shop/actions/runs/5"}})
	b.goTo("/cards/SHOP-10")
	for _, want := range []string{"Red", "github:acme/shop#8", "Waits for review", "Failed"} {
		if got := eval[string](b, `document.querySelector("main").innerText`); !strings.Contains(got, want) {
			t.Errorf("the card's page does not say %q:\n%s", want, got)
		}
	}
	b.check("a card with what forges told")
	b.goTo("/untracked?days=12")
	if got := eval[string](b, `document.querySelector("main").innerText`); !strings.Contains(got, "use one of") {
		t.Errorf("a wrong window is answered with %q", got)
	}
}
