package floor_test

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"sync"
	"testing"

	"andon/engine/store"
	"andon/engine/store/storetest"
	"andon/flow/change"
	"andon/flow/floor"
	"andon/gate"
	"andon/journal"
)

func shop() floor.Line {
	return floor.Line{Name: "shop", Title: "Shop", Key: "SHOP", WIP: 6, Stations: []floor.Station{
		{Name: "backlog", Kind: floor.Queue},
		{Name: "development", Kind: floor.Work, WIP: 2},
		{Name: "review", Kind: floor.Work, WIP: 3},
		{Name: "test", Kind: floor.Pipeline, Machine: "ci.yml", WIP: 2},
		{Name: "production", Kind: floor.Deploy, Machine: "production", WIP: 1},
		{Name: "done", Kind: floor.Done},
	}}
}

type fixture struct {
	*floor.Service
	t      *testing.T
	ledger *journal.Ledger
}

func open(t *testing.T, s *store.Store, cards int) fixture {
	t.Helper()
	l := journal.NewLedger(s, nil, nil)
	f := fixture{floor.NewService(l, nil), t, l}
	if err := f.Define(t.Context(), []floor.Line{shop()}, nil); err != nil {
		t.Fatal(err)
	}
	for i := range cards {
		if _, err := f.Create(t.Context(), floor.NewCard{Line: "shop", Title: fmt.Sprintf("Card %d", i+1)}); err != nil {
			t.Fatal(err)
		}
	}
	return f
}

func (f fixture) write(do func(journal.Tx) error) {
	f.t.Helper()
	if err := f.ledger.Write(f.t.Context(), do); err != nil {
		f.t.Fatal(err)
	}
}

// key is the key of the nth card.
func (f fixture) key(n int) string { return fmt.Sprintf("SHOP-%d", n) }

func (f fixture) card(key string) floor.Card {
	f.t.Helper()
	c, err := f.Card(f.t.Context(), key)
	if err != nil {
		f.t.Fatal(err)
	}
	return c
}

func (f fixture) commit(ord int64, keys ...string) {
	f.t.Helper()
	sha := fmt.Sprintf("%040d", ord)
	err := change.NewBook(f.ledger, "shop").Record(f.t.Context(), "main", "", []change.Change{{SHA: sha, Author: "ana", Message: strings.Join(keys, " ")}})
	if err != nil {
		f.t.Fatal(err)
	}
	f.write(func(tx journal.Tx) error {
		c, err := change.Of(f.t.Context(), tx, sha)
		if err != nil {
			return err
		}
		_, err = floor.LinkIn(f.t.Context(), tx, c, keys)
		return err
	})
}

// Many people and machines at once never put more cards into a station or
// onto the line than the limits allow, on either database; and what the
// journal says happened leads to what the tables hold.
func TestLimitsHoldUnderConcurrency(t *testing.T) {
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		const people, moves = 8, 30
		f := open(t, s, 20)
		stations := []string{"backlog", "development", "review", "test", "production", "done"}
		var wg sync.WaitGroup
		for p := range people {
			wg.Go(func() {
				random := rand.New(rand.NewPCG(7, uint64(p)))
				for range moves {
					key := fmt.Sprintf("SHOP-%d", 1+random.IntN(20))
					var err error
					switch random.IntN(4) {
					case 0:
						_, err = f.Pull(t.Context(), floor.Pull{Line: "shop", By: "ana"})
					default:
						_, err = f.Move(t.Context(), floor.Move{Card: key, To: stations[random.IntN(6)], By: "bo"})
					}
					var refusal *floor.Refusal
					if err != nil && !errors.As(err, &refusal) {
						t.Error(err)
					}
				}
			})
		}
		wg.Go(func() {
			for range 50 {
				assertLimits(t, f)
			}
		})
		wg.Wait()
		assertLimits(t, f)
		assertReplay(t, f)
	})
}

func assertLimits(t *testing.T, f fixture) {
	v, err := f.Floor(t.Context(), "shop")
	if err != nil {
		t.Error(err)
		return
	}
	inProgress := 0
	for _, st := range v.Line.Stations {
		n := len(v.In(st.Name))
		if st.WIP > 0 && n > st.WIP {
			t.Errorf("%s holds %d of %d", st.Name, n, st.WIP)
		}
		if st.Kind != floor.Queue && st.Kind != floor.Done {
			inProgress += n
		}
	}
	if inProgress > v.Line.WIP {
		t.Errorf("the line has %d of %d in progress", inProgress, v.Line.WIP)
	}
}

