package browser_test

import (
	"strings"
	"testing"

	"andon/test/stage"
)

// TestEveryNumberOpensTheCardsBehindIt follows the links of the Flow page's
// charts and tables and counts the rows that they open.
func TestEveryNumberOpensTheCardsBehindIt(t *testing.T) {
	s := stage.New(t)
	b := open(t, s)
	b.goTo("/floor")
	b.lateOnes() // forty done in the last sixty days, two in development
	s.Andon("card", "edit", "SHOP-4", "--class", "expedite")
	s.Andon("bulk", "LATE-2", "--discard", "nobody asks for it")
	s.Andon("pull", "SHOP-4")
	b.goTo("/flow?days=90")
	var links []string
	for _, part := range []string{".areas a", ".spots a", ".ages a", ".behaviour a", ".columns a", ".stats a", "#stream a", "#expedite a"} {
		found := eval[[]string](b, `[...document.querySelectorAll("`+part+`")].map(a => a.getAttribute("href"))`)
		if len(found) == 0 {
			t.Errorf("%s has no link to what is behind it", part)
			continue
		}
		links = append(links, found[0], found[len(found)-1])
	}
	for _, link := range links {
		if strings.HasPrefix(link, "#") {
			continue
		}
		if answer := eval[string](b, `fetch("`+link+`").then(async r => r.status + " " + (new DOMParser().parseFromString(await r.text(), "text/html").querySelector("main .empty")?.innerText || ""))`); !strings.HasPrefix(answer, "200") {
			t.Errorf("%s answers %s", link, answer)
		}
	}
	rows := func(path string) int {
		t.Helper()
		b.goTo(path)
		return eval[int](b, `document.querySelectorAll("main tbody tr").length`)
	}
	today := eval[string](b, `new Date().toISOString().slice(0, 10)`)
	for path, want := range map[string]int{
		"/flow/cards?days=90&what=done":                         40,
		"/flow/cards?days=90&held=" + today:                     2, // LATE-1 and SHOP-4
		"/flow/cards?days=90&station=development&held=" + today: 2,
		"/flow/cards?days=90&station=test&held=" + today:        0,
		"/flow/cards?days=90&left=development":                  41, // with the one that was given up
		"/flow/cards?days=90&started=" + today + "&span=7":      1,
		"/flow/cards?days=90&done=" + today + "&kind=internal":  0,
		"/flow/cards?days=90&left=backlog&from=40":              3,
	} {
		if got := rows(path); got != want {
			t.Errorf("%s has %d rows, want %d", path, got, want)
		}
	}
	for _, wrong := range []string{"/flow/cards?held=yesterday", "/flow/cards?left=nowhere", "/flow/cards?started=2999-01-01", "/forecasts?days=0"} {
		b.goTo(wrong)
		if rows := eval[int](b, `document.querySelectorAll("main tbody tr").length`); rows != 0 {
			t.Errorf("%s shows %d rows", wrong, rows)
		}
	}

	b.goTo("/forecasts?days=14&items=5")
	for _, id := range []string{"how-many", "when"} {
		if n := eval[int](b, `document.querySelectorAll("#`+id+` .chances .bar").length`); n < 3 {
			t.Errorf("%s shows %d bars", id, n)
		}
		if n := eval[int](b, `document.querySelectorAll("#`+id+` .chances .rule").length`); n != 4 {
			t.Errorf("%s marks %d percentiles", id, n)
		}
	}
	b.check("forecasts")
	b.goTo("/flow")
	b.check("flow")
}
