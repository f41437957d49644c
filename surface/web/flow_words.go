package web

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"andon/flow/floor"
	"andon/flow/measure"
)

// figure is one number of the row above all others.
type figure struct {
	Name, Value, Unit string
	Light, Note       string
	Href              string // the rows behind it
}

func offered(days int) bool { return slices.Contains(spans, days) }

func (v flowView) figures() []figure {
	return []figure{v.cycleFigure(), v.throughputFigure(), v.wipFigure(), v.efficiencyFigure()}
}

const shown85 = 2 // the place of the 85th percentile among measure.Percentiles

func (v flowView) cycleFigure() figure {
	f := figure{Name: "Cycle time, 85 %", Value: "–", Light: "idle", Note: "nothing done yet", Href: v.address("/flow/cards", "what", "done")}
	if v.Cycle.N == 0 {
		return f
	}
	now := v.Cycle.Percentiles[shown85].Within
	f.Value, f.Unit = spanParts(now)
	f.Note = "no earlier window to compare with"
	if v.Earlier.Cycle.N > 0 {
		then := v.Earlier.Cycle.Percentiles[shown85].Within
		f.Light, f.Note = change(float64(now), float64(then), false, spell((now - then).Abs()), v.Span)
	}
	return f
}

// change says whether a number became better, by how much, in words.
func change(now, then float64, moreIsBetter bool, by string, days int) (light, note string) {
	switch {
	case now == then || then != 0 && abs(now-then)/abs(then) < 0.05:
		return "idle", fmt.Sprintf("as in the %d days before", days)
	case now > then == moreIsBetter:
		light = "ok"
	default:
		light = "warn"
	}
	word := "more"
	if now < then {
		word = "less"
	}
	return light, fmt.Sprintf("%s %s than in the %d days before", by, word, days)
}

func abs(v float64) float64 { return max(v, -v) }

func (v flowView) throughputFigure() figure {
	done, then := total(v.Days), total(v.Earlier.Days)
	week := 7 / float64(len(v.Days))
	f := figure{Name: "Throughput", Value: fmt.Sprintf("%.3g", float64(done)*week), Unit: "cards a week", Light: "idle", Note: "nothing done yet",
		Href: v.address("/flow/cards", "what", "done")}
	if then > 0 {
		f.Light, f.Note = change(float64(done), float64(then), true, fmt.Sprintf("%.2g a week", abs(float64(done-then))*week), v.Span)
	} else if done > 0 {
		f.Note = fmt.Sprintf("%s done in the window", plural(int(done), "card", "cards"))
	}
	return f
}

func total(days []measure.Day) (n int64) {
	for _, d := range days {
		n += d.Done
	}
	return n
}

func (v flowView) wipFigure() figure {
	last := v.Days[len(v.Days)-1]
	f := figure{Name: "Work in progress", Value: whole(float64(last.WIP)), Unit: "cards", Light: "idle", Note: "no limit on the line", Href: v.held(last.Day)}
	if v.Line.WIP > 0 {
		f.Unit = fmt.Sprintf("of %d", v.Line.WIP)
		f.Light, f.Note = "ok", "within the line's limit"
	}
	for i, st := range v.Line.Stations {
		if over := last.Held[i] - int64(st.WIP); st.WIP > 0 && over > 0 {
			return figure{f.Name, f.Value, f.Unit, "warn", fmt.Sprintf("%s is over its limit by %d", st.Name, over), f.Href}
		}
	}
	return f
}

func (v flowView) efficiencyFigure() figure {
	f := figure{Name: "Flow efficiency", Value: "–", Light: "idle", Note: "nothing left a station yet", Href: "#stream"}
	share, known := efficiency(v.Stations)
	if !known {
		return f
	}
	f.Value, f.Unit, f.Note = fmt.Sprintf("%.0f", 100*share), "%", "worked on, of the time after the backlog"
	if then, known := efficiency(v.Earlier.Stations); known {
		f.Light, f.Note = change(share, then, true, fmt.Sprintf("%.0f points", 100*abs(share-then)), v.Span)
	}
	return f
}

// efficiency is the share of the time in progress that cards were worked on.
func efficiency(stations []measure.StationFlow) (share float64, known bool) {
	stream, _ := measure.StreamOf(working(stations))
	return stream.Spent.Efficiency()
}

