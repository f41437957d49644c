package floor

import (
	"context"
	"fmt"
	"slices"
	"sort"
	"strings"
	"time"

	"andon/journal"
)

// Need is a card that wants help, and why.
type Need struct {
	Card    string `json:"card"`
	Title   string `json:"title"`
	Station string `json:"station"`
	Owner   string `json:"owner,omitempty"`
	Cause   Cause  `json:"cause"`
	Why     string `json:"why"`
	// Free are people without work in hand who could help; nobody is
	// suggested for two cards.
	Free []string `json:"free,omitempty"`
}

// Cause is the kind of help that a card needs.
type Cause string

// The causes, those that help mends soonest first.
const (
	RunIsRed    Cause = "red"      // a machine refused its change
	IsBlocked   Cause = "blocked"  // somebody said why it cannot go on
	WillBeLate  Cause = "late"     // its andon is lit
	WaitsForOne Cause = "reviewer" // finished, and nobody has taken it on
	NoRoom      Cause = "waiting"  // it waits for room in the next station
	IsOld       Cause = "old"      // nothing stands against it but its age
)

// mostNeeds is how many cards a suggestion names: one to help with, and two
// more in case.
const mostNeeds = 3

// Swarm lists what most needs help at and after a station, so that somebody
// who may not start something new knows what to finish. Without a station it
// looks at the whole line.
func (s *Service) Swarm(ctx context.Context, line, station string) (needs []Need, err error) {
	err = s.ledger.Read(ctx, func(r journal.Reader) error {
		l, err := lineByName(ctx, r, line)
		if err != nil {
			return err
		}
		at := l.Stations[0]
		if station != "" {
			if at, err = l.Station(station); err != nil {
				return err
			}
		}
		if needs, err = swarm(ctx, r, l, at, s.ledger.Now()); err != nil {
			return err
		}
		free, err := freeNow(ctx, r, line, s.ledger.Now())
		suggest(needs, free)
		return err
	})
	return needs, err
}

// suggest hands out who is free, one to each card in order of need and then
// again. Work that waits for another pair of hands is not for its owner.
func suggest(needs []Need, free []string) {
	for round := 0; len(free) > 0 && round < mostFree; round++ {
		for i := range needs {
			n := &needs[i]
			at := slices.IndexFunc(free, func(name string) bool { return n.Cause != WaitsForOne || name != n.Owner })
			if at >= 0 {
				n.Free = append(n.Free, free[at])
				free = slices.Delete(free, at, at+1)
			}
		}
	}
}

// mostFree is how many people are suggested for one card.
const mostFree = 3

func (f *locked) swarm(ctx context.Context, tx journal.Tx, at Station) ([]Need, error) {
	return swarm(ctx, tx, f.line, at, tx.Now())
}

func swarm(ctx context.Context, r journal.Reader, l Line, at Station, now time.Time) ([]Need, error) {
	var names []string
	args := []any{l.Name}
	for _, st := range l.Stations[l.index(at.Name):] {
		if st.inProgress() {
			args = append(args, st.Name)
			names = append(names, fmt.Sprintf("$%d", len(args)))
		}
	}
	if len(names) == 0 {
		return nil, nil
	}
	open, err := cardsWhere(ctx, r, `line = $1 AND station IN (`+strings.Join(names, ", ")+`)`, args...)
	if err != nil {
		return nil, err
	}
	neediest(l, open)
	var needs []Need
	for _, c := range open[:min(mostNeeds, len(open))] {
		needs = append(needs, Need{Card: c.Key, Title: c.Title, Station: c.Station, Owner: c.Owner, Cause: c.cause(), Why: c.why(now)})
	}
	return needs, nil
}

// neediest sorts cards: what stands still before what moves, then the oldest,
// then the nearest to done.
func neediest(l Line, cards []Card) {
	sort.SliceStable(cards, func(i, j int) bool {
		a, b := cards[i], cards[j]
		if x, y := a.cause().weight(), b.cause().weight(); x != y {
			return x < y
		}
		if !a.StartedAt.Equal(b.StartedAt) {
			return a.StartedAt.Before(b.StartedAt)
		}
		return l.index(a.Station) > l.index(b.Station)
	})
}

// weight orders the causes; red and blocked work is needed back first and
// weighs the same, as does all that only waits or grows old.
func (c Cause) weight() int {
	return slices.IndexFunc([][]Cause{{RunIsRed, IsBlocked}, {WillBeLate}, {WaitsForOne}, {NoRoom, IsOld}},
		func(same []Cause) bool { return slices.Contains(same, c) })
}

func (c Card) cause() Cause {
	switch {
	case c.Blocked != nil && c.Blocked.By == Machine:
		return RunIsRed
	case c.Blocked != nil:
		return IsBlocked
	case c.Red != "":
		return RunIsRed
	case c.Lamp != nil && c.Lamp.Answer == "":
		return WillBeLate
	case c.ReadyFor != "":
		return NoRoom
	case !c.FinishedAt.IsZero():
		return WaitsForOne
	}
	return IsOld
}

func (c Card) why(now time.Time) string {
	cause := c.cause()
	if cause == RunIsRed && c.Blocked == nil {
		return c.Red
	}
	switch cause {
	case RunIsRed, IsBlocked:
		return fmt.Sprintf("blocked for %s: %s", Span(now.Sub(c.Blocked.Since)), c.Blocked.Reason)
	case WillBeLate:
		return fmt.Sprintf("it will be late with a risk of %.0f %%, after %s in progress", 100*c.Lamp.Risk, Span(c.Age(now)))
	case NoRoom:
		return fmt.Sprintf("waiting %s to enter %s", Span(now.Sub(c.EnteredAt)), c.ReadyFor)
	case WaitsForOne:
		return fmt.Sprintf("finished %s ago, and nobody has taken it on", Span(now.Sub(c.FinishedAt)))
	}
	return fmt.Sprintf("in progress for %s, %s of it here", Span(c.Age(now)), Span(now.Sub(c.EnteredAt)))
}

// Span writes a duration the way people say it: "40 s", "12 min", "5 h", "3 d".
func Span(d time.Duration) string {
	switch {
	case d < 0:
		return "0 s"
	case d < time.Minute:
		return fmt.Sprintf("%d s", int(d.Seconds()))
	case d < time.Hour:
		return fmt.Sprintf("%d min", int(d.Minutes()))
	case d < 48*time.Hour:
		return fmt.Sprintf("%d h", int(d.Hours()))
	default:
		return fmt.Sprintf("%d d", int(d.Hours()/24))
	}
}
