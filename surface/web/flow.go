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
	"andon/flow/measure/dora"
	"andon/flow/outlook"
	"andon/surface/web/chart"
)

// flowView is how work flowed over a line within a window.
type flowView struct {
	measure.Flow
	Earlier  measure.Flow // the window before, to compare with
	Ageing   outlook.Ageing
	Lines    []floor.Line
	Cost     measure.Cost // now
	Bypass   measure.Untracked
	DORA     measure.DORA
	At       time.Time // the last day
	Span     int       // days
	Today    bool
	Now      time.Time
	Areas    string
	Flowed   string // what the areas say
	Spots    string
	Ages     string
	Kinds    string
	Arrivals string
	Pace     string
	Load     string
}

// spans are the windows that the page offers, in days.
var spans = []int{14, 30, 60, 90, 180, 365}

func (s *site) flowPage(r *http.Request) (page, error) {
	v, err := s.flowView(r)
	if err != nil {
		return page{}, err
	}
	return page{Title: "Flow", Place: "/flow", Head: flowHead(v), Body: flowBody(v)}, nil
}

// usualSpan is how many days a page of numbers looks back when nobody says.
const usualSpan = 90

// windowOf reads ?days= and ?at= of an address.
func windowOf(r *http.Request, now time.Time, usual int) (w measure.Window, at time.Time, days int, err error) {
	at, days = now, usual
	if text := r.URL.Query().Get("days"); text != "" {
		if days, err = strconv.Atoi(text); err != nil {
			return w, at, days, &badQuery{"days", "use a number of days, as in 90"}
		}
	}
	if text := r.URL.Query().Get("at"); text != "" {
		if at, err = time.Parse(time.DateOnly, text); err != nil {
			return w, at, days, &badQuery{"at", "use a day, as in 2030-01-31"}
		}
	}
	if w, err = measure.NewWindow(at, now, days); err != nil {
		return w, at, days, &badQuery{"days", err.Error()}
	}
	return w, at, days, nil
}

func (s *site) lineOf(r *http.Request) string {
	if line := r.URL.Query().Get("line"); line != "" {
		return line
	}
	return s.Status().Line
}

func (s *site) flowView(r *http.Request) (v flowView, err error) {
	ctx := r.Context()
	v.Now = s.Ledger.Now()
	var w measure.Window
	if w, v.At, v.Span, err = windowOf(r, v.Now, usualSpan); err != nil {
		return v, err
	}
	v.Today = v.At.Format(time.DateOnly) == v.Now.Format(time.DateOnly)
	line := s.lineOf(r)
	if v.Flow, err = s.Measure.Flow(ctx, line, w); err != nil {
		return v, err
	}
	if v.Earlier, err = s.before(ctx, line, w, v.Span); err != nil {
		return v, err
	}
	if v.Lines, err = s.Floor.Lines(ctx); err != nil {
		return v, err
	}
	profile := r.URL.Query().Get("profile")
	if profile == "" {
		profile = dora.Profiles[0].Name()
	}
	if _, err := dora.ByName(profile); err != nil {
		return v, &badQuery{"profile", err.Error()}
	}
	if v.DORA, err = s.Measure.DORA(ctx, line, profile, w); err != nil {
		return v, err
	}
	if v.Bypass, err = s.Measure.Untracked(ctx, w); err != nil {
		return v, err
	}
	if v.Today {
		if v.Cost, err = s.Measure.Cost(ctx, line); err != nil {
			return v, err
		}
		if v.Ageing, err = s.Outlook.Ageing(ctx, line); err != nil {
			return v, err
		}
	}
	v.draw()
	return v, nil
}

// before reads the window of the same length before this one.
func (s *site) before(ctx context.Context, line string, w measure.Window, days int) (measure.Flow, error) {
	earlier, err := measure.NewWindow(w.From.Add(-time.Hour), s.Ledger.Now(), days)
	if err != nil {
		return measure.Flow{}, err
	}
	return s.Measure.Sums(ctx, line, earlier)
}

// address is this page with something else asked.
func (v flowView) address(path string, more ...string) string {
	q := url.Values{"days": {strconv.Itoa(v.Span)}}
	if !v.Today {
		q.Set("at", v.At.Format(time.DateOnly))
	}
	if len(v.Lines) > 1 {
		q.Set("line", v.Line.Name)
	}
	for i := 0; i+1 < len(more); i += 2 {
		q.Set(more[i], more[i+1])
	}
	return path + "?" + q.Encode()
}

