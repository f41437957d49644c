package payload

import (
	"bytes"
	"encoding/json"
	"fmt"
	"strconv"
	"time"
)

// Moment is a time as forges write it: RFC 3339, GitLab's "2016-08-12 15:23:28
// UTC" and "2021-04-28 21:50:00 +0200", or seconds since 1970. Null, an empty
// text and the year 1 are the zero time.
type Moment struct{ time.Time }

var layouts = []string{time.RFC3339Nano, "2006-01-02 15:04:05 MST", "2006-01-02 15:04:05 -0700", "2006-01-02T15:04:05-0700", time.DateOnly}

// The years that times of a forge are from; others are mistakes, and far ones
// do not fit a count of microseconds.
const firstYear, lastYear = 1970, 9999

// UnmarshalJSON fits [json.Unmarshaler].
func (m *Moment) UnmarshalJSON(text []byte) error {
	m.Time = time.Time{}
	if bytes.Equal(text, []byte("null")) {
		return nil
	}
	if text[0] != '"' {
		seconds, err := strconv.ParseInt(string(text), 10, 64)
		if err != nil || seconds < 0 || seconds > 1<<37 {
			return fmt.Errorf("%.40s is not a time; use RFC 3339 or seconds since 1970", text)
		}
		if seconds > 0 {
			m.Time = time.Unix(seconds, 0).UTC()
		}
		return nil
	}
	var s string
	if err := json.Unmarshal(text, &s); err != nil {
		return err
	}
	if s == "" {
		return nil
	}
	for _, layout := range layouts {
		at, err := time.Parse(layout, s)
		if err != nil {
			continue
		}
		if at = at.UTC(); at.Year() >= firstYear && at.Year() <= lastYear {
			m.Time = at
		}
		return nil
	}
	return fmt.Errorf("%.40q is not a time; use RFC 3339", s)
}

// First gives the first moment that is not zero.
func First(moments ...Moment) time.Time {
	for _, m := range moments {
		if !m.IsZero() {
			return m.Time
		}
	}
	return time.Time{}
}
