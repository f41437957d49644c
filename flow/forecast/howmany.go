package forecast

import "fmt"

// Throughput is the distribution of the items done in one day, each day of the
// history counting the same. The history may be of working days only or of all
// days; the days of the answer are of the same kind.
// It is an error when the history is empty or holds a negative count.
func Throughput(history []int) (Distribution, error) {
	if len(history) == 0 {
		return Distribution{}, fmt.Errorf("throughput: the history is empty; at least one day is needed")
	}
	most := 0
	for day, n := range history {
		if n < 0 {
			return Distribution{}, fmt.Errorf("throughput: day %d of the history has %d items; a count cannot be negative", day, n)
		}
		most = max(most, n)
	}
	pmf := make([]float64, most+1)
	for _, n := range history {
		pmf[n]++
	}
	for n := range pmf {
		pmf[n] /= float64(len(history))
	}
	return Distribution{pmf: pmf}, nil
}

// HowMany is the exact distribution of the items done within the coming days.
// Ask it for Floor(0.85): "with 85 %, at least so many". It is unknown when the
// history says nothing (see Throughput) or days is negative.
func HowMany(history []int, days int) Distribution {
	day, err := Throughput(history)
	if err != nil || days < 0 {
		return Distribution{}
	}
	return day.Times(days, NoHorizon)
}
