package objective

import (
	"fmt"
	"time"
)

// Objective is one promise: of all events in the last Window, at least the
// share Target is good.
type Objective struct {
	Name        string
	Title       string // displayName, or Name when there is none
	Description string
	Service     string
	Target      float64       // strictly between 0 and 1, 0.99 for 99 %
	Window      time.Duration // rolling, whole seconds
	// Good or Bad, whichever the document gives, and Total are each one
	// PromQL instant selector of a counter.
	Good, Bad, Total string
	File             string
	Line             int
}

// Budget is the share of events that may be bad: 1 − Target.
func (o Objective) Budget() float64 { return 1 - o.Target }

// Problem is one thing in a document that cannot be accepted.
type Problem struct {
	File  string
	Line  int
	Field string // a path such as spec.timeWindow[0].duration
	What  string // what is wrong
	Right string // what would be right
}

// Error gives "file:line: field: what; right".
func (p *Problem) Error() string {
	return fmt.Sprintf("%s:%d: %s: %s; %s", p.File, p.Line, p.Field, p.What, p.Right)
}
