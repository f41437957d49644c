package measure

import (
	"context"
	"math"
	"slices"
	"strings"
	"time"

	"andon/journal"
)

const oneDay = 24 * time.Hour

// dayOf is the number of a time's day since 1970, UTC.
func dayOf(t time.Time) int64 {
	return int64(math.Floor(float64(t.Unix()) / oneDay.Seconds()))
}

// dayAt is the beginning of a day.
func dayAt(day int64) time.Time { return time.Unix(day*int64(oneDay.Seconds()), 0).UTC() }

// bucketGrowth is by how much a bucket's upper end is above its lower end.
const bucketGrowth = 1.02

// bucketOf gives the bucket, from 1, that holds durations as long as d.
// Buckets grow with the duration, so that 90 days of any line fit into some
// hundred of them; see [Service.percentile] for how a percentile is exact
// all the same.
func bucketOf(d time.Duration) int64 {
	return 1 + int64(math.Max(0, math.Log(max(1, d.Seconds()))/math.Log(bucketGrowth)))
}

// bucketEnds are the durations that a bucket holds: from low up to high.
func bucketEnds(bucket int64) (low, high time.Duration) {
	end := func(n int64) time.Duration {
		return time.Duration(math.Pow(bucketGrowth, float64(n)) * float64(time.Second))
	}
	if bucket <= 1 {
		return 0, end(1)
	}
	return end(bucket - 1), end(bucket)
}

type stationDay struct {
	line    string
	day     int64
	station string
}

// stationSums are what happened at a station in a day; the durations are of
// the stays that ended then.
type stationSums struct {
	entered, left, returned int64
	stayed, waited, blocked time.Duration
}

func (c *chapter) station(line, station string, at time.Time) *stationSums {
	key := stationDay{line, dayOf(at), station}
	if c.stations[key] == nil {
		c.stations[key] = &stationSums{}
	}
	return c.stations[key]
}

type lineDay struct {
	line string
	day  int64
	kind string
}

// lineSums are what happened on a line in a day to one kind of work.
type lineSums struct {
	created, started, done, discarded int64
	cycle                             time.Duration // of what was done, in all
}

func (c *chapter) day(i *item, at time.Time) *lineSums {
	key := lineDay{i.line, dayOf(at), string(i.kind)}
	if c.days[key] == nil {
		c.days[key] = &lineSums{}
	}
	i.changed = true
	return c.days[key]
}

type cycleDay struct {
	line        string
	day, bucket int64
}

// write adds the chapter to what the tables hold.
func (c *chapter) write(ctx context.Context) error {
	for _, key := range sorted(c.items, strings.Compare) {
		i := c.items[key]
		if !i.changed {
			continue
		}
		_, err := c.tx.Exec(ctx, `INSERT INTO measure_item (`+itemColumns+`) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)
			ON CONFLICT (card) DO UPDATE SET kind = excluded.kind, class = excluded.class, epic = excluded.epic, started_at = excluded.started_at,
			done_at = excluded.done_at, bucket = excluded.bucket, discarded = excluded.discarded, stays = excluded.stays`,
			i.card, i.line, string(i.kind), string(i.class), i.epic, journal.Micros(i.created), journal.Micros(i.started), journal.Micros(i.done),
			i.bucket, i.discarded, writeStays(i.stays))
		if err != nil {
			return err
		}
	}
	if err := c.writeExpedited(ctx); err != nil {
		return err
	}
	// The rows of days are taken in one order by all, so that two transactions
	// never wait for each other.
	for _, key := range sorted(c.stations, stationDay.compare) {
		s := c.stations[key]
		_, err := c.tx.Exec(ctx, `INSERT INTO measure_station_day (line, day, station, entered, lefts, returned, stayed, waited, blocked)
			VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9) ON CONFLICT (line, day, station) DO UPDATE SET
			entered = measure_station_day.entered + excluded.entered, lefts = measure_station_day.lefts + excluded.lefts,
			returned = measure_station_day.returned + excluded.returned, stayed = measure_station_day.stayed + excluded.stayed,
			waited = measure_station_day.waited + excluded.waited, blocked = measure_station_day.blocked + excluded.blocked`,
			key.line, key.day, key.station, s.entered, s.left, s.returned, s.stayed.Microseconds(), s.waited.Microseconds(), s.blocked.Microseconds())
		if err != nil {
			return err
		}
	}
	for _, key := range sorted(c.days, lineDay.compare) {
		s := c.days[key]
		if *s == (lineSums{}) {
			continue
		}
		_, err := c.tx.Exec(ctx, `INSERT INTO measure_line_day (line, day, kind, created, started, done, discarded, cycle)
			VALUES ($1, $2, $3, $4, $5, $6, $7, $8) ON CONFLICT (line, day, kind) DO UPDATE SET
			created = measure_line_day.created + excluded.created, started = measure_line_day.started + excluded.started,
			done = measure_line_day.done + excluded.done, discarded = measure_line_day.discarded + excluded.discarded,
			cycle = measure_line_day.cycle + excluded.cycle`,
			key.line, key.day, key.kind, s.created, s.started, s.done, s.discarded, s.cycle.Microseconds())
		if err != nil {
			return err
		}
	}
	for _, key := range sorted(c.cycles, cycleDay.compare) {
		if n := c.cycles[key]; n != 0 {
			_, err := c.tx.Exec(ctx, `INSERT INTO measure_cycle_day (line, day, bucket, n) VALUES ($1, $2, $3, $4)
				ON CONFLICT (line, day, bucket) DO UPDATE SET n = measure_cycle_day.n + excluded.n`, key.line, key.day, key.bucket, n)
			if err != nil {
				return err
			}
		}
	}
	return nil
}

func sorted[K comparable, V any](m map[K]V, compare func(a, b K) int) []K {
	keys := make([]K, 0, len(m))
	for k := range m {
		keys = append(keys, k)
	}
	slices.SortFunc(keys, compare)
	return keys
}
