package cloudevent

import (
	"encoding/json"
	"fmt"
	"net/http"
	"time"

	"andon/journal"
)

// Received is the type of every fact that says another system's event came in.
const Received journal.Type = "dev.cdeventsx.andon-event.received.0.1.0"

// SpecVersion is the version of CloudEvents that is read and written.
const SpecVersion = "1.0"

// Media types of the forms that travel as JSON.
const (
	StructuredType = "application/cloudevents+json"
	BatchType      = "application/cloudevents-batch+json"
	documentType   = "application/json"
)

// Event is one CDEvents document that keeps the rules of its type. Make one
// with [Parse] or [Of].
type Event struct {
	// ID is unique within Source, the URI reference of the sender.
	ID, Source string
	// Type is the CDEvents type with its version.
	Type journal.Type
	// Time is when the sender says that it happened, UTC.
	Time time.Time
	// Subject is the id of the thing it happened to.
	Subject string
	// Content is the subject's content, a JSON object.
	Content json.RawMessage
	// Document is the whole CDEvents document, with what Andon itself makes
	// no use of: chain, links, custom data.
	Document json.RawMessage
}

// receipt is the data of a [Received] fact.
type receipt struct {
	Source string          `json:"source"`
	ID     string          `json:"id"`
	Type   journal.Type    `json:"type"`
	Time   time.Time       `json:"time"`
	Event  json.RawMessage `json:"event"`
}

// Fact gives the fact that the event came in: about everything it names, with
// the sender's time in its data. The journal sets when, by whom and which id.
func (e Event) Fact() journal.Fact {
	return journal.Fact{
		Type: Received, Subject: e.Subject, Text: e.Sentence(), Content: e.Content, About: e.About(),
		Data: journal.JSON(receipt{e.Source, e.ID, e.Type, e.Time, e.Document}),
	}
}

// Of shows a fact as an event. Andon's own facts get the given source, a URI
// reference such as "/andon"; received ones are shown as they were sent.
func Of(f journal.Fact, source string) (Event, error) {
	if f.Type != Received {
		doc := f.CDEvent(source)
		text, err := json.Marshal(doc)
		if err != nil {
			return Event{}, fmt.Errorf("show fact %d (%s): %w", f.Seq, f.Type, err)
		}
		return Event{ID: f.ID, Source: source, Type: f.Type, Time: f.At, Subject: f.Subject,
			Content: doc.Subject.Content, Document: text}, nil
	}
	var r receipt
	if err := f.Into(&r); err != nil {
		return Event{}, err
	}
	return Event{ID: r.ID, Source: r.Source, Type: r.Type, Time: r.Time, Subject: f.Subject,
		Content: f.Content, Document: r.Event}, nil
}

// TypeOf is the type that [Of] shows a fact under.
func TypeOf(f journal.Fact) (journal.Type, error) {
	if f.Type != Received {
		return f.Type, nil
	}
	var r receipt
	err := f.Into(&r)
	return r.Type, err
}

// envelope is a CloudEvent in the JSON format (CloudEvents 1.0, JSON Event
// Format, section 3), with the attributes that CDEvents' CloudEvents binding
// sets.
type envelope struct {
	SpecVersion string          `json:"specversion"`
	ID          string          `json:"id"`
	Source      string          `json:"source"`
	Type        journal.Type    `json:"type"`
	Subject     string          `json:"subject"`
	Time        string          `json:"time"`
	ContentType string          `json:"datacontenttype"`
	Data        json.RawMessage `json:"data"`
}

// Structured gives the event in the structured form, to be sent as
// [StructuredType].
func (e Event) Structured() json.RawMessage {
	return journal.JSON(envelope{SpecVersion, e.ID, e.Source, e.Type, e.Subject, e.moment(), documentType, e.Document})
}

// Binary gives the event in the binary form: headers and a body.
func (e Event) Binary() (http.Header, json.RawMessage) {
	h := http.Header{}
	h.Set("Content-Type", documentType)
	for name, value := range map[string]string{"specversion": SpecVersion, "id": e.ID, "source": e.Source,
		"type": string(e.Type), "subject": e.Subject, "time": e.moment()} {
		h.Set(headerPrefix+name, percentEncode(value))
	}
	return h, e.Document
}

func (e Event) moment() string { return e.Time.UTC().Format(time.RFC3339Nano) }
