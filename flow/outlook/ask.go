package outlook

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"time"

	"andon/flow/floor"
	"andon/flow/forecast"
	"andon/journal"
)

// Question is one of: how many cards will be done by a day (Until), or when
// will so many be (Items), or an epic (Epic), or a card (Card).
type Question struct {
	Line  string
	Until time.Time
	Items int
	Epic  string
	Card  string
	// History is how many whole days the answer is drawn from; 0 is 60.
	History int
	By      string
}

// Answer is a forecast with what it rests on.
type Answer struct {
	ID     string        `json:"id"` // "F-7"
	Line   string        `json:"line"`
	Kind   forecast.Kind `json:"kind"`
	About  string        `json:"about"` // "12 cards", "epic checkout"
	Items  int           `json:"items,omitempty"`
	Days   int           `json:"days,omitempty"`
	MadeAt time.Time     `json:"made_at"`
	MadeBy string        `json:"made_by"`
	// Promises are the stated probabilities and what is promised at each.
	Promises []Promise `json:"promises"`
	// History is how many were done on each day that the answer is drawn from.
	History []int `json:"history,omitempty"`
	// Chances are the exact probabilities of the outcomes 0, 1, 2 …
	Chances []float64 `json:"chances,omitempty"`
}

// Promise is an outcome that is met with a probability of at least P: by that
// day, or at least so many cards.
type Promise struct {
	P      float64   `json:"p"`
	Value  int       `json:"value"`  // days from today, or cards
	Chance float64   `json:"chance"` // the exact probability of that or better
	Day    time.Time `json:"day,omitzero"`
}

// stated are the probabilities that a forecast answers for.
var stated = []float64{0.5, 0.7, 0.85, 0.95}

// maxAhead is how many days a forecast looks ahead.
const maxAhead = 1000

// Ask answers a question, and keeps the answer to be scored later.
func (s *Service) Ask(ctx context.Context, q Question) (a Answer, err error) {
	err = s.ledger.Write(ctx, func(tx journal.Tx) error {
		if a, err = answer(ctx, tx, q, tx.Now()); err != nil {
			return err
		}
		return keep(ctx, tx, &a)
	})
	return a, err
}

func answer(ctx context.Context, r journal.Reader, q Question, now time.Time) (a Answer, err error) {
	if a, err = q.begin(ctx, r, now); err != nil {
		return a, err
	}
	var d forecast.Distribution
	if a.Kind == forecast.AskHowMany {
		d = forecast.HowMany(a.History, a.Days)
	} else {
		d = forecast.When(a.History, a.Items, maxAhead)
	}
	kept := forecast.Keep("", now, a.question(), d, stated...)
	for _, p := range kept.Percentiles {
		promise := Promise{P: p.P, Value: p.Value, Chance: p.Chance}
		if a.Kind == forecast.AskWhen {
			promise.Day = dayOf(now).AddDate(0, 0, p.Value)
		}
		a.Promises = append(a.Promises, promise)
	}
	if len(a.Promises) == 0 {
		return a, &Unknown{fmt.Sprintf("at the pace of the last %d days, %s will not be done within %d days", len(a.History), a.About, maxAhead)}
	}
	a.Chances = d.PMF()
	return a, nil
}

// begin is an answer with all that it will rest on.
func (q Question) begin(ctx context.Context, r journal.Reader, now time.Time) (a Answer, err error) {
	if q.History == 0 {
		q.History = usualHistory
	}
	if q.History < 7 || q.History > maxHistory {
		return a, &Invalid{"history", fmt.Sprintf("draw from 7 to %d days of history", maxHistory)}
	}
	a = Answer{Line: q.Line, MadeAt: now, MadeBy: q.By}
	if a.History, err = throughput(ctx, r, q.Line, now, q.History); err != nil {
		return a, err
	}
	return a, a.put(ctx, r, q, now)
}

