package floor

import (
	"context"
	"errors"
	"fmt"
	"reflect"

	"andon/journal"
)

// Define makes the floor's lines what they were declared to be: new lines and
// stations are added, others changed. A station that still holds cards is not
// taken away: that is an [Invalid] error and nothing is changed. starting are
// the cards a new line begins with; those that exist already are left alone.
func (s *Service) Define(ctx context.Context, lines []Line, starting []NewCard) error {
	return s.ledger.Write(ctx, func(tx journal.Tx) error {
		for _, l := range lines {
			if err := define(ctx, tx, l); err != nil {
				return err
			}
		}
		for _, n := range starting {
			if _, err := cardByKey(ctx, tx, n.Key); err == nil {
				continue
			} else if _, missing := errors.AsType[*Missing](err); !missing {
				return err
			}
			if _, err := CreateIn(ctx, tx, n); err != nil {
				return fmt.Errorf("card %s: %w", n.Key, err)
			}
		}
		return nil
	})
}

func define(ctx context.Context, tx journal.Tx, l Line) error {
	had, err := lineByName(ctx, tx, l.Name)
	_, isNew := errors.AsType[*Missing](err)
	if err != nil && !isNew {
		return err
	}
	_, err = tx.Exec(ctx, `INSERT INTO line (name, title, key, wip, rules, next_card, rev) VALUES ($1, $2, $3, $4, $5, 0, 1)
		ON CONFLICT (name) DO UPDATE SET title = excluded.title, key = excluded.key, wip = excluded.wip, rules = excluded.rules, rev = line.rev + 1`,
		l.Name, l.Title, l.Key, l.WIP, string(journal.JSON(l.Rules)))
	if err != nil {
		return fmt.Errorf("line %s: %w", l.Name, err)
	}
	for i, st := range l.Stations {
		_, err := tx.Exec(ctx, `INSERT INTO station (line, name, pos, kind, wip, machine, split, hands) VALUES ($1, $2, $3, $4, $5, $6, $7, $8)
			ON CONFLICT (line, name) DO UPDATE SET pos = excluded.pos, kind = excluded.kind, wip = excluded.wip,
			machine = excluded.machine, split = excluded.split, hands = excluded.hands`,
			l.Name, st.Name, i, string(st.Kind), st.WIP, st.Machine, st.Split, st.Hands)
		if err != nil {
			return fmt.Errorf("station %s/%s: %w", l.Name, st.Name, err)
		}
	}
	for _, old := range had.Stations {
		if l.index(old.Name) < 0 {
			if err := removeStation(ctx, tx, l, old.Name); err != nil {
				return err
			}
		}
	}
	if isNew || !sameShape(had, l) {
		tx.Append(journal.Fact{Type: journal.LineChanged, Subject: l.Name, Data: journal.JSON(l),
			Text:  fmt.Sprintf("Line %s runs through %s", l.Name, l.names()),
			About: []journal.Ref{{Kind: journal.Line, ID: l.Name}}})
	}
	return nil
}

func removeStation(ctx context.Context, tx journal.Tx, l Line, name string) error {
	keys, err := column(ctx, tx, `SELECT key FROM card WHERE line = $1 AND station = $2 ORDER BY key`, l.Name, name)
	if err != nil {
		return err
	}
	if len(keys) > 0 {
		return &Invalid{"stations", fmt.Sprintf("station %s of line %s was taken out but still holds %v; move them first", name, l.Name, keys)}
	}
	_, err = tx.Exec(ctx, `DELETE FROM station WHERE line = $1 AND name = $2`, l.Name, name)
	return err
}

func sameShape(a, b Line) bool {
	if a.Title != b.Title || a.Key != b.Key || a.WIP != b.WIP || !reflect.DeepEqual(a.Rules, b.Rules) || len(a.Stations) != len(b.Stations) {
		return false
	}
	for i := range a.Stations {
		x, y := a.Stations[i], b.Stations[i]
		if x.Name != y.Name || x.Kind != y.Kind || x.WIP != y.WIP || x.Machine != y.Machine || x.Split != y.Split || x.Hands != y.Hands {
			return false
		}
	}
	return true
}
