package floor_test

import (
	"context"
	"errors"
	"math/rand/v2"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"andon/engine/store"
	"andon/engine/store/storetest"
	"andon/flow/floor"
	"andon/journal"
	"andon/journal/journaltest"
)

// define gives the shop's line rules.
func (f fixture) define(change func(*floor.Line)) {
	f.t.Helper()
	l := shop()
	change(&l)
	if err := f.Define(f.t.Context(), []floor.Line{l}, nil); err != nil {
		f.t.Fatal(err)
	}
}

// refused asserts that an error is a refusal for that reason.
func refused(t *testing.T, err error, why floor.Reason) *floor.Refusal {
	t.Helper()
	r, ok := errors.AsType[*floor.Refusal](err)
	if !ok || r.Reason != why {
		t.Fatalf("%v, want a refusal: %s", err, why)
	}
	return r
}

func (f fixture) must(c floor.Card, err error) floor.Card {
	f.t.Helper()
	if err != nil {
		f.t.Fatal(err)
	}
	return c
}

func TestOnlyReadyCardsArePulled(t *testing.T) {
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		f, ctx := open(t, s, 2), t.Context()
		f.define(func(l *floor.Line) { l.Rules.Ready = floor.Intake })
		pull := floor.Pull{Line: "shop", Card: "SHOP-1", By: "ana"}
		_, err := f.Pull(ctx, pull)
		r := refused(t, err, floor.NotReady)
		if !slices.Equal(r.Missing, floor.Intake) || !strings.Contains(r.Text, "not analysed, estimated or scheduled") {
			t.Fatalf("%+v", r)
		}
		f.must(f.Analyse(ctx, "SHOP-1", "Two tables and a page change.", "ana"))
		days := 2.0
		f.must(f.Edit(ctx, "SHOP-1", floor.Edit{Estimate: &days}))
		_, err = f.Pull(ctx, pull)
		if r := refused(t, err, floor.NotReady); !slices.Equal(r.Missing, []floor.Readiness{floor.Scheduled}) {
			t.Fatalf("%+v", r)
		}
		f.must(f.Schedule(ctx, "SHOP-1", time.Date(2030, 1, 31, 15, 0, 0, 0, time.UTC)))
		if c := f.must(f.Pull(ctx, pull)); c.Station != "development" || c.ScheduledFor.Hour() != 0 {
			t.Fatalf("%+v", c)
		}
		// What is expedited need not be ready where there is a lane for it.
		f.define(func(l *floor.Line) { l.Rules.Ready, l.Rules.ExpediteWIP = floor.Intake, 1 })
		urgent := floor.Expedite
		f.must(f.Edit(ctx, "SHOP-2", floor.Edit{Class: &urgent}))
		f.must(f.Pull(ctx, floor.Pull{Line: "shop", Card: "SHOP-2", By: "bo"}))
		if _, err := f.Analyse(ctx, "SHOP-2", " ", "bo"); err == nil {
			t.Error("nothing was taken for an analysis")
		}
	})
}

func TestTheExpediteLaneHasItsOwnLimit(t *testing.T) {
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		f, ctx := open(t, s, 6), t.Context()
		f.define(func(l *floor.Line) { l.Rules.ExpediteWIP = 1 })
		urgent, standard := floor.Expedite, floor.Standard
		for _, key := range []string{"SHOP-1", "SHOP-2"} {
			f.must(f.Pull(ctx, floor.Pull{Line: "shop", Card: key, By: "ana"}))
		}
		for _, key := range []string{"SHOP-5", "SHOP-6"} {
			f.must(f.Edit(ctx, key, floor.Edit{Class: &urgent}))
		}
		// Development is full, the lane is not; and SHOP-5 goes before 3 and 4.
		if c := f.must(f.Pull(ctx, floor.Pull{Line: "shop", Card: "SHOP-5", By: "bo"})); c.Overtook != 2 {
			t.Errorf("it overtook %d", c.Overtook)
		}
		_, err := f.Pull(ctx, floor.Pull{Line: "shop", Card: "SHOP-6", By: "bo"})
		refused(t, err, floor.LaneFull)
		_, err = f.Pull(ctx, floor.Pull{Line: "shop", Card: "SHOP-3", By: "bo"})
		refused(t, err, floor.StationFull)
		// Its class cannot be used to slip into a full station, or a full lane.
		_, err = f.Edit(ctx, "SHOP-5", floor.Edit{Class: &standard})
		refused(t, err, floor.StationFull)
		_, err = f.Edit(ctx, "SHOP-1", floor.Edit{Class: &urgent})
		refused(t, err, floor.LaneFull)
		f.must(f.Move(ctx, floor.Move{Card: "SHOP-2", To: "review"}))
		f.must(f.Edit(ctx, "SHOP-5", floor.Edit{Class: &standard}))
		f.must(f.Pull(ctx, floor.Pull{Line: "shop", Card: "SHOP-6", By: "bo"}))
	})
}

