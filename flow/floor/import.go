package floor

import (
	"context"
	"errors"
	"fmt"
	"strconv"
	"strings"
	"time"

	"andon/journal"
)

// History is a card as another system kept it, with its way along the line.
type History struct {
	Card  Card   `json:"card"`
	Stays []Past `json:"stays"`
	// Source is the system that it comes from, as in "jira".
	Source string `json:"source"`
	// Origin is the issue of a forge that it was, as in "github:acme/shop#12", so
	// that what the forge tells of the issue is about the card.
	Origin string `json:"origin,omitempty"`
}

// Past is one stay of an imported card.
type Past struct {
	Station string        `json:"station"`
	Entered time.Time     `json:"entered"`
	Left    time.Time     `json:"left,omitzero"` // zero for the last one
	Blocked time.Duration `json:"blocked,omitempty"`
	Waited  time.Duration `json:"waited,omitempty"` // after the work there was finished
}

// Imported is what an import did.
type Imported struct {
	Added int `json:"added"`
	Known int `json:"known"` // those that were here before and stay as they are
	Moves int `json:"moves"`
}

// MaxImport is the most cards of one call of [Service.Import].
const MaxImport = 1000

// Import takes over cards with their history, all of them or none. A card
// whose key is known stays as it is, so importing twice changes nothing.
// Open cards need room: limits hold for them as for any other.
func (s *Service) Import(ctx context.Context, line string, cards []History) (Imported, error) {
	return s.importAll(ctx, line, cards, nil)
}

// TryImport says what an import would do, and does nothing.
func (s *Service) TryImport(ctx context.Context, line string, cards []History) (Imported, error) {
	return s.importAll(ctx, line, cards, errDry)
}

// importAll imports, and ends the transaction with an error where one is given.
func (s *Service) importAll(ctx context.Context, line string, cards []History, end error) (done Imported, err error) {
	if len(cards) > MaxImport {
		return done, &Invalid{"cards", fmt.Sprintf("import at most %d cards at a time; these are %d", MaxImport, len(cards))}
	}
	err = s.ledger.Write(ctx, func(tx journal.Tx) error {
		f, err := lock(ctx, tx, line)
		if err != nil {
			return err
		}
		var rank, highest int64
		if err := tx.QueryRow(ctx, `SELECT coalesce(max(rank), 0) FROM card WHERE line = $1`, line).Scan(&rank); err != nil {
			return err
		}
		for _, h := range cards {
			if err := f.complete(&h, tx.Now()); err != nil {
				return err
			}
			rank++
			h.Card.Rank = rank
			added, err := f.adopt(ctx, tx, h)
			if err != nil {
				return err
			}
			if !added {
				done.Known++
				continue
			}
			done.Added++
			done.Moves += len(h.Stays)
			highest = max(highest, numberOf(h.Card.Key, f.line.Key))
		}
		if _, err = tx.Exec(ctx, `UPDATE line SET next_card = $2 WHERE name = $1 AND next_card < $2`, line, highest); err != nil {
			return err
		}
		return end
	})
	if err != nil && (end == nil || !errors.Is(err, end)) {
		return Imported{}, err
	}
	return done, nil
}

// numberOf is the number of a key that a line made, else 0.
func numberOf(key, prefix string) int64 {
	digits, ok := strings.CutPrefix(key, prefix+"-")
	n, err := strconv.ParseInt(digits, 10, 64)
	if !ok || err != nil {
		return 0
	}
	return n
}

