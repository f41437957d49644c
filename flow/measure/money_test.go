package measure

import (
	"testing"
	"time"

	"andon/flow/floor"
)

// Two cards in progress, two and four working days old, on a line that costs
// 1000 a day: 2·1000/2 + 4·1000/2 are tied up.
func TestCostByHand(t *testing.T) {
	now := time.Date(2030, 7, 5, 0, 0, 0, 0, time.UTC) // a Friday
	l := floor.Line{Name: "shop", Rules: floor.Rules{DailyCost: 1000, Currency: "EUR"}, Stations: []floor.Station{{Name: "backlog", Kind: floor.Queue},
		{Name: "work", Kind: floor.Work}, {Name: "review", Kind: floor.Work}, {Name: "done", Kind: floor.Done}}}
	c := costOf(l, []floor.Card{
		{Key: "A", Station: "work", StartedAt: now.AddDate(0, 0, -2), CostOfDelay: 50},
		{Key: "B", Station: "review", StartedAt: now.AddDate(0, 0, -4)},
		{Key: "C", Station: "backlog", CostOfDelay: 100, Estimate: 10},
		{Key: "D", Station: "backlog", CostOfDelay: 60, Estimate: 2},
		{Key: "E", Station: "backlog"},
	}, now)
	if c.TiedUp != 3000 || c.Stations[0].TiedUp != 1000 || c.Stations[1].TiedUp != 2000 || c.Delay != 210 || c.Stations[0].Delay != 50 {
		t.Errorf("%+v", c)
	}
	if len(c.First) != 2 || c.First[0].Card != "D" || c.First[0].Score != 30 {
		t.Errorf("%+v", c.First)
	}
}
