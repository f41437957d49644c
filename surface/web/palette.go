package web

import (
	"bytes"
	"net/http"
	"strings"

	"andon/flow/floor"
)

// mostFound is how many cards a search names.
const mostFound = 12

// found is a card that a search names, and its line.
type found struct {
	floor.Card
	Line string
}

// palette answers a search for cards by key or words with options of a list.
// A whole key finds its card even when it was finished long ago.
func (s *site) palette(w http.ResponseWriter, r *http.Request) {
	list, err := s.search(r, strings.TrimSpace(r.URL.Query().Get("q")))
	var out bytes.Buffer
	if err == nil {
		err = foundCards(list).Render(r.Context(), &out)
	}
	if err != nil {
		if r.Context().Err() == nil {
			status, _ := wrong(err)
			http.Error(w, http.StatusText(status), status)
		}
		return
	}
	w.Header().Set("Content-Type", "text/html; charset=utf-8")
	w.Header().Set("Cache-Control", "no-store")
	_, _ = w.Write(out.Bytes())
}

// search finds cards: the one of that key first, then those whose key begins
// so, then those that hold every word.
func (s *site) search(r *http.Request, text string) (list []found, err error) {
	if text == "" {
		return nil, nil
	}
	lines, err := s.Floor.Lines(r.Context())
	if err != nil {
		return nil, err
	}
	key := strings.ToUpper(text)
	if c, err := s.Floor.Card(r.Context(), key); err == nil {
		list = append(list, found{c, c.Line})
	} else if !isMissing(err) {
		return nil, err
	}
	var begin, hold []found
	for _, l := range lines {
		f, err := s.floorNow(r.Context(), l.Name)
		if err != nil {
			return nil, err
		}
		for _, c := range f.Cards {
			switch {
			case c.Key == key:
			case strings.HasPrefix(c.Key, key):
				begin = append(begin, found{c, l.Name})
			case says(c, text):
				hold = append(hold, found{c, l.Name})
			}
		}
	}
	list = append(append(list, begin...), hold...)
	return list[:min(len(list), mostFound)], nil
}
