package floor

import (
	"context"
	"fmt"

	"andon/journal"
)

// count keeps what limits count in step with a card that comes or goes.
func (f *locked) count(c Card, at Station, by int) {
	if f.line.Rules.expedited(c) && at.inProgress() {
		f.lane += by
		return
	}
	f.holds[at.Name] += by
}

// overtakes counts the cards that an expedited one goes before: those of its
// class or below that were created earlier and still wait to begin; delay is
// what each day costs on which these are not there, as far as they say so.
func (f *locked) overtakes(ctx context.Context, tx journal.Tx, c Card) (n int, delay float64, err error) {
	err = tx.QueryRow(ctx, `SELECT count(*), coalesce(sum(delay_cost), 0) FROM card WHERE line = $1 AND started_at = 0 AND done_at = 0
		AND class <> 'expedite' AND (created_at < $2 OR rank < $3) AND key <> $4`,
		c.Line, journal.Micros(c.CreatedAt), c.Rank, c.Key).Scan(&n, &delay)
	return n, delay, err
}

// handsFull refuses a person more cards than the line allows one person. Cards
// whose work is finished and cards of the expedite lane ask for no hands.
func (f *locked) handsFull(ctx context.Context, tx journal.Tx, c Card, to Station) (*Refusal, error) {
	most := f.line.Rules.PersonWIP
	if most == 0 || c.Owner == "" || to.Kind != Work || f.line.Rules.expedited(c) {
		return nil, nil
	}
	n := 0
	for _, st := range f.line.Stations {
		if st.Kind != Work {
			continue
		}
		var here int
		err := tx.QueryRow(ctx, `SELECT count(*) FROM card WHERE line = $1 AND station = $2 AND owner = $3 AND key <> $4 AND finished_at = 0
			AND NOT (class = 'expedite' AND $5)`, f.line.Name, st.Name, c.Owner, c.Key, f.line.Rules.ExpediteWIP > 0).Scan(&here)
		if err != nil {
			return nil, err
		}
		n += here
	}
	if n < most {
		return nil, nil
	}
	return &Refusal{Reason: PersonFull, Station: to.Name, Limit: most, Holds: n,
		Text: fmt.Sprintf("%s has %d of %d cards already; finish one of them, or help with another's card.", c.Owner, n, most)}, nil
}

// reclassed refuses a change of class that would take a card out of the
// expedite lane into a station without room, or into a full lane.
func (f *locked) reclassed(c Card, was Class) *Refusal {
	i := f.line.index(c.Station)
	before := c
	before.Class = was
	if i < 0 || !f.line.Stations[i].inProgress() || f.line.Rules.expedited(c) == f.line.Rules.expedited(before) {
		return nil
	}
	st := f.line.Stations[i]
	f.count(before, st, -1)
	st.Cord = nil // it is inside already
	if refusal := f.room(c, f.line.Stations[0], st); refusal != nil {
		return refusal
	}
	f.count(c, st, +1)
	return nil
}
