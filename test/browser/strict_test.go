package browser_test

import (
	"strings"
	"testing"
	"time"

	"github.com/chromedp/chromedp"

	"andon/test/stage"
)

// TestStrictLineIsWorkedInThePage takes a card through intake, a split station
// and the expedite lane, walks the stand-up, and shows what was finished.
func TestStrictLineIsWorkedInThePage(t *testing.T) {
	s := stage.New(t)
	strict(t, s)
	b := open(t, s)
	b.goTo("/floor")
	b.listens()

	b.do(chromedp.Click(`#card-SHOP-5 [data-do="analyse"]`), chromedp.WaitVisible("#analyse"), chromedp.SendKeys("#analyse textarea", "A box, a bow, a price"), chromedp.Click("#analyse .primary"))
	b.until("the first step met", `document.querySelector("#card-SHOP-5 .met")?.textContent === "analysed"`)
	b.do(chromedp.Focus("#card-SHOP-5"), chromedp.KeyEvent("p"))
	b.until("what it still lacks", toast("is not scheduled"))
	b.do(chromedp.Click(`#card-SHOP-5 [data-do="schedule"]`), chromedp.WaitVisible("#schedule"), chromedp.SetValue("#schedule [name=day]", time.Now().UTC().Format(time.DateOnly)), chromedp.Click("#schedule .primary"))
	b.until("all steps met", `document.querySelectorAll("#card-SHOP-5 .met").length === 3`)
	b.do(chromedp.Focus("#card-SHOP-5"), chromedp.KeyEvent("p"))
	b.until("SHOP-5 being done", `document.querySelector("[data-station=development] .cards:not([data-finished]) #card-SHOP-5") !== null`)
	b.do(chromedp.KeyEvent("d"))
	b.until("SHOP-5 in the done half", `document.querySelector("[data-station=development] [data-finished] #card-SHOP-5") !== null`)
	b.do(chromedp.KeyEvent("u"))
	b.until("SHOP-5 in the doing half again", `document.querySelector("[data-station=development] .cards:not([data-finished]) #card-SHOP-5") !== null`)
	b.do(chromedp.EmulateViewport(1440, 2400), chromedp.DragAndDrop("#card-SHOP-5 h3", `[data-station="development"] .cards[data-finished][id$="-1-finished"]`), chromedp.EmulateViewport(1440, 900))
	b.until("SHOP-5 dropped in the done half", `document.querySelector("[data-station=development] [data-finished] #card-SHOP-5") !== null`)

	b.do(chromedp.Focus("#card-SHOP-5"), chromedp.KeyEvent("p"))
	b.until("SHOP-5 pulled one station on", inLane("SHOP-5", "review"))
	b.do(chromedp.KeyEvent("u"))
	b.until("SHOP-5 taken back", inLane("SHOP-5", "development"))

	s.Andon("card", "edit", "SHOP-6", "--class", "expedite")
	b.until("SHOP-6 in the expedite lane", `document.querySelector("#row-0 #card-SHOP-6") !== null`)
	s.Andon("pull", "SHOP-6")
	b.until("the lane full, the station not", `document.querySelector("#row-0-title .wip").textContent === "1 / 1" && document.querySelector("#head-development .wip").textContent === "1 / 3"`)
	s.Andon("block", "SHOP-6", "the mail provider is silent")

	b.do(chromedp.KeyEvent("g"), chromedp.KeyEvent("s"), chromedp.WaitReady("[data-walk] .talk"))
	b.until("the page to listen", `typeof htmx !== "undefined" && document.readyState === "complete"`)
	b.do(chromedp.KeyEvent("j"))
	if got := b.focused(); got != "card-SHOP-6" {
		t.Errorf("the walk begins with %q", got)
	}
	b.do(chromedp.KeyEvent("j"))
	if got := b.focused(); got != "card-SHOP-5" {
		t.Errorf("the walk goes on with %q", got)
	}
	b.do(chromedp.KeyEvent("k"), chromedp.Click(`#card-SHOP-6 [data-do="unblock"]`))
	b.until("the walk to follow", `document.querySelector("#card-SHOP-6.blocked") === null && document.querySelector("#card-SHOP-6") !== null`)
	text := eval[string](b, `fetch("/lines/storefront/standup.md").then(async r => r.headers.get("Content-Type") + "\n" + await r.text())`)
	if !strings.HasPrefix(text, "text/markdown") || !strings.Contains(text, "**SHOP-6**") {
		t.Errorf("the stand-up as Markdown is\n%s", text)
	}

	s.Andon("move", "SHOP-5", "done")
	b.goTo("/lines/storefront/demo")
	b.until("what was finished", `document.querySelector(".talk")?.innerText.includes("SHOP-5")`)
	if text := eval[string](b, `fetch("/lines/storefront/demo.md?since=2020-01-01").then(r => r.text())`); !strings.Contains(text, "# Finished on Storefront since 2020-01-01") || !strings.Contains(text, "SHOP-5") {
		t.Errorf("the demo as Markdown is\n%s", text)
	}
	if status := eval[int](b, `fetch("/lines/storefront/demo?since=yesterday").then(r => r.status)`); status != 400 {
		t.Errorf("a day that is none is answered %d", status)
	}
	if status := eval[int](b, `fetch("/lines/none/standup.md").then(r => r.status)`); status != 404 {
		t.Errorf("a line that is none is answered %d", status)
	}

	b.goTo("/cards/SHOP-6")
	b.until("the page to listen", `typeof htmx !== "undefined" && document.readyState === "complete"`)
	b.do(chromedp.SetValue(`form[data-keep] [name="due"]`, "2031-05-01"), chromedp.SetValue(`form[data-keep] [name="epic"]`, "Mail"), chromedp.Click("form[data-keep] .primary"))
	b.until("the edit", `document.querySelector(".pairs").innerText.includes("2031-05-01") && document.querySelector(".pairs").innerText.includes("Mail")`)
	if out := s.Andon("card", "show", "SHOP-6", "-o", "json"); !strings.Contains(out, `"epic"`) || !strings.Contains(out, "2031-05-01") {
		t.Errorf("the card does not hold what was saved:\n%s", out)
	}

	for _, theme := range []string{"light", "dark"} {
		b.theme(theme)
		for _, path := range []string{"/floor", "/floor?lanes=owner&q=o", "/lines/storefront/standup", "/lines/storefront/demo", "/lines/storefront/demo?since=2039-01-01", "/cards/SHOP-6", "/cards/SHOP-1"} {
			b.goTo(path)
			b.check(theme + " " + path)
		}
		b.goTo("/floor")
		b.listens()
		b.do(chromedp.Focus("#card-SHOP-1"), chromedp.KeyEvent("x"), chromedp.WaitVisible("#selection"))
		b.check(theme + " selection")
		b.press("/")
		b.do(chromedp.WaitVisible("#palette"), chromedp.KeyEvent("e"))
		b.until("cards in the palette", `document.querySelector("#palette-list .mono") !== null`)
		b.check(theme + " palette")
		eval[bool](b, `(document.getElementById("palette").close(), true)`)
		for _, dialog := range []string{"accept", "analyse", "estimate", "schedule", "owner", "epic", "kind", "class", "discard", "save-view"} {
			eval[bool](b, `(document.getElementById("`+dialog+`").showModal(), true)`)
			b.check(theme + " dialog " + dialog)
			eval[bool](b, `(document.getElementById("`+dialog+`").close(), true)`)
		}
	}
}
