package judge

import (
	"math"
	"strconv"
)

// number writes 12345 as "12,345".
func number(n int64) string {
	s := strconv.FormatInt(n, 10)
	for i := len(s) - 3; i > 0 && s[i-1] != '-'; i -= 3 {
		s = s[:i] + "," + s[i:]
	}
	return s
}

func plural(n int64, noun string) string {
	if n == 1 {
		return "1 " + noun
	}
	return number(n) + " " + noun + "s"
}

// percent writes a share with at most three digits, "10 %", "0.125 %".
func percent(share float64) string {
	return strconv.FormatFloat(roundTo(share*100, 3), 'f', -1, 64) + " %"
}

// odds writes the exponential of a logarithm with two digits.
func odds(log float64) string {
	if log > math.Log(1e9) {
		return "more than 1,000,000,000"
	}
	if log < math.Log(10) {
		return strconv.FormatFloat(roundTo(math.Exp(log), 2), 'f', -1, 64)
	}
	return number(rough(math.Exp(log)))
}

// rough keeps two digits.
func rough(x float64) int64 { return int64(math.Round(roundTo(x, 2))) }

func roundTo(x float64, digits int) float64 {
	if x == 0 {
		return 0
	}
	y, err := strconv.ParseFloat(strconv.FormatFloat(x, 'g', digits, 64), 64)
	if err != nil {
		return x
	}
	return y
}
