package browser_test

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"testing"
	"time"

	"github.com/chromedp/chromedp"

	"andon/test/stage"
)

// manyCards is a line as large as a floor has to bear.
const manyCards = 2000

// TestMoveReachesOthersThoughThousandsOfCardsAreOpen moves cards on a floor of
// two thousand and looks how soon another browser shows it.
func TestMoveReachesOthersThoughThousandsOfCardsAreOpen(t *testing.T) {
	s := stage.New(t)
	b := open(t, s)
	for from := 0; from < manyCards; from += 1000 {
		cards := make([]map[string]any, 1000)
		for i := range cards {
			cards[i] = map[string]any{"key": fmt.Sprintf("SHOP-%d", 1000+from+i), "title": fmt.Sprintf("Wish number %d of somebody", from+i),
				"stays": []map[string]any{{"station": "backlog", "entered": time.Now().UTC().Add(-time.Hour)}}}
		}
		b.fetch("POST", "/v1/lines/storefront/import", map[string]any{"source": "test", "cards": cards})
	}
	other := b.another(s)
	for _, page := range []*tab{b, other} {
		page.goTo("/floor")
		page.listens()
	}
	if got := eval[string](b, `document.querySelector("#more-lane-backlog").innerText.trim()`); got != "and 1\u202f948 more" {
		t.Errorf("the long backlog ends with %q", got)
	}
	if n := eval[int](b, `document.querySelectorAll("#lane-backlog .card").length`); n != 60 {
		t.Errorf("the backlog shows %d cards", n)
	}
	folded := moves(b, other, "SHOP-3")
	t.Logf("with the backlog folded a move is in another browser after %v", folded)

	b.do(chromedp.Click("#more-lane-backlog a"))
	b.until("the whole backlog", fmt.Sprintf(`document.querySelectorAll("#lane-backlog .card").length === %d`, manyCards+8))
	other.goTo("/floor?all=backlog")
	other.listens()
	whole := moves(b, other, "SHOP-3")
	t.Logf("with %d cards in the page a move is in another browser after %v", manyCards, whole)

	other.sameAsAnew()

	b.goTo("/floor")
	b.listens()
	b.press("f")
	b.do(chromedp.KeyEvent("2777"))
	b.until("the card far below the fold", `[...document.querySelectorAll("#board .card")].map(c => c.dataset.key).join() === "SHOP-2777"`)
	if c := b.complaints(); len(c) > 0 {
		t.Errorf("the console complained: %q", c)
	}
}

// sameAsAnew moves cards about in a long list, up, down, out and back, and
// looks whether the page that followed shows what a page drawn anew shows.
func (b *tab) sameAsAnew() {
	b.t.Helper()
	random := rand.New(rand.NewPCG(5, 5))
	key := func() string { return fmt.Sprintf("SHOP-%d", 1000+random.IntN(manyCards)) }
	for range 12 {
		b.fetch("POST", "/v1/cards/"+key()+"/move", map[string]string{"to": "backlog", "before": key()})
		b.fetch("PATCH", "/v1/cards/"+key(), map[string]string{"class": []string{"standard", "intangible", "fixed-date"}[random.IntN(3)]})
	}
	gone, last := key(), key()
	b.fetch("POST", "/v1/cards/"+gone+"/discard", map[string]string{"reason": "nobody asks for it"})
	b.fetch("PATCH", "/v1/cards/"+last, map[string]string{"title": "The last change"})
	const order = `[...%s.querySelectorAll("#board ul.cards")].map(l => l.id + " " + [...l.querySelectorAll(".card")].map(c => c.dataset.key + c.dataset.rev).join()).join("\n")`
	b.until("the last change", fmt.Sprintf(`document.querySelector("#card-%s h3").textContent === "The last change"`, last))
	here := eval[string](b, fmt.Sprintf(order, "document"))
	anew := eval[string](b, fmt.Sprintf(`fetch(location.href).then(r => r.text()).then(text => { const page = new DOMParser().parseFromString(text, "text/html"); return `+order+` })`, "page"))
	if here != anew {
		b.t.Errorf("the page that followed differs from one drawn anew:\n%s\n\n%s", here, anew)
	}
}

// moves sends a card back and forth from one page and gives the times until
// another shows it, sorted.
func moves(from, to *tab, card string) (took []time.Duration) {
	for i := range 10 {
		station, where := "development", map[string]string{"to": "development"}
		if i%2 == 1 {
			station, where = "backlog", map[string]string{"to": "backlog", "before": "SHOP-1"}
		}
		eval[bool](to, fmt.Sprintf(`(window.seen = 0, window.watch = new MutationObserver(() => { if (!window.seen && %s) window.seen = Date.now() }),
			window.watch.observe(document.getElementById("board"), {childList: true, subtree: true}), true)`, inLane(card, station)))
		began := eval[int64](from, `Date.now()`)
		from.fetch("POST", "/v1/cards/"+card+"/move", where)
		for _, page := range []*tab{from, to} {
			page.until(card+" in "+station, inLane(card, station))
		}
		took = append(took, time.Duration(eval[int64](to, `(window.watch.disconnect(), window.seen)`)-began)*time.Millisecond)
	}
	slices.Sort(took)
	return took
}