func TestHandsAreLimited(t *testing.T) {
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		f, ctx := open(t, s, 4), t.Context()
		f.define(func(l *floor.Line) { l.Rules.PersonWIP = 1 })
		f.must(f.Pull(ctx, floor.Pull{Line: "shop", By: "ana"}))
		_, err := f.Pull(ctx, floor.Pull{Line: "shop", By: "ana"})
		if r := refused(t, err, floor.PersonFull); len(r.Swarm) == 0 || r.Swarm[0].Card != "SHOP-1" {
			t.Errorf("%+v", r)
		}
		f.must(f.Pull(ctx, floor.Pull{Line: "shop", By: "bo"}))
		// Finished work asks for no hands, though it still takes the place.
		f.must(f.Finish(ctx, "SHOP-1", "ana"))
		f.must(f.Move(ctx, floor.Move{Card: "SHOP-2", To: "review"}))
		f.must(f.Pull(ctx, floor.Pull{Line: "shop", By: "ana"}))
		name := "ana"
		_, err = f.Edit(ctx, "SHOP-2", floor.Edit{Owner: &name})
		refused(t, err, floor.PersonFull)
	})
}

func TestFinishedWorkWaitsOrGoesOn(t *testing.T) {
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		f, ctx := open(t, s, 2), t.Context()
		f.must(f.Pull(ctx, floor.Pull{Line: "shop", Card: "SHOP-1", By: "ana"}))
		c := f.must(f.Finish(ctx, "SHOP-1", "ana"))
		if c.Station != "development" || c.FinishedAt.IsZero() || c.ReadyFor != "" {
			t.Fatalf("before people: %+v", c)
		}
		if c = f.must(f.Resume(ctx, "SHOP-1", "ana")); !c.FinishedAt.IsZero() {
			t.Fatalf("resumed: %+v", c)
		}
		f.must(f.Finish(ctx, "SHOP-1", "ana"))
		if c = f.must(f.Pull(ctx, floor.Pull{Line: "shop", To: "review", By: "bo"})); c.Key != "SHOP-1" || !c.FinishedAt.IsZero() {
			t.Fatalf("pulled on: %+v", c)
		}
		// Before a machine it needs something for the machine to work on.
		if c = f.must(f.Finish(ctx, "SHOP-1", "bo")); c.ReadyFor != "" || c.Station != "review" {
			t.Fatalf("without a commit: %+v", c)
		}
		f.commit(1, "SHOP-1")
		if c = f.card("SHOP-1"); c.Station != "test" {
			t.Fatalf("with a commit: %+v", c)
		}
		if _, err := f.Finish(ctx, "SHOP-2", "bo"); err == nil || !strings.Contains(err.Error(), "only cards in development and review can be finished") {
			t.Errorf("a waiting card was finished: %v", err)
		}
	})
}

func TestASplitStationGivesOnlyWhatIsFinished(t *testing.T) {
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		f, ctx := open(t, s, 2), t.Context()
		f.define(func(l *floor.Line) { l.Stations[1].Split = true })
		for n := range 2 {
			f.must(f.Pull(ctx, floor.Pull{Line: "shop", Card: f.key(n + 1), By: "ana"}))
		}
		review := floor.Pull{Line: "shop", To: "review", By: "bo"}
		_, err := f.Pull(ctx, review)
		refused(t, err, floor.NothingHere)
		f.must(f.Finish(ctx, "SHOP-2", "ana"))
		if c := f.must(f.Pull(ctx, review)); c.Key != "SHOP-2" {
			t.Errorf("%s was pulled", c.Key)
		}
	})
}

