package web

import (
	"fmt"
	"strings"
	"time"

	"andon/flow/measure/dora"
)

func keyTitle(k dora.Key) string { return strings.TrimSuffix(sentence(string(k)), ".") }

func keyID(k dora.Key) string { return strings.ReplaceAll(string(k), " ", "-") }

// keyValue is a figure in the unit that people say it in.
func keyValue(f dora.Figure) string {
	if !f.Known {
		return "not known"
	}
	text := rowValue(f, f.Value)
	switch f.Unit {
	case dora.Seconds:
		if f.P85 > 0 {
			text += ", 85 % " + rowValue(f, f.P85)
		}
	case dora.PerDay:
		text = fmt.Sprintf("%.2g a day, on %.0f %% of days", f.Value, 100*f.DaysWith)
	case dora.DaysPerWeek:
		text = fmt.Sprintf("%.2g days a week", f.Value)
	}
	return text
}

func rowValue(f dora.Figure, v float64) string {
	switch f.Unit {
	case dora.Seconds:
		return spell(time.Duration(v * float64(time.Second)))
	case dora.Share:
		return percent(v)
	}
	return fmt.Sprintf("%.3g", v)
}

const shownRows = 50

// newestRows are the last rows, the newest first.
func newestRows(rows []dora.Row) (list []dora.Row) {
	for i := len(rows) - 1; i >= 0 && len(list) < shownRows; i-- {
		list = append(list, rows[i])
	}
	return list
}