func assertReplay(t *testing.T, f fixture) {
	t.Helper()
	facts, err := f.ledger.Facts(t.Context(), journal.Query{Types: []journal.Type{journal.TicketCreated, journal.CardMoved}, Limit: 100_000})
	if err != nil {
		t.Fatal(err)
	}
	at := map[string]string{}
	for _, fact := range facts {
		if fact.Type == journal.TicketCreated {
			at[fact.Subject] = "backlog"
			continue
		}
		var m floor.Moved
		if err := fact.Into(&m); err != nil {
			t.Fatal(err)
		}
		if at[fact.Subject] != m.From {
			t.Fatalf("fact %d moves %s from %s, but it was in %s", fact.Seq, fact.Subject, m.From, at[fact.Subject])
		}
		at[fact.Subject] = m.To
	}
	for key, station := range at {
		if c := f.card(key); c.Station != station {
			t.Fatalf("the journal leaves %s in %s, the floor holds it in %s", key, station, c.Station)
		}
	}
}

func TestPullBeyondTheLimitNamesWhatToSwarmOn(t *testing.T) {
	f := open(t, storetest.SQLite(t), 4)
	for range 2 {
		if _, err := f.Pull(t.Context(), floor.Pull{Line: "shop", By: "ana"}); err != nil {
			t.Fatal(err)
		}
	}
	if _, err := f.Block(t.Context(), "SHOP-2", "waits for a decision", "ana"); err != nil {
		t.Fatal(err)
	}
	_, err := f.Pull(t.Context(), floor.Pull{Line: "shop", By: "bo"})
	var refusal *floor.Refusal
	if !errors.As(err, &refusal) {
		t.Fatalf("third pull into a limit of two: %v", err)
	}
	if refusal.Reason != floor.StationFull || refusal.Holds != 2 || refusal.Limit != 2 || refusal.Swarm[0].Card != "SHOP-2" {
		t.Fatalf("%+v", refusal)
	}
	if !strings.Contains(err.Error(), "Swarm on SHOP-2 (Card 2) in development: blocked") {
		t.Fatal(err)
	}
	if got := f.card("SHOP-3").Station; got != "backlog" {
		t.Fatalf("a refused card went to %s", got)
	}
}

// A commit takes its card to test; the run's success takes it on as soon as
// there is room; the deployment makes it done.
func TestCardTravelsWithItsCommit(t *testing.T) {
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		ctx := t.Context()
		f := open(t, s, 3)
		f.commit(1, "SHOP-1")
		f.commit(2, "SHOP-2", "SHOP-99")
		f.write(func(tx journal.Tx) error { return floor.PassedIn(ctx, tx, floor.Pipeline, "ci.yml", 2) })
		one, two := f.card("SHOP-1"), f.card("SHOP-2")
		if one.Station != "production" || two.Station != "test" || two.ReadyFor != "production" {
			t.Fatalf("SHOP-1 in %s, SHOP-2 in %s waiting for %q", one.Station, two.Station, two.ReadyFor)
		}
		f.write(func(tx journal.Tx) error { return floor.PassedIn(ctx, tx, floor.Deploy, "production", 1) })
		one, two = f.card("SHOP-1"), f.card("SHOP-2")
		if one.Station != "done" || one.DoneAt.IsZero() || two.Station != "production" {
			t.Fatalf("SHOP-1 in %s, SHOP-2 in %s", one.Station, two.Station)
		}
	})
}

func TestFailureBlocksAndSuccessUnblocks(t *testing.T) {
	ctx := t.Context()
	f := open(t, storetest.SQLite(t), 1)
	f.commit(1, "SHOP-1")
	f.write(func(tx journal.Tx) error {
		return floor.FailedIn(ctx, tx, floor.Pipeline, "ci.yml", 1, "run 1 failed in job unit")
	})
	if c := f.card("SHOP-1"); c.Blocked == nil || c.Blocked.By != floor.Machine || c.Station != "test" {
		t.Fatalf("%+v", c)
	}
	f.commit(2, "SHOP-1")
	f.write(func(tx journal.Tx) error { return floor.PassedIn(ctx, tx, floor.Pipeline, "ci.yml", 2) })
	if c := f.card("SHOP-1"); c.Blocked != nil || c.Station != "production" {
		t.Fatalf("%+v", c)
	}
}

