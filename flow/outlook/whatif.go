package outlook

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"andon/flow/floor"
	"andon/flow/forecast/twin"
	"andon/flow/measure"
	"andon/journal"
)

// WhatIf is a change to try on a copy of a line before people live with it.
type WhatIf struct {
	Line string
	// WIP are new limits of stations; 0 takes a limit away.
	WIP map[string]int
	// Servers are how many more (or fewer) can work at a station at once.
	Servers map[string]int
	// Hands are how many can work at a station at once now, where the line
	// does not declare it.
	Hands map[string]int
	// Arrivals is how much more work comes: 1 is as now, 1.2 a fifth more.
	Arrivals float64
	// Days is how long the simulated time is; 0 is a year.
	Days int
	// History is how many days the copy is fitted to; 0 is 180.
	History int
	Seed    uint64
}

// Compared is the line as it is beside the line as it would be.
type Compared struct {
	Line    string  `json:"line"`
	Days    int     `json:"days"`    // simulated
	History int     `json:"history"` // days that the copy is fitted to
	Cards   int     `json:"cards"`   // cards whose ways it is fitted to
	Now     Picture `json:"now"`
	Then    Picture `json:"then"`
	// Seen is what the history itself showed, to hold Now against.
	Seen Seen `json:"seen"`
	// Notes say what the copy cannot know.
	Notes []string `json:"notes,omitempty"`
}

// Picture is how a simulated line does, each figure with its 95 % interval
// over independent runs.
type Picture struct {
	Throughput Figure         `json:"throughput"` // cards a day
	Lead50     Figure         `json:"lead_p50"`   // days from the start to done
	Lead85     Figure         `json:"lead_p85"`
	WIP        Figure         `json:"wip"`
	Cost       *Figure        `json:"cost_per_card,omitempty"` // when the line's cost is declared
	Stations   []StationState `json:"stations"`
}

// Seen is what the fitted history showed.
type Seen struct {
	Throughput float64 `json:"throughput"`
	Lead50     float64 `json:"lead_p50"`
	Lead85     float64 `json:"lead_p85"`
}

// Figure is an estimate and its interval.
type Figure struct {
	Mean float64 `json:"mean"`
	Low  float64 `json:"low"`
	High float64 `json:"high"`
}

// StationState is one station of a simulated line.
type StationState struct {
	Name    string  `json:"name"`
	WIP     int     `json:"wip,omitempty"`     // its limit
	Servers int     `json:"servers,omitempty"` // 0 when not known
	Busy    float64 `json:"busy"`              // share of its servers' time
	Blocked float64 `json:"blocked"`
	Starved float64 `json:"starved"`
	Holds   float64 `json:"holds"` // cards, on average
	Stay    float64 `json:"stay"`  // days, on average
}

const (
	usualRuns    = 12
	usualYear    = 365
	fittedDays   = 180
	mostWays     = 20_000
	mostServers  = 1000
	warmupShare  = 5 // a fifth of the simulated time is left out at the start
	leastFitted  = 20
	mostSimulate = 3650
)

// WhatIf simulates a line as it is and as it would be.
func (s *Service) WhatIf(ctx context.Context, q WhatIf) (c Compared, err error) {
	q.Days, q.History, q.Arrivals = cmp.Or(q.Days, usualYear), cmp.Or(q.History, fittedDays), cmp.Or(q.Arrivals, 1)
	var l floor.Line
	var ways []measure.Way
	now := s.ledger.Now()
	err = s.ledger.Read(ctx, func(r journal.Reader) error {
		if l, err = floor.LineIn(ctx, r, q.Line); err != nil {
			return err
		}
		ways, err = measure.WaysIn(ctx, r, l, now.AddDate(0, 0, -q.History), now, mostWays)
		return err
	})
	if err != nil {
		return c, err
	}
	if err := q.check(l); err != nil {
		return c, err
	}
	f, err := fitted(l, ways, now.AddDate(0, 0, -q.History), q.Hands)
	if err != nil {
		return c, err
	}
	c = Compared{Line: l.Name, Days: q.Days, History: q.History, Cards: f.cards, Seen: f.seen(q.History, now), Notes: f.notes}
	if c.Now, err = f.run(WhatIf{Days: q.Days, Seed: q.Seed, Arrivals: 1}); err != nil {
		return c, err
	}
	c.Then, err = f.run(q)
	return c, err
}

