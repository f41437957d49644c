package source

import (
	"context"
	"net/http"

	"andon/flow/change"
	"andon/flow/floor"
	"andon/journal"
)

// Reader understands one forge. It keeps no state, so it is safe for
// concurrent use, and it never panics, whatever the body.
type Reader interface {
	// Verify proves that the body came from who knows the secret, in time that
	// does not depend on where a signature differs. Its error says what is
	// missing or wrong and never holds the secret. An empty secret proves nothing.
	Verify(header http.Header, body []byte, secret string) error
	// Identify gives the event's name and the id under which the forge repeats
	// a delivery; where it sends none, the id is the body's SHA-256.
	Identify(header http.Header, body []byte) (event, id string)
	// Read gives what the body tells, with valid text that holds no NUL byte.
	// The error is [*Ignored] for an event of no use here; any other error is
	// about the payload and names the field's path.
	Read(event string, body []byte) ([]Sighting, error)
}

// Secrets gives the secret that is shared with a forge, "" when there is none.
type Secrets interface {
	Secret(ctx context.Context, source string) (string, error)
}

// Cards is the floor as seen from a forge. All calls are made in the
// transaction that keeps the delivery; an error undoes the delivery, and the
// forge sends it again, so what merely cannot be done now is no error.
type Cards interface {
	// Known gives those of the keys that are keys of cards, in their order.
	Known(ctx context.Context, r journal.Reader, keys []string) ([]string, error)
	// OfIssues gives the cards that were taken over from issues, each named by
	// source, repository and number as in "github:acme/shop#12".
	OfIssues(ctx context.Context, r journal.Reader, origins []string) ([]string, error)
	// Drop discards a card that nobody began, for its issue will not be done.
	// Other cards stay as they are, so repeating the call changes nothing.
	Drop(ctx context.Context, tx journal.Tx, key, reason, by string) error
	// Adopt adds a card for what had none.
	Adopt(ctx context.Context, tx journal.Tx, n floor.NewCard) (floor.Card, error)
	// ReadyForReview notes that a card's change waits for reviewers. A card
	// that stands in review or after it stays where it is, so repeating the
	// call changes nothing; one that finds no room goes on when there is.
	ReadyForReview(ctx context.Context, tx journal.Tx, key string) error
	// Checked notes which workflow of a forge refuses a card's work at this
	// moment, "" when none does. Repeating it changes nothing.
	Checked(ctx context.Context, tx journal.Tx, key, red string) error
	// Link ties a recorded change to cards. Repeating it changes nothing.
	Link(ctx context.Context, tx journal.Tx, c change.Change, keys []string) error
}
