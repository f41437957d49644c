package floor

import (
	"testing"
	"time"
)

func TestAnEditSaysWhatItChanged(t *testing.T) {
	day := time.Date(2030, 1, 31, 0, 0, 0, 0, time.UTC)
	was := Card{Key: "SHOP-1", Title: "One", Kind: Business, Class: Standard, Labels: []string{"a", "b"}, DueAt: day, Owner: "bo"}
	for want, change := range map[string]func(*Card){
		"SHOP-1 was edited: title “Two” instead of “One”":                                           func(c *Card) { c.Title = "Two" },
		"SHOP-1 was edited: note; estimate 1 day":                                                   func(c *Card) { c.Note, c.Estimate = "More", 1 },
		"SHOP-1 was edited: kind unplanned instead of business; class expedite instead of standard": func(c *Card) { c.Kind, c.Class = Unplanned, Expedite },
		"SHOP-1 was edited: no owner any more; epic checkout":                                       func(c *Card) { c.Owner, c.Epic = "", "checkout" },
		"SHOP-1 was edited: labels a instead of a, b; no due day any more":                          func(c *Card) { c.Labels, c.DueAt = []string{"a"}, time.Time{} },
		"SHOP-1 was edited: due day 2030-02-01 instead of 2030-01-31; cost of delay 40 a day":       func(c *Card) { c.DueAt, c.CostOfDelay = day.AddDate(0, 0, 1), 40 },
	} {
		is := was
		change(&is)
		if got := (Edited{was, is}).text(); got != want {
			t.Errorf("got  %s\nwant %s", got, want)
		}
	}
}
