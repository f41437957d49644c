package web

import (
	"net/http"
	"net/url"
	"strings"
	"time"

	"andon/flow/floor"
)

// demoView is what was finished, by kind of work.
type demoView struct {
	floor.Demo
	Lines []floor.Line
	Kinds []demoKind
}

type demoKind struct {
	Kind  floor.Kind
	Cards []floor.Card
}

// shownSince is how far a demonstration looks back when nobody says.
const shownSince = -7 // days

func demoPath(line string) string { return "/lines/" + url.PathEscape(line) + "/demo" }

// since is the first day of a demonstration: a week ago when not given.
func (s *site) since(r *http.Request) (time.Time, error) {
	text := r.URL.Query().Get("since")
	if text == "" {
		return s.Ledger.Now().Truncate(24*time.Hour).AddDate(0, 0, shownSince), nil
	}
	t, err := time.Parse(time.DateOnly, text)
	if err != nil {
		return t, &badQuery{"since", "write a day as year-month-day, as in 2030-01-31"}
	}
	return t, nil
}

func (s *site) demo(r *http.Request) (floor.Demo, error) {
	since, err := s.since(r)
	if err != nil {
		return floor.Demo{}, err
	}
	return s.Floor.Demo(r.Context(), r.PathValue("line"), since)
}

func (s *site) demoPage(r *http.Request) (page, error) {
	d, err := s.demo(r)
	if err != nil {
		return page{}, err
	}
	v := demoView{Demo: d}
	v.Line = titled(d.Line)
	if v.Lines, err = s.Floor.Lines(r.Context()); err != nil {
		return page{}, err
	}
	for _, k := range floor.Kinds {
		of := demoKind{Kind: k}
		for _, c := range d.Cards {
			if c.Kind == k {
				of.Cards = append(of.Cards, c)
			}
		}
		if len(of.Cards) > 0 {
			v.Kinds = append(v.Kinds, of)
		}
	}
	return page{Title: "Demo of " + v.Line.Title, Place: demoPath(s.Status().Line), Head: demoHead(v), Body: demoBody(v)}, nil
}

func (s *site) demoText(w http.ResponseWriter, r *http.Request) {
	d, err := s.demo(r)
	answerText(w, r, d.Markdown, err)
}

// text is the address of the demonstration as Markdown.
func (v demoView) text() string {
	return demoPath(v.Line.Name) + ".md?since=" + v.Since.Format(time.DateOnly)
}

// sentenceCase gives a word the capital of a heading.
func sentenceCase(word string) string { return strings.TrimSuffix(sentence(word), ".") }
