package floor

import (
	"context"
	"errors"
	"fmt"

	"andon/flow/change"
	"andon/journal"
)

// Machine is the name under which machines block cards; only what a machine
// blocked may a machine let go on.
const Machine = "andon"

// LinkIn ties a change to the cards its message names and sends those that
// people are still working on towards the first machine of their line.
// Keys of cards that do not exist are returned: work nobody planned.
func LinkIn(ctx context.Context, tx journal.Tx, c change.Change, keys []string) (unknown []string, err error) {
	for _, key := range keys {
		card, err := cardByKey(ctx, tx, key)
		if _, missing := errors.AsType[*Missing](err); missing {
			unknown = append(unknown, key)
			continue
		}
		if err != nil {
			return nil, err
		}
		_, err = changeIn(ctx, tx, card.Key, func(ctx context.Context, tx journal.Tx, f *locked, card *Card) error {
			return f.link(ctx, tx, card, c)
		})
		if err != nil {
			return nil, fmt.Errorf("link %s to %s: %w", change.Short(c.SHA), key, err)
		}
	}
	return unknown, nil
}

func (f *locked) link(ctx context.Context, tx journal.Tx, card *Card, c change.Change) error {
	n, err := tx.Exec(ctx, `INSERT INTO card_change (card, sha, ord) VALUES ($1, $2, $3) ON CONFLICT DO NOTHING`, card.Key, c.SHA, c.Ord)
	if err != nil || n == 0 {
		return err
	}
	fact := cardFact(journal.CardLinked, *card, fmt.Sprintf("%s got commit %s: %s", card.Key, change.Short(c.SHA), c.Title()),
		map[string]any{"sha": c.SHA, "ord": c.Ord})
	fact.About = append(fact.About, journal.Ref{Kind: journal.Commit, ID: c.SHA})
	tx.Append(fact)
	for i, st := range f.line.Stations {
		if st.Kind == Pipeline && i > f.line.index(card.Station) {
			return f.ready(ctx, tx, card, st.Name)
		}
	}
	return nil
}

// ready notes that the card waits to enter a station; settle lets it in.
func (f *locked) ready(ctx context.Context, tx journal.Tx, c *Card, station string) error {
	if c.ReadyFor == station {
		return nil
	}
	c.ReadyFor = station
	f.waits = append(f.waits, c.Key)
	_, err := tx.Exec(ctx, `UPDATE card SET ready_for = $2, ready_at = $3, rev = rev + 1 WHERE key = $1`,
		c.Key, station, journal.Micros(tx.Now()))
	return err
}

// PassedIn notes that a machine accepted everything up to a position: the
// workflow succeeded there, or the environment now runs it. Cards whose
// changes are all covered go on; those that come later and are covered, too.
func PassedIn(ctx context.Context, tx journal.Tx, kind StationKind, machine string, ord int64) error {
	return eachMachine(ctx, tx, kind, machine, func(f *locked, st Station) error {
		_, err := tx.Exec(ctx, `INSERT INTO station_mark (line, station, ord) VALUES ($1, $2, $3)
			ON CONFLICT (line, station) DO UPDATE SET ord = excluded.ord WHERE station_mark.ord < excluded.ord`,
			f.line.Name, st.Name, ord)
		return err
	})
}

// FailedIn lights the andon of the cards in a machine's station whose changes
// all came up to a position and did not pass: they are blocked with the reason.
func FailedIn(ctx context.Context, tx journal.Tx, kind StationKind, machine string, upTo int64, reason string) error {
	return eachMachine(ctx, tx, kind, machine, func(f *locked, st Station) error {
		cards, err := cardsWhere(ctx, tx, `line = $1 AND station = $2 AND ready_for = '' AND
			(SELECT max(ord) FROM card_change x WHERE x.card = card.key) <= $3`, f.line.Name, st.Name, upTo)
		if err != nil {
			return err
		}
		for _, c := range cards {
			if c.Blocked != nil && c.Blocked.By != Machine {
				continue
			}
			if err := block(ctx, tx, &c, reason, Machine); err != nil {
				return err
			}
		}
		return nil
	})
}

func eachMachine(ctx context.Context, tx journal.Tx, kind StationKind, machine string, do func(*locked, Station) error) error {
	lines, err := column(ctx, tx, `SELECT DISTINCT line FROM station WHERE kind = $1 AND (machine = $2 OR machine = '*') ORDER BY line`,
		string(kind), machine)
	if err != nil {
		return err
	}
	for _, name := range lines {
		f, err := lock(ctx, tx, name)
		if err != nil {
			return err
		}
		st, ok := f.line.machine(kind, machine)
		if !ok {
			continue
		}
		if err := do(f, st); err != nil {
			return err
		}
		if err := f.settle(ctx, tx); err != nil {
			return err
		}
	}
	return nil
}

// release sends on the cards of a machine's station that it has accepted.
func (f *locked) release(ctx context.Context, tx journal.Tx, st Station) (released int, err error) {
	next, ok := f.line.after(st.Name)
	if !ok || st.Kind != Pipeline && st.Kind != Deploy {
		return 0, nil
	}
	cards, err := cardsWhere(ctx, tx, `line = $1 AND station = $2 AND ready_for = '' AND
		(SELECT max(ord) FROM card_change x WHERE x.card = card.key) <=
		(SELECT ord FROM station_mark m WHERE m.line = $1 AND m.station = $2)`, f.line.Name, st.Name)
	if err != nil {
		return 0, err
	}
	for _, c := range cards {
		if c.Blocked != nil {
			if c.Blocked.By != Machine {
				continue
			}
			if err := unblock(ctx, tx, &c); err != nil {
				return released, err
			}
		}
		if err := f.ready(ctx, tx, &c, next.Name); err != nil {
			return released, err
		}
		released++
	}
	return released, nil
}

// StationOf finds the line and station that a deployment to an environment
// passes through; found is false where no line has one.
func StationOf(ctx context.Context, r journal.Reader, kind StationKind, machine string) (line string, st Station, found bool, err error) {
	err = r.QueryRow(ctx, `SELECT line, name FROM station WHERE kind = $1 AND machine = $2 ORDER BY line LIMIT 1`,
		string(kind), machine).Scan(&line, &st.Name)
	if journal.NotFound(err) {
		return "", st, false, nil
	}
	if err != nil {
		return "", st, false, err
	}
	l, err := lineByName(ctx, r, line)
	if err != nil {
		return "", st, false, err
	}
	st, err = l.Station(st.Name)
	return line, st, err == nil, err
}

// HasMachine says whether a station is made for exactly that machine, not for
// all of its kind.
func HasMachine(ctx context.Context, r journal.Reader, kind StationKind, machine string) (bool, error) {
	var n int
	err := r.QueryRow(ctx, `SELECT count(*) FROM station WHERE kind = $1 AND machine = $2`, string(kind), machine).Scan(&n)
	return n > 0, err
}

// AnyOfKind says whether a card of that kind has a change within (after, upTo].
func AnyOfKind(ctx context.Context, r journal.Reader, kind Kind, after, upTo int64) (bool, error) {
	var n int
	err := r.QueryRow(ctx, `SELECT count(*) FROM card c JOIN card_change x ON x.card = c.key
		WHERE c.kind = $1 AND x.ord > $2 AND x.ord <= $3`, string(kind), after, upTo).Scan(&n)
	return n > 0, err
}
