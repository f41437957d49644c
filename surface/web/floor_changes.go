package web

import (
	"bytes"
	"fmt"
	"log/slog"
	"maps"
	"net/http"
	"slices"
	"strconv"
	"strings"

	"andon/flow/floor"
	"andon/journal"
)

// mostChanges is how many facts a browser may have missed before it is told
// to fetch the whole page.
const mostChanges = 500

// floorChanges answers with a floor in which every card that the browser has
// already, because nothing happened to it since position "after", is only
// named. A floor of thousands of cards follows a move in a few kilobytes.
// What the browser finds that it lacks, it asks for by key in "need".
func (s *site) floorChanges(w http.ResponseWriter, r *http.Request) {
	after, err := strconv.ParseInt(r.URL.Query().Get("after"), 10, 64)
	if err != nil || after < 0 {
		http.Error(w, "after must be a position in the journal, a number from 0", http.StatusBadRequest)
		return
	}
	changed, err := s.changed(r, after)
	if err == nil {
		var v floorView
		if v, err = s.floorView(r, changed.same); err == nil {
			err = s.answerChanges(w, r, v, changed)
		}
	}
	if err != nil && r.Context().Err() == nil {
		status, _ := wrong(err)
		http.Error(w, http.StatusText(status), status)
	}
}

func (s *site) answerChanges(w http.ResponseWriter, r *http.Request, v floorView, c changes) error {
	v.touched = c.touched()
	f, err := s.frame(r.Context(), page{Title: v.Line.Title, Place: "/floor"}, v.At)
	if err != nil {
		return err
	}
	var out bytes.Buffer
	if err := floorNews(f, v).Render(r.Context(), &out); err != nil {
		return err
	}
	w.Header().Set("Content-Type", "text/html; charset=utf-8")
	w.Header().Set("Cache-Control", "no-store")
	if _, err := w.Write(out.Bytes()); err != nil {
		slog.Debug("web: a browser left while the floor was sent", "error", err)
	}
	return nil
}

// changes are the cards that a browser has to be told about.
type changes struct {
	all      bool // all of them
	machines bool // those in stations where machines work, and the finished
	cards    map[string]bool
}

// touched are the keys of the cards that something happened to.
func (c changes) touched() string {
	return strings.Join(slices.Sorted(maps.Keys(c.cards)), " ")
}

// changed reads what happened since a position.
func (s *site) changed(r *http.Request, after int64) (c changes, err error) {
	c.cards = map[string]bool{}
	for key := range strings.SplitSeq(r.URL.Query().Get("need"), ",") {
		c.cards[key] = true
	}
	if after == 0 {
		c.all = true
		return c, nil
	}
	facts, err := s.Ledger.Facts(r.Context(), journal.Query{After: after, Limit: mostChanges, Linked: true})
	if err != nil {
		return c, err
	}
	if len(facts) == mostChanges {
		c.all = true
		return c, nil
	}
	for _, f := range facts {
		ofCard := false
		for _, about := range f.About {
			if about.Kind == journal.Card {
				ofCard = true
				c.cards[about.ID] = true
			}
		}
		if f.Type == journal.LineChanged {
			c.all = true
		}
		c.machines = c.machines || !ofCard
	}
	return c, nil
}

// same says whether a browser has a card as it is.
func (c changes) same(card floor.Card, st floor.Station) bool {
	if c.all || c.cards[card.Key] {
		return false
	}
	return !c.machines || st.Kind == floor.Queue || st.Kind == floor.Work
}

// shape names the rows and lists of a floor; where it changes, a browser
// fetches the page anew.
func (v floorView) shape() string {
	var b strings.Builder
	fmt.Fprintf(&b, "%s|%v", v.Line.Name, v.Line.Rules)
	for _, r := range v.Rows {
		fmt.Fprintf(&b, "|%s %s", r.ID, r.Title)
		for _, c := range r.Cells {
			for _, l := range c.Lists {
				b.WriteString(" " + l.ID)
			}
		}
	}
	return b.String()
}
