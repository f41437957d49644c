package source

import (
	"fmt"
	"net/http"
	"time"
)

// Largest is the most bytes that a body may have; GitHub sends no more either.
const Largest = 25 << 20

// Delivery is one request of a forge.
type Delivery struct {
	// Source names the forge and so the [Reader]: "github".
	Source string
	// ID and Event are what the forge calls the delivery and what it is about;
	// the reader finds them in the header when they are empty.
	ID, Event string
	Header    http.Header
	Body      []byte
	// At is when it came, UTC; zero means now.
	At time.Time
}

// Outcome is what became of a delivery.
type Outcome string

// What becomes of deliveries.
const (
	Accepted Outcome = "accepted"
	Dropped  Outcome = "ignored"
	Rejected Outcome = "refused"
)

// Receipt says what became of a delivery.
type Receipt struct {
	Source  string    `json:"source"`
	ID      string    `json:"id"`
	Event   string    `json:"event"`
	At      time.Time `json:"at"`
	Outcome Outcome   `json:"outcome"`
	// Reason says why it was ignored or refused.
	Reason string `json:"reason,omitempty"`
	// Facts are the ids of the facts that it led to, those of replays included.
	Facts []string `json:"facts,omitempty"`
	// Cards are the cards that it concerns.
	Cards []string `json:"cards,omitempty"`
	// Untracked is true when it tells of work that names no card.
	Untracked bool `json:"untracked,omitempty"`
	// Known is true when it had come before; nothing was done this time.
	Known bool `json:"known,omitempty"`
}

// Ignored says that an event is of no use here; it is an outcome, no failure.
type Ignored struct{ Reason string }

// Error gives the reason.
func (e *Ignored) Error() string { return e.Reason }

// Ignore gives an [*Ignored] with a reason in one sentence.
func Ignore(format string, args ...any) error { return &Ignored{fmt.Sprintf(format, args...)} }

// Refusal is why a delivery was not even kept.
type Refusal string

// Why deliveries are not kept. Nothing unsigned is: else anybody could fill
// the disk.
const (
	UnknownSource Refusal = "unknown-source" // HTTP 404
	NotSigned     Refusal = "not-signed"     // HTTP 401
	TooLarge      Refusal = "too-large"      // HTTP 413
)

// Refused says that a delivery was turned away at the door.
type Refused struct {
	Why  Refusal
	Text string
}

// Error gives the sentence.
func (e *Refused) Error() string { return e.Text }

// Missing says that there is no such kept delivery, or nothing left of it.
type Missing struct{ Text string }

// Error gives the sentence.
func (e *Missing) Error() string { return e.Text }
