package web

import (
	"fmt"
	"net/http"
	"net/url"

	"andon/flow/floor"
	"andon/journal"
)

// standUpView is the walk over a line as it is drawn.
type standUpView struct {
	floor.StandUp
	Lines []floor.Line
	Me    string
}

func standUpPath(line string) string { return "/lines/" + url.PathEscape(line) + "/standup" }

func (s *site) standUpPage(r *http.Request) (page, error) {
	u, err := s.Floor.StandUp(r.Context(), r.PathValue("line"))
	if err != nil {
		return page{}, err
	}
	v := standUpView{StandUp: u, Me: journal.ActorOf(r.Context())}
	v.Line = titled(u.Line)
	if v.Lines, err = s.Floor.Lines(r.Context()); err != nil {
		return page{}, err
	}
	return page{Title: "Stand-up of " + v.Line.Title, Place: standUpPath(s.Status().Line), Head: standUpHead(v), Body: standUpBody(v), Every: often}, nil
}

func (s *site) standUpText(w http.ResponseWriter, r *http.Request) {
	u, err := s.Floor.StandUp(r.Context(), r.PathValue("line"))
	answerText(w, r, u.Markdown, err)
}

// answerText gives a text in Markdown, or says in a sentence why there is none.
func answerText(w http.ResponseWriter, r *http.Request, text func() string, err error) {
	if err != nil {
		if r.Context().Err() == nil {
			status, _ := wrong(err)
			reason := http.StatusText(status)
			if status < http.StatusInternalServerError {
				reason = sentence(err.Error())
			}
			http.Error(w, reason, status)
		}
		return
	}
	w.Header().Set("Content-Type", "text/markdown; charset=utf-8")
	w.Header().Set("Cache-Control", "no-store")
	fmt.Fprint(w, text())
}

// holds counts the cards of a stop that count against its limit: those of the
// expedite lane have a limit of their own.
func (v standUpView) holds(stop floor.Stop) (n int) {
	for _, t := range stop.Talks {
		if v.Line.Rules.ExpediteWIP == 0 || t.Card.Class != floor.Expedite {
			n++
		}
	}
	return n
}

// causeMark is why a card is talked about, as a light.
func causeMark(c floor.Cause) mark {
	switch c {
	case floor.RunIsRed:
		return mark{"bad", "Red", ""}
	case floor.IsBlocked:
		return mark{"bad", "Blocked", ""}
	case floor.WillBeLate:
		return mark{"warn", "Andon lit", ""}
	case floor.WaitsForOne:
		return mark{"info", "Wants the next hands", ""}
	case floor.NoRoom:
		return mark{"idle", "Waits for room", ""}
	}
	return mark{"ok", "Moving", ""}
}
