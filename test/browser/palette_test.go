package browser_test

import (
	"testing"

	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"

	"andon/test/stage"
)

// TestEverythingIsDoneFromTheKeyboard finds, moves, blocks, takes back and
// goes elsewhere without a pointer.
func TestEverythingIsDoneFromTheKeyboard(t *testing.T) {
	s := stage.New(t)
	b := open(t, s)
	b.goTo("/floor")
	b.listens()

	b.do(chromedp.Focus("#card-SHOP-3"), chromedp.KeyEvent("k", chromedp.KeyModifiers(chromedp.ModifierCtrl)), chromedp.WaitVisible("#palette"), chromedp.KeyEvent("move to dev"))
	b.until("the move on offer", `document.querySelector("#palette-list [aria-selected=true]")?.textContent.startsWith("Move to development")`)
	b.do(chromedp.KeyEvent(kb.Enter))
	b.until("SHOP-3 in development", inLane("SHOP-3", "development"))
	b.until("the focus on the card", `document.activeElement.id === "card-SHOP-3"`)
	b.until("a way to take it back", toast("SHOP-3 moved to development."))

	b.press("b")
	b.do(chromedp.WaitVisible("#block"), chromedp.KeyEvent("no test data"), chromedp.KeyEvent(kb.Enter))
	b.until("the block", `document.querySelector("#card-SHOP-3.blocked") !== null`)
	b.until("the focus still on the card", `document.activeElement.id === "card-SHOP-3"`)
	b.do(chromedp.KeyEvent("u"))
	b.until("the block taken back", `document.querySelector("#card-SHOP-3:not(.blocked)") !== null`)
	b.do(chromedp.KeyEvent("z", chromedp.KeyModifiers(chromedp.ModifierCtrl)))
	b.until("the move taken back", inLane("SHOP-3", "backlog"))
	b.until("the focus with it", `document.activeElement.id === "card-SHOP-3"`)

	b.do(chromedp.KeyEvent("?"), chromedp.WaitVisible("#shortcuts"), chromedp.KeyEvent(kb.Escape))
	b.do(chromedp.KeyEvent("p"))
	b.until("the focused card pulled", inLane("SHOP-3", "development"))
	b.press("a")
	b.do(chromedp.WaitVisible("#owner"), chromedp.SetValue("#owner [name=owner]", "Bo"), chromedp.KeyEvent(kb.Enter))
	b.until("the new owner", `document.querySelector("#card-SHOP-3 .who").textContent === "Bo"`)
	b.do(chromedp.KeyEvent(kb.ArrowLeft))
	if got := b.focused(); got != "card-SHOP-1" {
		t.Errorf("left of SHOP-3 the focus is on %q", got)
	}

	b.press("/")
	b.do(chromedp.WaitVisible("#palette"), chromedp.KeyEvent("gift wrap"))
	b.until("the card that is found", `document.querySelector("#palette-list [aria-selected=true] .mono")?.textContent === "SHOP-5"`)
	b.do(chromedp.KeyEvent(kb.Enter), chromedp.WaitReady(`[data-card-page][data-key="SHOP-5"]`))
	b.until("the page to listen", `typeof htmx !== "undefined" && document.readyState === "complete"`)
	b.press("/")
	b.do(chromedp.WaitVisible("#palette"), chromedp.KeyEvent("pull"), chromedp.KeyEvent(kb.Enter))
	b.until("the pull to be said", toast("SHOP-5 pulled into development."))
	s.Until("SHOP-5 to be pulled from its page", func() bool { return s.IsIn("SHOP-5", "development") })
	b.do(chromedp.KeyEvent("g"), chromedp.KeyEvent("s"), chromedp.WaitReady("[data-walk]"))
	if c := b.complaints(); len(c) > 0 {
		t.Errorf("the console complained: %q", c)
	}
}

// TestFocusStaysWhenTheFocusedCardLeaves watches a card go while it has the
// focus: the next one gets it, never nothing.
func TestFocusStaysWhenTheFocusedCardLeaves(t *testing.T) {
	s := stage.New(t)
	b := open(t, s)
	b.goTo("/floor?q=the")
	b.listens()
	b.do(chromedp.Focus("#card-SHOP-2"))
	row := eval[string](b, `[...document.querySelectorAll("#lane-backlog .card")].map(c => c.dataset.key).join(" ")`)
	s.Andon("card", "edit", "SHOP-2", "--title", "Renew a certificate")
	b.until("the card to leave the view", `document.getElementById("card-SHOP-2") === null`)
	if got := b.focused(); got != "card-SHOP-3" {
		t.Errorf("of %s SHOP-2 left, and the focus is on %q", row, got)
	}
}
