package tracker

import (
	"io"
	"iter"
	"strconv"
	"strings"
	"time"

	"andon/flow/floor"
)

// JiraTable reads Jira's export as a table. It tells when an issue was made and
// resolved, and not when work on it began: cycle times count from creation.
func JiraTable(r io.Reader, m *Mapping) iter.Seq2[floor.History, error] {
	return rows(r, m, []string{"Issue key", "Summary", "Status", "Created"}, func(t *table) (h floor.History, err error) {
		h = floor.History{Source: "jira", Card: floor.Card{Key: t.at("Issue key"), Title: t.at("Summary"), Owner: t.at("Assignee"),
			Kind: kindOf(append([]string{t.at("Issue Type")}, labels(t.at("Labels"))...)...), Epic: t.at("Epic Name", "Parent summary"), Labels: labels(t.at("Labels"))}}
		created, resolved, err := t.two("Created", "Resolved")
		if err != nil {
			return h, err
		}
		due, err := when(t.at("Due date", "Due Date"))
		if err != nil {
			return h, t.wrong("Due date: %w", err)
		}
		h.Card.DueAt, h.Card.Class = due, classOf(t.at("Priority"), !due.IsZero())
		return t.ends(h, m, "Status", created, time.Time{}, resolved)
	})
}

// Linear reads Linear's export as a table.
func Linear(r io.Reader, m *Mapping) iter.Seq2[floor.History, error] {
	return rows(r, m, []string{"ID", "Title", "Status", "Created"}, func(t *table) (h floor.History, err error) {
		h = floor.History{Source: "linear", Card: floor.Card{Key: t.at("ID"), Title: t.at("Title"), Owner: t.at("Assignee"),
			Kind: kindOf(labels(t.at("Labels"))...), Epic: t.at("Project", "Parent issue"), Labels: labels(t.at("Labels"))}}
		created, completed, err := t.two("Created", "Completed")
		if err != nil {
			return h, err
		}
		started, canceled, err := t.two("Started", "Canceled")
		if err != nil {
			return h, err
		}
		due, err := when(t.at("Due Date"))
		if err != nil {
			return h, t.wrong("Due Date: %w", err)
		}
		if text := t.at("Estimate"); text != "" {
			if h.Card.Estimate, err = strconv.ParseFloat(text, 64); err != nil {
				return h, t.wrong("Estimate is %q; a number was expected", text)
			}
		}
		h.Card.DueAt, h.Card.Class = due, classOf(t.at("Priority"), !due.IsZero())
		end := completed
		if end.IsZero() {
			end = canceled
		}
		return t.ends(h, m, "Status", created, started, end)
	})
}

// rows reads a table with one row for each card.
func rows(r io.Reader, m *Mapping, needed []string, read func(*table) (floor.History, error)) iter.Seq2[floor.History, error] {
	return func(yield func(floor.History, error) bool) {
		t, err := newTable(r, needed...)
		if err != nil {
			yield(floor.History{}, err)
			return
		}
		for {
			more, err := t.next()
			if err != nil {
				yield(floor.History{}, err)
				return
			}
			if !more {
				return
			}
			h, err := read(t)
			if !yield(h, err) || err != nil {
				return
			}
		}
	}
}

func (t *table) two(a, b string) (x, y time.Time, err error) {
	if x, err = when(t.at(a)); err != nil {
		return x, y, t.wrong("%s: %w", a, err)
	}
	if y, err = when(t.at(b)); err != nil {
		return x, y, t.wrong("%s: %w", b, err)
	}
	return x, y, nil
}

// ends makes a way of what a row tells: when the card was made, when work on it
// began (zero where that is not known), when it ended, and what it is now.
func (t *table) ends(h floor.History, m *Mapping, status string, created, started, ended time.Time) (floor.History, error) {
	now := t.at(status)
	if created.IsZero() {
		return h, t.wrong("%s was created at no time", h.Card.Key)
	}
	station, known := m.Station(now)
	if !known {
		return h, nil
	}
	add(&h, m.first(), created, 0)
	if !started.IsZero() {
		add(&h, m.working(), later(started, created), 0)
	}
	switch {
	case station == m.last():
		if started.IsZero() {
			h.Stays[0].Station = m.working() // nobody knows how long it waited
		}
		if ended.IsZero() {
			return h, t.wrong("%s is %s, and there is no time at which it was", h.Card.Key, now)
		}
		add(&h, station, later(ended, h.Stays[len(h.Stays)-1].Entered), 0)
		if isAbandoned(now) {
			h.Card.Discarded = strings.TrimSpace(now)
		}
	case station != h.Stays[len(h.Stays)-1].Station:
		if started.IsZero() {
			started = created
		}
		add(&h, station, later(started, created), 0)
	}
	return h, nil
}
