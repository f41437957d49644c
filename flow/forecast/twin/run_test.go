package twin

import (
	"math"
	"math/rand/v2"
	"strings"
	"testing"

	"pgregory.net/rapid"
)

func run(t interface {
	Helper()
	Fatal(...any)
}, m Model, seed uint64, until float64) Result {
	t.Helper()
	r, err := Run(m, rand.New(rand.NewPCG(seed, 1)), until)
	if err != nil {
		t.Fatal(err)
	}
	return r
}

var someSampler = rapid.Custom(func(t *rapid.T) Sampler {
	mean := rapid.Float64Range(0.05, 3).Draw(t, "mean")
	return []Sampler{Constant(mean), Exponential(mean), Erlang(3, mean), LogNormal(mean, 1.3), Empirical([]float64{0, mean})}[rapid.IntRange(0, 4).Draw(t, "kind")]
})

var someModel = rapid.Custom(func(t *rapid.T) Model {
	m := Model{Warmup: rapid.SampledFrom([]float64{0, 13.7}).Draw(t, "warmup")}
	for j := range rapid.IntRange(1, 5).Draw(t, "stations") {
		s := Station{
			Name: string(rune('a' + j)), Servers: rapid.IntRange(0, 3).Draw(t, "servers"),
			Limit: rapid.IntRange(0, 4).Draw(t, "limit"), Service: someSampler.Draw(t, "service"),
		}
		if rapid.Bool().Draw(t, "returns") {
			s.Returns = []Return{{rapid.IntRange(0, j).Draw(t, "to"), 0.2}, {j, 0.1}}
		}
		if rapid.Bool().Draw(t, "hindered") {
			s.Hindrance = Hindrance{rapid.Float64Range(0.1, 2).Draw(t, "rate"), someSampler.Draw(t, "duration")}
		}
		m.Stations = append(m.Stations, s)
	}
	if rapid.Bool().Draw(t, "closed") {
		m.Closed = rapid.IntRange(1, 12).Draw(t, "items")
	} else {
		m.Arrivals = someSampler.Draw(t, "arrivals")
	}
	return m
})

func TestEveryRunKeepsItsBooks(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		m := someModel.Draw(t, "model")
		visits := make([]int, len(m.Stations))
		stays := make([]float64, len(m.Stations))
		until := m.Warmup + 120
		m.Observe = func(v Visit) {
			if v.Hindered < 0 || v.Held < 0 || v.From+v.Hindered+v.Held > v.To+1e-6 {
				t.Fatalf("a stay of impossible parts: %+v", v)
			}
			stays[v.Station] += max(v.To-max(v.From, m.Warmup), 0)
			if !v.Open && v.To >= m.Warmup {
				visits[v.Station]++
			}
		}
		r := run(t, m, rapid.Uint64().Draw(t, "seed"), until)
		if gap := r.LittleGap(); gap > 1e-9 {
			t.Fatalf("Little's law: a gap of %v", gap)
		}
		inside := r.Backlog
		for j, s := range r.Stations {
			inside += s.WIP
			if shares := s.Utilised + s.Blocked + s.Starved; math.Abs(shares-1) > 1e-9 || s.Utilised < 0 || s.Blocked < 0 {
				t.Fatalf("%s: the shares of %+v sum to %v", s.Name, s, shares)
			}
			if s.Visits != visits[j] {
				t.Fatalf("%s: %d visits counted, %d told", s.Name, s.Visits, visits[j])
			}
			// Little's law again, at each station.
			if want := stays[j] / r.Span; math.Abs(s.WIP-want) > 1e-9*(1+want) {
				t.Fatalf("%s: WIP %v, the stays say %v", s.Name, s.WIP, want)
			}
			if limit := m.Stations[j].Limit; limit > 0 && !anyReturns(m) && s.WIP > float64(limit)+1e-9 {
				t.Fatalf("%s: WIP %v over its limit of %d", s.Name, s.WIP, limit)
			}
		}
		if math.Abs(inside-r.WIP) > 1e-9*(1+r.WIP) {
			t.Fatalf("WIP %v, its parts sum to %v", r.WIP, inside)
		}
		if m.Closed > 0 && math.Abs(r.WIP-float64(m.Closed)) > 1e-9 {
			t.Fatalf("WIP %v of a closed line of %d", r.WIP, m.Closed)
		}
	})
}

func anyReturns(m Model) bool {
	for _, s := range m.Stations {
		if len(s.Returns) > 0 {
			return true
		}
	}
	return false
}

func TestTheSameSeedGivesTheSameRun(t *testing.T) {
	m := sixStations()
	a, b, other := run(t, m, 5, 200), run(t, m, 5, 200), run(t, m, 6, 200)
	if a.Sojourn != b.Sojourn || len(a.Lead) != len(b.Lead) || a.Sojourn == other.Sojourn {
		t.Fatalf("same seed %v and %v, other seed %v", a.Sojourn, b.Sojourn, other.Sojourn)
	}
}

