package browser_test

import (
	"testing"

	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"

	"andon/test/stage"
)

// TestSeveralCardsAreChangedAtOnce selects by key and by pointer, changes all,
// and is refused all when one of them does not fit.
func TestSeveralCardsAreChangedAtOnce(t *testing.T) {
	s := stage.New(t)
	b := open(t, s)
	b.goTo("/floor")
	b.listens()

	b.do(chromedp.Focus("#card-SHOP-1"), chromedp.KeyEvent("x"))
	eval[bool](b, `document.querySelector("#card-SHOP-5 h3").dispatchEvent(new MouseEvent("click", {bubbles: true, shiftKey: true}))`)
	b.until("a range", `document.querySelector("#selection [data-word=count]").textContent === "4 cards selected"`)
	// Others' changes do not take the selection away.
	s.Andon("card", "edit", "SHOP-2", "--owner", "Cy")
	b.until("the news", `document.querySelector("#card-SHOP-2 .who")?.textContent === "Cy"`)
	if n := eval[int](b, `document.querySelectorAll("#board .card[data-selected] .pick:checked").length`); n != 4 {
		t.Errorf("%d cards are still selected", n)
	}
	b.do(chromedp.Click(`#selection [data-act="epic"]`), chromedp.WaitVisible("#epic"), chromedp.SendKeys("#epic [name=epic]", "Checkout"), chromedp.KeyEvent(kb.Enter))
	b.until("the epic on all", `[...document.querySelectorAll("#board .epic")].filter(e => e.textContent === "Checkout").length === 4`)
	b.until("nothing is selected any more", `document.getElementById("selection").hidden`) // the news may come before the answer
	b.do(chromedp.Click(".toast .press"))
	b.until("all of it taken back", `[...document.querySelectorAll("#board .epic")].every(e => e.textContent !== "Checkout")`)

	for _, key := range []string{"SHOP-1", "SHOP-2", "SHOP-3"} {
		b.do(chromedp.Focus("#card-"+key), chromedp.KeyEvent("x"))
	}
	b.do(chromedp.KeyEvent("m"), chromedp.WaitVisible("#card-menu"), chromedp.Click(`#card-menu [data-to="development"]`))
	b.until("the refusal of all three", toast("None of the cards was changed"))
	for _, key := range []string{"SHOP-1", "SHOP-2", "SHOP-3"} {
		if !s.IsIn(key, "backlog") {
			t.Errorf("%s was moved though one of three had no room", key)
		}
	}
	b.do(chromedp.Focus("#card-SHOP-3"), chromedp.KeyEvent("x"), chromedp.KeyEvent("m"), chromedp.WaitVisible("#card-menu"), chromedp.Click(`#card-menu [data-to="development"]`))
	b.until("both in development", inLane("SHOP-1", "development")+" && "+inLane("SHOP-2", "development"))
	b.do(chromedp.Focus("#card-SHOP-7"), chromedp.KeyEvent("x"), chromedp.Focus("#card-SHOP-8"), chromedp.KeyEvent("x"),
		chromedp.Click(`#selection [data-act="discard"]`), chromedp.WaitVisible("#discard"), chromedp.SendKeys("#discard [name=reason]", "nobody asks for it"), chromedp.Click("#discard .stop"))
	b.until("both off the line", `document.querySelectorAll("[data-station=done] .card").length === 2`)
	if c := b.complaints(); len(c) != 1 { // the browser notes the refusal
		t.Errorf("the console complained: %q", c)
	}
}
