package browser_test

import (
	"strings"
	"testing"
	"time"

	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"

	"andon/test/stage"
)

func TestCardsMoveByKeyboardMenuAndPointer(t *testing.T) {
	s := stage.New(t)
	b := open(t, s)
	b.goTo("/floor")
	b.until("the keyboard to be listened to", `document.querySelector(".cards").sortable !== undefined`)

	b.do(chromedp.Focus("#card-SHOP-1"), chromedp.KeyEvent(kb.ArrowRight, chromedp.KeyModifiers(chromedp.ModifierShift)))
	b.until("SHOP-1 in development", inLane("SHOP-1", "development"))
	if !s.IsIn("SHOP-1", "development") {
		t.Error("the page shows a move that the floor does not know")
	}
	b.until("the focus to stay on the card", `document.activeElement.id === "card-SHOP-1"`)

	b.do(chromedp.KeyEvent("m"), chromedp.WaitVisible("#card-menu"), chromedp.Click(`#card-menu [data-to="backlog"]`))
	b.until("SHOP-1 back in the backlog", inLane("SHOP-1", "backlog"))

	b.do(chromedp.DragAndDrop("#card-SHOP-2 h3", "#lane-development"))
	b.until("SHOP-2 in development", inLane("SHOP-2", "development"))
	s.Until("the floor to know it", func() bool { return s.IsIn("SHOP-2", "development") })

	b.do(chromedp.Focus("#card-SHOP-2"), chromedp.KeyEvent("m"), chromedp.WaitVisible("#card-menu"), chromedp.Click(`#card-menu [data-act="block"]`),
		chromedp.WaitVisible("#block"), chromedp.SendKeys(`#block [name="reason"]`, "waits for the auditor"), chromedp.Click("#block .stop"))
	b.until("the block to be shown", `document.querySelector("#card-SHOP-2.blocked") !== null`)
	if out := s.Andon("card", "show", "SHOP-2"); !strings.Contains(out, "waits for the auditor") {
		t.Errorf("the card does not say why it is blocked:\n%s", out)
	}
	if c := b.complaints(); len(c) > 0 {
		t.Errorf("the console complained: %q", c)
	}
}

func TestPullBeyondTheLimitIsRefusedWithWhatToSwarmOn(t *testing.T) {
	s := stage.New(t)
	b := open(t, s)
	b.goTo("/floor")
	b.until("the page to listen", `document.querySelector(".cards").sortable !== undefined`)
	for _, card := range []string{"SHOP-1", "SHOP-2"} {
		b.do(chromedp.KeyEvent("p"))
		b.until(card+" in development", inLane(card, "development"))
	}
	b.do(chromedp.KeyEvent("p"))
	b.until("the refusal", `[...document.querySelectorAll(".toast.is-bad")].some(t => t.textContent.includes("development") && t.querySelector("a[href='/cards/SHOP-1']"))`)
	if s.IsIn("SHOP-3", "development") {
		t.Error("a third card is in a station for two")
	}
}

func TestEveryOpenBrowserShowsTheSameFloor(t *testing.T) {
	s := stage.New(t)
	b := open(t, s)
	other := b.another(s)
	for _, page := range []*tab{b, other} {
		page.goTo("/floor")
		page.until("the page to listen", `document.querySelector(".cards").sortable !== undefined`)
	}
	for i, station := range []string{"development", "backlog", "development"} {
		began := time.Now()
		s.Andon("move", "SHOP-3", station)
		for _, page := range []*tab{b, other} {
			page.until("SHOP-3 in "+station, inLane("SHOP-3", station))
		}
		t.Logf("move %d was everywhere %v after its command began", i+1, time.Since(began).Round(time.Millisecond))
	}
	// A dialog is not taken away by what others do; the news come after it.
	b.do(chromedp.Click(`[data-open="new-card"]`), chromedp.WaitVisible("#new-card"), chromedp.SendKeys(`#new-card [name="title"]`, "Count the visitors"))
	s.Andon("move", "SHOP-3", "backlog")
	other.until("SHOP-3 in the backlog elsewhere", inLane("SHOP-3", "backlog"))
	if got := eval[string](b, `document.querySelector("#new-card[open] [name=title]").value`); got != "Count the visitors" {
		t.Errorf("the title being written became %q", got)
	}
	b.do(chromedp.Click("#new-card .primary"))
	b.until("the new card and the news", `document.body.innerText.includes("Count the visitors") && `+inLane("SHOP-3", "backlog"))
}
