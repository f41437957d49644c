package floor

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"andon/journal"
)

// locked is a line whose row this transaction holds: until it ends nobody
// else can change what the line's stations hold.
type locked struct {
	line  Line
	holds map[string]int // cards per station that its limit counts
	lane  int            // expedited cards in progress
	// settling says that a move is the line's own, made because there is room.
	settling bool
	// waits are the cards that became ready for a station in this transaction.
	waits []string
}

// lock takes the line and counts the cards that a limit concerns. Those that
// wait or are done may be a million and are not counted.
func lock(ctx context.Context, tx journal.Tx, name string) (*locked, error) {
	n, err := tx.Exec(ctx, `UPDATE line SET rev = rev + 1 WHERE name = $1`, name)
	if err != nil {
		return nil, fmt.Errorf("take line %s: %w", name, err)
	}
	if n == 0 {
		return nil, &Missing{What: "line", Name: name}
	}
	line, err := lineByName(ctx, tx, name)
	if err != nil {
		return nil, err
	}
	f := &locked{line: line, holds: map[string]int{}}
	limited, args := []string{"''"}, []any{name}
	for _, s := range line.Stations {
		if s.WIP > 0 || s.inProgress() {
			args = append(args, s.Name)
			limited = append(limited, fmt.Sprintf("$%d", len(args)))
		}
	}
	rows, err := tx.Query(ctx, `SELECT station, count(*), count(*) FILTER (WHERE class = 'expedite') FROM card
		WHERE line = $1 AND station IN (`+strings.Join(limited, ", ")+`) GROUP BY station`, args...)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	for rows.Next() {
		var station string
		var all, expedited int
		if err := rows.Scan(&station, &all, &expedited); err != nil {
			return nil, err
		}
		f.holds[station] = all
		if st, err := line.Station(station); err == nil && line.Rules.ExpediteWIP > 0 && st.inProgress() {
			f.holds[station] -= expedited
			f.lane += expedited
		}
	}
	return f, rows.Err()
}

// room says why a card coming from a station cannot enter another, or nil.
func (f *locked) room(c Card, from, to Station) *Refusal {
	refuse := func(why Reason, limit, holds int, format string, args ...any) *Refusal {
		return &Refusal{Reason: why, Station: to.Name, Limit: limit, Holds: holds, Text: fmt.Sprintf(format, args...)}
	}
	if to.Cord != nil {
		return refuse(CordIsOut, 0, 0, "The cord of %s is pulled by %s (%s); nothing may enter until it is released.",
			to.Name, to.Cord.By, to.Cord.Reason)
	}
	if f.line.Rules.expedited(c) && to.inProgress() {
		if most := f.line.Rules.ExpediteWIP; !from.inProgress() && f.lane >= most {
			return refuse(LaneFull, most, f.lane, "The expedite lane holds %d of %d cards; finish one of them first, or give %s another class.", f.lane, most, c.Key)
		}
		return nil
	}
	if n := f.holds[to.Name]; to.WIP > 0 && n >= to.WIP {
		return refuse(StationFull, to.WIP, n, "%s holds %d of %d cards; finish one there before taking another.", to.Name, n, to.WIP)
	}
	if f.line.WIP > 0 && to.inProgress() && !from.inProgress() {
		if n := f.inProgress(); n >= f.line.WIP {
			return refuse(LineFull, f.line.WIP, n, "The line has %d of %d cards in progress; finish one before starting another.", n, f.line.WIP)
		}
	}
	return nil
}

func (f *locked) inProgress() (n int) {
	for _, s := range f.line.Stations {
		if s.inProgress() {
			n += f.holds[s.Name]
		}
	}
	return n
}

// move puts a card into a station, or refuses.
func (f *locked) move(ctx context.Context, tx journal.Tx, c *Card, to Station) error {
	from, err := f.line.Station(c.Station)
	if err != nil {
		return err
	}
	if refusal := f.room(*c, from, to); refusal != nil {
		return refusal
	}
	if refusal := f.notReady(*c, from, to); refusal != nil {
		return refusal
	}
	if refusal, err := f.handsFull(ctx, tx, *c, to); err != nil || refusal != nil {
		return cmp.Or[error](err, refusal)
	}
	delayed := 0.0
	if f.line.Rules.expedited(*c) && to.inProgress() && c.StartedAt.IsZero() {
		if c.Overtook, delayed, err = f.overtakes(ctx, tx, *c); err != nil {
			return err
		}
	}
	f.count(*c, from, -1)
	f.count(*c, to, +1)
	if to.inProgress() && c.StartedAt.IsZero() {
		c.StartedAt = tx.Now()
	}
	c.DoneAt = journal.Time(0)
	if to.Kind == Done {
		c.DoneAt = tx.Now()
		if c.StartedAt.IsZero() {
			c.StartedAt = tx.Now()
		}
	}
	stayed, waited := tx.Now().Sub(c.EnteredAt), time.Duration(0)
	if !c.FinishedAt.IsZero() {
		waited = tx.Now().Sub(c.FinishedAt)
	}
	c.Discarded = ""
	c.Station, c.EnteredAt, c.ReadyFor, c.FinishedAt, c.Rev = to.Name, tx.Now(), "", time.Time{}, c.Rev+1
	err = tx.QueryRow(ctx, `UPDATE card SET station = $2, entered_at = $3, started_at = $4, done_at = $5, owner = $6,
		ready_for = '', ready_at = 0, finished_at = 0, overtook = $7, discarded = '', rev = rev + 1,
		rank = (SELECT coalesce(max(o.rank), 0) + 1 FROM card o WHERE o.line = card.line AND o.station = $2)
		WHERE key = $1 RETURNING rank`,
		c.Key, to.Name, journal.Micros(tx.Now()), journal.Micros(c.StartedAt), journal.Micros(c.DoneAt), c.Owner, c.Overtook).Scan(&c.Rank)
	if err != nil {
		return err
	}
	m := f.moved(*c, from, to, stayed, waited)
	m.OvertookDelay = delayed
	fact := cardFact(journal.CardMoved, *c, fmt.Sprintf("%s moved from %s to %s", c.Key, from.Name, to.Name), m)
	if f.settling {
		fact.Actor = Machine
	}
	tx.Append(fact)
	if to.Kind == Done {
		tx.Append(cardFact(journal.TicketClosed, *c, fmt.Sprintf("%s is done: it runs for users", c.Key), nil))
	}
	return nil
}

