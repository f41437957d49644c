package web

import (
	"fmt"
	"net/http"
	"net/url"
	"strconv"
	"time"

	"andon/flow/floor"
	"andon/flow/measure"
	"andon/surface/web/chart"
)

// bottleneckView is where a line is held up, and what to do about it.
type bottleneckView struct {
	Line   floor.Line
	Held   measure.HeldUp
	Stream []measure.StationFlow
	Now    time.Time
	Span   int
	Trace  string
	// Worst is the station that held up the line longest.
	Worst measure.Shares
	Found bool
	Steps []step
}

// step is one of the five focusing steps (Goldratt, The Goal).
type step struct {
	Title, Text string
	Href, Link  string
}

func (s *site) bottleneckPage(r *http.Request) (page, error) {
	v, err := s.bottleneckView(r)
	return page{Title: "Bottleneck", Place: "/flow", Head: bottleneckHead(v), Body: bottleneckBody(v)}, err
}

// heldDays is how far back the page looks when nobody says.
const heldDays = 30

func (s *site) bottleneckView(r *http.Request) (v bottleneckView, err error) {
	ctx, line := r.Context(), s.lineOf(r)
	v.Now = s.Ledger.Now()
	w, _, span, err := windowOf(r, v.Now, heldDays)
	if err != nil {
		return v, err
	}
	v.Span = span
	if v.Held, err = s.Measure.HeldUp(ctx, line, w); err != nil {
		return v, err
	}
	f, err := s.Measure.Flow(ctx, line, w)
	if err != nil {
		return v, err
	}
	v.Line, v.Stream = f.Line, working(f.Stations)
	for _, share := range v.Held.Shares {
		if share.Sole+share.Shifting > v.Worst.Sole+v.Worst.Shifting {
			v.Worst, v.Found = share, true
		}
	}
	v.Trace = v.trace()
	if v.Found {
		v.Steps = v.five()
	}
	return v, nil
}

func (v bottleneckView) trace() string {
	var rows []string
	at := map[string]int{}
	for i, share := range v.Held.Shares {
		rows = append(rows, share.Station)
		at[share.Station] = i
	}
	var bars []chart.Bar
	for _, t := range v.Held.Trace {
		class, word := "sole", "sole bottleneck"
		if t.Shifting() {
			class, word = "shifting", "shifting bottleneck"
		}
		for _, station := range t.Stations {
			bars = append(bars, chart.Bar{Row: at[station], From: t.From, To: t.To, Class: class,
				Title: fmt.Sprintf("%s, %s for %s from %s", station, word, spell(t.To.Sub(t.From)), t.From.Format("2 Jan 15:04"))})
		}
	}
	return chart.Gantt(rows, bars, v.Held.Window.From, v.Held.Window.To, "Which station held up the line, over time")
}

// five are the focusing steps for the station that holds up the line, each
// with what this line's numbers say about it.
func (v bottleneckView) five() []step {
	name := v.Worst.Station
	simulate := func(field string, n int) string {
		return "/whatif?" + url.Values{field + "." + name: {strconv.Itoa(n)}}.Encode()
	}
	return []step{
		{"Identify", fmt.Sprintf("%s held up the line alone for %.0f %% of the time, and while the bottleneck was shifting for another %.0f %%. %s",
			name, 100*v.Worst.Sole, 100*v.Worst.Shifting, v.waits()), "", ""},
		{"Exploit", v.exploit(), "/lines/" + url.PathEscape(v.Line.Name) + "/standup", "Stand-up"},
		{"Subordinate", v.subordinate(), simulate("wip", max(1, v.limit()-1)), "Try a lower limit"},
		{"Elevate", "Only then give it more: another pair of hands, or a machine.", simulate("servers", 1), "Try one more pair of hands"},
		{"Start over", "When another station holds up the line, begin again, and do not let habit become the constraint.", "", ""},
	}
}

func (v bottleneckView) waits() string {
	factor, known := measure.WaitFactor(v.Worst.Busy)
	if !known {
		return "It is busy all of the time: what comes waits without end."
	}
	return fmt.Sprintf("Being %.0f %% busy, what comes waits about %.1f times as long as it is worked on.", 100*v.Worst.Busy, factor)
}

func (v bottleneckView) exploit() string {
	text := fmt.Sprintf("Let %s do nothing but what only it can do, and never wait. It was starved for %.0f %% and blocked for %.0f %% of the time.",
		v.Worst.Station, 100*v.Worst.Starved, 100*v.Worst.Blocked)
	const wasteful = 0.95
	for _, st := range v.Stream {
		if st.Station == v.Worst.Station && st.Left > 0 && st.Accurate < wasteful {
			text += fmt.Sprintf(" %.0f %% of what it gave on came back to it: work done twice.", 100*(1-st.Accurate))
		}
	}
	return text
}

func (v bottleneckView) subordinate() string {
	if v.limit() > 0 {
		return fmt.Sprintf("Its limit is %d. Let the stations before it hold no more than keeps it from starving.", v.limit())
	}
	return "Let nothing be started that it cannot take: limit the station, and those before it."
}

func (v bottleneckView) limit() int {
	for _, st := range v.Line.Stations {
		if st.Name == v.Worst.Station {
			return st.WIP
		}
	}
	return 0
}

// improvement is the card that the steps leave behind.
func (v bottleneckView) improvement() string {
	return fmt.Sprintf("Relieve %s: it held up the line for %.0f %% of the last %d days", v.Worst.Station, 100*(v.Worst.Sole+v.Worst.Shifting), v.Span)
}

// predicted says what the improvement is expected to do, to be held against
// what it did.
func (v bottleneckView) predicted() string {
	return fmt.Sprintf("Expected: %s holds up the line for less than half as long (it was %.0f %% in the %d days to %s). Look at Flow, Bottleneck, 30 days after it is done.",
		v.Worst.Station, 100*(v.Worst.Sole+v.Worst.Shifting), v.Span, v.Held.Window.To.Format("2 Jan 2006"))
}
