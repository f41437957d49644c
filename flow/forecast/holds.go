package forecast

// Holds gives, for each of several independent numbers, the chance that it is
// the largest: that its line is the one which the others wait for. A draw is
// shared in equal parts, and so is what lies beyond all horizons; the shares
// add up to one. It is nil when one of the numbers is unknown.
func Holds(parts ...Distribution) []float64 {
	last := Last(parts...)
	if !last.Known() {
		return nil
	}
	shares := make([]float64, len(parts))
	below, at := make([]float64, len(parts)), make([]float64, len(parts))
	for k := range last.pmf {
		for i, d := range parts {
			at[i] = d.P(k)
		}
		for i := range parts {
			shares[i] += won(i, below, at)
		}
		for i := range parts {
			below[i] += at[i]
		}
	}
	// Past what Last tells apart, only those that are not done can be last.
	for i := range parts {
		at[i] = max(0, 1-below[i])
	}
	for i := range parts {
		shares[i] += won(i, below, at)
	}
	return shares
}

// won is the chance that number i takes its value of now, that no other takes
// a later one, and that i wins the draw among those that take the same.
//
// The others that draw are counted by the generating function of a sum of
// independent coins: ways[m] is the chance that m of them draw.
func won(i int, below, at []float64) float64 {
	if at[i] == 0 {
		return 0
	}
	ways := []float64{1}
	for j := range at {
		if j == i {
			continue
		}
		next := make([]float64, len(ways)+1)
		for m, w := range ways {
			next[m] += w * below[j]
			next[m+1] += w * at[j]
		}
		ways = next
	}
	total := 0.0
	for m, w := range ways {
		total += w / float64(m+1)
	}
	return at[i] * total
}
