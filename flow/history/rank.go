package history

import "andon/flow/measure/rank"

// percentile is the nearest rank of values in any order; 0 of none.
func percentile(values []float64, p float64) float64 {
	value, _ := rank.Percentile(rank.Sorted(values), p)
	return value
}
