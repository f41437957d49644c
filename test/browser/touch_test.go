package browser_test

import (
	"context"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/cdproto/cdp"
	"github.com/chromedp/cdproto/input"
	"github.com/chromedp/chromedp"

	"andon/test/stage"
)

// phone makes the tab one of a small screen that is touched.
func (b *tab) phone() {
	b.t.Helper()
	b.do(chromedp.EmulateViewport(390, 844, chromedp.EmulateMobile, chromedp.EmulateTouch))
}

// spot is where something is on the screen.
type spot struct{ X, Y float64 }

// middle is where a thing is to be touched, scrolled into view.
func (b *tab) middle(selector string) spot {
	b.t.Helper()
	at := eval[[]float64](b, fmt.Sprintf(`(e => { e.scrollIntoView({block: "center", inline: "center"}); const r = e.getBoundingClientRect(); return [r.x + r.width / 2, r.y + r.height / 2] })(document.querySelector(%q))`, selector))
	return spot{at[0], at[1]}
}

func (b *tab) finger(kind input.DispatchTouchEventType, at ...spot) {
	b.t.Helper()
	params := input.DispatchTouchEventParams{Type: kind, TouchPoints: []*input.TouchPoint{}}
	for _, s := range at {
		params.TouchPoints = append(params.TouchPoints, &input.TouchPoint{X: s.X, Y: s.Y})
	}
	_, err := chromedp.Run(b.ctx, func(ctx context.Context, t *chromedp.Target) (chromedp.Void, error) {
		_, err := cdp.Call(ctx, t, input.DispatchTouchEvent, params)
		return chromedp.Void{}, err
	})
	if err != nil {
		b.t.Fatal(err)
	}
}

func (b *tab) tap(selector string) {
	b.t.Helper()
	at := b.middle(selector)
	b.finger(input.DispatchTouchEventTypeTouchStart, at)
	b.finger(input.DispatchTouchEventTypeTouchEnd)
}

// TestTheFloorByTouch moves a card by its menu and by dragging it, and scrolls
// without moving one, on the screen of a telephone.
func TestTheFloorByTouch(t *testing.T) {
	s := stage.New(t)
	b := open(t, s)
	b.phone()
	b.goTo("/floor")
	b.listens()

	b.tap("#card-SHOP-1 .more")
	b.do(chromedp.WaitVisible("#card-menu"))
	b.tap(`#card-menu [data-to="development"]`)
	b.until("SHOP-1 in development", inLane("SHOP-1", "development"))

	// A swipe over cards scrolls.
	at := b.middle("#card-SHOP-3")
	b.finger(input.DispatchTouchEventTypeTouchStart, at)
	for i := range 8 {
		b.finger(input.DispatchTouchEventTypeTouchMove, spot{at.X, at.Y - float64(20*i)})
	}
	b.finger(input.DispatchTouchEventTypeTouchEnd)
	if !s.IsIn("SHOP-3", "backlog") || eval[bool](b, `document.querySelector("[data-lifted]") !== null`) {
		t.Error("a swipe lifted a card")
	}

	// A card that is held is lifted, and goes where it is let go.
	eval[bool](b, `(document.querySelector("#board").scrollTo(0, 0), scrollTo(0, 0), true)`)
	at = b.middle("#card-SHOP-2")
	b.finger(input.DispatchTouchEventTypeTouchStart, at)
	b.until("the card in the hand", `document.querySelector("#card-SHOP-2.sortable-chosen, [data-lifted]") !== null`)
	to := eval[[]float64](b, `(r => [Math.min(r.x + 40, innerWidth - 12), r.y + 40])(document.querySelector("#lane-development").getBoundingClientRect())`)
	for i := 1; i <= 10; i++ {
		part := float64(i) / 10
		b.finger(input.DispatchTouchEventTypeTouchMove, spot{at.X + (to[0]-at.X)*part, at.Y + (to[1]-at.Y)*part})
		time.Sleep(30 * time.Millisecond) // a finger takes its time; the list under it is looked for on a timer
	}
	b.finger(input.DispatchTouchEventTypeTouchEnd)
	b.until("SHOP-2 in development", inLane("SHOP-2", "development"))
	if c := b.complaints(); len(c) > 0 {
		t.Errorf("the console complained: %q", c)
	}
}

// TestNoPageIsWiderThanATelephone looks whether anything but tables and boards,
// which scroll by themselves, sticks out at the side.
func TestNoPageIsWiderThanATelephone(t *testing.T) {
	s := stage.New(t)
	strict(t, s)
	b := open(t, s)
	b.goTo("/floor")
	b.lateOnes()
	s.Andon("card", "comment", "SHOP-1", strings.Repeat("word ", 80)+strings.Repeat("x", 300))
	s.Andon("card", "edit", "SHOP-1", "--label", strings.Repeat("label ", 30), "--epic", strings.Repeat("epic", 15))
	s.Andon("block", "LATE-1", strings.Repeat("because ", 30))
	s.Andon("forecast", "--items", "5")
	s.Andon("incidents", "open", "storefront", "Checkout is slow")
	s.Andon("incidents", "resolve", "INC-1", "the index was rebuilt")
	b.phone()
	for _, path := range []string{"/floor", "/floor?lanes=kind", "/cards/SHOP-1", "/cards/LATE-1", "/lines/storefront/standup", "/lines/storefront/demo", "/flow", "/flow/cards?done=1",
		"/forecasts", "/whatif", "/bottleneck", "/untracked", "/deliveries", "/runs/ci-1", "/health", "/incidents", "/incidents/INC-1", "/postmortems", "/journal", "/nowhere"} {
		b.goTo(path)
		if wide := eval[string](b, `(() => { const w = document.documentElement.clientWidth; if (document.documentElement.scrollWidth <= w) return "";
			return [...document.querySelectorAll("body *")].filter(e => e.getBoundingClientRect().right > w + 1 && !e.closest(".wide, .board, pre, .log") ).slice(0, 4).map(e => e.outerHTML.slice(0, 120)).join("\n") || "something" })()`); wide != "" {
			t.Errorf("%s is wider than the screen: %s", path, wide)
		}
		if small := eval[string](b, `[...document.querySelectorAll("main button, main select, main input:not([type=checkbox]):not([type=hidden]), .side a")].filter(e => { const r = e.getBoundingClientRect(); return r.width > 0 && r.height < 24 }).slice(0, 4).map(e => e.outerHTML.slice(0, 120)).join("\n")`); small != "" {
			t.Errorf("%s has what is too small for a finger: %s", path, small)
		}
	}
}