func (v *flowView) draw() {
	v.Areas = v.cumulative()
	v.Spots = v.cycleSpots()
	v.Ages = v.ages()
	v.Kinds = v.kinds()
	v.Arrivals = v.arrivals()
	v.Pace = v.behaviour(v.Flow.Pace, "done", "Cards done, with what is routine variation")
	v.Load = v.behaviour(v.Flow.Load, "held", "Cards in progress, with what is routine variation")
}

// cumulative draws how many cards reached each station or went further: from
// what each held at the end of each day, summed from the end of the line.
func (v *flowView) cumulative() string {
	var moments []time.Time
	layers := make([]chart.Layer, len(v.Line.Stations))
	for i, st := range v.Line.Stations {
		layers[i] = chart.Layer{Name: st.Name, Class: bandClass(v.Line, i)}
	}
	c := measure.CumulativeOf(v.Before, v.Days)
	add := func(day time.Time, reached []int64) {
		moments = append(moments, day)
		for i, n := range reached {
			layers[i].Values = append(layers[i].Values, float64(n))
		}
	}
	links := []chart.Link{{}}
	add(v.Window.From.AddDate(0, 0, -1), c.Before)
	for i, day := range c.Days {
		add(day, c.Reached[i])
		links = append(links, chart.Link{Href: v.held(day), Title: v.dayWords(i)})
	}
	v.Flowed = v.flowedWords(c)
	return chart.Areas(moments, layers, links, "Cards in each station at the end of each day, summed")
}

// bandClass gives stations their shade: queues and done stand back.
func bandClass(l floor.Line, i int) string {
	switch l.Stations[i].Kind {
	case floor.Queue:
		return "queue"
	case floor.Done:
		return "done"
	}
	return "b" + strconv.Itoa(i%5)
}

// cycleTicks are durations that people think in, in hours.
var cycleTicks = []chart.Line{{Value: 1.0 / 3600, Name: "1 s"}, {Value: 1.0 / 360, Name: "10 s"}, {Value: 1.0 / 60, Name: "1 min"},
	{Value: 1.0 / 6, Name: "10 min"}, {Value: 1, Name: "1 h"}, {Value: 8, Name: "8 h"}, {Value: 24, Name: "1 d"}, {Value: 72, Name: "3 d"},
	{Value: 168, Name: "1 week"}, {Value: 720, Name: "30 d"}, {Value: 2160, Name: "90 d"}, {Value: 8760, Name: "1 year"}, {Value: 87600, Name: "10 years"}}

// hours is a duration for an axis; nothing is shorter than a second there.
func hours(d time.Duration) float64 { return max(d, time.Second).Hours() }

func (v flowView) cycleSpots() string {
	var spots []chart.Spot
	sle := v.expectation()
	for _, d := range v.Cycle.Dots {
		middle := (d.Low + d.High) / 2
		class := ""
		if sle > 0 && middle > sle {
			class = "late"
		}
		spots = append(spots, chart.Spot{At: d.Day.Add(12 * time.Hour), Value: hours(middle), N: d.N, Class: class,
			Title: fmt.Sprintf("%s: %s done after about %s", d.Day.Format("2 Jan 2006"), plural(int(d.N), "card", "cards"), spell(middle)),
			Href:  v.address("/flow/cards", "done", d.Day.Format(time.DateOnly), "bucket", strconv.FormatInt(d.Bucket, 10))})
	}
	var lines []chart.Line
	for _, p := range v.Cycle.Percentiles {
		lines = append(lines, chart.Line{Value: hours(p.Within), Name: fmt.Sprintf("%.0f %% %s", 100*p.P, spell(p.Within))})
	}
	return chart.Spots(spots, v.Window.From, v.Window.To, cycleTicks, lines, "Cycle time of what was done, by day")
}

// expectation is the line's service level expectation, 0 when it has none.
func (v flowView) expectation() time.Duration {
	if d := v.Line.Rules.SLE.Days; d > 0 {
		return time.Duration(d * 24 * float64(time.Hour))
	}
	if v.Ageing.Known {
		return v.Ageing.Within
	}
	return 0
}

