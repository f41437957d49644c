package exposure

import (
	"encoding/json"
	"fmt"
	"time"
)

// Pause is a wait at the present weight. On the wire it is Argo's: a duration
// such as "90s" or "1h", or a number of seconds; an empty pause waits for a
// person.
type Pause struct {
	// Duration is how long; 0 is until promoted by hand.
	Duration time.Duration
}

type pauseWire struct {
	Duration any `json:"duration,omitempty"`
}

// MarshalJSON gives Argo's form, {"duration":"1m30s"} or {}.
func (p Pause) MarshalJSON() ([]byte, error) {
	if p.Duration == 0 {
		return []byte("{}"), nil
	}
	return json.Marshal(pauseWire{p.Duration.String()})
}

// UnmarshalJSON reads Argo's form.
func (p *Pause) UnmarshalJSON(text []byte) error {
	var wire pauseWire
	if err := json.Unmarshal(text, &wire); err != nil {
		return fmt.Errorf("a pause is not an object such as {\"duration\": \"90s\"}: %w", err)
	}
	switch d := wire.Duration.(type) {
	case nil:
		p.Duration = 0
	case float64:
		p.Duration = time.Duration(d * float64(time.Second))
	case string:
		length, err := time.ParseDuration(d)
		if err != nil {
			return fmt.Errorf("pause duration %q is not a duration; use one such as \"90s\", \"5m\" or \"1h\", or a number of seconds", d)
		}
		p.Duration = length
	default:
		return fmt.Errorf("pause duration %v is not a duration; use one such as \"90s\", or a number of seconds", d)
	}
	return nil
}
