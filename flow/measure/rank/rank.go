// Package rank finds percentiles of measured values.
//
// A percentile here is always a value that was measured: nothing is
// interpolated, so that "85 % took at most 9 days" names an item that took 9
// days and can be looked at. Two definitions are needed, because two are in
// use: the nearest rank, which Andon shows, and the lower median, by which
// Apache DevLake's dashboards count.
package rank

import (
	"cmp"
	"math"
	"slices"
)

// Of is the nearest rank of a share p among n values: ceil(p·n), counted from 1
// and kept within 1…n. It is 0 when there are no values. Rounding down instead
// would give an "85th percentile" that only 80 % of {1, 2, 3, 4, 5} meet.
//
// What floating point adds to p·n is taken away first: 0.85 · 20 is 17 and not
// a little more, which would be 18.
func Of(p float64, n int) int {
	if n <= 0 {
		return 0
	}
	exact := p * float64(n)
	switch {
	case !(exact > 1): // also when p is not a number
		return 1
	case exact >= float64(n):
		return n
	}
	return int(math.Ceil(exact * (1 - 4*epsilon)))
}

// epsilon is the distance from 1 to the next larger float64. The share as it is
// written and the product are each off by at most half of it, in parts of their
// value; four times leaves room and is still far below one part in n.
const epsilon = 0x1p-52

// Percentile is the nearest-rank percentile of values in ascending order: the
// smallest value that at least a share p of them does not exceed. It is false
// of none.
func Percentile[T cmp.Ordered](sorted []T, p float64) (value T, ok bool) {
	if len(sorted) == 0 {
		return value, false
	}
	return sorted[Of(p, len(sorted))-1], true
}

// LowerMedian is the median of values in ascending order as Apache DevLake's
// dashboards count it in SQL: the largest value whose percent_rank is at most a
// half, where the percent_rank of the i-th of n, from 0, is i ÷ (n − 1). It is
// false of none.
//
// Equal values share the percent_rank of the first of them; that changes
// nothing, because the value found is the same.
func LowerMedian[T cmp.Ordered](sorted []T) (value T, ok bool) {
	if len(sorted) == 0 {
		return value, false
	}
	return sorted[(len(sorted)-1)/2], true
}

// Sorted copies values into ascending order.
func Sorted[T cmp.Ordered](values []T) []T { return slices.Sorted(slices.Values(values)) }
