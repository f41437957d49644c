package forecast

// When is the exact distribution of the day on which n items will be done,
// counted from 1 (0 when n is not above 0), from
//
//	P(done by day d) = P(sum of d days ≥ n).
//
// What is not done by maxDays is the part Beyond. It is unknown when the
// history says nothing (see Throughput) or maxDays is negative.
func When(history []int, n, maxDays int) Distribution {
	day, err := Throughput(history)
	if err != nil || maxDays < 0 {
		return Distribution{}
	}
	if n <= 0 {
		return Certain(0)
	}
	// Sums of n and more need not be told apart: the lump is "done".
	left := Certain(0)
	pmf := make([]float64, maxDays+1)
	done := 0.0
	for d := 1; d <= maxDays; d++ {
		left = left.Plus(day, n-1)
		pmf[d] = max(left.beyond-done, 0)
		done = left.beyond
	}
	open := 0.0
	for k := range left.pmf {
		open += left.pmf[k]
	}
	return Distribution{pmf: pmf, beyond: open}
}

// Demand is the work one line still has to do and the history it does it by.
type Demand struct {
	Line    string
	History []int // items done a day
	Items   int   // items still to be done
}

// WhenAll is the distribution of the day on which every line is done, the
// lines being independent. It is unknown when one line has no history.
func WhenAll(demands []Demand, maxDays int) Distribution {
	parts := make([]Distribution, len(demands))
	for i, d := range demands {
		parts[i] = When(d.History, d.Items, maxDays)
	}
	return Last(parts...)
}
