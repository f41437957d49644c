package twin

import "math"

// Estimate is the mean of a figure over independent runs.
type Estimate struct {
	Mean      float64
	Low, High float64 // the interval of the mean, by Student's t over the runs
	Deviation float64 // standard deviation from run to run
	Runs      int
	critical  float64
}

// Next is the interval in which one more run, or the real line over as long a
// time, is expected: wider than that of the mean, which shrinks with the runs.
func (e Estimate) Next() (low, high float64) {
	half := e.critical * e.Deviation * math.Sqrt(1+1/float64(e.Runs))
	return e.Mean - half, e.Mean + half
}

// estimate needs two values at least; fewer leave the interval without an end.
func estimate(values []float64, confidence float64) Estimate {
	n := float64(len(values))
	e := Estimate{Runs: len(values)}
	for _, v := range values {
		e.Mean += v / n
	}
	if len(values) < 2 {
		e.Low, e.High = math.Inf(-1), math.Inf(1)
		e.Deviation, e.critical = math.Inf(1), 1
		return e
	}
	squares := 0.0
	for _, v := range values {
		squares += (v - e.Mean) * (v - e.Mean)
	}
	e.Deviation = math.Sqrt(squares / (n - 1))
	e.critical = studentQuantile(0.5+confidence/2, n-1)
	half := e.critical * e.Deviation / math.Sqrt(n)
	e.Low, e.High = e.Mean-half, e.Mean+half
	return e
}

// studentQuantile is the point of Student's t with so many degrees of freedom
// below which the share p in [0.5, 1) lies, by bisection of the distribution.
func studentQuantile(p, freedom float64) float64 {
	low, high := 0.0, 1.0
	for studentCDF(high, freedom) < p && high < 1e12 {
		high *= 2
	}
	for range 200 {
		middle := (low + high) / 2
		if middle == low || middle == high {
			break
		}
		if studentCDF(middle, freedom) < p {
			low = middle
		} else {
			high = middle
		}
	}
	return (low + high) / 2
}

// studentCDF for t ≥ 0 is 1 − I(ν/(ν+t²); ν/2, 1/2)/2, with I the regularised
// incomplete beta function (Abramowitz and Stegun 26.7.1).
func studentCDF(t, freedom float64) float64 {
	return 1 - incompleteBeta(freedom/(freedom+t*t), freedom/2, 0.5)/2
}

// incompleteBeta is the regularised I(x; a, b) by its continued fraction
// (Abramowitz and Stegun 26.5.8), evaluated from the front as Lentz does.
func incompleteBeta(x, a, b float64) float64 {
	if x <= 0 {
		return 0
	}
	if x >= 1 {
		return 1
	}
	if x > (a+1)/(a+b+2) { // the fraction converges fast on the other side
		return 1 - incompleteBeta(1-x, b, a)
	}
	la, _ := math.Lgamma(a)
	lb, _ := math.Lgamma(b)
	lab, _ := math.Lgamma(a + b)
	front := math.Exp(lab-la-lb+a*math.Log(x)+b*math.Log1p(-x)) / a
	const tiny = 1e-300
	keep := func(v float64) float64 {
		if math.Abs(v) < tiny {
			return tiny
		}
		return v
	}
	c, d := 1.0, 1/keep(1-(a+b)*x/(a+1))
	f := d
	for m := 1.0; m <= 1000; m++ {
		even := m * (b - m) * x / ((a + 2*m - 1) * (a + 2*m))
		d = 1 / keep(1+even*d)
		c = keep(1 + even/c)
		f *= d * c
		odd := -(a + m) * (a + b + m) * x / ((a + 2*m) * (a + 2*m + 1))
		d = 1 / keep(1+odd*d)
		c = keep(1 + odd/c)
		f *= d * c
		if math.Abs(d*c-1) < 1e-15 {
			break
		}
	}
	return front * f
}
