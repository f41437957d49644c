package browser_test

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/chromedp"

	"andon/test/stage"
)

// lateOnes gives a line forty cards that took a day from start to done, and two
// that are in development for nine days.
func (b *tab) lateOnes() {
	b.t.Helper()
	now := time.Now().UTC()
	type stay struct {
		Station string    `json:"station"`
		Entered time.Time `json:"entered"`
	}
	type past struct {
		Key   string `json:"key"`
		Title string `json:"title"`
		Stays []stay `json:"stays"`
	}
	var cards []past
	for i := range 40 {
		at := now.AddDate(0, 0, -60+i)
		cards = append(cards, past{fmt.Sprintf("OLD-%d", i+1), "Past work", []stay{{"backlog", at}, {"development", at.Add(time.Hour)}, {"done", at.Add(24*time.Hour + time.Duration(i)*time.Minute)}}})
	}
	for i := range 2 {
		at := now.AddDate(0, 0, -9)
		cards = append(cards, past{fmt.Sprintf("LATE-%d", i+1), "A long story", []stay{{"backlog", at}, {"development", at.Add(time.Hour)}}})
	}
	b.fetch("POST", "/v1/lines/storefront/import", map[string]any{"source": "before", "cards": cards})
}

// TestALitAndonStopsTheLineUntilSomebodyAnswers lets two cards grow too old:
// their lamps are lit, nobody may start more, and the line goes on when one got
// help and the other was accepted as it is. Another browser sees it happen.
func TestALitAndonStopsTheLineUntilSomebodyAnswers(t *testing.T) {
	s := stage.New(t)
	b := open(t, s)
	file := filepath.Join(s.Dir, ".andon", "work", "storefront", "andon.yaml")
	text, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	changed := strings.Replace(string(text), "  wip: 8\n", "  wip: 8\n  sle: {percent: 85, days: 2, light: 0.8, stop: true}\n", 1)
	changed = strings.Replace(changed, "kind: work, wip: 2}", "kind: work, wip: 4}", 1)
	s.Commit("andon.yaml", changed, "Expect work to take two days, and stop for what is late")
	s.Until("the rule", func() bool { return strings.Contains(s.Andon("floor", "-o", "json"), `"light"`) })
	b.goTo("/floor")
	b.lateOnes()
	s.Stop()
	s.Start() // risks are told at the start, and each minute
	b.goTo("/floor")
	b.listens()
	other := b.another(s)
	other.goTo("/floor")
	other.listens()
	const lit = `[...document.querySelectorAll("#board .card.lit")].map(c => c.dataset.key).sort().join(" ")`
	b.until("both lamps", lit+` === "LATE-1 LATE-2"`)
	if got := eval[string](b, `document.querySelector("#card-LATE-1 .marks").innerText`); !strings.Contains(got, "Andon lit") {
		t.Errorf("the card says %q", got)
	}
	if got := eval[string](b, `document.querySelector("#card-LATE-1 .risk").textContent`); got != "risk 100 %" {
		t.Errorf("the risk of the card is %q", got)
	}
	if out := s.Andon("floor"); !strings.Contains(out, "ANDON late with a risk of 100 %") {
		t.Errorf("the terminal says\n%s", out)
	}
	b.do(chromedp.Click(".top .primary")) // pull the next card
	b.until("the refusal with its reason", toast("lit: it will be late"))
	if !s.IsIn("SHOP-1", "backlog") {
		t.Error("a card was started though the line is stopped")
	}

	b.goTo("/cards/LATE-1")
	b.do(chromedp.Click(`.notice [data-do="help"]`), chromedp.WaitVisible("#help"), chromedp.SendKeys("#help [name=person]", "Cy"), chromedp.Click("#help .primary"))
	b.until("the answer on the page", `document.querySelector(".notice").innerText.includes("Late, answered")`)
	other.until("one lamp out in the other browser", lit+` === "LATE-2"`)

	b.goTo("/floor")
	b.listens()
	b.do(chromedp.Focus("#card-LATE-2"), chromedp.KeyEvent("m"), chromedp.WaitVisible("#card-menu"), chromedp.Click(`#card-menu [data-act="accept"]`),
		chromedp.WaitVisible("#accept"), chromedp.SendKeys("#accept [name=reason]", "the customer knows"), chromedp.Click("#accept .primary"))
	other.until("no lamp in the other browser", lit+` === ""`)
	if got := eval[string](other, `[...document.querySelectorAll("#card-LATE-2 [title]")].map(e => e.title).join(" ")`); !strings.Contains(got, "the customer knows") {
		t.Errorf("the reason is not with the card: %q", got)
	}
	b.do(chromedp.Click(".top .primary"))
	other.until("the line going on", inLane("SHOP-1", "development"))
	b.until("the offer to take it back", `document.querySelector(".toast .press") !== null`)
}
