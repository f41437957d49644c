package twin

import (
	"math"
	"testing"
)

// within fails unless the exact value lies in the 99.9 % interval of the study.
// The seeds are fixed; the interval must also be narrow, or it shows nothing:
// its half-width may be the given share of the value at most.
func within(t *testing.T, what string, e Estimate, exact, share float64) {
	t.Helper()
	t.Logf("%s: exact %.4g, simulated %.4g, %+.2f %% off, interval ±%.2f %%", what, exact, e.Mean, 100*(e.Mean/exact-1), 50*(e.High-e.Low)/exact)
	if exact < e.Low || exact > e.High {
		t.Errorf("%s: %v lies outside [%v, %v]", what, exact, e.Low, e.High)
	}
	if half := (e.High - e.Low) / 2; half > share*exact {
		t.Errorf("%s: the interval ±%v is wider than %v of %v", what, half, share, exact)
	}
}

func study(t *testing.T, m Model, until float64) Summary {
	t.Helper()
	s, err := Study(m, Plan{Until: until, Runs: 20, Seed: 20260302, Confidence: 0.999})
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func TestMM1(t *testing.T) {
	const rate, service = 0.8, 1.0
	s := study(t, Model{
		Stations: []Station{{Name: "build", Servers: 1, Service: Exponential(service)}},
		Arrivals: Exponential(1 / rate), Warmup: 500,
	}, 20_500)
	within(t, "L", s.WIP, rate/(1-rate), 0.06)         // ρ/(1−ρ) = 4
	within(t, "W", s.MeanLead, service/(1-rate), 0.06) // τ/(1−ρ) = 5
	within(t, "throughput", s.Throughput, rate, 0.01)  // what comes goes
	within(t, "ρ", s.Stations[0].Utilised, rate, 0.01) // λτ
	within(t, "Wq", s.Stations[0].Wait, WaitFactor(rate), 0.08)
	// The lead time of M/M/1 is exponential: its percentiles are known too.
	within(t, "85th", s.Lead85, -math.Log(0.15)*service/(1-rate), 0.07)
}

func TestMMc(t *testing.T) {
	for _, c := range []struct {
		servers int
		rate    float64
	}{{2, 1.6}, {5, 4}, {12, 10}} {
		s := study(t, Model{
			Stations: []Station{{Name: "review", Servers: c.servers, Service: Exponential(1)}},
			Arrivals: Exponential(1 / c.rate), Warmup: 200,
		}, 200+45_000/c.rate) // 45,000 items a run, however fast they come
		wait := MMcWait(c.rate, 1, c.servers)
		within(t, "Wq", s.Stations[0].Wait, wait, 0.1)
		within(t, "W", s.MeanLead, wait+1, 0.05)
		within(t, "L", s.WIP, c.rate*(wait+1), 0.05)
	}
}

func TestUnlimitedServers(t *testing.T) {
	// M/G/∞: L = λτ whatever the distribution; empty with probability e^−L.
	s := study(t, Model{
		Stations: []Station{{Name: "wait for customer", Service: LogNormal(2, 1.5)}},
		Arrivals: Exponential(1), Warmup: 200,
	}, 10_200)
	within(t, "L", s.WIP, 2, 0.03)
	within(t, "W", s.MeanLead, 2, 0.03)
	within(t, "empty", s.Stations[0].Starved, math.Exp(-2), 0.06)
}

func TestMG1(t *testing.T) {
	// Pollaczek–Khinchine: Wq = ρτ/(1−ρ)·(1+Cs²)/2; Kingman is exact here.
	for name, c := range map[string]struct {
		service    Sampler
		variation2 float64
	}{"constant": {Constant(1), 0}, "Erlang 3": {Erlang(3, 1), 1.0 / 3}, "log-normal": {LogNormal(1, 1.2), 1.44}} {
		s := study(t, Model{
			Stations: []Station{{Name: name, Servers: 1, Service: c.service}}, Arrivals: Exponential(1 / 0.7), Warmup: 300,
		}, 20_300)
		within(t, name, s.Stations[0].Wait, KingmanWait(0.7, 1, 1, 1, c.variation2), 0.1)
	}
}

func TestTandemJacksonNetworkWithRework(t *testing.T) {
	// λ = 0.5 from outside. Of what leaves test a fifth goes back to build and
	// a tenth is tested again: traffic λ₁ = λ + 0.2λ₂, λ₂ = λ₁ + 0.1λ₂, so that
	// λ₂ = λ/0.7 and λ₁ = 0.9λ₂. Each station is then as if alone (Jackson).
	const rate = 0.5
	test := rate / 0.7
	build := 0.9 * test
	s := study(t, Model{
		Stations: []Station{
			{Name: "build", Servers: 1, Service: Exponential(1)},
			{Name: "test", Servers: 2, Service: Exponential(2), Returns: []Return{{0, 0.2}, {1, 0.1}}},
			{Name: "release", Servers: 1, Service: Exponential(0.5)},
		},
		Arrivals: Exponential(1 / rate), Warmup: 1000,
	}, 41_000)
	l1, l2, l3 := WaitFactor(build), test*(MMcWait(test, 2, 2)+2), WaitFactor(rate*0.5)
	within(t, "L build", s.Stations[0].WIP, l1, 0.05)
	within(t, "L test", s.Stations[1].WIP, l2, 0.05)
	within(t, "L release", s.Stations[2].WIP, l3, 0.05)
	within(t, "W", s.MeanLead, (l1+l2+l3)/rate, 0.04)
}

func TestClosedLineOfEqualStations(t *testing.T) {
	// A balanced closed network of k exponential stations and n items does
	// n/(n+k−1) of what one station can.
	for _, n := range []int{1, 3, 8} {
		s := study(t, Model{
			Stations: []Station{
				{Name: "a", Servers: 1, Service: Exponential(1)}, {Name: "b", Servers: 1, Service: Exponential(1)},
				{Name: "c", Servers: 1, Service: Exponential(1)},
			},
			Closed: n, Warmup: 200,
		}, 10_200)
		throughput := float64(n) / float64(n+2)
		within(t, "throughput", s.Throughput, throughput, 0.02)
		within(t, "W", s.MeanLead, float64(n)/throughput, 0.02)
		within(t, "WIP", s.WIP, float64(n), 1e-9)
	}
}

func TestALimitBlocksTheStationBefore(t *testing.T) {
	// Two exponential stations of one server and a limit of one each, never
	// without work: the first is held with probability 1/3, the rate is 2/3
	// (Hunt 1956).
	s := study(t, Model{
		Stations: []Station{
			{Name: "first", Servers: 1, Limit: 1, Service: Exponential(1)},
			{Name: "second", Servers: 1, Limit: 1, Service: Exponential(1)},
		},
		Closed: 3, Warmup: 200,
	}, 10_200)
	within(t, "throughput", s.Throughput, 2.0/3, 0.02)
	within(t, "held", s.Stations[0].Blocked, 1.0/3, 0.04)
	within(t, "starved", s.Stations[1].Starved, 1.0/3, 0.04)
}

func TestHindrancesLengthenTheService(t *testing.T) {
	// Poisson hindrances at rate r lasting d make the service S(1+rd) long in
	// the mean. One at a time without a queue: the shares are known.
	s := study(t, Model{
		Stations: []Station{{Name: "work", Servers: 1, Service: Erlang(2, 1), Hindrance: Hindrance{Rate: 0.5, Duration: Exponential(0.8)}}},
		Closed:   1, Warmup: 200,
	}, 10_200)
	within(t, "lead", s.MeanLead, 1.4, 0.02)
	within(t, "utilised", s.Stations[0].Utilised, 1/1.4, 0.02)
	within(t, "blocked", s.Stations[0].Blocked, 0.4/1.4, 0.03)
}

func TestFormulasAgainstKnownValues(t *testing.T) {
	for _, c := range []struct {
		what      string
		got, want float64
	}{
		{"wait factor at 90 %", WaitFactor(0.9), 9},
		{"Erlang C of one server is its load", ErlangC(1, 0.37), 0.37},
		{"Erlang C, 2 servers, load 1", ErlangC(2, 1), 1.0 / 3},
		{"Erlang C, 10 servers, load 8", ErlangC(10, 8), 0.409180150},
		{"Kingman is exact for M/M/1", KingmanWait(0.8, 1, 1, 1, 1), MMcWait(0.8, 1, 1)},
		{"t, 97.5 %, 1", studentQuantile(0.975, 1), 12.7062047},
		{"t, 97.5 %, 9", studentQuantile(0.975, 9), 2.26215716},
		{"t, 99.5 %, 30", studentQuantile(0.995, 30), 2.74999565},
		{"t, 97.5 %, very many", studentQuantile(0.975, 1e7), 1.95996422},
	} {
		if math.Abs(c.got-c.want) > 2e-7*math.Max(1, c.want) {
			t.Errorf("%s: %.9f, want %.9f", c.what, c.got, c.want)
		}
	}
	if !math.IsInf(WaitFactor(1), 1) || !math.IsInf(MMcWait(2, 1, 2), 1) || !math.IsInf(KingmanWait(1, 1, 1, 1, 1), 1) {
		t.Error("a full station waits for ever")
	}
}
