package web

import (
	"fmt"
	"net/http"
	"strconv"
	"time"

	"andon/flow/forecast"
	"andon/flow/outlook"
	"andon/surface/web/chart"
)

// look is a view ahead that nobody has to keep: all that may come out, with how
// likely it is.
type look struct {
	Days, Items int
	Many, When  chances
}

// chances are a drawn distribution, and the same as a table.
type chances struct {
	Picture string
	Rows    []chart.Chance
}

const (
	usualAhead = 30  // days
	usualItems = 10  // cards
	mostAhead  = 365 // days
	mostItems  = 2000
	farthest   = 730 // days that a date is looked for
	tail       = 0.001
)

// lookOf reads ?days= and ?items= of an address.
func lookOf(r *http.Request) (l look, err error) {
	read := func(name string, usual, most int) (int, error) {
		text := r.URL.Query().Get(name)
		if text == "" {
			return usual, nil
		}
		n, err := strconv.Atoi(text)
		if err != nil || n < 1 || n > most {
			return 0, &badQuery{name, fmt.Sprintf("use a number from 1 to %d", most)}
		}
		return n, nil
	}
	if l.Days, err = read("days", usualAhead, mostAhead); err != nil {
		return l, err
	}
	l.Items, err = read("items", usualItems, mostItems)
	return l, err
}

// draw works both distributions out exactly from what was done on each day.
func (l *look) draw(history []int, now time.Time) {
	l.Many = howMany(forecast.HowMany(history, l.Days), l.Days)
	l.When = when(forecast.When(history, l.Items, farthest), now, l.Items)
}

// howMany draws how many cards will be done.
func howMany(d forecast.Distribution, days int) (c chances) {
	from, _ := d.Floor(1 - tail)
	to, ok := d.Percentile(1 - tail)
	if !ok {
		to = d.Horizon()
	}
	for k := from; k <= to; k++ {
		c.Rows = append(c.Rows, chart.Chance{Name: strconv.Itoa(k), P: d.P(k), Title: fmt.Sprintf("at least %s: %s", plural(k, "card", "cards"), percent(d.AtLeast(k)))})
	}
	var edges []chart.Edge
	for _, p := range outlook.Stated() {
		if k, ok := d.Floor(p); ok {
			edges = append(edges, chart.Edge{At: max(0, k-from), Name: fmt.Sprintf("%.0f %%: at least %d", 100*p, k)})
		}
	}
	c.Picture = chart.Chances(c.Rows, edges, fmt.Sprintf("How likely each number of cards is within %s", plural(days, "day", "days")))
	return c
}

// when draws the days on which so many cards may be done.
func when(d forecast.Distribution, now time.Time, items int) (c chances) {
	day := func(k int) time.Time { return now.UTC().Truncate(24*time.Hour).AddDate(0, 0, k) }
	from, _ := d.Percentile(tail)
	to, ok := d.Percentile(1 - tail)
	if !ok {
		to = d.Horizon()
	}
	for k := from; k <= to; k++ {
		c.Rows = append(c.Rows, chart.Chance{Name: day(k).Format("2 Jan"), P: d.P(k), Title: fmt.Sprintf("by %s: %s", day(k).Format("2 Jan 2006"), percent(d.CDF(k)))})
	}
	var edges []chart.Edge
	for _, p := range outlook.Stated() {
		if k, ok := d.Percentile(p); ok {
			edges = append(edges, chart.Edge{At: k - from, Name: fmt.Sprintf("%.0f %%: by %s", 100*p, day(k).Format("2 Jan"))})
		}
	}
	c.Picture = chart.Chances(c.Rows, edges, fmt.Sprintf("How likely it is on each day that %s are done", plural(items, "card", "cards")))
	return c
}