func TestALitAndonStopsPullsUntilItIsAnswered(t *testing.T) {
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		f, ctx := open(t, s, 4), t.Context()
		f.define(func(l *floor.Line) { l.Rules.SLE = floor.SLE{Light: 0.7, Stop: true} })
		f.must(f.Pull(ctx, floor.Pull{Line: "shop", Card: "SHOP-1", By: "ana"}))
		light := func(p float64) {
			t.Helper()
			if err := f.Light(ctx, "shop", []floor.Risk{{Card: "SHOP-1", P: p}}); err != nil {
				t.Fatal(err)
			}
		}
		light(0.69)
		if f.card("SHOP-1").Lamp != nil {
			t.Fatal("lit below the threshold")
		}
		light(0.8)
		light(0.9) // once is enough
		pull := floor.Pull{Line: "shop", Card: "SHOP-2", By: "bo"}
		_, err := f.Pull(ctx, pull)
		if r := refused(t, err, floor.AndonIsLit); !strings.Contains(r.Text, "SHOP-1 in development") {
			t.Errorf("%+v", r)
		}
		f.must(f.Move(ctx, floor.Move{Card: "SHOP-1", To: "review"})) // work in progress goes on
		f.must(f.Help(ctx, "SHOP-1", "bo"))
		f.must(f.Pull(ctx, pull))
		light(0.1)
		light(0.95)
		_, err = f.Pull(ctx, floor.Pull{Line: "shop", Card: "SHOP-3", By: "bo"})
		refused(t, err, floor.AndonIsLit)
		if _, err := f.Accept(ctx, "SHOP-1", "", "ana"); err == nil {
			t.Error("accepted without a reason")
		}
		f.must(f.Accept(ctx, "SHOP-1", "the customer agreed", "ana"))
		f.must(f.Pull(ctx, floor.Pull{Line: "shop", Card: "SHOP-3", By: "bo"}))
		facts, err := f.ledger.Facts(ctx, journal.Query{Types: []journal.Type{journal.CardLit, journal.CardUnlit, journal.CardAnswered}})
		if err != nil || len(facts) != 5 {
			t.Fatalf("%d facts, %v", len(facts), err)
		}
		journaltest.Valid(t, facts...)
	})
}

// With every rule in force and many hands at once no limit is ever passed.
func TestAllRulesHoldUnderConcurrency(t *testing.T) {
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		f := open(t, s, 24)
		f.define(func(l *floor.Line) { l.Rules = floor.Rules{PersonWIP: 2, ExpediteWIP: 1} })
		stations := []string{"backlog", "development", "review", "test", "production", "done"}
		people := []string{"ana", "bo", "cy"}
		var wg sync.WaitGroup
		for p := range 6 {
			wg.Go(func() {
				random := rand.New(rand.NewPCG(11, uint64(p)))
				for range 30 {
					key := f.key(1 + random.IntN(24))
					who := people[random.IntN(3)]
					class := floor.Classes[random.IntN(4)]
					if err := f.oneOf(t.Context(), random.IntN(4), key, who, class, stations[random.IntN(6)]); err != nil {
						t.Error(err)
					}
				}
			})
		}
		wg.Go(func() {
			for range 40 {
				assertRules(t, f)
			}
		})
		wg.Wait()
		assertRules(t, f)
		assertReplay(t, f)
	})
}

// oneOf does one thing; a refusal is no error.
func (f fixture) oneOf(ctx context.Context, what int, key, who string, class floor.Class, to string) (err error) {
	switch what {
	case 0:
		_, err = f.Pull(ctx, floor.Pull{Line: "shop", By: who})
	case 1:
		_, err = f.Edit(ctx, key, floor.Edit{Class: &class})
	case 2:
		_, err = f.Edit(ctx, key, floor.Edit{Owner: &who})
	default:
		_, err = f.Move(ctx, floor.Move{Card: key, To: to, By: who})
	}
	if _, refused := errors.AsType[*floor.Refusal](err); refused {
		return nil
	}
	return err
}

func assertRules(t *testing.T, f fixture) {
	v, err := f.Floor(t.Context(), "shop")
	if err != nil {
		t.Error(err)
		return
	}
	lane, line, hands := 0, 0, map[string]int{}
	for _, st := range v.Line.Stations {
		here := 0
		for _, c := range v.In(st.Name) {
			inProgress := st.Kind != floor.Queue && st.Kind != floor.Done
			switch {
			case inProgress && c.Class == floor.Expedite:
				lane++
				continue
			case inProgress:
				line++
			}
			here++
			if st.Kind == floor.Work {
				hands[c.Owner]++
			}
		}
		if st.WIP > 0 && here > st.WIP {
			t.Errorf("%s holds %d of %d", st.Name, here, st.WIP)
		}
	}
	if lane > 1 || line > v.Line.WIP {
		t.Errorf("%d in the lane, %d on the line", lane, line)
	}
	for who, n := range hands {
		if who != "" && n > 2 {
			t.Errorf("%s has %d cards", who, n)
		}
	}
}
