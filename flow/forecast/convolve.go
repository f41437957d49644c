package forecast

// NoHorizon asks for every outcome to be told apart.
const NoHorizon = -1

// Plus is the distribution of the sum of two independent numbers. Outcomes
// above horizon are lumped together; NoHorizon keeps all of them. The sum with
// an unknown distribution is unknown.
func (d Distribution) Plus(e Distribution, horizon int) Distribution {
	if !d.Known() || !e.Known() {
		return Distribution{}
	}
	length := reach(d, e, horizon)
	sum := Distribution{pmf: make([]float64, length)}
	// tail[j] = P(e ≥ j). The lump is summed from its parts and not taken as
	// one minus the rest, so that a chance of one in a billion stays right.
	tail := make([]float64, len(e.pmf)+1)
	tail[len(e.pmf)] = e.beyond
	for j := len(e.pmf) - 1; j >= 0; j-- {
		tail[j] = tail[j+1] + e.pmf[j]
	}
	sum.beyond = d.beyond * tail[0]
	for i, p := range d.pmf {
		if p == 0 {
			continue
		}
		room := max(min(length-i, len(e.pmf)), 0)
		for j, q := range e.pmf[:room] {
			sum.pmf[i+j] += p * q
		}
		sum.beyond += p * tail[room]
	}
	return sum
}

// reach is the number of outcomes of a sum that can be told apart. A lump in
// either part hides every sum from the lump's lower end on.
func reach(d, e Distribution, horizon int) int {
	length := len(d.pmf) + len(e.pmf) - 1
	if d.beyond > 0 {
		length = min(length, len(d.pmf))
	}
	if e.beyond > 0 {
		length = min(length, len(e.pmf))
	}
	if horizon >= 0 {
		length = min(length, horizon+1)
	}
	return max(length, 0)
}

// Times is the distribution of the sum of n independent draws, by repeated
// squaring. Outcomes above horizon are lumped together. No draws sum to 0.
func (d Distribution) Times(n, horizon int) Distribution {
	if !d.Known() {
		return Distribution{}
	}
	sum := Certain(0)
	for power := d; n > 0; n >>= 1 {
		if n&1 == 1 {
			sum = sum.Plus(power, horizon)
		}
		if n > 1 {
			power = power.Plus(power, horizon)
		}
	}
	return sum
}

// Last is the distribution of the largest of independent numbers: the day on
// which the last of several lines is done. Its CDF is the product of theirs.
// It is unknown when there are none or one of them is unknown.
func Last(parts ...Distribution) Distribution {
	if len(parts) == 0 {
		return Distribution{}
	}
	length, capped := 0, -1
	for _, d := range parts {
		if !d.Known() {
			return Distribution{}
		}
		length = max(length, len(d.pmf))
		if d.beyond > 0 && (capped < 0 || len(d.pmf) < capped) {
			capped = len(d.pmf)
		}
	}
	if capped >= 0 {
		length = capped // past it the CDF of one part is not known
	}
	last := Distribution{pmf: make([]float64, length)}
	sums := make([]float64, len(parts))
	before := 0.0
	for k := range length {
		product := 1.0
		for i, d := range parts {
			sums[i] = min(sums[i]+d.P(k), 1)
			product *= sums[i]
		}
		last.pmf[k] = max(product-before, 0)
		before = product
	}
	if rest := 1 - before; capped >= 0 && rest > 0 {
		last.beyond = rest
	}
	return last
}
