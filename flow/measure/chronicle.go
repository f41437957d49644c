package measure

import (
	"context"
	"fmt"
	"time"

	"andon/flow/floor"
	"andon/journal"
)

// Recorded are the facts that the chronicle is made from.
var Recorded = []journal.Type{journal.TicketCreated, journal.TicketUpdated, journal.CardMoved, journal.CardBlocked,
	journal.CardUnblocked, journal.CardImported}

// Record keeps the chronicle in step with the journal: the way of each card
// and, per day, the sums that the numbers are made from. It is a
// [journal.Projection]; all it writes can be made again from the facts.
func Record(ctx context.Context, tx journal.SQL, facts []journal.Fact) error {
	c := newChapter(tx)
	for _, f := range facts {
		if err := c.record(ctx, f); err != nil {
			return fmt.Errorf("measure %s of %s: %w", f.Type.Short(), f.Subject, err)
		}
	}
	return c.write(ctx)
}

// chapter is what the facts of one transaction add to the chronicle. It is
// gathered in memory and written at the end, so that an import of a thousand
// cards changes the row of a day once and not a thousand times.
type chapter struct {
	tx       journal.SQL
	lines    map[string]floor.Line
	items    map[string]*item
	stations map[stationDay]*stationSums
	days     map[lineDay]*lineSums
	cycles   map[cycleDay]int64
	// expedited are the pulls that overtook others; nil takes one back.
	expedited map[string]*overtaking
}

func newChapter(tx journal.SQL) *chapter {
	return &chapter{tx: tx, lines: map[string]floor.Line{}, items: map[string]*item{}, stations: map[stationDay]*stationSums{},
		days: map[lineDay]*lineSums{}, cycles: map[cycleDay]int64{}, expedited: map[string]*overtaking{}}
}

func (c *chapter) record(ctx context.Context, f journal.Fact) error {
	switch f.Type {
	case journal.TicketCreated:
		if card, ok := floor.CreatedOf(f); ok {
			return c.created(card)
		}
	case journal.CardMoved:
		var m floor.Moved
		if err := f.Into(&m); err != nil {
			return err
		}
		return c.moved(ctx, f.Subject, m, f.At)
	case journal.CardBlocked:
		return c.blocked(ctx, f.Subject, f.At)
	case journal.CardUnblocked:
		return c.unblocked(ctx, f.Subject, f.At)
	case journal.TicketUpdated:
		if e, ok := floor.EditedOf(f); ok {
			return c.edited(ctx, e.Is)
		}
	case journal.CardImported:
		var h floor.History
		if err := f.Into(&h); err != nil {
			return err
		}
		return c.imported(ctx, h)
	}
	return nil
}

func (c *chapter) created(card floor.Card) error {
	i := &item{card: card.Key, line: card.Line, kind: card.Kind, class: card.Class, epic: card.Epic, created: card.CreatedAt,
		stays: []Stay{{Station: card.Station, Entered: card.CreatedAt}}}
	c.items[card.Key] = i
	c.day(i, i.created).created++
	c.station(i.line, card.Station, i.created).entered++
	return nil
}

func (c *chapter) moved(ctx context.Context, key string, m floor.Moved, at time.Time) error {
	i, err := c.item(ctx, key)
	if err != nil || i == nil {
		return err
	}
	if last := i.last(); last != nil && last.Left.IsZero() {
		wasBlocked := last.BlockedSince
		last.release(at)
		last.Left = at
		last.Waited = time.Duration(m.Waited * float64(time.Second))
		c.left(i, *last)
		i.enter(c, m.To, at)
		if !wasBlocked.IsZero() && !m.Discarded {
			i.last().BlockedSince = at // it is taken along blocked
		}
	} else {
		i.enter(c, m.To, at)
	}
	c.overtaken(i, m, at)
	c.restart(i, m.Started)
	if !i.done.IsZero() {
		c.finish(i, -1)
		i.done, i.discarded = time.Time{}, false
	}
	if m.Done || m.Discarded {
		i.done, i.discarded = at, m.Discarded
		c.finish(i, +1)
	}
	return nil
}

func (c *chapter) left(i *item, s Stay) {
	sums := c.station(i.line, s.Station, s.Left)
	sums.left++
	sums.stayed += s.Left.Sub(s.Entered)
	sums.waited += s.Waited
	sums.blocked += s.Blocked
}

// restart notes when work on an item began, or that it did not begin after all.
func (c *chapter) restart(i *item, started time.Time) {
	if i.started.Equal(started) {
		return
	}
	if !i.started.IsZero() {
		c.day(i, i.started).started--
	}
	if i.started = started; !started.IsZero() {
		c.day(i, started).started++
	}
}

// finish adds an item to what was finished on its day, or takes it away again
// when it came back: an item is finished when it was for good.
func (c *chapter) finish(i *item, by int64) {
	day := c.day(i, i.done)
	if i.discarded {
		day.discarded += by
		i.bucket = 0
		return
	}
	day.done += by
	day.cycle += time.Duration(by) * i.cycle()
	bucket := bucketOf(i.cycle())
	c.cycles[cycleDay{i.line, dayOf(i.done), bucket}] += by
	if i.bucket = bucket; by < 0 {
		i.bucket = 0
	}
}

func (c *chapter) blocked(ctx context.Context, key string, at time.Time) error {
	i, err := c.item(ctx, key)
	if err == nil && i != nil && i.last().BlockedSince.IsZero() {
		i.last().BlockedSince = at
		i.changed = true
	}
	return err
}

func (c *chapter) unblocked(ctx context.Context, key string, at time.Time) error {
	i, err := c.item(ctx, key)
	if err != nil || i == nil {
		return err
	}
	if last := i.last(); !last.BlockedSince.IsZero() {
		last.release(at)
		i.changed = true
	}
	return nil
}

// edited follows a change of what a card is. What it added to the sums of
// days goes over to its new kind.
func (c *chapter) edited(ctx context.Context, card floor.Card) error {
	i, err := c.item(ctx, card.Key)
	if err != nil || i == nil || i.kind == card.Kind && i.class == card.Class && i.epic == card.Epic {
		return err
	}
	if i.kind != card.Kind {
		c.count(i, -1)
		i.kind = card.Kind
		c.count(i, +1)
	}
	i.class, i.epic, i.changed = card.Class, card.Epic, true
	return nil
}

// count adds an item to the sums of its days, or takes it away.
func (c *chapter) count(i *item, by int64) {
	c.day(i, i.created).created += by
	if !i.started.IsZero() {
		c.day(i, i.started).started += by
	}
	if !i.done.IsZero() {
		c.finish(i, by)
	}
}

// imported takes over a card with its history from another system.
func (c *chapter) imported(ctx context.Context, h floor.History) error {
	i := &item{card: h.Card.Key, line: h.Card.Line, kind: h.Card.Kind, class: h.Card.Class, epic: h.Card.Epic,
		created: h.Card.CreatedAt, started: h.Card.StartedAt, done: h.Card.DoneAt, discarded: h.Card.Discarded != "", changed: true}
	c.items[i.card] = i
	for _, s := range h.Stays {
		i.enter(c, s.Station, s.Entered)
		last := i.last()
		last.Left, last.Blocked, last.Waited = s.Left, s.Blocked, s.Waited
		if !s.Left.IsZero() {
			c.left(i, *last)
		}
	}
	c.count(i, +1)
	return nil
}
