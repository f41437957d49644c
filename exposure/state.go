package exposure

import "time"

// Phase is where an exposure is.
type Phase string

// The phases; the last two are final.
const (
	Progressing Phase = "progressing"
	Paused      Phase = "paused"
	Healthy     Phase = "healthy"
	Aborted     Phase = "aborted"
)

// State is how far an exposure is. It is comparable.
type State struct {
	Phase  Phase `json:"phase,omitempty"`
	Step   int   `json:"step"`   // index of the step it is at; len(steps) after the last
	Weight int   `json:"weight"` // percent of the users
	// StepStarted is when the present step began. While a person holds it,
	// the time that had passed is in Held instead.
	StepStarted  time.Time     `json:"stepStarted,omitzero"`
	Held         time.Duration `json:"held,omitempty"`
	PausedByHand bool          `json:"pausedByHand,omitempty"`
	Reason       string        `json:"reason,omitempty"` // why it was aborted
}

// Final says whether nothing can change any more.
func (s State) Final() bool { return s.Phase == Healthy || s.Phase == Aborted }

// Forever is the wait when time alone changes nothing.
const Forever time.Duration = -1

// Start begins a plan. Steps that need no time are taken at once.
func Start(p Plan, now time.Time) State {
	return settle(p, State{Phase: Progressing, StepStarted: now}, now)
}

// Next gives the state after what is known now, and how long until it should
// be asked again: 0 at once, [Forever] when time alone changes nothing.
func Next(p Plan, s State, now time.Time, r Ruling) (State, time.Duration) {
	switch {
	case s.Final():
		return s, Forever
	case r == Bad:
		return Abort(p, s, now, "the judge ruled it bad"), Forever
	case s.PausedByHand:
		return s, Forever
	case s.Step >= len(p.Steps):
		// The plan became shorter than the way already gone.
		return settle(p, s, now), 0
	}
	step := p.Steps[s.Step]
	switch {
	case step.Analysis && r == Good:
		return settle(p, advance(s, now), now), 0
	case step.Pause != nil && step.Pause.Duration > 0:
		if left := s.StepStarted.Add(step.Pause.Duration).Sub(now); left > 0 {
			return s, left
		}
		return settle(p, advance(s, now), now), 0
	}
	return s, Forever
}

// settle takes every step that needs neither time nor a ruling.
func settle(p Plan, s State, now time.Time) State {
	s.Phase = Progressing
	for ; s.Step < len(p.Steps); s = advance(s, now) {
		step := p.Steps[s.Step]
		if step.SetWeight == nil {
			if step.Pause != nil {
				s.Phase = Paused
			}
			return s
		}
		s.Weight = max(s.Weight, *step.SetWeight)
	}
	s.Phase, s.Weight = Healthy, 100
	return s
}

func advance(s State, now time.Time) State {
	s.Step, s.StepStarted, s.Held = s.Step+1, now, 0
	return s
}

// Promote ends the present step, whatever it waits for.
func Promote(p Plan, s State, now time.Time) State {
	if s.Final() {
		return s
	}
	s.PausedByHand = false
	return settle(p, advance(s, now), now)
}

// PromoteFull shows it to everybody at once.
func PromoteFull(p Plan, s State, now time.Time) State {
	if s.Final() {
		return s
	}
	s.Phase, s.Step, s.Weight, s.PausedByHand, s.StepStarted, s.Held = Healthy, len(p.Steps), 100, false, now, 0
	return s
}

// PauseByHand keeps everything as it is until Resume or Promote; the clock of
// a timed pause stands still meanwhile.
func PauseByHand(s State, now time.Time) State {
	if s.Final() || s.PausedByHand {
		return s
	}
	s.Phase, s.PausedByHand, s.Held = Paused, true, max(0, now.Sub(s.StepStarted))
	return s
}

// Resume undoes PauseByHand.
func Resume(p Plan, s State, now time.Time) State {
	if s.Final() || !s.PausedByHand {
		return s
	}
	s.PausedByHand, s.StepStarted, s.Held = false, now.Add(-s.Held), 0
	return settle(p, s, now)
}

// Abort takes it away from all users.
func Abort(_ Plan, s State, now time.Time, reason string) State {
	if s.Final() {
		return s
	}
	s.Phase, s.Weight, s.Reason, s.PausedByHand, s.StepStarted, s.Held = Aborted, 0, reason, false, now, 0
	return s
}
