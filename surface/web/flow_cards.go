package web

import (
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

// flowCardsPage lists the cards behind a number or a dot of the Flow page.
func (s *site) flowCardsPage(r *http.Request) (page, error) {
	q := r.URL.Query()
	v := cardsBehind{Title: "Cards done", Now: s.Ledger.Now()}
	w, _, _, err := windowOf(r, v.Now, usualSpan)
	if err != nil {
		return page{}, err
	}
	which := measure.Which{Done: q.Get("what") != "started", Started: q.Get("what") == "started", Window: w, Kind: floor.Kind(q.Get("kind")), Limit: rowsShown + 1}
	v.Text = fmt.Sprintf("from %s to %s", w.From.Format("2 Jan 2006"), w.To.Add(-time.Nanosecond).Format("2 Jan 2006"))
	if which.Started {
		v.Title = "Cards started"
	}
	if text := q.Get("done"); text != "" {
		day, err := time.Parse(time.DateOnly, text)
		if err != nil {
			return page{}, &badQuery{"done", "use a day, as in 2030-01-31"}
		}
		span, err := number(q, "span")
		if err != nil {
			return page{}, err
		}
		span = max(1, span)
		if which.Window, err = measure.NewWindow(day.AddDate(0, 0, int(span)-1), v.Now, int(span)); err != nil {
			return page{}, &badQuery{"done", err.Error()}
		}
		v.Text = "on " + day.Format("2 Jan 2006")
		if span > 1 {
			v.Text = fmt.Sprintf("in the %d days from %s", span, day.Format("2 Jan 2006"))
		}
	}
	if which.Bucket, err = number(q, "bucket"); err != nil {
		return page{}, err
	}
	from, err := number(q, "from")
	if err != nil {
		return page{}, err
	}
	which.Offset = int(from)
	if v.Rows, err = s.Measure.Rows(r.Context(), s.lineOf(r), which); err != nil {
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
		q.Set("from", strconv.Itoa(which.Offset+rowsShown))
		v.Older = "/flow/cards?" + q.Encode()
	}
	return page{Title: v.Title, Place: "/flow", Body: flowCards(v)}, nil
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
