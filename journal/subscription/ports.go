package subscription

import (
	"context"
	"time"
)

// Sender brings one message to its receiver and says what came of it.
//
// It signs as the Standard Webhooks specification asks, does not follow
// redirects, and gives up when ctx ends. The problem in the outcome must not
// hold the URL, the secret or what the receiver said. Safe for concurrent use.
type Sender interface {
	Send(ctx context.Context, m Message) Outcome
}

// Message is one fact on its way to one receiver.
type Message struct {
	URL    string
	Secret Secret
	// Former signs the message as well while a rotation lasts; it is empty
	// otherwise.
	Former Secret
	// ID is the fact's id: the same each time the message is sent.
	ID string
	// At is when it is sent, UTC.
	At time.Time
	// Body is the CloudEvent in its structured form.
	Body []byte
}

// Outcome is what came of sending.
type Outcome struct {
	// Status is the HTTP status of the answer, 0 when there was none.
	Status int
	// RetryAfter is how long the receiver asks to be left alone, 0 when it
	// does not say.
	RetryAfter time.Duration
	// Problem is one sentence on why there was no answer.
	Problem string
}

// Accepted says whether the receiver took the message.
func (o Outcome) Accepted() bool { return o.Status >= 200 && o.Status < 300 }