// settle lets waiting cards into the places that became free, the most urgent
// and then the longest waiting first, from the end of the line backwards so
// that a place freed by one card is seen by the card behind it. A card that
// enters a machine which has accepted its changes already goes on at once.
func (f *locked) settle(ctx context.Context, tx journal.Tx) error {
	f.settling = true
	defer func() { f.settling = false }()
	for moved := true; moved; {
		moved = false
		for i := len(f.line.Stations) - 1; i >= 0; i-- {
			st := f.line.Stations[i]
			released, err := f.release(ctx, tx, st)
			if err != nil {
				return err
			}
			admitted, err := f.admit(ctx, tx, st)
			if err != nil {
				return err
			}
			moved = moved || released+admitted > 0
		}
	}
	return f.tellWaiting(ctx, tx)
}

// tellWaiting says which cards became ready and found no room. One that went
// on at once has only its move to tell.
func (f *locked) tellWaiting(ctx context.Context, tx journal.Tx) error {
	for _, key := range f.waits {
		c, err := cardByKey(ctx, tx, key)
		if err != nil {
			return err
		}
		if c.ReadyFor == "" {
			continue
		}
		fact := cardFact(journal.CardWaiting, c, fmt.Sprintf("%s waits in %s for room in %s", c.Key, c.Station, c.ReadyFor),
			map[string]string{"line": c.Line, "station": c.Station, "for": c.ReadyFor})
		fact.Actor = Machine
		tx.Append(fact)
	}
	f.waits = nil
	return nil
}

// admit moves the cards that are ready for a station into it while it has room.
func (f *locked) admit(ctx context.Context, tx journal.Tx, to Station) (moved int, err error) {
	waiting, err := cardsWhere(ctx, tx, `line = $1 AND ready_for = $2 AND blocked_at = 0`, f.line.Name, to.Name)
	if err != nil {
		return 0, err
	}
	for _, c := range waiting {
		err := f.move(ctx, tx, &c, to)
		refusal, refused := errors.AsType[*Refusal](err)
		switch {
		case refused && refusal.ofCard():
			continue
		case refused:
			return moved, nil
		case err != nil:
			return moved, err
		}
		moved++
	}
	return moved, nil
}

// isBlocked refuses to take a blocked card onward.
func (f *locked) isBlocked(c Card, to Station) *Refusal {
	return &Refusal{Reason: CardBlocked, Station: to.Name,
		Text: fmt.Sprintf("%s is blocked by %s: %s. Unblock it before it moves on.", c.Key, c.Blocked.By, strings.TrimSuffix(c.Blocked.Reason, "."))}
}

// choose finds the card that a pull is about.
func (f *locked) choose(ctx context.Context, tx journal.Tx, key string, to Station) (Card, error) {
	if key != "" {
		c, err := cardByKey(ctx, tx, key)
		if err != nil {
			return c, err
		}
		if f.line.index(c.Station) >= f.line.index(to.Name) {
			return c, &Invalid{"to", fmt.Sprintf("%s is in %s already; a pull goes forward, use move to send it back", c.Key, c.Station)}
		}
		if c.Blocked != nil {
			return c, f.isBlocked(c, to)
		}
		return c, nil
	}
	i := f.line.index(to.Name)
	if i < 1 {
		return Card{}, &Invalid{"to", fmt.Sprintf("nothing can be pulled into %s, the first station", to.Name)}
	}
	source := f.line.Stations[i-1]
	cards, err := cardsWhere(ctx, tx, `line = $1 AND station = $2 AND blocked_at = 0`, f.line.Name, source.Name)
	if err != nil {
		return Card{}, err
	}
	finished := slices.IndexFunc(cards, func(c Card) bool { return !c.FinishedAt.IsZero() })
	switch {
	case finished >= 0: // what is worked on still is not taken away
		return cards[finished], nil
	case len(cards) == 0 || source.Split:
		return Card{}, &Refusal{Reason: NothingHere, Station: to.Name, Text: fmt.Sprintf("There is nothing in %s to pull%s.", source.Name, unfinished(len(cards)))}
	}
	return cards[0], nil
}

// unfinished says that there are cards, and that they are still worked on.
func unfinished(n int) string {
	if n == 0 {
		return ""
	}
	return fmt.Sprintf("; the %d cards there are not finished", n)
}

func (f *locked) nextKey(ctx context.Context, tx journal.Tx) (string, error) {
	for {
		var n int64
		err := tx.QueryRow(ctx, `UPDATE line SET next_card = next_card + 1 WHERE name = $1 RETURNING next_card`, f.line.Name).Scan(&n)
		if err != nil {
			return "", err
		}
		key := fmt.Sprintf("%s-%d", f.line.Key, n)
		if _, err := cardByKey(ctx, tx, key); err != nil {
			if _, missing := errors.AsType[*Missing](err); missing {
				return key, nil
			}
			return "", err
		}
	}
}
