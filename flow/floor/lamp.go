package floor

import (
	"cmp"
	"context"
	"fmt"

	"andon/journal"
)

// Risk is the chance that an open card misses its line's expectation.
type Risk struct {
	Card string
	P    float64
}

// Light lights the andon of the cards whose risk passed the line's threshold
// and puts out those whose risk fell below it. Risks of cards that are not
// told stay as they are. An answer given to a lamp holds until it goes out.
func (s *Service) Light(ctx context.Context, line string, risks []Risk) error {
	if len(risks) == 0 {
		return nil
	}
	due, err := s.changes(ctx, line, risks)
	if err != nil || len(due) == 0 {
		return err
	}
	return s.ledger.Write(ctx, func(tx journal.Tx) error {
		f, err := lock(ctx, tx, line)
		if err != nil {
			return err
		}
		for _, r := range due {
			c, err := cardByKey(ctx, tx, r.Card)
			if err != nil {
				return err
			}
			if err := f.light(ctx, tx, c, r.P); err != nil {
				return err
			}
		}
		return f.settle(ctx, tx)
	})
}

// changes are the risks that turn a lamp on or off, so that a floor on which
// nothing changed is not written to.
func (s *Service) changes(ctx context.Context, line string, risks []Risk) (due []Risk, err error) {
	err = s.ledger.Read(ctx, func(r journal.Reader) error {
		l, err := lineByName(ctx, r, line)
		if err != nil {
			return err
		}
		lit, err := column(ctx, r, `SELECT key FROM card WHERE line = $1 AND lit_at > 0`, line)
		if err != nil {
			return err
		}
		on := map[string]bool{}
		for _, key := range lit {
			on[key] = true
		}
		for _, risk := range risks {
			if (risk.P >= l.Rules.SLE.LightAt()) != on[risk.Card] {
				due = append(due, risk)
			}
		}
		return nil
	})
	return due, err
}

func (f *locked) light(ctx context.Context, tx journal.Tx, c Card, p float64) error {
	st, err := f.line.Station(c.Station)
	if err != nil {
		return err
	}
	on := p >= f.line.Rules.SLE.LightAt() && st.inProgress()
	switch {
	case on && c.Lamp == nil:
		c.Lamp = &Lamp{Since: tx.Now(), Risk: p}
		tx.Append(cardFact(journal.CardLit, c, fmt.Sprintf("%s will probably be late: the risk is %.0f %% after %s", c.Key, 100*p, Span(c.Age(tx.Now()))), c.Lamp))
		_, err = tx.Exec(ctx, `UPDATE card SET lit_at = $2, lit_risk = $3, lit_answer = '', rev = rev + 1 WHERE key = $1`, c.Key, journal.Micros(tx.Now()), p)
	case !on && c.Lamp != nil:
		tx.Append(cardFact(journal.CardUnlit, c, c.Key+" is no longer likely to be late", map[string]float64{"risk": p}))
		_, err = tx.Exec(ctx, `UPDATE card SET lit_at = 0, lit_risk = 0, lit_answer = '', rev = rev + 1 WHERE key = $1`, c.Key)
	}
	return err
}

// Accept answers a lit card with the reason why it may be late, so that the
// line goes on.
func (s *Service) Accept(ctx context.Context, key, reason, by string) (Card, error) {
	if reason == "" {
		return Card{}, &Invalid{"reason", "say why the team accepts that the card is late"}
	}
	return s.change(ctx, key, func(ctx context.Context, tx journal.Tx, _ *locked, c *Card) error {
		if c.Lamp == nil {
			return &Invalid{"card", key + " has no lit andon; there is nothing to accept"}
		}
		return answer(ctx, tx, c, fmt.Sprintf("%s accepts it: %s", by, reason))
	})
}

func answer(ctx context.Context, tx journal.Tx, c *Card, text string) error {
	c.Lamp.Answer = text
	c.Rev++
	tx.Append(cardFact(journal.CardAnswered, *c, fmt.Sprintf("the andon of %s is answered: %s", c.Key, text), c.Lamp))
	_, err := tx.Exec(ctx, `UPDATE card SET lit_answer = $2, rev = rev + 1 WHERE key = $1`, c.Key, text)
	return err
}

// take is the move of a person or an agent, who may not start work while the
// line is stopped.
func (f *locked) take(ctx context.Context, tx journal.Tx, c *Card, to Station) error {
	if refusal, err := f.stopped(ctx, tx, *c, to); err != nil || refusal != nil {
		return cmp.Or[error](err, refusal)
	}
	return f.move(ctx, tx, c, to)
}

// stopped refuses to start work while a lit card at or after the station has
// no answer, where the line asks for that. The lit card itself may move.
func (f *locked) stopped(ctx context.Context, tx journal.Tx, c Card, to Station) (*Refusal, error) {
	from, err := f.line.Station(c.Station)
	if err != nil || !f.line.Rules.SLE.Stop || !to.inProgress() || from.inProgress() {
		return nil, err
	}
	lit, err := cardsWhere(ctx, tx, `line = $1 AND lit_at > 0 AND lit_answer = '' AND key <> $2`, f.line.Name, c.Key)
	if err != nil {
		return nil, err
	}
	for _, l := range lit {
		if f.line.index(l.Station) >= f.line.index(to.Name) {
			return &Refusal{Reason: AndonIsLit, Station: to.Name, Text: fmt.Sprintf(
				"The andon of %s in %s is lit: it will be late with a risk of %.0f %%. Help with it (andon card swarm %s), or accept it with a reason (andon card accept %s), before starting more.",
				l.Key, l.Station, 100*l.Lamp.Risk, l.Key, l.Key)}, nil
		}
	}
	return nil, nil
}