// What a person blocked stays blocked, whatever machines say of it.
func TestMachineDoesNotUnblockWhatAPersonBlocked(t *testing.T) {
	ctx := t.Context()
	f := open(t, storetest.SQLite(t), 1)
	f.commit(1, "SHOP-1")
	if _, err := f.Block(ctx, "SHOP-1", "legal must look at it", "bo"); err != nil {
		t.Fatal(err)
	}
	f.write(func(tx journal.Tx) error { return floor.PassedIn(ctx, tx, floor.Pipeline, "ci.yml", 1) })
	if c := f.card("SHOP-1"); c.Blocked == nil || c.Station != "test" {
		t.Fatalf("%+v", c)
	}
	if _, err := f.Unblock(ctx, "SHOP-1"); err != nil {
		t.Fatal(err)
	}
	if c := f.card("SHOP-1"); c.Station != "production" {
		t.Fatalf("%+v", c)
	}
}

func TestCordStopsEntryAndReleaseLetsTheWaitingIn(t *testing.T) {
	ctx := t.Context()
	f := open(t, storetest.SQLite(t), 1)
	if err := f.PullCord(ctx, "shop", "production", "it burns", "bo"); err != nil {
		t.Fatal(err)
	}
	f.commit(1, "SHOP-1")
	f.write(func(tx journal.Tx) error { return floor.PassedIn(ctx, tx, floor.Pipeline, "ci.yml", 1) })
	if c := f.card("SHOP-1"); c.Station != "test" || c.ReadyFor != "production" {
		t.Fatalf("%+v", c)
	}
	_, err := f.Move(ctx, floor.Move{Card: "SHOP-1", To: "production", By: "ana"})
	if err == nil || !strings.Contains(err.Error(), "The cord of production is pulled by bo (it burns)") {
		t.Fatal(err)
	}
	if err := f.ReleaseCord(ctx, "shop", "production", "bo"); err != nil {
		t.Fatal(err)
	}
	if c := f.card("SHOP-1"); c.Station != "production" {
		t.Fatalf("%+v", c)
	}
}

type closed struct{}

func (closed) Ask(context.Context, gate.Question) (gate.Decision, error) {
	return gate.Decision{Refusals: []gate.Refusal{{Policy: "ready", Rule: "estimated", Message: "Estimate it first."}}}, nil
}

func TestGateRefusesAPull(t *testing.T) {
	f := open(t, storetest.SQLite(t), 1)
	f.Service = floor.NewService(f.ledger, closed{})
	_, err := f.Pull(t.Context(), floor.Pull{Line: "shop", By: "ana"})
	var refusal *floor.Refusal
	if !errors.As(err, &refusal) || refusal.Reason != floor.GateClosed || !strings.Contains(err.Error(), "Estimate it first.") {
		t.Fatal(err)
	}
}

func TestRemovingAStationThatHoldsCardsIsRefused(t *testing.T) {
	f := open(t, storetest.SQLite(t), 1)
	if _, err := f.Move(t.Context(), floor.Move{Card: "SHOP-1", To: "review", By: "ana"}); err != nil {
		t.Fatal(err)
	}
	l := shop()
	l.Stations = append(l.Stations[:2:2], l.Stations[3:]...)
	err := f.Define(t.Context(), []floor.Line{l}, nil)
	if err == nil || !strings.Contains(err.Error(), "station review of line shop was taken out but still holds [SHOP-1]") {
		t.Fatal(err)
	}
	if v, _ := f.Floor(t.Context(), "shop"); len(v.Line.Stations) != 6 {
		t.Fatalf("half of a refused change was kept: %v", v.Line.Stations)
	}
}

func TestWritesOnTheSameKeyHappenOnce(t *testing.T) {
	f := open(t, storetest.SQLite(t), 3)
	for range 2 {
		ctx := journal.WithKey(t.Context(), "pull-1")
		if _, err := f.Pull(ctx, floor.Pull{Line: "shop", By: "ana"}); err != nil && !errors.Is(err, journal.ErrRepeated) {
			t.Fatal(err)
		}
	}
	if v, _ := f.Floor(t.Context(), "shop"); len(v.In("development")) != 1 {
		t.Fatalf("%d cards were pulled", len(v.In("development")))
	}
}

