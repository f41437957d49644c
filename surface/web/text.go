package web

import (
	"fmt"
	"math"
	"net/url"
	"strconv"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"andon/flow/floor"
	"andon/journal"
)

// sentence begins with a capital and ends with a full stop.
func sentence(text string) string {
	text = strings.TrimSpace(text)
	if text == "" {
		return ""
	}
	first, size := utf8.DecodeRuneInString(text)
	text = string(unicode.ToUpper(first)) + text[size:]
	if strings.ContainsAny(text[len(text)-1:], ".!?…") {
		return text
	}
	return text + "."
}

// brief cuts a text for a narrow place.
func brief(text string, most int) string {
	if utf8.RuneCountInString(text) <= most {
		return text
	}
	runes := []rune(text)
	return strings.TrimRight(string(runes[:most-1]), " ,;:") + "…"
}

func short(sha string) string { return sha[:min(8, len(sha))] }

func shortDigest(digest string) string {
	_, hash, ok := strings.Cut(digest, ":")
	if !ok {
		hash = digest
	}
	return hash[:min(12, len(hash))]
}

func percent(share float64) string {
	switch v := share * 100; {
	case v != 0 && math.Abs(v) < 0.1:
		return fmt.Sprintf("%.2f %%", v)
	case math.Abs(v) < 10 && v != math.Trunc(v):
		return fmt.Sprintf("%.1f %%", v)
	default:
		return fmt.Sprintf("%.0f %%", v)
	}
}

// target shows an objective without trailing zeros: 99.9 %.
func target(share float64) string { return strconv.FormatFloat(share*100, 'f', -1, 64) + " %" }

func whole(n float64) string {
	text := strconv.FormatInt(int64(math.Round(n)), 10)
	for i := len(text) - 3; i > 0 && text[i-1] != '-'; i -= 3 {
		text = text[:i] + "\u202f" + text[i:]
	}
	return text
}

func latency(d time.Duration) string {
	switch {
	case d <= 0:
		return "–"
	case d < 10*time.Millisecond:
		return fmt.Sprintf("%.1f ms", float64(d)/float64(time.Millisecond))
	case d < time.Second:
		return fmt.Sprintf("%d ms", d.Milliseconds())
	default:
		return fmt.Sprintf("%.1f s", d.Seconds())
	}
}

// took is a span between two moments, or nothing before it began.
func took(from, to, now time.Time) string {
	switch {
	case from.IsZero():
		return ""
	case to.IsZero():
		to = now
	}
	if d := to.Sub(from); d < 10*time.Second {
		return fmt.Sprintf("%.1f s", max(0, d.Seconds()))
	} else {
		return floor.Span(d)
	}
}

// clock is a moment as people say it: the time today, the date before; the
// zero time is empty.
func clock(t, now time.Time) string {
	if t.IsZero() {
		return ""
	}
	t, now = t.Local(), now.Local()
	if t.YearDay() == now.YearDay() && t.Year() == now.Year() {
		return t.Format("15:04:05")
	}
	if t.Year() == now.Year() {
		return t.Format("2 Jan 15:04")
	}
	return t.Format("2 Jan 2006")
}

func plural(n int, one, many string) string {
	if n == 1 {
		return "1 " + one
	}
	return strconv.Itoa(n) + " " + many
}

// href is the page of a thing, or empty when it has none.
func href(kind journal.RefKind, id string) string {
	switch kind {
	case journal.Card:
		return "/cards/" + url.PathEscape(id)
	case journal.Run:
		return "/runs/" + url.PathEscape(id)
	case journal.Deployment:
		return "/deployments/" + url.PathEscape(id)
	case journal.Incident:
		return "/incidents/" + url.PathEscape(id)
	case journal.Postmortem:
		return "/postmortems/" + url.PathEscape(id)
	case journal.Commit, journal.Release, journal.Service, journal.Environment, journal.Station, journal.Line:
		return "/journal?about=" + url.QueryEscape(string(kind)+":"+id)
	}
	return ""
}