func TestALineOfFixedTimesByHand(t *testing.T) {
	// Arrivals at 1, 2, 3 …; one day to build, two to test, one place in each.
	// Test finishes at 4, 6, 8 …: item k, arriving at k, is done at 2k+2.
	m := Model{Stations: []Station{
		{Name: "build", Servers: 1, Limit: 1, Service: Constant(1)}, {Name: "test", Servers: 1, Limit: 1, Service: Constant(2)},
	}, Arrivals: Constant(1)}
	r := run(t, m, 1, 10.5)
	want := []float64{3, 4, 5, 6}
	if len(r.Lead) != len(want) {
		t.Fatalf("lead times %v, want %v", r.Lead, want)
	}
	for i := range want {
		if r.Lead[i] != want[i] {
			t.Fatalf("lead times %v, want %v", r.Lead, want)
		}
	}
	if p, _ := r.LeadPercentile(0.5); p != 4 {
		t.Errorf("median %v, want 4, by nearest rank", p)
	}
	// Build works [1,2], [2,3], [4,5], [6,7], [8,9], [10,10.5] and holds until
	// 2→2, 3→4, 5→6, 7→8, 9→10.
	if s := r.Stations[0]; math.Abs(s.Utilised-5.5/10.5) > 1e-12 || math.Abs(s.Blocked-4/10.5) > 1e-12 {
		t.Errorf("build: %+v", s)
	}
	if s := r.Stations[1]; math.Abs(s.Utilised-8.5/10.5) > 1e-12 || s.Blocked != 0 {
		t.Errorf("test: %+v", s)
	}
}

func TestATighterLimitNeverMakesAClosedLineFaster(t *testing.T) {
	// What comes out is the same or less; the queue moves to the backlog.
	last := math.Inf(1)
	for _, limit := range []int{0, 8, 4, 2, 1} {
		m := sixStations()
		for j := range m.Stations {
			m.Stations[j].Limit = limit
			m.Stations[j].Servers = 1
			m.Stations[j].Returns = nil
		}
		m.Arrivals, m.Closed, m.Warmup = nil, 12, 100
		r := run(t, m, 9, 5000)
		if r.Throughput > last*1.02 {
			t.Errorf("limit %d: throughput %v, was %v with a wider one", limit, r.Throughput, last)
		}
		last = r.Throughput
	}
}

func TestImpossibleModelsAreRefused(t *testing.T) {
	work := Station{Name: "work", Servers: 1, Service: Constant(1)}
	with := func(change func(*Station)) []Station {
		s := work
		change(&s)
		return []Station{s}
	}
	arrivals := Constant(1)
	for want, m := range map[string]Model{
		"no station":                         {Arrivals: arrivals},
		"either arrivals or a closed number": {Stations: []Station{work}},
		"and not both":                       {Stations: []Station{work}, Arrivals: arrivals, Closed: 1},
		"no service time":                    {Stations: with(func(s *Station) { s.Service = nil }), Arrivals: arrivals},
		"-1 servers":                         {Stations: with(func(s *Station) { s.Servers = -1 }), Arrivals: arrivals},
		"its limit is -1":                    {Stations: with(func(s *Station) { s.Limit = -1 }), Arrivals: arrivals},
		"returns to station 1":               {Stations: with(func(s *Station) { s.Returns = []Return{{1, 0.1}} }), Arrivals: arrivals},
		"sum to 1":                           {Stations: with(func(s *Station) { s.Returns = []Return{{0, 1}} }), Arrivals: arrivals},
		"without a duration":                 {Stations: with(func(s *Station) { s.Hindrance.Rate = 1 }), Arrivals: arrivals},
		"is NaN; a duration":                 {Stations: with(func(s *Station) { s.Service = Constant(math.NaN()) }), Arrivals: arrivals},
		"between two arrivals is -1":         {Stations: []Station{work}, Arrivals: Constant(-1)},
		"some duration of the model":         {Stations: with(func(s *Station) { s.Service = Constant(0) }), Closed: 1},
		"after the warm-up":                  {Stations: []Station{work}, Arrivals: arrivals, Warmup: 10},
		"the warm-up is -1":                  {Stations: []Station{work}, Arrivals: arrivals, Warmup: -1},
	} {
		if _, err := Run(m, rand.New(rand.NewPCG(1, 1)), 10); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("error %v, want one that says %q", err, want)
		}
	}
	for _, p := range []Plan{{Until: 10, Runs: 1, Confidence: 0.9}, {Until: 10, Runs: 5, Confidence: 1}} {
		if _, err := Study(Model{Stations: []Station{work}, Arrivals: arrivals}, p); err == nil {
			t.Errorf("the plan %+v was taken", p)
		}
	}
}

// sixStations is a busy line of 100 items a day, with limits, rework and
// hindrances.
func sixStations() Model {
	station := func(name string, servers, limit int, mean float64) Station {
		return Station{Name: name, Servers: servers, Limit: limit, Service: LogNormal(mean, 1)}
	}
	m := Model{Arrivals: Exponential(0.01), Stations: []Station{
		station("change", 40, 0, 0.3), station("build", 0, 0, 0.01), station("test", 20, 60, 0.12),
		station("review", 30, 80, 0.2), station("stage", 10, 40, 0.05), station("release", 5, 20, 0.02),
	}}
	m.Stations[2].Returns = []Return{{0, 0.08}}
	m.Stations[3].Returns = []Return{{0, 0.05}, {3, 0.02}}
	m.Stations[4].Hindrance = Hindrance{Rate: 1, Duration: Exponential(0.1)}
	return m
}

func BenchmarkOneYearOf100ItemsADay(b *testing.B) {
	m := sixStations()
	b.ReportAllocs()
	for b.Loop() {
		r := run(b, m, 1, 365)
		b.ReportMetric(float64(r.Departures), "items")
	}
}

func TestARunAllocatesNothingPerEvent(t *testing.T) {
	m := sixStations()
	short := testing.AllocsPerRun(3, func() { run(t, m, 1, 10) })
	long := testing.AllocsPerRun(3, func() { run(t, m, 1, 200) })
	// Twenty times the events: only the doubling of a few slices is added.
	if long-short > 60 {
		t.Fatalf("%v allocations for 10 days, %v for 200", short, long)
	}
}
