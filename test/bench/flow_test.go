package bench

import (
	"context"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"runtime"
	"strconv"
	"testing"
	"time"

	"andon/engine/store"
	"andon/flow/floor"
	"andon/flow/measure"
	"andon/flow/outlook"
	"andon/journal"
)

// longLine has ten moves from one end to the other.
func longLine() floor.Line {
	l := floor.Line{Name: "long", Title: "Long", Key: "LONG", Stations: []floor.Station{{Name: "backlog", Kind: floor.Queue}}}
	for _, name := range []string{"analysis", "design", "development", "review", "integration", "test", "acceptance", "staging", "production"} {
		l.Stations = append(l.Stations, floor.Station{Name: name, Kind: floor.Work})
	}
	l.Stations = append(l.Stations, floor.Station{Name: "done", Kind: floor.Done})
	return l
}

// historyOf makes up one finished card that was created at a time.
func historyOf(n int, at time.Time, random *rand.Rand) floor.History {
	h := floor.History{Source: "bench", Card: floor.Card{Key: fmt.Sprintf("LONG-%d", n+1), Title: fmt.Sprintf("Card %d", n+1), Kind: floor.Kinds[n%4]}}
	for _, st := range longLine().Stations {
		p := floor.Past{Station: st.Name, Entered: at}
		if st.Kind != floor.Done {
			at = at.Add(time.Duration(random.ExpFloat64() * float64(6*time.Hour)).Truncate(time.Microsecond))
			p.Left = at
		}
		h.Stays = append(h.Stays, p)
	}
	return h
}

// BenchmarkFlow imports the history of a million finished cards with ten
// million moves, then asks for the numbers of the Flow page. ANDON_BENCH_CARDS
// is another number of cards.
func BenchmarkFlow(b *testing.B) {
	cards := 1_000_000
	if n, err := strconv.Atoi(os.Getenv("ANDON_BENCH_CARDS")); err == nil {
		cards = n
	}
	ctx := b.Context()
	s, err := store.Open(ctx, filepath.Join(b.TempDir(), "andon.db"))
	if err != nil {
		b.Fatal(err)
	}
	defer s.Close()
	ledger := journal.NewLedger(s, nil, nil)
	ledger.Project(measure.Record)
	service := floor.NewService(ledger, nil)
	if err := service.Define(ctx, []floor.Line{longLine()}, nil); err != nil {
		b.Fatal(err)
	}
	const years = 3
	random := rand.New(rand.NewPCG(1, 2))
	first := ledger.Now().AddDate(-years, 0, -30)
	step := years * 365 * 24 * time.Hour / time.Duration(cards)
	began, moves := time.Now(), 0
	for n := 0; n < cards; {
		var batch []floor.History
		for ; n < cards && len(batch) < floor.MaxImport; n++ {
			batch = append(batch, historyOf(n, first.Add(time.Duration(n)*step), random))
		}
		done, err := service.Import(ctx, "long", batch)
		if err != nil {
			b.Fatal(err)
		}
		moves += done.Moves - done.Added
	}
	b.Logf("imported %d cards with %d moves in %s: %.0f moves a second", cards, moves, time.Since(began).Round(time.Millisecond),
		float64(moves)/time.Since(began).Seconds())
	rate := float64(moves) / time.Since(began).Seconds()
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	b.Logf("memory taken from the system: %d MB", m.Sys>>20)
	numbers := measure.NewService(ledger)
	w, err := measure.NewWindow(ledger.Now(), ledger.Now(), 90)
	if err != nil {
		b.Fatal(err)
	}
	b.Run("flow", func(b *testing.B) {
		for b.Loop() {
			if _, err := numbers.Flow(ctx, "long", w); err != nil {
				b.Fatal(err)
			}
		}
		b.ReportMetric(rate, "imported-moves/s")
	})
	ahead := outlook.NewService(ledger, numbers)
	b.Run("page", func(b *testing.B) { // all that the page reads
		for b.Loop() {
			if err := wholePage(ctx, numbers, ahead, w, ledger.Now()); err != nil {
				b.Fatal(err)
			}
		}
	})
}

func wholePage(ctx context.Context, numbers *measure.Service, ahead *outlook.Service, w measure.Window, now time.Time) error {
	if _, err := numbers.Flow(ctx, "long", w); err != nil {
		return err
	}
	earlier, err := measure.NewWindow(w.From.Add(-time.Hour), now, 90)
	if err != nil {
		return err
	}
	if _, err := numbers.Sums(ctx, "long", earlier); err != nil {
		return err
	}
	if _, err := numbers.DORA(ctx, "long", "dora-2025", w); err != nil {
		return err
	}
	if _, err := numbers.Untracked(ctx, w); err != nil {
		return err
	}
	if _, err := numbers.Cost(ctx, "long"); err != nil {
		return err
	}
	_, err = ahead.Ageing(ctx, "long")
	return err
}
