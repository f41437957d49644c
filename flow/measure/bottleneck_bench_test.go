package measure

import (
	"fmt"
	"math/rand/v2"
	"testing"
	"time"

	"andon/flow/floor"
)

// A year of a busy line: 50 000 cards through five stations.
func BenchmarkBottlenecksOfAYear(b *testing.B) {
	random := rand.New(rand.NewPCG(1, 2))
	var line floor.Line
	for n := range 5 {
		line.Stations = append(line.Stations, floor.Station{Name: fmt.Sprint("station ", n), Kind: floor.Work, Hands: 12})
	}
	year := 365 * oneDay
	var ways []Way
	for range 50_000 {
		at := monday.Add(time.Duration(random.Int64N(int64(year))))
		var w Way
		for _, st := range line.Stations {
			took := time.Duration(random.ExpFloat64() * float64(6*time.Hour))
			w.Stays = append(w.Stays, Stay{Station: st.Name, Entered: at, Left: at.Add(took), Waited: took / 3})
			at = at.Add(took)
		}
		ways = append(ways, w)
	}
	window := Interval{monday, monday.Add(year)}
	for b.Loop() {
		if found := FindBottlenecks(window, Activities(line, ways, window.To)); len(found.Trace) == 0 {
			b.Fatal("no bottleneck")
		}
	}
}
