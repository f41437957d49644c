package report

import (
	"fmt"
	"strings"
	"time"

	"andon/flow/history"
)

// Value is a figure in words: "1.2 d", "0.4 per day", "12 %", or "not known".
func Value(f history.Figure) string {
	if !f.Known {
		return "not known"
	}
	return amount(f.Value, f.Unit)
}

// Spread is the 85th percentile and what the figure was counted over.
func Spread(f history.Figure) string {
	switch {
	case !f.Known:
		return ""
	case f.High > 0:
		return fmt.Sprintf("85 %% within %s, n = %d", amount(f.High, f.Unit), f.N)
	}
	return fmt.Sprintf("n = %d", f.N)
}

func amount(v float64, unit string) string {
	switch unit {
	case "seconds":
		return span(v)
	case "share":
		return fmt.Sprintf("%.1f %%", v*100)
	case "per day":
		if v < 0.5 {
			return fmt.Sprintf("%.1f a week", v*7)
		}
		return fmt.Sprintf("%.1f a day", v)
	case "per week":
		return fmt.Sprintf("%.1f a week", v)
	case "days a week":
		return fmt.Sprintf("%.0f days a week", v)
	}
	if v == 1 {
		unit = strings.TrimSuffix(unit, "s")
	}
	return fmt.Sprintf("%.0f %s", v, unit)
}

// span is a time in the unit that people would choose.
func span(seconds float64) string {
	d := time.Duration(seconds * float64(time.Second))
	switch {
	case d < 2*time.Minute:
		return fmt.Sprintf("%.0f s", d.Seconds())
	case d < 2*time.Hour:
		return fmt.Sprintf("%.0f min", d.Minutes())
	case d < 48*time.Hour:
		return fmt.Sprintf("%.1f h", d.Hours())
	}
	return fmt.Sprintf("%.1f d", d.Hours()/24)
}