// working are the stations between the queues and done.
func working(stations []measure.StationFlow) (list []measure.StationFlow) {
	for _, st := range stations {
		if st.Kind != floor.Queue && st.Kind != floor.Done {
			list = append(list, st)
		}
	}
	return list
}

// spell is a duration with one decimal: "3.4 d".
func spell(d time.Duration) string {
	number, unit := spanParts(d)
	switch unit {
	case "hours":
		unit = "h"
	case "days":
		unit = "d"
	}
	return strings.TrimSuffix(number, ".0") + " " + unit
}

// spanParts is a duration as a number and its unit.
func spanParts(d time.Duration) (number, unit string) {
	switch {
	case d < time.Minute:
		return fmt.Sprintf("%.0f", d.Seconds()), "s"
	case d < time.Hour:
		return fmt.Sprintf("%.0f", d.Minutes()), "min"
	case d < 48*time.Hour:
		return fmt.Sprintf("%.1f", d.Hours()), "hours"
	}
	return fmt.Sprintf("%.1f", d.Hours()/24), "days"
}

func (v flowView) cycleWords() string {
	return fmt.Sprintf("%s done; half of them within %s, 85 %% within %s.", plural(int(v.Cycle.N), "card was", "cards were"),
		spell(v.Cycle.Percentiles[0].Within), spell(v.Cycle.Percentiles[shown85].Within))
}

func (v flowView) ageingWords() string {
	text := fmt.Sprintf("%.0f %% are expected to be done within %s of their start", 100*v.Ageing.Share, spell(v.Ageing.Within))
	if v.Ageing.Own {
		text += ", as earlier ones were"
	}
	late := 0
	for _, c := range v.Ageing.Cards {
		if c.Known && c.P >= v.Line.Rules.SLE.LightAt() {
			late++
		}
	}
	if late > 0 {
		return text + fmt.Sprintf("; %s probably late.", plural(late, "card is", "cards are"))
	}
	return text + "."
}

func (v flowView) kindWords() string {
	kinds, sum := map[floor.Kind]int{}, 0
	for _, d := range v.Days {
		for k, n := range d.Kinds {
			kinds[k] += n
			sum += n
		}
	}
	if sum == 0 {
		return "Nothing was done within the window."
	}
	var parts []string
	for _, k := range floor.Kinds {
		if kinds[k] > 0 {
			parts = append(parts, fmt.Sprintf("%s %.0f %%", k, 100*float64(kinds[k])/float64(sum)))
		}
	}
	return strings.Join(parts, ", ") + "."
}

func (v flowView) arrivalWords() string {
	var started, done int64
	for _, d := range v.Days {
		started += d.Started
		done += d.Done + d.Discarded
	}
	return fmt.Sprintf("%d started and %d left the line within the window.", started, done)
}

func (v flowView) holds(i int) string {
	held := v.Days[len(v.Days)-1].Held[i]
	if limit := v.Line.Stations[i].WIP; limit > 0 {
		return fmt.Sprintf("%d of %d", held, limit)
	}
	return fmt.Sprint(held)
}

func (v flowView) streamWords() string {
	stream, known := measure.StreamOf(working(v.Stations))
	if !known {
		return "Nothing left a station within the window."
	}
	return fmt.Sprintf("From the first station of work to done: %s, of which %s worked on. %.0f %% pass all stations without coming back.",
		spell(stream.Lead), spell(stream.Process), 100*stream.Accurate)
}

// wayWords tells a card's way: "development 2 d, review 5 h".
func wayWords(r measure.Row) string {
	var parts []string
	for _, s := range r.Stays {
		if s.Left.IsZero() {
			continue
		}
		part := s.Station + " " + spell(s.Left.Sub(s.Entered))
		if s.Blocked > 0 {
			part += " (blocked " + spell(s.Blocked) + ")"
		}
		parts = append(parts, part)
	}
	return strings.Join(parts, ", ")
}

func everyWords(s measure.Series) string {
	if s.Every == 1 {
		return "by day"
	}
	return "by week"
}

