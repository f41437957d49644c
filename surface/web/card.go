package web

import (
	"net/http"
	"strings"
	"time"

	"andon/flow/floor"
	"andon/flow/pipeline"
	"andon/journal"
)

// people names the owner and the helpers of a card.
func people(c floor.Card) string {
	names := append([]string{}, c.Helpers...)
	if c.Owner != "" {
		names = append([]string{c.Owner}, names...)
	}
	return strings.Join(names, ", ")
}

// hint says what an empty station waits for.
func hint(s floor.Station) string {
	switch s.Kind {
	case floor.Queue:
		return "Nothing waits. Press n to add a card."
	case floor.Work:
		return "Free. Press p to pull the next card."
	case floor.Pipeline:
		return "A pushed commit that names a card brings it here."
	case floor.Deploy:
		return "A release that holds a card's commits brings it here."
	default:
		return "Nothing is finished yet."
	}
}

// cardPageView is one card with all that happened to it.
type cardPageView struct {
	Card    floor.Card
	Line    floor.Line
	Mark    mark
	Commits []commitView
	Facts   []journal.Fact // newest first
	Now     time.Time
}

// commitView is a commit of a card with its runs, the newest first.
type commitView struct {
	SHA  string
	Runs []pipeline.Run
}

func (s *site) cardPage(r *http.Request) (page, error) {
	ctx := r.Context()
	c, err := s.Floor.Card(ctx, r.PathValue("key"))
	if err != nil {
		return page{}, err
	}
	v := cardPageView{Card: c, Now: s.Ledger.Now()}
	f, err := s.Floor.Floor(ctx, c.Line)
	if err != nil {
		return page{}, err
	}
	v.Line = f.Line
	m, err := s.machines(ctx)
	if err != nil {
		return page{}, err
	}
	if st, err := f.Line.Station(c.Station); err == nil {
		v.Mark = m.mark(c, st)
	}
	for _, sha := range c.Changes {
		runs, err := s.Pipeline.RunsOf(ctx, sha)
		if err != nil {
			return page{}, err
		}
		v.Commits = append(v.Commits, commitView{sha, runs})
	}
	v.Facts, err = s.Ledger.Facts(ctx, journal.Query{About: []journal.Ref{{Kind: journal.Card, ID: c.Key}}, Newest: true, Limit: 200, Linked: true})
	return page{Title: c.Key + " " + c.Title, Place: "/floor", Head: cardHead(v), Body: cardBody(v)}, err
}
