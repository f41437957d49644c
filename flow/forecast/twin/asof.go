package twin

import "time"

// AsOf is what was known of the stays at an earlier time: later ones had not
// begun, and those that ended later were still open. It is for fitting a model
// on a part of the history and holding it against the rest.
func AsOf(stays []Stay, at time.Time) []Stay {
	var known []Stay
	for _, s := range stays {
		if s.From.After(at) {
			continue
		}
		if s.To.After(at) {
			s.To, s.Returned = time.Time{}, false
		}
		if s.To.IsZero() {
			s.Blocked = min(s.Blocked, at.Sub(s.From))
		}
		known = append(known, s)
	}
	return known
}
