package report

import (
	"strings"
	"testing"
	"time"

	"andon/flow/history"
)

func TestFiguresInWords(t *testing.T) {
	for _, c := range []struct {
		figure        history.Figure
		value, spread string
	}{
		{history.Figure{}, "not known", ""},
		{history.Figure{Known: true, Value: 90, Unit: "seconds", N: 3}, "90 s", "n = 3"},
		{history.Figure{Known: true, Value: 3600 * 5, High: 86400 * 9, Unit: "seconds", N: 3}, "5.0 h", "85 % within 9.0 d, n = 3"},
		{history.Figure{Known: true, Value: 0.1655, Unit: "share", N: 9}, "16.6 %", "n = 9"},
		{history.Figure{Known: true, Value: 2, Unit: "per day", N: 9}, "2.0 a day", "n = 9"},
		{history.Figure{Known: true, Value: 0.1, Unit: "per day", N: 9}, "0.7 a week", "n = 9"},
		{history.Figure{Known: true, Value: 3, Unit: "days a week", N: 9}, "3 days a week", "n = 9"},
		{history.Figure{Known: true, Value: 12, Unit: "commits", N: 9}, "12 commits", "n = 9"},
	} {
		if v, s := Value(c.figure), Spread(c.figure); v != c.value || s != c.spread {
			t.Errorf("%+v is %q, %q", c.figure, v, s)
		}
	}
}

func TestThePageNeedsNothingButItself(t *testing.T) {
	at := time.Date(2026, 1, 5, 0, 0, 0, 0, time.UTC)
	r := history.Report{Repository: `<script>alert("x")</script>`, Branch: "main", From: at, To: at.AddDate(0, 0, 7), Profile: history.DORA2025,
		DORA:     []history.Figure{{Name: "change lead time", Known: true, Value: 9000, Unit: "seconds", N: 2, How: "a & b", Missing: "c"}},
		Kinds:    []history.Share{{Kind: "business", Commits: 1, Share: 1}},
		Releases: []history.Release{{Name: "v1.0.0", At: at, Commits: 2, Lead: 5000, MendedBy: "v1.0.1"}},
		Weeks:    []history.Week{{Start: at, Changes: 2, Kinds: [5]int{1, 1}}},
		Leads:    []history.Lead{{Released: at, Seconds: 5000}, {Released: at.Add(time.Hour), Seconds: 0}}}
	var out strings.Builder
	if err := HTML(&out, r); err != nil {
		t.Fatal(err)
	}
	text := out.String()
	for _, want := range []string{"2.5 h", "mended by v1.0.1", "a &amp; b", `class="chart dots"`, `class="chart columns"`} {
		if !strings.Contains(text, want) {
			t.Errorf("the page lacks %q", want)
		}
	}
	for _, bad := range []string{"<script>alert", "src=", "href=", "url(", "@import"} {
		if strings.Contains(text, bad) {
			t.Errorf("the page holds %q", bad)
		}
	}
	if err := HTML(&out, history.Report{}); err != nil {
		t.Errorf("an empty report: %v", err)
	}
}
