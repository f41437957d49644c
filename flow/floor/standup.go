package floor

import (
	"context"
	"slices"
	"time"

	"andon/journal"
)

// StandUp is what a team talks about in the morning: the line walked from its
// end, because what is nearest to done is worth the most.
type StandUp struct {
	Line Line      `json:"line"`
	At   time.Time `json:"at"`
	// Stops are the stations that hold work, the one nearest to done first.
	Stops []Stop `json:"stops"`
	// Free are people who worked on the line lately and have nothing in hand.
	Free []string `json:"free"`
	// Next are the cards that may be started, the most urgent first; Unready
	// is how many others wait that the definition of ready keeps back.
	Next    []Card `json:"next"`
	Unready int    `json:"unready"`
}

// Stop is one station of the walk.
type Stop struct {
	Station Station `json:"station"`
	Talks   []Talk  `json:"talks"` // the neediest first
}

// Talk is a card to talk about, and why.
type Talk struct {
	Card  Card   `json:"card"`
	Cause Cause  `json:"cause"`
	Why   string `json:"why"`
}

const (
	lately   = 30 * 24 * time.Hour
	mostNext = 5
)

// StandUp prepares the walk over a line.
func (s *Service) StandUp(ctx context.Context, line string) (u StandUp, err error) {
	err = s.ledger.Read(ctx, func(r journal.Reader) error {
		u.At = s.ledger.Now()
		if u.Line, err = lineByName(ctx, r, line); err != nil {
			return err
		}
		cards, err := cardsWhere(ctx, r, `line = $1 AND done_at = 0`, line)
		if err != nil {
			return err
		}
		if err := attach(ctx, r, cards); err != nil {
			return err
		}
		u.walk(cards)
		u.Free, err = freeHands(ctx, r, line, cards, u.At)
		return err
	})
	return u, err
}

func (u *StandUp) walk(cards []Card) {
	for _, st := range slices.Backward(u.Line.Stations) {
		var here []Card
		for _, c := range cards {
			if c.Station == st.Name {
				here = append(here, c)
			}
		}
		switch {
		case st.Kind == Queue:
			u.queue(here)
		case len(here) > 0 && st.inProgress():
			neediest(u.Line, here)
			stop := Stop{Station: st}
			for _, c := range here {
				stop.Talks = append(stop.Talks, Talk{c, c.cause(), c.why(u.At)})
			}
			u.Stops = append(u.Stops, stop)
		}
	}
}

func (u *StandUp) queue(cards []Card) {
	for _, c := range cards {
		switch {
		case !u.Line.Rules.expedited(c) && len(u.Line.Rules.Lacks(c)) > 0:
			u.Unready++
		case len(u.Next) < mostNext && c.Blocked == nil:
			u.Next = append(u.Next, c)
		}
	}
}

// freeNow reads who has nothing in hand.
func freeNow(ctx context.Context, r journal.Reader, line string, now time.Time) ([]string, error) {
	open, err := cardsWhere(ctx, r, `line = $1 AND done_at = 0 AND started_at > 0`, line)
	if err != nil {
		return nil, err
	}
	if err := attach(ctx, r, open); err != nil {
		return nil, err
	}
	return freeHands(ctx, r, line, open, now)
}

// freeHands are the people seen on the line lately without work in hand.
func freeHands(ctx context.Context, r journal.Reader, line string, open []Card, now time.Time) ([]string, error) {
	since := journal.Micros(now.Add(-lately))
	known, err := column(ctx, r, `SELECT DISTINCT owner FROM card WHERE line = $1 AND owner <> '' AND (done_at = 0 OR done_at > $2)
		UNION SELECT h.person FROM card_helper h JOIN card c ON c.key = h.card WHERE c.line = $1 AND (c.done_at = 0 OR c.done_at > $2)`, line, since)
	if err != nil {
		return nil, err
	}
	busy := map[string]bool{}
	for _, c := range open {
		if c.StartedAt.IsZero() || !c.FinishedAt.IsZero() || c.ReadyFor != "" {
			continue
		}
		busy[c.Owner] = true
		for _, h := range c.Helpers {
			busy[h] = true
		}
	}
	free := slices.DeleteFunc(known, func(name string) bool { return busy[name] })
	slices.Sort(free)
	return free, nil
}

// Demo is what was finished since a time, for those who asked for it.
type Demo struct {
	Line  Line      `json:"line"`
	Since time.Time `json:"since"`
	At    time.Time `json:"at"`
	// Cards are what was finished, the newest first; discarded ones are none.
	Cards []Card `json:"cards"`
	// More is how many were finished besides, when there are too many to show.
	More int `json:"more,omitempty"`
}

const mostShown = 500

// Demo lists what was finished since a time.
func (s *Service) Demo(ctx context.Context, line string, since time.Time) (d Demo, err error) {
	err = s.ledger.Read(ctx, func(r journal.Reader) error {
		d.At, d.Since = s.ledger.Now(), since.UTC()
		if d.Line, err = lineByName(ctx, r, line); err != nil {
			return err
		}
		const finished = `line = $1 AND done_at >= $2 AND done_at > 0 AND discarded = ''`
		if err := r.QueryRow(ctx, `SELECT count(*) FROM card WHERE `+finished, line, journal.Micros(since)).Scan(&d.More); err != nil {
			return err
		}
		if d.Cards, err = cardsWhere(ctx, r, `key IN (SELECT key FROM card WHERE `+finished+` ORDER BY done_at DESC LIMIT $3)`,
			line, journal.Micros(since), mostShown); err != nil {
			return err
		}
		d.More -= len(d.Cards)
		slices.SortStableFunc(d.Cards, func(a, b Card) int { return b.DoneAt.Compare(a.DoneAt) })
		return attach(ctx, r, d.Cards)
	})
	return d, err
}