// complete checks a history and works out what follows from its stays.
func (f *locked) complete(h *History, now time.Time) error {
	c := &h.Card
	wrong := func(format string, args ...any) error {
		return &Invalid{"cards", fmt.Sprintf("card %s: ", c.Key) + fmt.Sprintf(format, args...)}
	}
	n := NewCard{Title: c.Title, Kind: c.Kind, Class: c.Class, Estimate: c.Estimate, Epic: c.Epic, Labels: c.Labels, CostOfDelay: c.CostOfDelay}
	if err := n.complete(); err != nil {
		return wrong("%v", err)
	}
	c.Kind, c.Class, c.Labels = n.Kind, n.Class, n.Labels
	if strings.TrimSpace(c.Key) == "" || len(c.Key) > 100 || strings.ContainsAny(c.Key, " \t\n/") {
		return wrong("a key has 1 to 100 bytes, without blanks and slashes")
	}
	if len(h.Origin) > 300 {
		return wrong("its origin has %d bytes; it has 300 at most, as in github:acme/shop#12", len(h.Origin))
	}
	if len(h.Stays) == 0 {
		return wrong("it has no stays; give at least the station that it is in")
	}
	c.Line, c.CreatedAt, c.StartedAt, c.DoneAt = f.line.Name, h.Stays[0].Entered, time.Time{}, time.Time{}
	for i, s := range h.Stays {
		st, err := f.line.Station(s.Station)
		if err != nil {
			return wrong("%v", err)
		}
		last := i == len(h.Stays)-1
		switch {
		case s.Entered.IsZero() || s.Entered.After(now):
			return wrong("it enters %s at %s; give a time in the past", s.Station, s.Entered.Format(time.RFC3339))
		case last != s.Left.IsZero():
			return wrong("it leaves every station but the last; the stay in %s says otherwise", s.Station)
		case !last && (s.Left.Before(s.Entered) || !s.Left.Equal(h.Stays[i+1].Entered)):
			return wrong("it leaves %s at %s; that must be when it enters %s, and not before it came", s.Station, s.Left.Format(time.RFC3339), h.Stays[i+1].Station)
		case s.Blocked < 0 || s.Waited < 0 || !last && s.Blocked+s.Waited > s.Left.Sub(s.Entered):
			return wrong("it was blocked and waited for longer in %s than it was there", s.Station)
		}
		if st.Kind != Queue && c.StartedAt.IsZero() {
			c.StartedAt = s.Entered
		}
		if c.Station, c.EnteredAt = st.Name, s.Entered; last && st.Kind == Done {
			c.DoneAt = s.Entered
		}
	}
	c.Rev = 1
	return nil
}

// adopt writes one history, unless its card is known.
func (f *locked) adopt(ctx context.Context, tx journal.Tx, h History) (added bool, err error) {
	c := h.Card
	st, err := f.line.Station(c.Station)
	if err != nil {
		return false, err
	}
	n, err := tx.Exec(ctx, `INSERT INTO card (`+cardColumns+`, ready_at)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, 0, '', '', '', 1,
		0, $15, $16, $17, 0, '', 0, 0, 0, '', 0, $18, $19, '', 0) ON CONFLICT (key) DO NOTHING`,
		c.Key, c.Line, c.Station, c.Title, c.Note, string(c.Kind), string(c.Class), c.Estimate, c.Owner, c.Rank,
		journal.Micros(c.CreatedAt), journal.Micros(c.StartedAt), journal.Micros(c.EnteredAt), journal.Micros(c.DoneAt),
		c.Epic, journal.Micros(c.DueAt), c.CostOfDelay, c.Discarded, joinLabels(c.Labels))
	if err != nil || n == 0 {
		return false, err
	}
	if h.Origin != "" {
		if err := from(ctx, tx, c.Key, h.Origin); err != nil {
			return false, err
		}
	}
	st.Cord = nil // it is there already; a cord keeps out what comes
	if refusal := f.room(c, f.line.Stations[0], st); refusal != nil && st.inProgress() {
		refusal.Text = fmt.Sprintf("%s is open in %s. %s", c.Key, st.Name, refusal.Text)
		return false, refusal
	}
	f.count(c, st, +1)
	fact := cardFact(journal.CardImported, c, fmt.Sprintf("%s was taken over from %s with %d stays", c.Key, h.Source, len(h.Stays)), h)
	tx.Append(fact)
	return true, nil
}