// put works out what is asked for: how many days, or how many cards.
func (a *Answer) put(ctx context.Context, r journal.Reader, q Question, now time.Time) error {
	asked := 0
	for _, given := range []bool{!q.Until.IsZero(), q.Items != 0, q.Epic != "", q.Card != ""} {
		if given {
			asked++
		}
	}
	switch {
	case asked != 1:
		return &Invalid{"", "ask for one thing: how many by a day (until), or when a number of cards (items), an epic or a card will be done"}
	case !q.Until.IsZero():
		a.Kind, a.Days = forecast.AskHowMany, int(dayOf(q.Until).Sub(dayOf(now))/oneDay)
		if a.Days < 1 || a.Days > maxAhead {
			return &Invalid{"until", fmt.Sprintf("ask for a day from tomorrow to %d days ahead", maxAhead)}
		}
		a.About = "by " + q.Until.Format(time.DateOnly)
		return nil
	case q.Items < 0 || q.Items > maxItems:
		return &Invalid{"items", fmt.Sprintf("ask for 1 to %d cards", maxItems)}
	case q.Items > 0:
		a.Kind, a.Items, a.About = forecast.AskWhen, q.Items, fmt.Sprintf("%d cards", q.Items)
		return nil
	}
	a.Kind = forecast.AskWhen
	order, err := floor.OrderIn(ctx, r, q.Line)
	if err != nil {
		return err
	}
	if q.Card != "" {
		a.About, a.Items = "card "+q.Card, 1+slices.IndexFunc(order, func(c floor.Card) bool { return c.Key == q.Card })
		if a.Items == 0 {
			return &Invalid{"card", q.Card + " is not an open card of the line"}
		}
		return nil
	}
	a.About = "epic " + q.Epic
	for i, c := range order {
		if c.Epic == q.Epic {
			a.Items = i + 1 // the last one counts
		}
	}
	if a.Items == 0 {
		return &Invalid{"epic", fmt.Sprintf("no open card of the line is a part of epic %q", q.Epic)}
	}
	return nil
}

const maxItems = 100_000

func (a Answer) question() forecast.Question {
	return forecast.Question{Line: a.Line, Kind: a.Kind, Items: a.Items, Days: a.Days}
}

func keep(ctx context.Context, tx journal.Tx, a *Answer) error {
	var n int64
	if err := tx.QueryRow(ctx, `SELECT coalesce(max(number), 0) + 1 FROM forecast`).Scan(&n); err != nil {
		return err
	}
	a.ID = fmt.Sprintf("F-%d", n)
	promises, err := json.Marshal(a.Promises)
	if err != nil {
		return err
	}
	_, err = tx.Exec(ctx, `INSERT INTO forecast (id, number, line, kind, about, items, days, made_at, made_by, percentiles)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)`, a.ID, n, a.Line, string(a.Kind), a.About, a.Items, a.Days,
		journal.Micros(a.MadeAt), a.MadeBy, string(promises))
	if err != nil {
		return err
	}
	told := *a
	told.Chances = nil
	tx.Append(journal.Fact{Type: journal.ForecastMade, Subject: a.ID, Text: a.MadeBy + " asked: " + a.Text(), Data: journal.JSON(told),
		About: []journal.Ref{{Kind: journal.Line, ID: a.Line}}})
	return nil
}

// Text is the forecast in a sentence.
func (a Answer) Text() string {
	p := a.Promises[min(2, len(a.Promises)-1)]
	if a.Kind == forecast.AskHowMany {
		return fmt.Sprintf("at least %d cards will be done %s, with a probability of %.0f %%.", p.Value, a.About, 100*p.Chance)
	}
	return fmt.Sprintf("%s will be done by %s, with a probability of %.0f %%.", a.About, p.Day.Format(time.DateOnly), 100*p.Chance)
}

// dayOf is the beginning of a time's day, UTC.
func dayOf(t time.Time) time.Time { return t.UTC().Truncate(oneDay) }