// signalWords names what is not routine, the newest first.
func signalWords(s measure.Series) string {
	if len(s.Behaviour.Signals) == 0 {
		return "All of it is routine variation: there is no single value to ask about."
	}
	const most = 3
	var parts []string
	for i := len(s.Behaviour.Signals) - 1; i >= 0 && len(parts) < most; i-- {
		signal := s.Behaviour.Signals[i]
		parts = append(parts, s.From[signal.At].Format("2 Jan")+": "+signal.Text)
	}
	text := strings.Join(parts, "; ")
	if n := len(s.Behaviour.Signals) - len(parts); n > 0 {
		text += fmt.Sprintf("; and %d earlier", n)
	}
	return text + "."
}

func (v flowView) littleWords() string {
	text := fmt.Sprintf("Throughput times mean cycle time gives %.1f cards in progress; on average there were %.1f.", v.Little.Predicted, v.Little.WIP)
	if !v.DebtKnown {
		return text
	}
	if v.Debt > 0 {
		return text + fmt.Sprintf(" Flow debt %s: what is finished is faster than what is left behind.", spell(v.Debt))
	}
	return text + fmt.Sprintf(" No flow debt: what is left behind is %s younger than what was finished.", spell(-v.Debt))
}

// sum is an amount in a line's currency; none is a dash.
func sum(c measure.Cost, amount float64) string {
	if amount == 0 {
		return "–"
	}
	return strings.TrimSpace(whole(amount) + " " + c.Currency)
}

func costWords(c measure.Cost) string {
	text := sum(c, c.TiedUp) + " tied up in unfinished work"
	if !c.Known {
		text = "the line does not say what it costs in a day"
	}
	if c.Delay > 0 {
		text += fmt.Sprintf(", %s a day of delay", sum(c, c.Delay))
	}
	return text
}

// firstWords says what of the queue is worth most for its work.
func firstWords(c measure.Cost) string {
	var parts []string
	for _, w := range c.First[:min(3, len(c.First))] {
		parts = append(parts, fmt.Sprintf("%s (%s a day for each day of work)", w.Card, sum(c, w.Score)))
	}
	return "Worth most for its work in the queue: " + strings.Join(parts, ", ") + "."
}

func bypassWords(u measure.Untracked) string {
	if u.Without == 0 {
		return fmt.Sprintf("all %s that reached the branch named a card", plural(u.Commits, "commit", "commits"))
	}
	return fmt.Sprintf("%d of %s that reached the branch named no card (%.0f %%): unplanned, or not on the floor", u.Without,
		plural(u.Commits, "commit", "commits"), 100*float64(u.Without)/float64(u.Commits))
}

// flowedWords says what the cumulative flow tells: how much is in progress, and
// how long ago as many were begun as are done now.
func (v *flowView) flowedWords(c measure.Cumulative) string {
	begun, end, last := len(v.Line.Stations), len(v.Line.Stations)-1, len(c.Days)-1
	for i, st := range v.Line.Stations {
		if st.Kind != floor.Queue {
			begun = i
			break
		}
	}
	if last < 0 || begun >= end {
		return ""
	}
	text := fmt.Sprintf("%s between begun and done at the end.", plural(int(c.WIP(last, begun, end)), "card", "cards"))
	if days, ok := c.CycleDays(last, begun, end); ok {
		text += fmt.Sprintf(" As many as are done now had been begun %.1f days before: about what a card takes.", days)
	}
	return text
}

func (v *flowView) expediteWords() string {
	e := v.Expedite
	text := fmt.Sprintf("%s went before %s", plural(e.Pulled, "card", "cards"), plural(e.Overtook, "waiting one", "waiting ones"))
	switch {
	case e.Overtook == 0:
		return text + ": nobody waited longer for them"
	case !e.Known:
		return text + "; nothing was done within the window, so nobody can say how much longer those waited"
	}
	text += fmt.Sprintf(": each left one departure later, %.1f days in all", e.Days)
	if e.Cost > 0 {
		text += ", which cost " + v.price(e.Cost)
	}
	return text
}

func (v *flowView) delayWords(days float64) string {
	if !v.Expedite.Known || days == 0 {
		return "–"
	}
	return fmt.Sprintf("%.1f d", days)
}

// price is an amount of what expediting cost; what nobody put a price on is a
// dash.
func (v *flowView) price(amount float64) string {
	return sum(measure.Cost{Currency: v.Expedite.Currency}, amount)
}
