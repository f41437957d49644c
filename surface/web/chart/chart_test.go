package chart

import (
	"encoding/xml"
	"errors"
	"io"
	"math"
	"strconv"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"
)

// wellFormed fails unless the picture is XML whose numbers are numbers.
func wellFormed(t interface{ Fatalf(string, ...any) }, svg string) {
	d := xml.NewDecoder(strings.NewReader(svg))
	for {
		token, err := d.Token()
		if errors.Is(err, io.EOF) {
			return
		}
		if err != nil {
			t.Fatalf("%v in %s", err, svg)
		}
		start, ok := token.(xml.StartElement)
		if !ok {
			continue
		}
		for _, a := range start.Attr {
			switch a.Name.Local {
			case "x", "y", "x1", "x2", "y1", "y2", "cx", "cy", "width", "height":
				if v, err := strconv.ParseFloat(a.Value, 64); err != nil || math.IsNaN(v) || math.IsInf(v, 0) {
					t.Fatalf("%s=%q in %s", a.Name.Local, a.Value, svg)
				}
			}
		}
		if strings.Contains(svg, "NaN") || strings.Contains(svg, "Inf") {
			t.Fatalf("a number is none in %s", svg)
		}
	}
}

func TestJobsStandRightOfWhatTheyNeed(t *testing.T) {
	columns := layers([]Node{{ID: "deploy", Needs: []string{"build", "lint"}}, {ID: "lint"}, {ID: "unit"}, {ID: "build", Needs: []string{"unit"}}})
	var got []string
	for _, c := range columns {
		var ids []string
		for _, n := range c {
			ids = append(ids, n.ID)
		}
		got = append(got, strings.Join(ids, "+"))
	}
	if want := "lint+unit build deploy"; strings.Join(got, " ") != want {
		t.Errorf("%v, want %s", got, want)
	}
	wellFormed(t, Graph([]Node{{ID: "a", Name: `<b>"&`, Status: "failure"}, {ID: "b", Name: strings.Repeat("long ", 20), Needs: []string{"a", "gone"}, Took: "1 min"}}))
}

func TestAnyGraphIsDrawn(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		ids := rapid.SliceOfNDistinct(rapid.StringMatching(`[a-z]{1,6}`), 1, 9, rapid.ID).Draw(t, "ids")
		var nodes []Node
		for _, id := range ids { // cycles, too: a picture must not hang on bad data
			nodes = append(nodes, Node{ID: id, Name: id, Needs: rapid.SliceOfN(rapid.SampledFrom(ids), 0, 3).Draw(t, "needs"), Status: "running"})
		}
		wellFormed(t, Graph(nodes))
		seen := 0
		for _, c := range layers(nodes) {
			seen += len(c)
		}
		if seen != len(nodes) {
			t.Fatalf("%d of %d jobs are drawn", seen, len(nodes))
		}
	})
}

func TestCanaryIsDrawnWhateverWasCounted(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		at := time.Unix(1_700_000_000, 0)
		value := rapid.OneOf(rapid.Float64Range(0, 1), rapid.Just(math.NaN()))
		var moments []Moment
		for range rapid.IntRange(1, 40).Draw(t, "moments") {
			at = at.Add(time.Duration(rapid.IntRange(0, 3000).Draw(t, "ms")) * time.Millisecond)
			moments = append(moments, Moment{at, value.Draw(t, "canary"), value.Draw(t, "stable")})
		}
		wellFormed(t, Canary(moments))
	})
	if Canary(nil) != "" {
		t.Error("nothing is drawn of nothing")
	}
}

func TestLabelsDoNotOverlap(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		y := rapid.Float64Range(10, 200)
		a, b := apart(y.Draw(t, "a"), y.Draw(t, "b"), 13, 10, 200)
		if math.Abs(a-b) < 13-1e-9 || min(a, b) < 10-1e-9 || max(a, b) > 200+1e-9 {
			t.Fatalf("labels at %g and %g", a, b)
		}
	})
}

func TestBudgetSaysWhatIsLeft(t *testing.T) {
	for share, want := range map[float64]string{1: `class="left" width="1000"`, 0.5: `class="left" width="500"`, 0.1: `class="little" width="100"`, -2: `class="over" width="1000"`} {
		if svg := Budget(share); !strings.Contains(svg, want) {
			t.Errorf("%g gives %s", share, svg)
		}
	}
	wellFormed(t, Spark([]Level{{time.Unix(1, 0), 1}, {time.Unix(2, 0), -3}}, "left"))
	if !strings.Contains(Split(10), `x="900" width="100"`) {
		t.Error(Split(10))
	}
}

func TestDotsAndColumnsAreDrawnWhateverTheyHold(t *testing.T) {
	ticks := []Line{{1, "1"}, {10, "10"}, {100, "100"}}
	rapid.Check(t, func(t *rapid.T) {
		at := time.Unix(1_700_000_000, 0)
		var dots []Dot
		var columns []Column
		for range rapid.IntRange(1, 50).Draw(t, "dots") {
			at = at.Add(time.Duration(rapid.IntRange(-1000, 3000).Draw(t, "hours")) * time.Hour)
			dots = append(dots, Dot{at, rapid.Float64Range(0, 1e6).Draw(t, "value")})
			columns = append(columns, Column{At: at, Parts: rapid.SliceOfN(rapid.Float64Range(0, 1e5), 0, 5).Draw(t, "parts"), Hrefs: []string{"/a?b=1&c=2"}, Titles: []string{`"<`}})
		}
		wellFormed(t, Dots(dots, ticks, []Line{{50, "half <&"}, {51, "more"}}, "label \"<"))
		wellFormed(t, Columns(columns, []string{"a", "b"}, "label"))
	})
	if Dots(nil, ticks, nil, "") != "" || Columns(nil, nil, "") != "" {
		t.Error("something is drawn of nothing")
	}
}
