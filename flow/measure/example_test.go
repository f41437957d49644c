package measure_test

import (
	"fmt"
	"time"

	"andon/flow/measure"
)

var monday = time.Date(2026, 1, 5, 0, 0, 0, 0, time.UTC)

// Four items come on Monday and four on Tuesday; two are done on Tuesday and
// four on Wednesday.
func ExampleCumulative_CycleDays() {
	c := measure.Accumulate(nil, []measure.Movement{
		{Day: monday, Entered: []int64{4, 0}, Left: []int64{0, 0}},
		{Day: monday.AddDate(0, 0, 1), Entered: []int64{4, 2}, Left: []int64{2, 0}},
		{Day: monday.AddDate(0, 0, 2), Entered: []int64{0, 4}, Left: []int64{4, 0}},
	})
	const inProgress, done = 0, 1
	fmt.Println(c.WIP(2, inProgress, done), "in progress")
	days, _ := c.CycleDays(2, inProgress, done)
	fmt.Println("about", days, "days to be done")
	// Output:
	// 2 in progress
	// about 1.5 days to be done
}

// The dearest to delay is not the first to do: the small one pays off sooner.
func ExampleByCD3() {
	for _, u := range measure.ByCD3([]measure.Unfinished{
		{Card: "checkout", DelayPerDay: 1000, Remaining: 20},
		{Card: "typo in the price", DelayPerDay: 300, Remaining: 0.5},
		{Card: "search", DelayPerDay: 400, Remaining: 5},
	}) {
		fmt.Printf("%s: %.0f a day of work\n", u.Card, u.CD3())
	}
	// Output:
	// typo in the price: 600 a day of work
	// search: 80 a day of work
	// checkout: 50 a day of work
}
