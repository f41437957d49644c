package web

import (
	"context"
	"fmt"
	"net/http"
	"net/url"
	"strconv"
	"time"

	"andon/flow/floor"
	"andon/flow/measure"
)

// cardsBehind are the cards that a number is made from.
type cardsBehind struct {
	Title, Text string
	Rows        []measure.Row
	Back, Older string
	Now         time.Time
}

const rowsShown = 100

// flowCardsPage lists the cards behind a number or a dot of the Flow page:
//
//	?what=done, ?what=started      within the page's window
//	?done=DAY, ?started=DAY&span=7 within some days of it
//	?held=DAY&station=             in progress at the end of a day
//	?left=STATION                  what left a station within the window
func (s *site) flowCardsPage(r *http.Request) (page, error) {
	q := r.URL.Query()
	v := cardsBehind{Now: s.Ledger.Now()}
	w, _, _, err := windowOf(r, v.Now, usualSpan)
	if err != nil {
		return page{}, err
	}
	from, err := number(q, "from")
	if err != nil {
		return page{}, err
	}
	line := s.lineOf(r)
	switch {
	case q.Has("held"):
		err = v.held(r.Context(), s.Measure, line, q, int(from))
	case q.Has("left"):
		v.Title, v.Text = "Cards that left "+q.Get("left"), windowWords(w)
		rows, failed := s.Measure.Left(r.Context(), line, q.Get("left"), w)
		v.Rows, err = rows[min(int(from), len(rows)):], failed
	default:
		err = v.passed(r.Context(), s.Measure, line, q, w, int(from))
	}
	if err != nil {
		return page{}, err
	}
	back := url.Values{}
	for _, key := range []string{"days", "at", "line"} {
		if q.Has(key) {
			back.Set(key, q.Get(key))
		}
	}
	v.Back = "/flow?" + back.Encode()
	if len(v.Rows) > rowsShown {
		v.Rows = v.Rows[:rowsShown]
		q.Set("from", strconv.Itoa(int(from)+rowsShown))
		v.Older = "/flow/cards?" + q.Encode()
	}
	return page{Title: v.Title, Place: "/flow", Body: flowCards(v)}, nil
}

// held are the cards that were in progress at the end of a day, or of the
// last of some days.
func (v *cardsBehind) held(ctx context.Context, m *measure.Service, line string, q url.Values, from int) error {
	w, _, err := daysOf(q, "held", v.Now)
	if err != nil {
		return err
	}
	last := w.To.Add(-time.Nanosecond)
	if w, err = measure.NewWindow(last, v.Now, 1); err != nil {
		return &badQuery{"held", err.Error()}
	}
	station := q.Get("station")
	v.Title, v.Text = "Cards in progress", "at the end of "+last.Format("2 Jan 2006")
	if station != "" {
		v.Title = "Cards in " + station
	}
	rows, err := m.Held(ctx, line, station, w)
	v.Rows = rows[min(from, len(rows)):]
	return err
}

// passed are the cards that were started, or done, within a time.
func (v *cardsBehind) passed(ctx context.Context, m *measure.Service, line string, q url.Values, w measure.Window, from int) (err error) {
	started := q.Get("what") == "started" || q.Has("started")
	which := measure.Which{Done: !started, Started: started, Window: w, Kind: floor.Kind(q.Get("kind")), Limit: rowsShown + 1, Offset: from}
	v.Title, v.Text = "Cards done", windowWords(w)
	key := "done"
	if started {
		v.Title, key = "Cards started", "started"
	}
	if which.Kind != "" {
		v.Title += ", " + string(which.Kind)
	}
	if q.Has(key) {
		if which.Window, v.Text, err = daysOf(q, key, v.Now); err != nil {
			return err
		}
	}
	if which.Bucket, err = number(q, "bucket"); err != nil {
		return err
	}
	v.Rows, err = m.Rows(ctx, line, which)
	return err
}

// daysOf reads a day, and how many days from it are meant.
func daysOf(q url.Values, key string, now time.Time) (w measure.Window, words string, err error) {
	day, err := time.Parse(time.DateOnly, q.Get(key))
	if err != nil {
		return w, "", &badQuery{key, "use a day, as in 2030-01-31"}
	}
	span, err := number(q, "span")
	if err != nil {
		return w, "", err
	}
	span = max(1, span)
	last := day.AddDate(0, 0, int(span)-1)
	if last.After(now) && !day.After(now) {
		last = now // the last week of a window may not be over
	}
	if w, err = measure.NewWindow(last, now, int(last.Sub(day)/(24*time.Hour))+1); err != nil {
		return w, "", &badQuery{key, err.Error()}
	}
	if span > 1 {
		return w, fmt.Sprintf("in the %d days from %s", span, day.Format("2 Jan 2006")), nil
	}
	return w, "on " + day.Format("2 Jan 2006"), nil
}

func windowWords(w measure.Window) string {
	return fmt.Sprintf("from %s to %s", w.From.Format("2 Jan 2006"), w.To.Add(-time.Nanosecond).Format("2 Jan 2006"))
}

// number reads a whole number from 0; missing is 0.
func number(q url.Values, key string) (int64, error) {
	if !q.Has(key) {
		return 0, nil
	}
	n, err := strconv.ParseInt(q.Get(key), 10, 32)
	if err != nil || n < 0 {
		return 0, &badQuery{key, "use a whole number from 0"}
	}
	return n, nil
}
