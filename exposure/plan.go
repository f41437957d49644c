package exposure

import (
	"fmt"
	"time"
)

// Step is one step of a plan; exactly one field is set.
type Step struct {
	// SetWeight is the share of users, in percent, from here on.
	SetWeight *int `json:"setWeight,omitempty"`
	// Pause keeps the weight for a time, or until somebody promotes.
	Pause *Pause `json:"pause,omitempty"`
	// Analysis waits until the judge rules it good.
	Analysis bool `json:"analysis,omitempty"`
}

// Plan is the way from nobody to everybody. Without steps everybody gets it
// at once; after the last step everybody does.
type Plan struct {
	Steps []Step `json:"steps,omitempty"`
}

// Weight is a step that sets the weight.
func Weight(percent int) Step { return Step{SetWeight: &percent} }

// PauseFor is a step that waits; 0 waits for a person.
func PauseFor(d time.Duration) Step { return Step{Pause: &Pause{d}} }

// Validate says which step is wrong and what would be right.
func (p Plan) Validate() error {
	last := 0
	for i, s := range p.Steps {
		kinds := 0
		if s.SetWeight != nil {
			kinds++
			if w := *s.SetWeight; w < 0 || w > 100 {
				return fmt.Errorf("step %d: setWeight is %d; use a percentage from 0 to 100", i+1, w)
			} else if w < last {
				return fmt.Errorf("step %d: setWeight is %d after %d; weights only grow, an abort takes them back", i+1, w, last)
			}
			last = *s.SetWeight
		}
		if s.Pause != nil {
			kinds++
			if s.Pause.Duration < 0 {
				return fmt.Errorf("step %d: pause is %s; use a positive duration, or none to wait for a person", i+1, s.Pause.Duration)
			}
		}
		if s.Analysis {
			kinds++
		}
		if kinds != 1 {
			return fmt.Errorf("step %d: has %d of setWeight, pause and analysis; use exactly one", i+1, kinds)
		}
	}
	return nil
}
