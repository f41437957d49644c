package outlook_test

import (
	"errors"
	"slices"
	"testing"

	"andon/engine/store"
	"andon/engine/store/storetest"
	"andon/flow/floor"
	"andon/flow/outlook"
)

func TestSeveralLinesAreDoneWhenTheLastIs(t *testing.T) {
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		h, ctx := open(t, s, floor.Rules{}), t.Context()
		h.history(120)
		own := outlook.Question{Line: "shop", Items: 20}
		alone, err := h.Ask(ctx, own)
		if err != nil {
			t.Fatal(err)
		}
		// One card a day, without fail: 60 cards take 60 days.
		steady := outlook.Demand{Line: "payments", Items: 60, History: slices.Repeat([]int{1}, 30)}
		j, err := h.Joint(ctx, own, []outlook.Demand{steady})
		if err != nil {
			t.Fatal(err)
		}
		if len(j.Parts) != 2 || j.Parts[0].Line != "shop" || j.Parts[0].Promises[2] != alone.Promises[2] || j.Parts[1].Promises[0].Value != 60 {
			t.Errorf("parts are %+v", j.Parts)
		}
		if sum := j.Parts[0].Last + j.Parts[1].Last; sum < 0.999999 || sum > 1.000001 || j.Parts[1].Last < 0.99 {
			t.Errorf("last are %v and %v", j.Parts[0].Last, j.Parts[1].Last)
		}
		if j.Promises[0].Value != 60 || j.Promises[0].Day != j.Parts[1].Promises[0].Day {
			t.Errorf("all are done %+v", j.Promises[0])
		}
		// A line that does the same as ours makes every promise later, and holds half the time.
		same, err := h.Demand(ctx, own)
		if err != nil {
			t.Fatal(err)
		}
		same.Line = "twin"
		if j, err = h.Joint(ctx, own, []outlook.Demand{same}); err != nil {
			t.Fatal(err)
		}
		for i, p := range j.Promises {
			if p.Value < alone.Promises[i].Value {
				t.Errorf("two lines promise day %d at %v, one alone %d", p.Value, p.P, alone.Promises[i].Value)
			}
		}
		if d := j.Parts[0].Last - 0.5; d < -1e-9 || d > 1e-9 {
			t.Errorf("it holds %v", j.Parts[0].Last)
		}
		for _, bad := range [][]outlook.Demand{nil, {{Items: 1, History: steady.History}}, {{Line: "x", Items: -1, History: steady.History}},
			{{Line: "x", Items: 1, History: []int{1}}}, {{Line: "x", Items: 1, History: []int{1, 1, 1, 1, 1, 1, -1}}}} {
			var invalid *outlook.Invalid
			if _, err := h.Joint(ctx, own, bad); !errors.As(err, &invalid) {
				t.Errorf("%+v: %v", bad, err)
			}
		}
		var unknown *outlook.Unknown
		if _, err := h.Joint(ctx, own, []outlook.Demand{{Line: "idle", Items: 1, History: make([]int, 30)}}); !errors.As(err, &unknown) {
			t.Errorf("an idle line: %v", err)
		}
		kept, err := h.Scores(ctx, "shop")
		if err != nil || len(kept.Forecasts) != 1 {
			t.Errorf("%d forecasts are kept, %v", len(kept.Forecasts), err)
		}
	})
}
