package web

import (
	"math"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"
)

func TestALookAheadShowsTheWholeDistribution(t *testing.T) {
	history, now := []int{0, 2, 1, 0, 3, 1, 0, 0, 2, 1}, time.Date(2030, 1, 1, 15, 0, 0, 0, time.UTC)
	l := look{Days: 14, Items: 9}
	l.draw(history, now)
	for name, c := range map[string]chances{"how many": l.Many, "when": l.When} {
		sum := 0.0
		for _, row := range c.Rows {
			sum += row.P
		}
		if math.Abs(sum-1) > 3*tail || strings.Count(c.Picture, `class="bar"`) != len(c.Rows) || strings.Count(c.Picture, `class="rule"`) != 4 {
			t.Errorf("%s: the chances of %d rows are %v in all", name, len(c.Rows), sum)
		}
	}
	// Ten days held ten cards: nine take nine days on average.
	if !strings.Contains(l.When.Picture, "50 %: by 10 Jan") || !strings.Contains(l.Many.Picture, "50 %: at least 14") {
		t.Error(l.When.Picture, l.Many.Picture)
	}
	// What is not done within the horizon does not break the picture.
	far := look{Days: 365, Items: mostItems}
	far.draw([]int{0, 0, 0, 0, 0, 0, 0, 0, 0, 1}, now)
	if n := strings.Count(far.When.Picture, `class="bar"`); n > 90 {
		t.Errorf("%d bars", n)
	}
}

func TestLookOf(t *testing.T) {
	for query, right := range map[string]bool{"": true, "?days=1&items=2000": true, "?days=0": false, "?days=366": false, "?items=x": false, "?items=2001": false} {
		if _, err := lookOf(httptest.NewRequest(http.MethodGet, "/forecasts"+query, nil)); (err == nil) != right {
			t.Errorf("%q: %v", query, err)
		}
	}
}
