package objective

import (
	"fmt"
	"math"
	"strconv"
	"time"
)

// sentence says a known status in words and numbers.
func sentence(s Status) string {
	o := s.Objective
	text := fmt.Sprintf("%s: %s of %s events in the last %s were bad, so %s were good of the %s promised; ",
		o.Title, amount(s.Bad), amount(s.Total), span(o.Window), share(s.Ratio), share(o.Target))
	switch {
	case s.Remaining < 0:
		text += fmt.Sprintf("the budget is spent %s times over", strconv.FormatFloat(1-s.Remaining, 'f', 1, 64))
	case s.Remaining == 0:
		text += "the budget is spent"
	default:
		left := percent(s.Remaining, 1)
		if left == "0 %" {
			left = "less than 0.1 %"
		}
		text += left + " of the budget is left"
	}
	if s.BurnRate1h > 1 && s.BurnRate5m > 1 {
		text += fmt.Sprintf(", and it burns %.1f times as fast as it may", s.BurnRate1h)
	}
	if s.ExhaustedIn > 0 {
		text += ": gone in " + readableDuration(s.ExhaustedIn)
	}
	return text + "."
}

// amount rounds an estimated count, but never to a zero that is not one.
func amount(v float64) string {
	if v > 0 && v < 1 {
		return "less than 1"
	}
	return strconv.FormatFloat(math.Round(v), 'f', -1, 64)
}

// share shows a ratio with as many nines as it has, and never rounds a ratio
// below one up to 100 %.
func share(v float64) string {
	for digits := 1; digits <= 5; digits++ {
		p := percent(v, digits)
		if got, err := strconv.ParseFloat(p[:len(p)-len(" %")], 64); err == nil && math.Abs(got-v*100) < (100-v*100)/20 {
			return p
		}
	}
	return percent(v, 5)
}

func percent(v float64, digits int) string {
	scale := math.Pow(10, float64(digits))
	// Floor: 0.04 % left must not read as 0.1 %. The small term undoes binary
	// fractions such as 0.99·100.
	f := math.Floor(v*100*scale+1e-6) / scale
	return strconv.FormatFloat(f, 'f', -1, 64) + " %"
}

func readableDuration(d time.Duration) string {
	switch {
	case d < 2*time.Minute:
		return fmt.Sprintf("%.0f s", d.Seconds())
	case d < 2*time.Hour:
		return fmt.Sprintf("%.0f min", d.Minutes())
	case d < 48*time.Hour:
		return fmt.Sprintf("%.1f h", d.Hours())
	}
	return fmt.Sprintf("%.1f days", d.Hours()/24)
}
