package browser_test

import (
	"testing"

	"github.com/chromedp/chromedp"

	"andon/test/stage"
)

// TestFloorIsFilteredByItsAddress types a filter, shares its address, saves
// it, and sees that limits are counted over all cards.
func TestFloorIsFilteredByItsAddress(t *testing.T) {
	s := stage.New(t)
	b := open(t, s)
	s.Andon("pull", "SHOP-1")
	s.Andon("pull", "SHOP-2")
	b.goTo("/floor")
	b.listens()
	const shown = `[...document.querySelectorAll("#board .card")].map(c => c.dataset.key).sort().join(" ")`

	b.press("f")
	b.do(chromedp.KeyEvent("basket"))
	b.until("one card", shown+` === "SHOP-3"`)
	if got := eval[string](b, `location.search`); got != "?q=basket" {
		t.Errorf("the address says %q", got)
	}
	if got := eval[string](b, `document.querySelector("[data-station=development] .wip").textContent`); got != "2 / 2" {
		t.Errorf("the filter changed the count against the limit to %q", got)
	}
	if got := eval[string](b, `document.querySelector("[data-station=development] .shown").textContent`); got != "0 of 2 shown" {
		t.Errorf("development says %q", got)
	}
	if got := eval[string](b, `document.querySelector("#shown").innerText`); got[:len("1 of 8 open cards")] != "1 of 8 open cards" {
		t.Errorf("the filter says %q", got)
	}

	other := b.another(s)
	other.goTo("/floor?" + eval[string](b, `location.search.slice(1)`))
	if got := eval[string](other, shown); got != "SHOP-3" {
		t.Errorf("the shared address shows %q", got)
	}
	b.do(chromedp.Click(`[data-open="save-view"]`), chromedp.WaitVisible("#save-view"), chromedp.SendKeys(`#save-view [name="name"]`, "Baskets"), chromedp.Click("#save-view .primary"))
	b.until("the view in the list", `document.querySelector("#views a")?.textContent === "Baskets"`)
	b.do(chromedp.Click("#clear-filter"))
	b.until("all cards", shown+` === "SHOP-1 SHOP-2 SHOP-3 SHOP-4 SHOP-5 SHOP-6 SHOP-7 SHOP-8"`)
	b.do(chromedp.Click("#views a"))
	b.until("the saved view", shown+` === "SHOP-3"`)

	// A card that changes so that it passes appears; one that no longer does goes.
	b.goTo("/floor?blocked=1&lanes=kind")
	b.listens()
	s.Andon("block", "SHOP-1", "waits for the auditor")
	b.until("the blocked card in its row", shown+` === "SHOP-1"`)
	s.Andon("unblock", "SHOP-1")
	b.until("no card", shown+` === ""`)
	b.goTo("/floor?lanes=nothing")
	if got := eval[string](b, `document.querySelector("main").innerText`); got == "" {
		t.Error("a wrong address is not explained")
	}
	eval[bool](b, `(localStorage.removeItem("andon-views"), true)`)
}