func (q WhatIf) check(l floor.Line) error {
	for _, change := range []map[string]int{q.WIP, q.Servers, q.Hands} {
		for name := range change {
			st, err := l.Station(name)
			if err != nil {
				return err
			}
			if st.Kind == floor.Queue || st.Kind == floor.Done {
				return &Invalid{"station", fmt.Sprintf("nobody works in %s; change a station between the queue and done", name)}
			}
		}
	}
	for name, n := range q.WIP {
		if n < 0 || n > mostServers {
			return &Invalid{"wip", fmt.Sprintf("the limit of %s is %d; give 1 to %d, or 0 for none", name, n, mostServers)}
		}
	}
	for name, n := range q.Hands {
		if n < 1 || n > mostServers {
			return &Invalid{"hands", fmt.Sprintf("%d can work in %s; give 1 to %d", n, name, mostServers)}
		}
	}
	switch {
	case q.Days < 30 || q.Days > mostSimulate:
		return &Invalid{"days", fmt.Sprintf("simulate 30 to %d days", mostSimulate)}
	case q.History < 14 || q.History > maxHistory:
		return &Invalid{"history", fmt.Sprintf("fit to 14 to %d days of history", maxHistory)}
	case !(q.Arrivals > 0 && q.Arrivals <= 10):
		return &Invalid{"arrivals", "give how much more work comes as a factor above 0 and at most 10; 1 is as now"}
	}
	return nil
}

// copyOf is a line's history in the terms of the simulation.
type copyOf struct {
	line   floor.Line
	places []twin.Place
	stays  []twin.Stay
	leads  []time.Duration
	first  time.Time // the first start within the history
	cards  int
	notes  []string
}

func fitted(l floor.Line, ways []measure.Way, from time.Time, hands map[string]int) (f copyOf, err error) {
	f.line = l
	active := map[string]bool{}
	for _, w := range ways {
		if w.Started.Before(from) {
			continue // its first stations were before the history
		}
		f.cards++
		if f.first.IsZero() || w.Started.Before(f.first) {
			f.first = w.Started
		}
		if !w.Done.IsZero() {
			f.leads = append(f.leads, w.Done.Sub(w.Started))
		}
		for _, s := range w.Stays {
			if st, err := l.Station(s.Station); err != nil || st.Kind == floor.Queue || st.Kind == floor.Done {
				continue
			}
			active[s.Station] = active[s.Station] || !s.Left.IsZero()
			f.stays = append(f.stays, twin.Stay{Item: w.Card, Station: s.Station, From: s.Entered, To: s.Left, Blocked: s.Blocked})
		}
	}
	if len(f.leads) < leastFitted {
		return f, &Unknown{fmt.Sprintf("the history holds %d cards that were started and done within it; a simulation needs %d", len(f.leads), leastFitted)}
	}
	f.stays = slices.DeleteFunc(f.stays, func(s twin.Stay) bool { return !active[s.Station] })
	var guessed []string
	for _, st := range l.Stations {
		if !active[st.Name] {
			continue
		}
		p := twin.Place{Name: st.Name, Limit: st.WIP, Servers: cmp.Or(hands[st.Name], st.Hands)}
		if p.Servers == 0 && st.Kind == floor.Work {
			p.Servers = f.together(st.Name)
			guessed = append(guessed, st.Name)
		}
		// A limit that was not kept says nothing of how the line ran.
		if held := f.together(st.Name); st.WIP > 0 && held > st.WIP {
			p.Limit = held
			f.notes = append(f.notes, fmt.Sprintf("The history held up to %d cards in %s though its limit is %d: Now has room for as many. Set the limit to %d to see what keeping it does.", held, st.Name, st.WIP, st.WIP))
		}
		f.places = append(f.places, p)
	}
	if len(guessed) > 0 {
		f.notes = append(f.notes, fmt.Sprintf("Nobody declared how many can work at once in %s (hands), so the most cards that were there together are taken; work that waited there counts as worked on.",
			strings.Join(guessed, ", ")))
	}
	return f, nil
}

