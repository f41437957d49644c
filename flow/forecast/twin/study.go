package twin

import (
	"fmt"
	"math/rand/v2"
)

// Plan says how a model is studied.
type Plan struct {
	Until      float64 // the end of each run, after the warm-up of the model
	Runs       int     // independent repetitions, at least 2
	Seed       uint64  // the same seed gives the same study
	Confidence float64 // of the intervals, in (0, 1), for example 0.95
}

// Summary is what a study showed, each figure with its interval.
type Summary struct {
	Throughput Estimate
	MeanLead   Estimate
	Lead50     Estimate // the nearest-rank percentiles of the lead time
	Lead85     Estimate
	Lead95     Estimate
	WIP        Estimate
	Backlog    Estimate
	Stations   []StationSummary
	Idle       int // runs in which nothing was done; their lead times are left out
}

// StationSummary is one station's part of a study.
type StationSummary struct {
	Name                                                 string
	WIP, Waiting, Utilised, Blocked, Starved, Stay, Wait Estimate
}

// Study runs a model several times with random streams of their own. The model
// must not be Observed by a function that cannot take the runs one after the
// other. The error is that of Run or a plan that gives no interval.
func Study(m Model, plan Plan) (Summary, error) {
	if plan.Runs < 2 {
		return Summary{}, fmt.Errorf("study: it has %d runs; an interval needs at least 2", plan.Runs)
	}
	if !(plan.Confidence > 0 && plan.Confidence < 1) {
		return Summary{}, fmt.Errorf("study: the confidence is %v; it must be between 0 and 1", plan.Confidence)
	}
	results := make([]Result, plan.Runs)
	for i := range results {
		r, err := Run(m, rand.New(rand.NewPCG(plan.Seed, uint64(i))), plan.Until)
		if err != nil {
			return Summary{}, err
		}
		results[i] = r
	}
	return summarise(results, plan.Confidence), nil
}

func summarise(results []Result, confidence float64) Summary {
	var s Summary
	over := func(figure func(Result) (float64, bool)) Estimate {
		values := make([]float64, 0, len(results))
		for _, r := range results {
			if v, ok := figure(r); ok {
				values = append(values, v)
			}
		}
		return estimate(values, confidence)
	}
	always := func(figure func(Result) float64) Estimate {
		return over(func(r Result) (float64, bool) { return figure(r), true })
	}
	percentile := func(p float64) Estimate {
		return over(func(r Result) (float64, bool) { return r.LeadPercentile(p) })
	}
	s.Throughput = always(func(r Result) float64 { return r.Throughput })
	s.MeanLead = over(Result.MeanLead)
	s.Lead50, s.Lead85, s.Lead95 = percentile(0.50), percentile(0.85), percentile(0.95)
	s.WIP = always(func(r Result) float64 { return r.WIP })
	s.Backlog = always(func(r Result) float64 { return r.Backlog })
	for _, r := range results {
		if r.Departures == 0 {
			s.Idle++
		}
	}
	for j, station := range results[0].Stations {
		at := func(figure func(StationResult) float64) Estimate {
			return always(func(r Result) float64 { return figure(r.Stations[j]) })
		}
		s.Stations = append(s.Stations, StationSummary{
			Name:     station.Name,
			WIP:      at(func(r StationResult) float64 { return r.WIP }),
			Waiting:  at(func(r StationResult) float64 { return r.Waiting }),
			Utilised: at(func(r StationResult) float64 { return r.Utilised }),
			Blocked:  at(func(r StationResult) float64 { return r.Blocked }),
			Starved:  at(func(r StationResult) float64 { return r.Starved }),
			Stay:     at(func(r StationResult) float64 { return r.Stay }),
			Wait:     at(func(r StationResult) float64 { return r.Wait }),
		})
	}
	return s
}
