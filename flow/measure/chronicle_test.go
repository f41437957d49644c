package measure_test

import (
	"fmt"
	"math/rand/v2"
	"testing"
	"time"

	"andon/engine/store"
	"andon/engine/store/storetest"
	"andon/flow/floor"
	"andon/flow/measure"
	"andon/journal"
)

// clock is a time that a test moves on.
type clock struct{ now time.Time }

func (c *clock) tick(d time.Duration) { c.now = c.now.Add(d) }

type shopFloor struct {
	*floor.Service
	*clock
	t       *testing.T
	ledger  *journal.Ledger
	measure *measure.Service
}

func shop(t *testing.T, s *store.Store) shopFloor {
	t.Helper()
	c := &clock{time.Date(2030, 1, 1, 9, 0, 0, 0, time.UTC)}
	l := journal.NewLedger(s, nil, func() time.Time { return c.now })
	l.Project(measure.Record)
	f := shopFloor{floor.NewService(l, nil), c, t, l, measure.NewService(l)}
	err := f.Define(t.Context(), []floor.Line{{Name: "shop", Title: "Shop", Key: "SHOP", Stations: []floor.Station{
		{Name: "backlog", Kind: floor.Queue}, {Name: "development", Kind: floor.Work}, {Name: "review", Kind: floor.Work}, {Name: "done", Kind: floor.Done},
	}}}, nil)
	if err != nil {
		t.Fatal(err)
	}
	return f
}

func (f shopFloor) add(title string) string {
	f.t.Helper()
	c, err := f.Create(f.t.Context(), floor.NewCard{Line: "shop", Title: title})
	if err != nil {
		f.t.Fatal(err)
	}
	return c.Key
}

// tables gives all rows that the chronicle holds, as text.
func (f shopFloor) tables() (rows []string) {
	f.t.Helper()
	for _, q := range []string{
		`SELECT card, kind || ' ' || class || ' ' || stays, created_at, started_at, done_at, bucket FROM measure_item ORDER BY card`,
		`SELECT station, day, entered * 1000000 + lefts * 1000 + returned, stayed, waited, blocked FROM measure_station_day ORDER BY day, station`,
		`SELECT kind, day, created, started, done * 1000 + discarded, cycle FROM measure_line_day WHERE created <> 0 OR started <> 0 OR done <> 0 OR discarded <> 0 ORDER BY day, kind`,
		`SELECT line, day, bucket, n, 0, 0 FROM measure_cycle_day WHERE n <> 0 ORDER BY day, bucket`,
	} {
		err := f.ledger.Read(f.t.Context(), func(r journal.Reader) error {
			found, err := r.Query(f.t.Context(), q)
			if err != nil {
				return err
			}
			defer found.Close()
			for found.Next() {
				var name string
				var rest [5]any
				if err := found.Scan(&name, &rest[0], &rest[1], &rest[2], &rest[3], &rest[4]); err != nil {
					return err
				}
				rows = append(rows, fmt.Sprint(name, rest))
			}
			return found.Err()
		})
		if err != nil {
			f.t.Fatal(err)
		}
	}
	return rows
}

// Whatever happens on a floor, the sums kept from day to day are those that
// the facts give when they are read again from the beginning; and an import of
// the cards' histories gives the same.
func TestTheChronicleIsWhatTheFactsSay(t *testing.T) {
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		f, ctx := shop(t, s), t.Context()
		random := rand.New(rand.NewPCG(3, 4))
		stations := []string{"backlog", "development", "review", "done"}
		var keys []string
		for range 12 {
			keys = append(keys, f.add("A card"))
		}
		for range 150 {
			f.tick(time.Duration(random.IntN(600)) * time.Minute)
			key := keys[random.IntN(len(keys))]
			kind := floor.Kinds[random.IntN(4)]
			var err error
			switch random.IntN(7) {
			case 0:
				_, _ = f.Block(ctx, key, "waits", "ana")
			case 1:
				_, err = f.Unblock(ctx, key)
			case 2:
				_, err = f.Edit(ctx, key, floor.Edit{Kind: &kind})
			case 3:
				_, _ = f.Finish(ctx, key, "ana")
			case 4:
				_, _ = f.Undo(ctx, "andon")
			default:
				_, _ = f.Move(ctx, floor.Move{Card: key, To: stations[random.IntN(4)], By: "ana"})
			}
			if err != nil {
				t.Fatal(err)
			}
		}
		kept := f.tables()
		if err := f.measure.Rebuild(ctx); err != nil {
			t.Fatal(err)
		}
		again := f.tables()
		if len(kept) != len(again) || len(kept) < 50 {
			t.Fatalf("%d rows kept, %d from the facts", len(kept), len(again))
		}
		for i := range kept {
			if kept[i] != again[i] {
				t.Errorf("kept %s\nfacts %s", kept[i], again[i])
			}
		}
	})
}
