package outlook

import (
	"context"
	"fmt"
	"time"

	"andon/flow/forecast"
	"andon/journal"
)

// Demand is what a line still has to do for something, and the pace that it
// does it at: its part of a forecast over several lines.
type Demand struct {
	Line string `json:"line"`
	// Items are the cards to be done, those before them in the line's order
	// included.
	Items int    `json:"items"`
	About string `json:"about,omitempty"` // "epic checkout"
	// History is how many cards were done on each of the last whole days.
	History []int `json:"history"`
}

// Joint is a forecast of the day on which several lines are all done. It is
// not kept: what the other lines will finish is not seen here.
type Joint struct {
	MadeAt   time.Time `json:"made_at"`
	Promises []Promise `json:"promises"`
	Parts    []Part    `json:"parts"`
	// Chances are the exact probabilities that all are done on day 0, 1, 2 …
	Chances []float64 `json:"chances"`
}

// Part is one line of a joint forecast.
type Part struct {
	Line     string    `json:"line"`
	Items    int       `json:"items"`
	About    string    `json:"about,omitempty"`
	Promises []Promise `json:"promises"` // of this line alone
	// Last is the chance that the others wait for this line.
	Last float64 `json:"last"`
}

// Demand works out a line's part of a forecast over several lines.
func (s *Service) Demand(ctx context.Context, q Question) (d Demand, err error) {
	err = s.ledger.Read(ctx, func(r journal.Reader) error {
		d, err = demand(ctx, r, q, s.ledger.Now())
		return err
	})
	return d, err
}

func demand(ctx context.Context, r journal.Reader, q Question, now time.Time) (Demand, error) {
	a, err := q.begin(ctx, r, now)
	if err != nil {
		return Demand{}, err
	}
	if a.Kind != forecast.AskWhen {
		return Demand{}, &Invalid{"until", "a forecast over several lines says when; ask for items, an epic or a card"}
	}
	return Demand{Line: q.Line, Items: a.Items, About: a.About, History: a.History}, nil
}

// mostLines bounds how many lines one forecast may span.
const mostLines = 50

// Joint says when this line and others are all done, taking them to be
// independent of each other: a line that waits for another makes it later.
func (s *Service) Joint(ctx context.Context, q Question, others []Demand) (j Joint, err error) {
	if len(others) == 0 || len(others) >= mostLines {
		return j, &Invalid{"with", fmt.Sprintf("name 1 to %d other lines", mostLines-1)}
	}
	for i, d := range others {
		if err := d.check(i); err != nil {
			return j, err
		}
	}
	err = s.ledger.Read(ctx, func(r journal.Reader) error {
		j.MadeAt = s.ledger.Now()
		own, err := demand(ctx, r, q, j.MadeAt)
		if err != nil {
			return err
		}
		return j.answer(append([]Demand{own}, others...))
	})
	return j, err
}

func (d Demand) check(i int) error {
	field := fmt.Sprintf("with[%d]", i)
	switch {
	case d.Line == "":
		return &Invalid{field + ".line", "say which line it is"}
	case d.Items < 0 || d.Items > maxItems:
		return &Invalid{field + ".items", fmt.Sprintf("ask for 0 to %d cards", maxItems)}
	case len(d.History) < 7 || len(d.History) > maxHistory:
		return &Invalid{field + ".history", fmt.Sprintf("give how many cards %s finished on each of the last 7 to %d days", d.Line, maxHistory)}
	}
	for _, n := range d.History {
		if n < 0 || n > maxItems {
			return &Invalid{field + ".history", fmt.Sprintf("%d cards cannot be done on a day", n)}
		}
	}
	return nil
}

func (j *Joint) answer(demands []Demand) error {
	lines := make([]forecast.Distribution, len(demands))
	for i, d := range demands {
		lines[i] = forecast.When(d.History, d.Items, maxAhead)
		if !lines[i].Known() {
			return &Unknown{fmt.Sprintf("%s has finished nothing in the last %d days; nothing can be said of it", d.Line, len(d.History))}
		}
		part := Part{Line: d.Line, Items: d.Items, About: d.About, Promises: promisesOf(lines[i], j.MadeAt)}
		if len(part.Promises) == 0 {
			return &Unknown{fmt.Sprintf("at its pace of the last %d days, %s will not finish %d cards within %d days", len(d.History), d.Line, d.Items, maxAhead)}
		}
		j.Parts = append(j.Parts, part)
	}
	all := forecast.Last(lines...)
	j.Promises, j.Chances = promisesOf(all, j.MadeAt), all.PMF()
	if len(j.Promises) == 0 {
		return &Unknown{fmt.Sprintf("the lines will not all be done within %d days", maxAhead)}
	}
	for i, share := range forecast.Holds(lines...) {
		j.Parts[i].Last = share
	}
	return nil
}

// promisesOf are the days by which something is done at the stated
// probabilities.
func promisesOf(d forecast.Distribution, now time.Time) (list []Promise) {
	for _, p := range stated {
		if days, ok := d.Percentile(p); ok {
			list = append(list, Promise{P: p, Value: days, Chance: d.CDF(days), Day: dayOf(now).AddDate(0, 0, days)})
		}
	}
	return list
}
