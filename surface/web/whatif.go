package web

import (
	"errors"
	"fmt"
	"net/http"
	"strconv"
	"time"

	"andon/flow/floor"
	"andon/flow/outlook"
)

// whatIfView is a line beside a copy of it with other limits and hands.
type whatIfView struct {
	Line     floor.Line
	Knobs    []knob
	Arrivals int // percent of what comes now
	Result   outlook.Compared
	Unknown  string
	Took     time.Duration
	Changed  bool
}

// knob is what can be turned at one station.
type knob struct {
	Station string
	WIP     int // as it is turned; 0 is no limit
	Most    int
	Servers int // more or fewer than now
	Hands   int // now; 0 when not known
	Now     int // the limit that the copy has as it is
}

// asNow is a limit that nobody turned.
const asNow = -1

// whatIfSeed makes the page show the same figures for the same knobs.
const whatIfSeed = 1

func (s *site) whatIfPage(r *http.Request) (page, error) {
	v, err := s.whatIfView(r)
	return page{Title: "What if", Place: "/forecasts", Head: whatIfHead(v), Body: whatIfBody(v)}, err
}

func (s *site) whatIfView(r *http.Request) (v whatIfView, err error) {
	line := s.lineOf(r)
	f, err := s.Floor.Floor(r.Context(), line)
	if err != nil {
		return v, err
	}
	v.Line, v.Arrivals = f.Line, 100
	q := outlook.WhatIf{Line: line, WIP: map[string]int{}, Servers: map[string]int{}, Seed: whatIfSeed}
	if text := r.URL.Query().Get("arrivals"); text != "" {
		if v.Arrivals, err = strconv.Atoi(text); err != nil || v.Arrivals < 10 || v.Arrivals > 300 {
			return v, &badQuery{"arrivals", "use a percentage from 10 to 300"}
		}
	}
	q.Arrivals, v.Changed = float64(v.Arrivals)/100, v.Arrivals != 100
	for _, st := range f.Line.Stations {
		if st.Kind == floor.Queue || st.Kind == floor.Done {
			continue
		}
		k := knob{Station: st.Name, WIP: asNow, Now: st.WIP}
		for name, field := range map[string]*int{"wip": &k.WIP, "servers": &k.Servers} {
			text := r.URL.Query().Get(name + "." + st.Name)
			if text == "" {
				continue
			}
			n, err := strconv.Atoi(text)
			if err != nil || n > 1000 || name == "wip" && n < 0 || n < -20 {
				return v, &badQuery{name + "." + st.Name, "use a whole number"}
			}
			*field = n
		}
		if k.WIP != asNow {
			q.WIP[st.Name] = k.WIP
		}
		if k.Servers != 0 {
			q.Servers[st.Name] = k.Servers
		}
		v.Knobs = append(v.Knobs, k)
	}
	began := time.Now()
	v.Result, err = s.Outlook.WhatIf(r.Context(), q)
	v.Took = time.Since(began)
	var unknown *outlook.Unknown
	var invalid *outlook.Invalid
	switch {
	case errors.As(err, &unknown):
		v.Unknown = sentence(unknown.Text)
	case errors.As(err, &invalid):
		v.Unknown = sentence(invalid.Text)
	case err != nil:
		return v, err
	}
	for i := range v.Knobs {
		k := &v.Knobs[i]
		for _, st := range v.Result.Now.Stations {
			if st.Name == k.Station {
				k.Hands, k.Now = st.Servers, st.WIP
			}
		}
		if k.WIP == asNow {
			k.WIP = k.Now
		}
		k.Most = max(10, 2*k.Now, k.WIP)
		v.Changed = v.Changed || k.WIP != k.Now || k.Servers != 0
	}
	return v, nil
}

func (k knob) wipWords() string {
	if k.WIP == 0 {
		return "no limit"
	}
	return strconv.Itoa(k.WIP)
}

func (k knob) handsWords() string {
	if k.Hands == 0 {
		return "a machine"
	}
	return fmt.Sprintf("%d, %+d", k.Hands, k.Servers)
}

// compared is one row of now against then.
type compared struct {
	Name, Unit, Format string
	Now, Then          outlook.Figure
	Seen               string
	MoreIsBetter       bool
}

func (v whatIfView) rows() []compared {
	r := v.Result
	rows := []compared{
		{"Throughput", "cards a day", "%.2f", r.Now.Throughput, r.Then.Throughput, fmt.Sprintf("%.2f", r.Seen.Throughput), true},
		{"Lead time, 50 %", "days", "%.1f", r.Now.Lead50, r.Then.Lead50, fmt.Sprintf("%.1f", r.Seen.Lead50), false},
		{"Lead time, 85 %", "days", "%.1f", r.Now.Lead85, r.Then.Lead85, fmt.Sprintf("%.1f", r.Seen.Lead85), false},
		{"In progress", "cards", "%.1f", r.Now.WIP, r.Then.WIP, "", false},
	}
	if r.Now.Cost != nil && r.Then.Cost != nil {
		rows = append(rows, compared{"Cost of a card", v.Line.Rules.Currency, "%.0f", *r.Now.Cost, *r.Then.Cost, "", false})
	}
	return rows
}

func (c compared) show(f outlook.Figure) string { return fmt.Sprintf(c.Format, f.Mean) }

func (c compared) interval(f outlook.Figure) string {
	return fmt.Sprintf(c.Format+" to "+c.Format, f.Low, f.High)
}

// verdict says whether the change helps, as far as the intervals let say so.
func (c compared) verdict() mark {
	switch {
	case c.Then.Low > c.Now.High && c.MoreIsBetter, c.Then.High < c.Now.Low && !c.MoreIsBetter:
		return mark{"ok", "better", ""}
	case c.Then.High < c.Now.Low, c.Then.Low > c.Now.High:
		return mark{"bad", "worse", ""}
	}
	return mark{"idle", "no clear difference", ""}
}