// together is the most cards that were at a station together.
func (f copyOf) together(station string) (most int) {
	type change struct {
		at time.Time
		by int
	}
	var changes []change
	for _, s := range f.stays {
		if s.Station != station {
			continue
		}
		changes = append(changes, change{s.From, +1})
		if !s.To.IsZero() {
			changes = append(changes, change{s.To, -1})
		}
	}
	slices.SortFunc(changes, func(a, b change) int { return cmp.Or(a.at.Compare(b.at), a.by-b.by) })
	n := 0
	for _, c := range changes {
		n += c.by
		most = max(most, n)
	}
	return most
}

// seen tells of the history, or of the part of it since the first card began.
func (f copyOf) seen(history int, now time.Time) Seen {
	d := func(t time.Duration) float64 { return t.Hours() / 24 }
	days := min(float64(history), d(now.Sub(f.first)))
	return Seen{Throughput: float64(len(f.leads)) / days, Lead50: d(measure.NearestRank(f.leads, 0.5)), Lead85: d(measure.NearestRank(f.leads, 0.85))}
}

func (f copyOf) run(q WhatIf) (p Picture, err error) {
	warmup := float64(q.Days) / warmupShare
	// The copy is fitted to the line as it is; only then is it changed.
	m, err := twin.Fit(f.stays, twin.Line{Places: f.places, Warmup: warmup})
	if err != nil {
		return p, &Unknown{err.Error()}
	}
	for i := range m.Stations {
		st := &m.Stations[i]
		if limit, given := q.WIP[st.Name]; given {
			st.Limit = limit
		}
		more := q.Servers[st.Name]
		switch {
		case more == 0:
		case st.Servers == 0:
			return p, &Invalid{"servers", fmt.Sprintf("how many can work in %s is not known; declare hands for it", st.Name)}
		case st.Servers+more < 1 || st.Servers+more > mostServers:
			return p, &Invalid{"servers", fmt.Sprintf("%s has %d and would have %d; one at least must be left", st.Name, st.Servers, st.Servers+more)}
		default:
			st.Servers += more
		}
	}
	m.Arrivals = twin.Scaled(m.Arrivals, 1/q.Arrivals)
	sum, err := twin.Study(m, twin.Plan{Until: warmup + float64(q.Days), Runs: usualRuns, Seed: q.Seed, Confidence: 0.95})
	if err != nil {
		return p, &Unknown{err.Error()}
	}
	return f.picture(m, sum), nil
}

func (f copyOf) picture(m twin.Model, s twin.Summary) Picture {
	figure := func(e twin.Estimate) Figure { return Figure{e.Mean, e.Low, e.High} }
	p := Picture{Throughput: figure(s.Throughput), Lead50: figure(s.Lead50), Lead85: figure(s.Lead85), WIP: figure(s.WIP)}
	if daily := f.line.Rules.DailyCost; daily > 0 && s.Throughput.Low > 0 {
		p.Cost = &Figure{daily / s.Throughput.Mean, daily / s.Throughput.High, daily / s.Throughput.Low}
	}
	for i, st := range s.Stations {
		p.Stations = append(p.Stations, StationState{Name: st.Name, WIP: m.Stations[i].Limit, Servers: m.Stations[i].Servers,
			Busy: st.Utilised.Mean, Blocked: st.Blocked.Mean, Starved: st.Starved.Mean, Holds: st.WIP.Mean, Stay: st.Stay.Mean})
	}
	return p
}