func TestABlockedCardGoesBackButNotOn(t *testing.T) {
	f := open(t, storetest.SQLite(t), 2)
	if _, err := f.Pull(t.Context(), floor.Pull{Card: "SHOP-1", By: "Ana"}); err != nil {
		t.Fatal(err)
	}
	if _, err := f.Block(t.Context(), "SHOP-1", "the auditor is away", "Ana"); err != nil {
		t.Fatal(err)
	}
	_, err := f.Move(t.Context(), floor.Move{Card: "SHOP-1", To: "review", By: "Ana"})
	if r, refused := errors.AsType[*floor.Refusal](err); !refused || r.Reason != floor.CardBlocked {
		t.Fatalf("a blocked card moves on: %v", err)
	}
	if c, err := f.Move(t.Context(), floor.Move{Card: "SHOP-1", To: "backlog", By: "Ana"}); err != nil || c.Blocked == nil {
		t.Fatalf("a blocked card cannot go back: %+v, %v", c, err)
	}
}

func TestCardsAreReordered(t *testing.T) {
	f := open(t, storetest.SQLite(t), 3)
	order := func(want string) {
		t.Helper()
		view, err := f.Floor(t.Context(), "shop")
		if err != nil {
			t.Fatal(err)
		}
		var keys []string
		for _, c := range view.In("backlog") {
			keys = append(keys, strings.TrimPrefix(c.Key, "SHOP-"))
		}
		if got := strings.Join(keys, " "); got != want {
			t.Fatalf("the backlog is %s, want %s", got, want)
		}
	}
	move := func(card, before string) {
		t.Helper()
		if _, err := f.Move(t.Context(), floor.Move{Card: card, To: "backlog", Before: before, By: "Ana"}); err != nil {
			t.Fatal(err)
		}
	}
	order("1 2 3")
	move("SHOP-3", "SHOP-1")
	order("3 1 2")
	move("SHOP-3", "")
	order("1 2 3")
	move("SHOP-3", "") // it is last already
	order("1 2 3")
	if _, err := f.Create(t.Context(), floor.NewCard{Line: "shop", Title: " \t"}); err == nil {
		t.Error("a card has a title of blanks")
	}
}

func TestExplainTriesAndChangesNothing(t *testing.T) {
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		f := open(t, s, 4)
		for _, key := range []string{"SHOP-1", "SHOP-2"} {
			if r, err := f.Explain(t.Context(), key, "development"); err != nil || r != nil {
				t.Fatalf("%s may not move: %v, %v", key, r, err)
			}
			if _, err := f.Pull(t.Context(), floor.Pull{Card: key, By: "Ana"}); err != nil {
				t.Fatal(err)
			}
		}
		before, err := f.ledger.Head(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		r, err := f.Explain(t.Context(), "SHOP-3", "development")
		if err != nil || r == nil || r.Reason != floor.StationFull || len(r.Swarm) == 0 {
			t.Fatalf("%+v, %v", r, err)
		}
		if after, err := f.ledger.Head(t.Context()); err != nil || after != before || f.card("SHOP-3").Station != "backlog" {
			t.Errorf("trying left %d facts, %v", after-before, err)
		}
		var missing *floor.Missing
		if _, err := f.Explain(t.Context(), "SHOP-3", "nowhere"); !errors.As(err, &missing) {
			t.Errorf("an unknown station gives %v", err)
		}
	})
}

// What is done is shown with the newest first, whatever its place in the queue
// was; open cards keep theirs.
func TestTheNewestDoneIsShownFirst(t *testing.T) {
	f, ctx := open(t, storetest.SQLite(t), 5), t.Context()
	for _, n := range []int{2, 4, 1} {
		if _, err := f.Move(ctx, floor.Move{Card: f.key(n), To: "done"}); err != nil {
			t.Fatal(err)
		}
	}
	shown, err := f.Floor(ctx, "shop")
	if err != nil {
		t.Fatal(err)
	}
	var keys []string
	for _, c := range append(shown.In("backlog"), shown.In("done")...) {
		keys = append(keys, c.Key)
	}
	if want := []string{f.key(3), f.key(5), f.key(1), f.key(4), f.key(2)}; !slices.Equal(keys, want) {
		t.Errorf("shown are %v, want %v", keys, want)
	}
}
