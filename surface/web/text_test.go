package web

import (
	"context"
	"strings"
	"testing"
	"time"

	"andon/journal"
)

func TestWordsAndFigures(t *testing.T) {
	for _, c := range []struct{ got, want string }{
		{sentence("no card SHOP-99"), "No card SHOP-99."},
		{sentence("Done!"), "Done!"},
		{sentence(""), ""},
		{brief("somewhat longer than that", 12), "somewhat lo…"},
		{brief("short", 12), "short"},
		{short("abc"), "abc"},
		{percent(0.0007), "0.07 %"},
		{percent(0.0213), "2.1 %"},
		{percent(0.779), "78 %"},
		{percent(-0.5), "-50 %"},
		{percent(0), "0 %"},
		{target(0.999), "99.9 %"},
		{whole(1234567.4), "1\u202f234\u202f567"},
		{whole(-1234), "-1\u202f234"},
		{whole(12), "12"},
		{latency(0), "–"},
		{latency(1500 * time.Microsecond), "1.5 ms"},
		{latency(2500 * time.Millisecond), "2.5 s"},
		{shortDigest("sha256:c39f69708dbae0c3"), "c39f69708dba"},
		{kindWord(journal.CardMoved), "card moved"},
		{kindWord(journal.PipelineRunStarted), "pipelinerun started"},
		{href(journal.Card, "A/B"), "/cards/A%2FB"},
		{href(journal.Commit, "abc"), "/journal?about=commit%3Aabc"},
	} {
		if c.got != c.want {
			t.Errorf("%q, want %q", c.got, c.want)
		}
	}
}

func TestClock(t *testing.T) {
	now := time.Date(2026, 3, 4, 15, 0, 0, 0, time.Local)
	for _, c := range []struct {
		at   time.Time
		want string
	}{
		{now.Add(-time.Hour), "14:00:00"},
		{now.AddDate(0, 0, -2), "2 Mar 15:00"},
		{now.AddDate(-1, 0, 0), "4 Mar 2025"},
		{time.Time{}, ""},
	} {
		if got := clock(c.at, now); got != c.want {
			t.Errorf("%v is shown as %q, want %q", c.at, got, c.want)
		}
	}
}

// What people write is shown, never run.
func TestMarkdownIsHarmless(t *testing.T) {
	var out strings.Builder
	err := markdown("# Hi\n\n<script>alert(1)</script> [x](javascript:alert(1)) <b onclick=x>b</b>\n\n| a |\n|---|\n| 1 |").Render(context.Background(), &out)
	if err != nil {
		t.Fatal(err)
	}
	for _, bad := range []string{"<script", "javascript:", "onclick"} {
		if strings.Contains(out.String(), bad) {
			t.Errorf("%s reached the page: %s", bad, out.String())
		}
	}
	for _, good := range []string{"<h1>Hi</h1>", "<table>"} {
		if !strings.Contains(out.String(), good) {
			t.Errorf("no %s in %s", good, out.String())
		}
	}
}
