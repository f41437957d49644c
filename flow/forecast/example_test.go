package forecast_test

import (
	"fmt"
	"time"

	"andon/flow/forecast"
)

// Two weeks of working days. How many by the end of next week, when will
// twenty be done, and is the item that is six days old in danger?
func Example() {
	history := []int{2, 0, 3, 1, 4, 1, 2, 2, 0, 5}

	items, _ := forecast.HowMany(history, 5).Floor(0.85)
	fmt.Printf("with 85 %%, at least %d items in 5 days\n", items)

	day, _ := forecast.When(history, 20, 60).Percentile(0.85)
	fmt.Printf("with 85 %%, 20 items by day %d\n", day)

	const oneDay = 24 * time.Hour
	finished := []time.Duration{2 * oneDay, 3 * oneDay, 3 * oneDay, 5 * oneDay, 7 * oneDay, 9 * oneDay, 12 * oneDay}
	open := []time.Duration{oneDay, 8 * oneDay}
	risk := forecast.Survival(finished, open).Risk(6*oneDay, 10*oneDay)
	fmt.Printf("at six days, %.0f %% miss the ten days expected\n", 100*risk.P)

	// Output:
	// with 85 %, at least 6 items in 5 days
	// with 85 %, 20 items by day 13
	// at six days, 38 % miss the ten days expected
}
