package measure

import (
	"slices"
	"time"

	"andon/flow/floor"
)

// Activities tells from the ways of cards when each station of a line was busy,
// starved and blocked, queues and done left out:
//
//   - busy: as many cards are being worked on as there are hands (one, when
//     nobody said how many); a card that is blocked is not worked on
//   - blocked: not busy, and a card that is finished here waits to go on
//   - starved: it holds no card at all
//
// What is left is slack: hands are free, and cards are there that nobody works
// on or can work on. Of a card that was taken over from another system it may
// only be known how long it was blocked and not when; that time counts as work
// here. Nothing after now is looked at.
func Activities(line floor.Line, ways []Way, now time.Time) []Activity {
	at := map[string]*visits{}
	for _, st := range line.Stations {
		if st.Kind != floor.Queue && st.Kind != floor.Done {
			at[st.Name] = &visits{}
		}
	}
	for _, w := range ways {
		for _, s := range w.Stays {
			if v := at[s.Station]; v != nil {
				v.add(s, now)
			}
		}
	}
	var list []Activity
	for _, st := range line.Stations {
		if v := at[st.Name]; v != nil {
			list = append(list, v.activity(st, now))
		}
	}
	return list
}

// visits are the comings and goings at one station.
type visits struct {
	turns []turn
}

// turn is a difference in how many cards are worked on, how many are finished
// and wait, and how many are blocked.
type turn struct {
	at                  time.Time
	work, waiting, held int
}

func (v *visits) add(s Stay, now time.Time) {
	left := s.Left
	if left.IsZero() {
		left = now
	}
	// The wait is the last part of the stay, which may be after now.
	finished := left.Add(-min(max(0, s.Waited), left.Sub(s.Entered)))
	left = sooner(left, now)
	finished = sooner(finished, now)
	if s.Entered.Before(left) {
		v.turns = append(v.turns, turn{s.Entered, 1, 0, 0}, turn{finished, -1, 1, 0}, turn{left, 0, -1, 0})
		for _, h := range s.Holds {
			v.hold(h, s.Entered, finished)
		}
		if !s.BlockedSince.IsZero() {
			v.hold(Interval{s.BlockedSince, now}, s.Entered, finished)
		}
	}
}

// hold takes the part of a block during which there was work to be done.
func (v *visits) hold(h Interval, entered, finished time.Time) {
	if h.From.Before(entered) {
		h.From = entered
	}
	if h.To = sooner(h.To, finished); h.From.Before(h.To) {
		v.turns = append(v.turns, turn{h.From, -1, 0, 1}, turn{h.To, 1, 0, -1})
	}
}

func sooner(a, b time.Time) time.Time {
	if a.Before(b) {
		return a
	}
	return b
}

// activity sweeps over the turns. Of the time before the first card nothing is
// known: there may have been others, whose ways were not given.
func (v *visits) activity(st floor.Station, now time.Time) Activity {
	slices.SortFunc(v.turns, func(a, b turn) int { return a.at.Compare(b.at) })
	a := Activity{Station: st.Name}
	work, waiting, held := 0, 0, 0
	var since time.Time
	note := func(until time.Time) {
		if since.IsZero() || !since.Before(until) {
			return
		}
		switch {
		case work >= max(1, st.Hands):
			a.Busy = lengthen(a.Busy, since, until)
		case waiting > 0:
			a.Blocked = lengthen(a.Blocked, since, until)
		case work == 0 && held == 0:
			a.Starved = lengthen(a.Starved, since, until)
		}
	}
	for _, c := range v.turns {
		note(c.at)
		since, work, waiting, held = c.at, work+c.work, waiting+c.waiting, held+c.held
	}
	note(now)
	return a
}

// lengthen adds a time to a list of intervals: to the last of them where it
// goes on at once.
func lengthen(list []Interval, from, to time.Time) []Interval {
	if last := len(list) - 1; last >= 0 && list[last].To.Equal(from) {
		list[last].To = to
		return list
	}
	return append(list, Interval{from, to})
}
