package browser_test

import (
	"encoding/json"
	"strings"
	"testing"

	"github.com/chromedp/chromedp"

	"andon/test/stage"
)

// TestPagesAreAccessible shows every page with something on it to axe-core, in
// both themes.
func TestPagesAreAccessible(t *testing.T) {
	s := stage.New(t, "--visitors", "20")
	b := open(t, s)
	s.Until("the first deployments", func() bool { return strings.Contains(s.Andon("releases"), "storefront-1") && s.Runs("production") })
	s.Andon("pull")
	s.Andon("block", "SHOP-1", "waits for the auditor")
	s.Andon("card", "swarm", "SHOP-1", "--as", "Bo")
	s.Andon("cord", "pull", "production", "the auditor is in the house")
	s.Andon("incidents", "open", "storefront", "Checkout is slow")
	s.Andon("incidents", "open", "storefront", "Search is slow")
	s.Andon("incidents", "resolve", "INC-1", "the index was rebuilt")
	s.Until("the postmortem", func() bool { return strings.Contains(s.Andon("postmortem"), "PM-1") })
	s.Andon("postmortem", "action", "PM-1", "Rebuild the index by night")

	for _, theme := range []string{"light", "dark"} {
		b.theme(theme)
		for _, path := range []string{"/floor", "/cards/SHOP-1", "/cards/SHOP-2", "/deliveries", "/deployments/production-2", "/runs/ci-1", "/runs/ci-1?job=unit",
			"/health", "/incidents", "/incidents/INC-1", "/incidents/INC-2", "/postmortems", "/postmortems/PM-1", "/postmortems/PM-1?edit", "/journal", "/journal?about=card:SHOP-1",
			"/journal?about=card:NONE-1", "/nowhere"} {
			b.goTo(path)
			b.check(theme + " " + path)
		}
		b.goTo("/floor")
		for _, dialog := range []string{"shortcuts", "new-card", "cord", "block", "help", "card-menu"} {
			eval[bool](b, `(document.getElementById("`+dialog+`").showModal(), true)`)
			b.check(theme + " dialog " + dialog)
			eval[bool](b, `(document.getElementById("`+dialog+`").close(), true)`)
		}
	}
	for _, c := range b.complaints() {
		if !strings.Contains(c, "404") { // the page that does not exist
			t.Errorf("the console complained: %s", c)
		}
	}
}

// check fails with every rule of axe that the page breaks.
func (b *tab) check(name string) {
	b.t.Helper()
	eval[bool](b, axe+"; true")
	var broken []struct {
		ID    string
		Help  string
		Nodes []string
	}
	text := eval[string](b, `axe.run(document, {resultTypes: ["violations"]}).then(r => JSON.stringify(r.violations.map(v =>
		({ID: v.id, Help: v.help, Nodes: v.nodes.slice(0, 3).map(n => n.html + " " + n.failureSummary)}))))`)
	if err := json.Unmarshal([]byte(text), &broken); err != nil {
		b.t.Fatal(err)
	}
	for _, v := range broken {
		b.t.Errorf("%s breaks %s (%s):\n  %s", name, v.ID, v.Help, strings.Join(v.Nodes, "\n  "))
	}
}

// TestPostmortemIsWrittenInThePage edits the text, keeps what was typed when
// something else happens, and makes a card of an action.
func TestPostmortemIsWrittenInThePage(t *testing.T) {
	s := stage.New(t)
	s.Andon("incidents", "open", "storefront", "Checkout is slow")
	b := open(t, s)
	b.goTo("/incidents/INC-1")
	b.do(chromedp.Click(`[data-open="resolve"]`), chromedp.WaitVisible("#resolve"), chromedp.SendKeys(`#resolve [name="note"]`, "The index was rebuilt"), chromedp.Click("#resolve .primary"))
	b.until("the way to the postmortem", `document.querySelector("a[href='/postmortems/PM-1']") !== null`)
	b.goTo("/postmortems/PM-1?edit")
	b.until("the page to listen", `typeof htmx !== "undefined"`)
	eval[bool](b, `(document.querySelector("textarea[name=text]").select(), true)`)
	b.do(chromedp.SendKeys(`textarea[name="text"]`, "# Slow\n\nThe *index* was old. <script>alert(1)</script>"))
	s.Andon("card", "add", "Something else happens")
	if got := eval[string](b, `document.querySelector("textarea[name=text]").value`); !strings.Contains(got, "index") {
		t.Errorf("the text being written became %q", got)
	}
	b.do(chromedp.Click("form[data-keep] .primary"))
	b.until("the text", `document.querySelector(".prose em")?.textContent === "index"`)
	if eval[bool](b, `document.querySelector(".prose script") !== null`) {
		t.Error("a script in a postmortem reached the page")
	}
	b.do(chromedp.SendKeys(`input[name="text"]`, "Rebuild the index by night"), chromedp.Click(`form[data-reset] .primary`))
	b.until("the action's card", `document.querySelector(".plain a.ref") !== null`)
	card := eval[string](b, `document.querySelector(".plain a.ref").textContent`)
	if !s.IsIn(card, "backlog") {
		t.Errorf("%s is not in the backlog", card)
	}
}

// TestRunIsFollowedLive opens a run while it goes on.
func TestRunIsFollowedLive(t *testing.T) {
	s := stage.New(t)
	b := open(t, s)
	s.Until("the first run", func() bool { return strings.Contains(s.Andon("runs"), "ci-1") })
	b.goTo("/runs/ci-1")
	b.until("lines of the log", `document.querySelector(".log").textContent.includes("── unit")`)
	b.until("the run to end in green", `document.querySelector(".top .is-ok") !== null`)
	if eval[string](b, `document.querySelector(".log").textContent`) == "" {
		t.Error("the log was lost when the page was refreshed")
	}
	b.do(chromedp.Click(".dag a.node"))
	b.until("one job's log", `location.search.startsWith("?job=")`)
	if c := b.complaints(); len(c) > 0 {
		t.Errorf("the console complained: %q", c)
	}
}
