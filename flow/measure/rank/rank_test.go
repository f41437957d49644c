package rank_test

import (
	"fmt"
	"math"
	"slices"
	"testing"

	"pgregory.net/rapid"

	"andon/flow/measure/rank"
)

func TestOf(t *testing.T) {
	for _, c := range []struct {
		p    float64
		n    int
		want int
	}{
		{0.85, 5, 5}, // 4.25 → 5: rounding down would give 4, which only 80 % meet
		{0.85, 20, 17},
		{0.7, 10, 7}, // 0.7·10 is 7.000000000000001 in some orders of rounding
		{0.95, 20, 19},
		{0.55, 100, 55}, // 55.00000000000001 in float64
		{0.07, 100, 7},  // 7.000000000000001 in float64
		{0.5, 4, 2},
		{0.5, 5, 3},
		{0, 5, 1},
		{-1, 5, 1},
		{1, 5, 5},
		{2, 5, 5},
		{0.5, 0, 0},
		{math.NaN(), 5, 1},
		{math.Inf(1), 5, 5},
		{0.500001, 1_000_000, 500_001},
	} {
		if got := rank.Of(c.p, c.n); got != c.want {
			t.Errorf("Of(%v, %d) = %d, want %d", c.p, c.n, got, c.want)
		}
	}
}

// Every share of whole hundredths must give the rank of exact arithmetic.
func TestOfIsExactForWholePercents(t *testing.T) {
	for percent := 1; percent <= 100; percent++ {
		for n := 1; n <= 2000; n++ {
			want := (percent*n + 99) / 100
			if got := rank.Of(float64(percent)/100, n); got != want {
				t.Fatalf("Of(%d %%, %d) = %d, want %d", percent, n, got, want)
			}
		}
	}
}

func TestPercentileIsAnElementThatEnoughValuesMeet(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		values := rapid.SliceOfN(rapid.IntRange(-20, 20), 1, 60).Draw(t, "values")
		percent := rapid.IntRange(1, 100).Draw(t, "percent")
		sorted := rank.Sorted(values)
		got, ok := rank.Percentile(sorted, float64(percent)/100)
		if !ok || !slices.Contains(values, got) {
			t.Fatalf("%v, %v is not one of %v", got, ok, values)
		}
		within, below := 0, 0
		for _, v := range values {
			if v <= got {
				within++
			}
			if v < got {
				below++
			}
		}
		if 100*within < percent*len(values) {
			t.Fatalf("only %d of %d are at most %d", within, len(values), got)
		}
		if 100*below >= percent*len(values) {
			t.Fatalf("%d of %d are below %d already", below, len(values), got)
		}
	})
}

// The SQL that is reproduced, word by word: percent_rank() gives equal values
// the rank of the first, then max(value) where rank <= 0.5.
func TestLowerMedianIsThatOfTheSQL(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		sorted := rank.Sorted(rapid.SliceOfN(rapid.IntRange(0, 9), 1, 40).Draw(t, "values"))
		want := sorted[0]
		for _, v := range sorted {
			before := slices.Index(sorted, v)
			if len(sorted) == 1 || float64(before)/float64(len(sorted)-1) <= 0.5 {
				want = max(want, v)
			}
		}
		if got, _ := rank.LowerMedian(sorted); got != want {
			t.Fatalf("LowerMedian(%v) = %d, want %d", sorted, got, want)
		}
	})
}

func TestNothingHasNoPercentile(t *testing.T) {
	if _, ok := rank.Percentile([]int{}, 0.5); ok {
		t.Error("a percentile of nothing was given")
	}
	if _, ok := rank.LowerMedian([]int{}); ok {
		t.Error("a median of nothing was given")
	}
}

func ExamplePercentile() {
	days := []int{1, 2, 3, 4, 5, 7, 8, 9, 12, 30}
	within, _ := rank.Percentile(days, 0.85)
	fmt.Printf("85 %% are done within %d days\n", within)
	// Output: 85 % are done within 12 days
}