func (v flowView) ages() string {
	var columns []string
	at := map[string]int{}
	for _, st := range v.Line.Stations {
		if st.Kind != floor.Queue && st.Kind != floor.Done {
			at[st.Name] = len(columns)
			columns = append(columns, st.Name)
		}
	}
	risk := map[string]outlook.CardRisk{}
	for _, c := range v.Ageing.Cards {
		risk[c.Card] = c
	}
	var marks []chart.Mark
	for _, o := range v.Open {
		class, title := "", fmt.Sprintf("%s in %s: %s old", o.Card, o.Station, spell(o.Age))
		if c := risk[o.Card]; c.Known {
			title += fmt.Sprintf(", late with a risk of %.0f %%", 100*c.P)
			switch {
			case c.P >= v.Line.Rules.SLE.LightAt():
				class = "late"
			case c.P >= 0.5:
				class = "risky"
			}
		}
		marks = append(marks, chart.Mark{Column: at[o.Station], Value: hours(o.Age), Class: class, Title: title, Href: "/cards/" + url.PathEscape(o.Card)})
	}
	var lines []chart.Line
	for _, p := range v.Cycle.Percentiles {
		lines = append(lines, chart.Line{Value: hours(p.Within), Name: fmt.Sprintf("%.0f %% %s", 100*p.P, spell(p.Within))})
	}
	return chart.Ages(columns, marks, cycleTicks, lines, "Age of each card in progress, by station")
}

// weeks sums days into weeks that end with the window.
func weeks(days []measure.Day, value func(measure.Day) []float64, link func(c *chart.Column, span int)) (columns []chart.Column) {
	step := 7
	if len(days) <= 31 {
		step = 1
	}
	for end := len(days); end > 0; end -= step {
		from := max(0, end-step)
		c := chart.Column{At: days[from].Day}
		for _, d := range days[from:end] {
			for i, x := range value(d) {
				if len(c.Parts) <= i {
					c.Parts = append(c.Parts, 0)
				}
				c.Parts[i] += x
			}
		}
		link(&c, end-from)
		columns = append([]chart.Column{c}, columns...)
	}
	return columns
}

func (v flowView) kinds() string {
	var names []string
	for _, k := range floor.Kinds {
		names = append(names, string(k))
	}
	return chart.Columns(weeks(v.Days, func(d measure.Day) (parts []float64) {
		for _, k := range floor.Kinds {
			parts = append(parts, float64(d.Kinds[k]))
		}
		return parts
	}, func(c *chart.Column, span int) {
		for i, k := range floor.Kinds {
			c.Hrefs = append(c.Hrefs, v.address("/flow/cards", "done", c.At.Format(time.DateOnly), "span", strconv.Itoa(span), "kind", string(k)))
			c.Titles = append(c.Titles, fmt.Sprintf("%s from %s: %s done", k, c.At.Format("2 Jan 2006"), plural(int(c.Parts[i]), "card", "cards")))
		}
	}), names, "Cards done, by kind of work")
}

// behaviour draws values between the limits of what is routine.
func (v flowView) behaviour(s measure.Series, rows, label string) string {
	if !s.Known {
		return ""
	}
	var readings []chart.Reading
	for i, at := range s.From {
		r := chart.Reading{At: at, Value: s.Values[i]}
		r.Href = v.address("/flow/cards", rows, at.Format(time.DateOnly), "span", strconv.Itoa(s.Every))
		readings = append(readings, r)
	}
	for _, signal := range s.Behaviour.Signals {
		readings[signal.At].Signal = signal.Text
	}
	return chart.Behaviour(readings, s.Behaviour.Mean, s.Behaviour.Lower, s.Behaviour.Upper, label)
}

// held is the address of what was in progress at the end of a day.
func (v flowView) held(day time.Time) string {
	return v.address("/flow/cards", "held", day.Format(time.DateOnly))
}

// dayWords says what each station held at the end of a day.
func (v flowView) dayWords(i int) string {
	text := v.Days[i].Day.Format("2 Jan 2006")
	for k, st := range v.Line.Stations {
		if st.Kind != floor.Done {
			text += fmt.Sprintf(", %s %d", st.Name, v.Days[i].Held[k])
		}
	}
	return text
}

func (v flowView) arrivals() string {
	return chart.Columns(weeks(v.Days, func(d measure.Day) []float64 { return []float64{float64(d.Started)} }, func(c *chart.Column, span int) {
		c.Hrefs = []string{v.address("/flow/cards", "started", c.At.Format(time.DateOnly), "span", strconv.Itoa(span))}
		c.Titles = []string{fmt.Sprintf("from %s: %s started", c.At.Format("2 Jan 2006"), plural(int(c.Parts[0]), "card", "cards"))}
	}), []string{"started"}, "Cards started")
}
