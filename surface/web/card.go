package web

import (
	"net/http"
	"strconv"
	"strings"
	"time"

	"andon/flow/floor"
	"andon/flow/outlook"
	"andon/flow/pipeline"
	"andon/flow/source"
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
	Station floor.Station
	Marks   []mark
	Commits []commitView
	Told    source.Tied
	Risk    outlook.CardRisk
	Facts   []journal.Fact // newest first
	People  []string
	Epics   []string
	Labels  []string
	More    bool // older facts than those shown
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
	f, err := s.floorNow(ctx, c.Line)
	if err != nil {
		return page{}, err
	}
	v.Line = f.Line
	for _, other := range f.Cards {
		v.People = append(append(v.People, other.Owner), other.Helpers...)
		v.Epics = append(v.Epics, other.Epic)
		v.Labels = append(v.Labels, other.Labels...)
	}
	v.People, v.Epics, v.Labels = distinct(append(v.People, journal.ActorOf(ctx))), distinct(v.Epics), distinct(v.Labels)
	m, err := s.machines(ctx)
	if err != nil {
		return page{}, err
	}
	if v.Station, err = f.Line.Station(c.Station); err == nil {
		v.Marks = m.marks(c, v.Station, v.Now)
	}
	for _, sha := range c.Changes {
		runs, err := s.Pipeline.RunsOf(ctx, sha)
		if err != nil {
			return page{}, err
		}
		v.Commits = append(v.Commits, commitView{sha, runs})
	}
	risks, err := s.risks(ctx, c.Line)
	if err != nil {
		return page{}, err
	}
	v.Risk = risks[c.Key]
	if v.Told, err = s.Sources.OfCard(ctx, c.Key, cardThings); err != nil {
		return page{}, err
	}
	before, err := position(r)
	if err != nil {
		return page{}, err
	}
	v.Facts, err = s.Ledger.Facts(ctx, journal.Query{About: []journal.Ref{{Kind: journal.Card, ID: c.Key}}, Newest: true, Before: before, Limit: cardFacts + 1, Linked: true})
	if v.More = len(v.Facts) > cardFacts; v.More {
		v.Facts = v.Facts[:cardFacts]
	}
	return page{Title: c.Key + " " + c.Title, Place: "/floor", Head: cardHead(v), Body: cardBody(v), Every: often}, err
}

// cardThings is how many things of a kind that forges told are shown.
const cardThings = 20

// cardFacts is how much history a card's page shows at once.
const cardFacts = 100

// position is where in the journal a page of history begins; 0 is its end.
func position(r *http.Request) (int64, error) {
	text := r.URL.Query().Get("before")
	if text == "" {
		return 0, nil
	}
	n, err := strconv.ParseInt(text, 10, 64)
	if err != nil || n < 1 {
		return 0, &badQuery{"before", "use a position in the journal, a number from 1"}
	}
	return n, nil
}

// older is the address of the history before what is shown.
func (v cardPageView) older() string {
	return href(journal.Card, v.Card.Key) + "?before=" + strconv.FormatInt(v.Facts[len(v.Facts)-1].Seq, 10)
}

// dayOf writes a day the way a date field wants it.
func dayOf(t time.Time) string {
	if t.IsZero() {
		return ""
	}
	return t.Format(time.DateOnly)
}
