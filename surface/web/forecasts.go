package web

import (
	"context"
	"errors"
	"net/http"
	"time"

	"andon/flow/floor"
	"andon/flow/forecast"
	"andon/flow/outlook"
)

// forecastsView is what lies ahead of a line, and how earlier forecasts did.
type forecastsView struct {
	Line    floor.Line
	Unknown string // why nothing can be said yet
	Preview outlook.Preview
	Scored  outlook.Scored
	Epics   []string
	Now     time.Time
	Look    look
}

func (s *site) forecastsPage(r *http.Request) (page, error) {
	look, err := lookOf(r)
	if err != nil {
		return page{}, err
	}
	v, err := s.forecastsView(r.Context(), s.lineOf(r), look)
	return page{Title: "Forecasts", Place: "/forecasts", Head: forecastsHead(v), Body: forecastsBody(v)}, err
}

func (s *site) forecastsView(ctx context.Context, line string, ahead look) (v forecastsView, err error) {
	v.Now, v.Look = s.Ledger.Now(), ahead
	f, err := s.Floor.Floor(ctx, line)
	if err != nil {
		return v, err
	}
	v.Line = f.Line
	seen := map[string]bool{"": true}
	for _, c := range f.Cards {
		if !seen[c.Epic] && c.DoneAt.IsZero() {
			seen[c.Epic] = true
			v.Epics = append(v.Epics, c.Epic)
		}
	}
	var unknown *outlook.Unknown
	if v.Preview, err = s.Outlook.Preview(ctx, line); errors.As(err, &unknown) {
		v.Unknown = sentence(unknown.Text)
	} else if err != nil {
		return v, err
	}
	if v.Unknown == "" {
		v.Look.draw(v.Preview.History, v.Now)
	}
	v.Scored, err = s.Outlook.Scores(ctx, line)
	return v, err
}

// promiseWords is what was promised: "by 2 Jan 2030" or "at least 12".
func promiseWords(a outlook.Answer, p outlook.Promise) string {
	if a.Kind == forecast.AskHowMany {
		return "at least " + plural(p.Value, "card", "cards")
	}
	return p.Day.Format("2 Jan 2006")
}

// resultMark says whether a promise was kept.
func resultMark(result string) mark {
	switch result {
	case "kept":
		return mark{"ok", "kept", ""}
	case "missed":
		return mark{"bad", "missed", ""}
	}
	return mark{"idle", "open", ""}
}

// calibrationMark says whether promises of one probability come true as often as
// they say.
func calibrationMark(v forecast.Verdict) mark {
	switch v {
	case forecast.Calibrated:
		return mark{"ok", string(v), ""}
	case forecast.TooSure:
		return mark{"bad", string(v), ""}
	case forecast.TooCareful:
		return mark{"warn", string(v), ""}
	}
	return mark{"idle", string(v), ""}
}
