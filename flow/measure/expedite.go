package measure

import (
	"context"
	"strings"
	"time"

	"andon/flow/floor"
	"andon/journal"
)

// Expedite is what going before others cost them.
//
// A card that goes before others makes each of them leave one departure later,
// which is 1 ÷ throughput: that is the delay of each, and what their owners
// said a day of it costs is its price. What nobody put a price on is delayed all
// the same, and costs nothing here.
type Expedite struct {
	Pulled   int `json:"pulled"` // expedited cards that were begun within the window
	Overtook int `json:"overtook"`
	// Days are the days of delay of all that were overtaken; Known is false
	// when nothing was done within the window, so that nobody can say.
	Days     float64 `json:"days"`
	Known    bool    `json:"known"`
	Cost     float64 `json:"cost"` // in the line's currency
	Currency string  `json:"currency,omitempty"`
	// Cards are the newest of them, at most [MostExpedited].
	Cards []Expedited `json:"cards,omitempty"`
}

// Expedited is one card that went before others.
type Expedited struct {
	Card     string    `json:"card"`
	At       time.Time `json:"at"`
	Overtook int       `json:"overtook"`
	Delay    float64   `json:"delay_per_day"` // of those that it overtook
	Days     float64   `json:"days"`
	Cost     float64   `json:"cost"`
}

// MostExpedited bounds the cards that an answer lists; its sums are of all.
const MostExpedited = 100

// overtaking is a pull that went before others.
type overtaking struct {
	line     string
	at       time.Time
	overtook int
	delay    float64
}

// overtaken notes that a card was begun before others, or that it was not
// begun after all.
func (c *chapter) overtaken(i *item, m floor.Moved, at time.Time) {
	switch {
	case m.Class == floor.Expedite && m.Started.Equal(at):
		c.expedited[i.card] = &overtaking{i.line, at, m.Overtook, m.OvertookDelay}
	case m.Started.IsZero() && !i.started.IsZero():
		c.expedited[i.card] = nil
	}
}

func (c *chapter) writeExpedited(ctx context.Context) error {
	for _, card := range sorted(c.expedited, strings.Compare) {
		o := c.expedited[card]
		var err error
		if o == nil {
			_, err = c.tx.Exec(ctx, `DELETE FROM measure_expedite WHERE card = $1`, card)
		} else {
			_, err = c.tx.Exec(ctx, `INSERT INTO measure_expedite (card, line, at, overtook, delay) VALUES ($1, $2, $3, $4, $5)
				ON CONFLICT (card) DO UPDATE SET at = excluded.at, overtook = excluded.overtook, delay = excluded.delay`,
				card, o.line, journal.Micros(o.at), o.overtook, o.delay)
		}
		if err != nil {
			return err
		}
	}
	return nil
}

// expediteOf reckons the delay from what was done within the window.
func expediteOf(ctx context.Context, r journal.Reader, l floor.Line, w Window, done int64) (e Expedite, err error) {
	from, to := journal.Micros(w.From), journal.Micros(w.To)
	var delay float64
	if err := r.QueryRow(ctx, `SELECT count(*), CAST(coalesce(sum(overtook), 0) AS BIGINT), coalesce(sum(delay), 0) FROM measure_expedite
		WHERE line = $1 AND at >= $2 AND at < $3`, l.Name, from, to).Scan(&e.Pulled, &e.Overtook, &delay); err != nil {
		return e, err
	}
	departure := 0.0 // days
	if e.Known = done > 0; e.Known {
		departure = w.To.Sub(w.From).Hours() / 24 / float64(done)
	}
	e.Days, e.Cost, e.Currency = float64(e.Overtook)*departure, delay*departure, l.Rules.Currency
	rows, err := r.Query(ctx, `SELECT card, at, overtook, delay FROM measure_expedite WHERE line = $1 AND at >= $2 AND at < $3
		ORDER BY at DESC, card LIMIT $4`, l.Name, from, to, MostExpedited)
	if err != nil {
		return e, err
	}
	defer rows.Close()
	for rows.Next() {
		var x Expedited
		var at int64
		if err := rows.Scan(&x.Card, &at, &x.Overtook, &x.Delay); err != nil {
			return e, err
		}
		x.At, x.Days, x.Cost = journal.Time(at), float64(x.Overtook)*departure, x.Delay*departure
		e.Cards = append(e.Cards, x)
	}
	return e, rows.Err()
}
