package exposure_test

import (
	"encoding/json"
	"reflect"
	"strings"
	"testing"
	"time"

	"andon/exposure"
)

func TestPlansAreWrittenAsArgoWritesThem(t *testing.T) {
	const text = `{"steps":[{"setWeight":10},{"pause":{"duration":"1m30s"}},{"analysis":true},{"pause":{}}]}`
	want := exposure.Plan{Steps: []exposure.Step{exposure.Weight(10), exposure.PauseFor(90 * time.Second), {Analysis: true}, exposure.PauseFor(0)}}
	var got exposure.Plan
	if err := json.Unmarshal([]byte(text), &got); err != nil || !reflect.DeepEqual(got, want) {
		t.Fatalf("%+v, %v", got, err)
	}
	if back, err := json.Marshal(got); err != nil || string(back) != text {
		t.Fatalf("%s, %v", back, err)
	}
	if err := json.Unmarshal([]byte(`{"steps":[{"pause":{"duration":90}}]}`), &got); err != nil || got.Steps[0].Pause.Duration != 90*time.Second {
		t.Fatalf("seconds: %+v, %v", got, err)
	}
	for _, wrong := range []string{`{"duration":"soon"}`, `{"duration":[]}`, `5`} {
		var p exposure.Pause
		if err := json.Unmarshal([]byte(wrong), &p); err == nil || !strings.Contains(err.Error(), "90s") {
			t.Errorf("%s: %v", wrong, err)
		}
	}
}

func TestRulingsAreWords(t *testing.T) {
	for r, word := range map[exposure.Ruling]string{exposure.Unknown: "unknown", exposure.Good: "good", exposure.Bad: "bad"} {
		text, err := json.Marshal(r)
		var back exposure.Ruling
		if err != nil || string(text) != `"`+word+`"` || json.Unmarshal(text, &back) != nil || back != r {
			t.Errorf("%s gives %s, %v", word, text, err)
		}
	}
	if exposure.Ruling(9).String() != "unknown" {
		t.Error("a number that is no ruling decided something")
	}
	var r exposure.Ruling
	if err := r.UnmarshalText([]byte("fine")); err == nil {
		t.Error("a word that is no ruling was read")
	}
}

func TestAPlanShorterThanTheWayGoneIsFinished(t *testing.T) {
	s := exposure.State{Phase: exposure.Paused, Step: 3, Weight: 50, StepStarted: at(0)}
	short := exposure.Plan{Steps: []exposure.Step{exposure.Weight(50)}}
	if held, wait := exposure.Next(short, exposure.PauseByHand(s, at(1)), at(2), exposure.Good); held.Weight != 50 || wait != exposure.Forever {
		t.Fatalf("a hold by hand was passed: %+v", held)
	}
	if done, _ := exposure.Next(short, s, at(1), exposure.Unknown); done.Phase != exposure.Healthy || done.Weight != 100 {
		t.Fatalf("%+v", done)
	}
}
