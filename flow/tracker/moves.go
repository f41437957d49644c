package tracker

import (
	"hash/maphash"
	"io"
	"iter"
	"strconv"
	"time"

	"andon/flow/floor"
)

// Moves reads a table of moves: one row for each station that a card entered,
// the rows of a card together and in order of time. Columns, by name, in any
// order:
//
//	card      its key (needed)
//	station   the station or status that it entered (needed)
//	entered   when, as in 2030-01-31T09:30:00Z (needed)
//	blocked   hours for which it was blocked there
//	title, kind, class, epic, owner, estimate, note, labels   of the first row of a card
func Moves(r io.Reader, m *Mapping, source string) iter.Seq2[floor.History, error] {
	return func(yield func(floor.History, error) bool) {
		t, err := newTable(r, "card", "station", "entered")
		if err != nil {
			yield(floor.History{}, err)
			return
		}
		seed, seen := maphash.MakeSeed(), map[uint64]bool{}
		var h floor.History
		for {
			more, err := t.next()
			if err != nil {
				yield(h, err)
				return
			}
			if !more {
				break
			}
			key := t.at("card")
			if key != h.Card.Key {
				if h.Card.Key != "" && !yield(h, nil) {
					return
				}
				if id := maphash.String(seed, key); seen[id] || key == "" {
					yield(h, t.wrong("card %q came before and rows of others stand between; keep the rows of a card together", key))
					return
				} else {
					seen[id] = true
				}
				if h, err = t.card(key, source); err != nil {
					yield(h, err)
					return
				}
			}
			if err := t.enter(&h, m); err != nil {
				yield(h, err)
				return
			}
		}
		if h.Card.Key != "" {
			yield(h, nil)
		}
	}
}

func (t *table) card(key, source string) (h floor.History, err error) {
	title := t.at("title", "summary")
	if title == "" {
		title = key
	}
	h = floor.History{Source: source, Card: floor.Card{Key: key, Title: title, Kind: floor.Kind(t.at("kind")), Class: floor.Class(t.at("class")),
		Epic: t.at("epic"), Owner: t.at("owner", "assignee"), Note: t.at("note", "description"), Labels: labels(t.at("labels"))}}
	if text := t.at("estimate"); text != "" {
		if h.Card.Estimate, err = strconv.ParseFloat(text, 64); err != nil {
			return h, t.wrong("the estimate of %s is %q; write a number of days", key, text)
		}
	}
	return h, nil
}

func (t *table) enter(h *floor.History, m *Mapping) error {
	status := t.at("station", "status")
	at, err := when(t.at("entered"))
	if err != nil {
		return t.wrong("%s enters %s at: %w", h.Card.Key, status, err)
	}
	if at.IsZero() {
		return t.wrong("%s enters %s at no time; fill in the column entered", h.Card.Key, status)
	}
	station, known := m.Station(status)
	if !known {
		return nil // told in one sentence for all of them, by Mapping.Err
	}
	blocked := time.Duration(0)
	if text := t.at("blocked"); text != "" {
		hours, err := strconv.ParseFloat(text, 64)
		if err != nil || hours < 0 {
			return t.wrong("%s was blocked for %q; write hours", h.Card.Key, text)
		}
		blocked = time.Duration(hours * float64(time.Hour)).Truncate(time.Microsecond)
	}
	if n := len(h.Stays); n > 0 && at.Before(h.Stays[n-1].Entered) {
		return t.wrong("%s enters %s at %s, before it entered %s; keep its rows in order of time", h.Card.Key, status, at.Format(time.RFC3339), h.Stays[n-1].Station)
	}
	if isAbandoned(status) && station == m.last() {
		h.Card.Discarded = status
	}
	add(h, station, at, blocked)
	return nil
}

// add begins a stay and ends the one before; statuses that stand for the same
// station are one stay.
func add(h *floor.History, station string, at time.Time, blocked time.Duration) {
	if n := len(h.Stays); n > 0 {
		last := &h.Stays[n-1]
		if last.Station == station {
			last.Blocked += blocked
			return
		}
		last.Left = at
		last.Blocked = min(last.Blocked, at.Sub(last.Entered))
	}
	h.Stays = append(h.Stays, floor.Past{Station: station, Entered: at, Blocked: blocked})
}
