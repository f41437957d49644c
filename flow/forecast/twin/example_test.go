package twin_test

import (
	"fmt"
	"math"

	"andon/flow/forecast/twin"
)

// Review is the narrow place of a line. Is a second reviewer worth it?
func Example() {
	line := func(reviewers int) twin.Model {
		return twin.Model{
			Arrivals: twin.Exponential(0.5), Warmup: 100, // two items a day
			Stations: []twin.Station{
				{Name: "develop", Servers: 4, Service: twin.LogNormal(1.2, 1)},
				{Name: "review", Servers: reviewers, Service: twin.Exponential(0.4), Returns: []twin.Return{{To: 0, Probability: 0.1}}},
				{Name: "release", Servers: 1, Service: twin.Constant(0.1)},
			},
		}
	}
	for _, reviewers := range []int{1, 2} {
		s, err := twin.Study(line(reviewers), twin.Plan{Until: 5000, Runs: 10, Seed: 1, Confidence: 0.95})
		if err != nil {
			fmt.Println(err)
			return
		}
		fmt.Printf("%d: mean lead time %.0f days, review busy %.0f %%\n", reviewers, math.Round(s.MeanLead.Mean), 100*s.Stations[1].Utilised.Mean)
	}
	// Output:
	// 1: mean lead time 6 days, review busy 89 %
	// 2: mean lead time 2 days, review busy 44 %
}
