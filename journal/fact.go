package journal

import (
	"context"
	"encoding/json"
	"fmt"
	"time"
)

// Fact is one thing that happened. It is never changed after it is written.
type Fact struct {
	// Seq is the position in the journal, from 1. It is 0 until committed.
	Seq int64
	// ID is unique over all journals; it is the CDEvents context id.
	ID string
	// At is when the transaction that wrote the fact began, in UTC,
	// to the microsecond.
	At time.Time
	// Type says what kind of thing happened.
	Type Type
	// Subject is the id of the thing it happened to: a card's key, a
	// commit's hash, a run's id.
	Subject string
	// Actor is who did it: a person's name, or a part of Andon.
	Actor string
	// Text is one sentence for people.
	Text string
	// Content is the CDEvents subject content, a JSON object.
	Content json.RawMessage
	// Data is what Andon adds to it (CDEvents customData), a JSON object.
	Data json.RawMessage
	// About names everything the fact concerns besides its subject, so that
	// the chain from a card to a postmortem can be followed either way.
	About []Ref
}

// Ref names one thing by kind and id.
type Ref struct {
	Kind RefKind
	ID   string
}

// String gives "kind:id".
func (r Ref) String() string { return string(r.Kind) + ":" + r.ID }

// RefKind is the kind of a thing that facts are about.
type RefKind string

// The kinds of things that facts are about.
const (
	Card        RefKind = "card"
	Line        RefKind = "line"
	Station     RefKind = "station" // id is line/station
	Commit      RefKind = "commit"
	Run         RefKind = "run"
	Release     RefKind = "release"
	Deployment  RefKind = "deployment"
	Service     RefKind = "service"
	Environment RefKind = "environment" // id is service/environment
	Incident    RefKind = "incident"
	Postmortem  RefKind = "postmortem"
)

// JSON encodes v for Content or Data. It panics when v cannot be encoded,
// which only a programming mistake can cause.
func JSON(v any) json.RawMessage {
	b, err := json.Marshal(v)
	if err != nil {
		panic(fmt.Sprintf("journal: encode %T: %v", v, err))
	}
	return b
}

// Into decodes the fact's Data into v.
func (f Fact) Into(v any) error {
	if err := json.Unmarshal(f.Data, v); err != nil {
		return fmt.Errorf("fact %d (%s): %w", f.Seq, f.Type, err)
	}
	return nil
}

type actorKey struct{}

// WithActor says who acts in everything written under ctx.
func WithActor(ctx context.Context, name string) context.Context {
	return context.WithValue(ctx, actorKey{}, name)
}

// ActorOf gives the actor of ctx, or "andon" when nobody was named.
func ActorOf(ctx context.Context) string {
	if name, ok := ctx.Value(actorKey{}).(string); ok && name != "" {
		return name
	}
	return "andon"
}

// Micros is the form in which times are stored: microseconds since 1970, UTC.
// The zero time is stored as 0.
func Micros(t time.Time) int64 {
	if t.IsZero() {
		return 0
	}
	return t.UnixMicro()
}

// Time is the inverse of [Micros].
func Time(us int64) time.Time {
	if us == 0 {
		return time.Time{}
	}
	return time.UnixMicro(us).UTC()
}
