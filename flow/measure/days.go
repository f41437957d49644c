package measure

import (
	"context"
	"time"

	"andon/flow/floor"
	"andon/journal"
)

// Day is what happened on a line in one day, and what it held at the end.
type Day struct {
	Day       time.Time          `json:"day"`
	Created   int64              `json:"created"`
	Started   int64              `json:"started"`
	Done      int64              `json:"done"`
	Discarded int64              `json:"discarded"`
	Kinds     map[floor.Kind]int `json:"kinds,omitempty"` // done, by kind of work
	// Held is how many cards each station held at the end of the day, in the
	// order of the line's stations.
	Held []int64 `json:"held"`
	// WIP is how many of them were in progress.
	WIP int64 `json:"wip"`
}

// ledgerOfDays is a line's days within a window, with the totals before it.
type ledgerOfDays struct {
	line floor.Line
	days []Day
	// before are the totals of all days before the window.
	before Day
	cycle  time.Duration // of what was done within the window, in all
}

func readDays(ctx context.Context, r journal.Reader, line floor.Line, w Window) (b ledgerOfDays, err error) {
	first, last := w.days()
	b.line = line
	b.days = make([]Day, last-first+1)
	for i := range b.days {
		b.days[i] = Day{Day: dayAt(first + int64(i)), Kinds: map[floor.Kind]int{}, Held: make([]int64, len(line.Stations))}
	}
	b.before.Held = make([]int64, len(line.Stations))
	if err := b.readLine(ctx, r, first, last); err != nil {
		return b, err
	}
	if err := b.readStations(ctx, r, first, last); err != nil {
		return b, err
	}
	b.accumulate()
	return b, nil
}

func (b *ledgerOfDays) readLine(ctx context.Context, r journal.Reader, first, last int64) error {
	err := r.QueryRow(ctx, `SELECT CAST(coalesce(sum(created), 0) AS BIGINT), CAST(coalesce(sum(started), 0) AS BIGINT),
		CAST(coalesce(sum(done), 0) AS BIGINT), CAST(coalesce(sum(discarded), 0) AS BIGINT) FROM measure_line_day WHERE line = $1 AND day < $2`,
		b.line.Name, first).Scan(&b.before.Created, &b.before.Started, &b.before.Done, &b.before.Discarded)
	if err != nil {
		return err
	}
	rows, err := r.Query(ctx, `SELECT day, kind, created, started, done, discarded, cycle FROM measure_line_day
		WHERE line = $1 AND day BETWEEN $2 AND $3`, b.line.Name, first, last)
	if err != nil {
		return err
	}
	defer rows.Close()
	for rows.Next() {
		var day, created, started, done, discarded, cycle int64
		var kind floor.Kind
		if err := rows.Scan(&day, &kind, &created, &started, &done, &discarded, &cycle); err != nil {
			return err
		}
		d := &b.days[day-first]
		d.Created += created
		d.Started += started
		d.Done += done
		d.Discarded += discarded
		d.Kinds[kind] += int(done)
		b.cycle += time.Duration(cycle) * time.Microsecond
	}
	return rows.Err()
}

// readStations reads by how much each station's holding changed in each day.
func (b *ledgerOfDays) readStations(ctx context.Context, r journal.Reader, first, last int64) error {
	at := map[string]int{}
	for i, s := range b.line.Stations {
		at[s.Name] = i
	}
	rows, err := r.Query(ctx, `SELECT station, $2 - 1 AS day, CAST(sum(entered - lefts) AS BIGINT) FROM measure_station_day
		WHERE line = $1 AND day < $2 GROUP BY station
		UNION ALL SELECT station, day, entered - lefts FROM measure_station_day WHERE line = $1 AND day BETWEEN $2 AND $3`,
		b.line.Name, first, last)
	if err != nil {
		return err
	}
	defer rows.Close()
	for rows.Next() {
		var station string
		var day, net int64
		if err := rows.Scan(&station, &day, &net); err != nil {
			return err
		}
		i, known := at[station]
		switch {
		case !known: // a station that the line no longer has
		case day < first:
			b.before.Held[i] = net
		default:
			b.days[day-first].Held[i] += net
		}
	}
	return rows.Err()
}

func (b *ledgerOfDays) accumulate() {
	held := append([]int64(nil), b.before.Held...)
	for d := range b.days {
		for i := range held {
			held[i] += b.days[d].Held[i]
			b.days[d].Held[i] = held[i]
		}
		b.days[d].WIP = b.wip(held)
	}
	b.before.WIP = b.wip(b.before.Held)
}

func (b *ledgerOfDays) wip(held []int64) (n int64) {
	for i, s := range b.line.Stations {
		if s.Kind != floor.Queue && s.Kind != floor.Done {
			n += held[i]
		}
	}
	return n
}
