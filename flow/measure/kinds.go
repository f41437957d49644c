package measure

import (
	"time"

	"andon/flow/floor"
)

// WeekMix is what was done in one week, by the four kinds of work (The Phoenix
// Project): business, internal, change and unplanned.
type WeekMix struct {
	Week time.Time          `json:"week"` // its Monday
	Days int                `json:"days"` // of it that are within the window; 7 unless it is cut
	Done map[floor.Kind]int `json:"done"`
	All  int                `json:"all"`
}

// Share is the part that a kind has, 0…1. It is false when nothing was done.
func (m WeekMix) Share(k floor.Kind) (float64, bool) {
	if m.All == 0 {
		return 0, false
	}
	return float64(m.Done[k]) / float64(m.All), true
}

// Mix counts what was done by week and kind. Days must be in order; weeks
// between the first and the last are all there, and empty ones are empty.
func Mix(days []Day) (weeks []WeekMix) {
	for _, d := range days {
		week := dayAt(dayOf(d.Day) - int64(d.Day.UTC().Weekday()+6)%7)
		for n := len(weeks); n == 0 || weeks[n-1].Week.Before(week); n = len(weeks) {
			at := week
			if n > 0 {
				at = weeks[n-1].Week.AddDate(0, 0, 7)
			}
			weeks = append(weeks, WeekMix{Week: at, Done: map[floor.Kind]int{}})
		}
		m := &weeks[len(weeks)-1]
		m.Days++
		for k, n := range d.Kinds {
			m.Done[k] += n
			m.All += n
		}
	}
	return weeks
}
