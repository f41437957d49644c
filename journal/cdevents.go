package journal

import (
	"encoding/json"
	"time"
)

// SpecVersion is the version of CDEvents that facts are shown in.
const SpecVersion = "0.5.1"

// CDEvent is the wire form of a fact: one CDEvents document
// (https://cdevents.dev, spec 0.5.1).
type CDEvent struct {
	Context           CDContext       `json:"context"`
	Subject           CDSubject       `json:"subject"`
	CustomData        json.RawMessage `json:"customData,omitempty"`
	CustomContentType string          `json:"customDataContentType,omitempty"`
}

// CDContext says when, where and what.
type CDContext struct {
	SpecVersion string `json:"specversion"`
	ID          string `json:"id"`
	Source      string `json:"source"`
	Type        Type   `json:"type"`
	Timestamp   string `json:"timestamp"`
}

// CDSubject is the thing that it happened to.
type CDSubject struct {
	ID      string          `json:"id"`
	Source  string          `json:"source,omitempty"`
	Content json.RawMessage `json:"content"`
}

// custom is what every fact adds to the standard: its place in the journal,
// who did it, and a sentence.
type custom struct {
	Seq   int64           `json:"seq"`
	Actor string          `json:"actor"`
	Text  string          `json:"text"`
	Data  json.RawMessage `json:"data"`
}

// CDEvent shows the fact as a CDEvents document from the given source,
// a URI reference such as "/andon/storefront".
func (f Fact) CDEvent(source string) CDEvent {
	return CDEvent{
		Context: CDContext{
			SpecVersion: SpecVersion,
			ID:          f.ID,
			Source:      source,
			Type:        f.Type,
			Timestamp:   f.At.Format(time.RFC3339Nano),
		},
		Subject:           CDSubject{ID: f.Subject, Source: source, Content: json.RawMessage(orEmpty(f.Content))},
		CustomData:        JSON(custom{f.Seq, f.Actor, f.Text, json.RawMessage(orEmpty(f.Data))}),
		CustomContentType: "application/json",
	}
}
