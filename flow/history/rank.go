package history

import (
	"math"
	"slices"
)

// percentile is the nearest rank: of n sorted values the one at ceil(p·n). It
// is 0 of none.
func percentile(values []float64, p float64) float64 {
	if len(values) == 0 {
		return 0
	}
	sorted := slices.Sorted(slices.Values(values))
	return sorted[max(0, int(math.Ceil(p*float64(len(sorted))))-1)]
}

// lowerMedian is DevLake's: the largest value whose percent rank is at most a
// half, where the rank of the i-th of n sorted values is i ÷ (n − 1).
func lowerMedian(values []float64) float64 {
	if len(values) == 0 {
		return 0
	}
	sorted := slices.Sorted(slices.Values(values))
	return sorted[(len(sorted)-1)/2]
}
